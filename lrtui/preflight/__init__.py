"""What can be known before the start: the plan, the machine's fitness, the surroundings."""
