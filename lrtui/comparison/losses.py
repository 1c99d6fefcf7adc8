"""A column of losses in little memory."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import inf, nan
from typing import overload


class Losses(Sequence[float | None]):
    """Losses epoch by epoch, None where one was not finite. Never changed once made.

    They are held in single precision, as torch computes them: 4 bytes each, where a tuple needs 32. Inside, NaN stands for
    None; it never comes out.
    """

    __slots__ = ("_held",)

    def __init__(self, losses: Iterable[float | None] = ()) -> None:
        self._held = array("f", (nan if loss is None else loss for loss in losses))

    def __len__(self) -> int:
        return len(self._held)

    @overload
    def __getitem__(self, place: int) -> float | None: ...
    @overload
    def __getitem__(self, place: slice) -> "Losses": ...
    def __getitem__(self, place: int | slice) -> "float | Losses | None":
        if isinstance(place, slice):
            return Losses(self._held[place])
        return _finite(self._held[place])

    def __iter__(self) -> Iterator[float | None]:
        return map(_finite, self._held)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Losses) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Losses({list(self)})"


def _finite(held: float) -> float | None:
    return held if -inf < held < inf else None
