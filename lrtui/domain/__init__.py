"""What lrtui talks about: schedulers, comparisons, runs. Standard library only, no input or output."""
