"""Compare learning-rate schedulers in a terminal, and learn whether the difference is real."""

__version__ = "0.1.0"
