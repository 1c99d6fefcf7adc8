"""Choices that a key goes through one after the other, and then again from the start."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def following(item: T, items: Iterable[T], by: int = 1) -> T:
    """The item so many places further on, in a circle; where it is none of them, the first, or the last going back."""
    circle = list(items)
    place = circle.index(item) if item in circle else (-1 if by > 0 else 0)
    return circle[(place + by) % len(circle)]
