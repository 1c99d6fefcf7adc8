"""This machine: slots, load, locks, paths, process identity."""
