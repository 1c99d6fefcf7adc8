"""What a person keeps between sessions: preferences and schedules, in the configuration folder."""
