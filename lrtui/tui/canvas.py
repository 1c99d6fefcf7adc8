"""A field of character cells to draw curves on: each cell holds 2 × 4 braille dots, or one sign in their place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

_BRAILLE = [" ", *(chr(0x2800 + bits) for bits in range(1, 256))]
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by the dot's row and column in its cell
_NONE = 255

Point = tuple[float, float]
"""A place in the unit square: x to the right, y upwards."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line. `colour` is what it was drawn with; None where nothing was, or something without a colour."""

    text: str
    colour: int | None


class Canvas:
    """Draws on `width` × `height` cells. What is drawn later takes over the colour of a cell, and adds to its dots."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._dots = bytearray(width * height)
        self._colours = bytearray([_NONE]) * (width * height)
        self._signs: dict[int, str] = {}

    def line(self, points: Sequence[Point], colour: int) -> None:
        """Join points by straight lines of dots; a single point is a dot. All of them lie in the unit square."""
        most_x, most_y = 2 * self.width - 1, 4 * self.height - 1
        places = [(round(x * most_x), most_y - round(y * most_y)) for x, y in points]
        dots, colours, width = self._dots, self._colours, self.width
        for (x, y), (to_x, to_y) in pairwise(places if len(places) > 1 else places * 2):
            right, down = to_x - x, to_y - y
            steps = max(abs(right), abs(down)) or 1
            for step in range(steps + 1):
                dot_x, dot_y = x + right * step // steps, y + down * step // steps
                cell = (dot_y >> 2) * width + (dot_x >> 1)
                dots[cell] |= _BITS[dot_y & 3][dot_x & 1]
                colours[cell] = colour
                self._signs.pop(cell, None)

    def sign(self, point: Point, sign: str, colour: int | None) -> None:
        """Put one character where a point lies, over what is there."""
        self._sign(self.column(point[0]), self.row(point[1]), sign, colour)

    def upright(self, x: float, sign: str) -> None:
        """Put a character in every cell of a column, without a colour."""
        for row in range(self.height):
            self._sign(self.column(x), row, sign, None)

    def column(self, x: float) -> int:
        """The column of cells in which an x of the unit square lies."""
        return round(x * (2 * self.width - 1)) // 2

    def row(self, y: float) -> int:
        """The row of cells, counted from the top, in which a y of the unit square lies."""
        bottom = 4 * self.height - 1
        return (bottom - round(y * bottom)) // 4

    def lines(self) -> Iterable[tuple[Span, ...]]:
        """The lines from the top, in spans of one colour.

        What is blank continues the span before it: every span costs a terminal 40 bytes.
        """
        for start in range(0, self.width * self.height, self.width):
            cells = range(start, start + self.width)
            before = _NONE
            for cell in cells:
                if self._dots[cell] or cell in self._signs:
                    before = self._colours[cell]
                else:
                    self._colours[cell] = before
            yield tuple(
                Span(
                    "".join(self._signs.get(cell) or _BRAILLE[self._dots[cell]] for cell in run),
                    None if colour == _NONE else colour,
                )
                for colour, run in groupby(cells, self._colours.__getitem__)
            )

    def _sign(self, column: int, row: int, sign: str, colour: int | None) -> None:
        cell = row * self.width + column
        self._signs[cell] = sign
        self._colours[cell] = _NONE if colour is None else colour
