"""Waiting for a condition instead of for a time."""

from collections.abc import Callable
from time import monotonic, sleep


def eventually(condition: Callable[[], object], seconds: float = 60.0, why: str = "") -> None:
    """Return as soon as the condition holds.

    Raises:
        AssertionError: it did not within `seconds`.
    """
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, why or f"not within {seconds:g} s"
        sleep(0.01)
