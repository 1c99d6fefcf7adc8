"""The one place plotext is used: curves and a size in, lines of text with colour numbers out.

Every coordinate is brought into the unit square first, and ticks are made here: plotext 6 ends the whole process on
NaN, raises on infinities and on zeros of a log axis, and keeps one global figure. Call `plot` from one thread only.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lrtui.tui.charts.series import Series

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
COLOURS = 8
_FRAME = 8
_FIRST = 16
_ESCAPE = re.compile(r"\x1b\[([\d;]*)m")
Point = tuple[float, float]
"""A place in the unit square: x to the right, y upwards."""
Tick = tuple[float, str]
"""A place on an axis, 0 to 1, and its label."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line. `colour` is a curve's number, 0 to `COLOURS` - 1; None for the frame and its labels."""

    text: str
    colour: int | None


Picture = tuple[tuple[Span, ...], ...]


def letter(index: int) -> str:
    """The letter that marks a curve, so that colour is never needed to tell two apart."""
    return LETTERS[index % len(LETTERS)]


def plot(
    series: Sequence[Series],
    width: int,
    height: int,
    *,
    log: bool = False,
    cursor: float | None = None,
    band: int | None = None,
    late: bool = False,
) -> Picture:
    """Draw curves as lines of braille dots with their letters on them.

    Values that a picture cannot hold (None, NaN, infinities, on a log axis whatever is not above 0) leave a gap.

    Args:
        series: the curves; the first one is drawn last, on top.
        width: columns of the whole picture, frame and labels included; below 16 × 4 there is none.
        height: lines of it.
        log: whether the y axis is logarithmic.
        cursor: an x to mark with a vertical line.
        band: the number of the curve whose spread is dotted above and below it.
        late: fit the y axis to all but the first fifth of the x axis, where curves climb; what is outside is cut off.
    """
    if width < 16 or height < 4:
        return ()
    curves = [(s.index, list(_stretches(s.x, s.y, log, width))) for s in series]
    edges = [
        (s.index, list(_stretches(s.x, edge, log, width))) for s in series if s.index == band for edge in _edges(s)
    ]
    points = [point for _, stretches in curves + edges for stretch in stretches for point in stretch]
    if not points:
        return ()
    x_axis = _Axis(min(x for x, _ in points), max(x for x, _ in points))
    start = x_axis.low + (x_axis.high / 5 - x_axis.low / 5)
    ys = [y for x, y in points if x >= start or not late] or [y for _, y in points]
    y_axis = _Axis(min(ys), max(ys), margin=0.02)
    y_ticks = y_axis.log_ticks(height // 4) if log else y_axis.ticks(max(3, height // 4))
    columns = max(4, width - max(len(label) for _, label in y_ticks) - 2)
    figure = _figure(width, height, x_axis.ticks(max(2, columns // 12)), y_ticks)
    if cursor is not None and math.isfinite(cursor):
        _upright(figure, min(1.0, max(0.0, x_axis.place(cursor))), height)
    units, unit_edges = (
        [
            (index, _inside([[(x_axis.place(x), y_axis.place(y)) for x, y in stretch] for stretch in stretches]))
            for index, stretches in group
        ]
        for group in (curves, edges)
    )
    for index, unit in unit_edges:
        _dot(figure, unit, index, columns)
    for index, unit in reversed(units):
        _draw(figure, unit, index)
    for order, (index, unit) in reversed(list(enumerate(units))):
        _mark(figure, unit, index, columns, order / len(units))
    return _decode(figure.build().string())


def _edges(series: Series) -> Iterator[list[float | None]]:
    """The mean less, and plus, one standard deviation."""
    for sign in (-1, 1):
        yield [
            None if y is None or spread is None else y + sign * spread
            for y, spread in zip(series.y, series.spread, strict=False)
        ]


def _stretches(xs: Sequence[float], ys: Sequence[float | None], log: bool, columns: int) -> Iterator[list[Point]]:
    """The curve cut at its gaps, thinned; log10 of y where the axis is logarithmic."""
    stretch: list[Point] = []
    for x, y in zip(xs, ys, strict=False):
        if y is not None and math.isfinite(y) and math.isfinite(x) and (y > 0 or not log):
            stretch.append((x, math.log10(y) if log else y))
        elif stretch:
            yield thin(stretch, columns)
            stretch = []
    if stretch:
        yield thin(stretch, columns)


def _inside(stretches: list[list[Point]]) -> list[list[Point]]:
    """What lies in the unit square: plotext would draw a line through what is outside along the frame."""
    found: list[list[Point]] = []
    for stretch in stretches:
        piece: list[Point] = []
        for point in stretch:
            if -1e-9 <= point[1] <= 1 + 1e-9:
                piece.append(point)
            elif piece:
                found.append(piece)
                piece = []
        if piece:
            found.append(piece)
    return found


class _Axis:
    """A range of numbers laid on 0..1. Halves keep the difference of the largest floats finite."""

    def __init__(self, low: float, high: float, margin: float = 0.0) -> None:
        if high / 2 - low / 2 <= 1e-12 * max(abs(low) / 2, abs(high) / 2):
            pad = abs(low) * 0.1 or 1.0
            low, high = max(-1.7e308, low - pad), min(1.7e308, high + pad)
        self.low, self._half, self._margin = low, high / 2 - low / 2, margin
        self.high = high

    def place(self, value: float) -> float:
        return self._margin + (1 - 2 * self._margin) * ((value / 2 - self.low / 2) / self._half)

    def ticks(self, count: int) -> list[Tick]:
        """About `count` round numbers with their labels, as (place, label)."""
        step = self._half / count * 2 if self._half < 8e307 else math.inf
        if not math.isfinite(step) or step <= 0 or step < 1e-300:
            return [(self.place(v), f"{v:.3g}") for v in (self.low, self.high)]
        power = 10.0 ** math.floor(math.log10(step))
        steps = [m * power / 10 for m in (1, 2, 5, 10, 20, 50, 100)]
        chosen = next(i for i, candidate in enumerate(steps) if candidate >= step * 0.7)
        step, values = steps[chosen], self._multiples(steps[chosen])
        if len(values) < 2:  # one number alone is no scale
            step, values = steps[chosen - 1], self._multiples(steps[chosen - 1])
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        plain = digits <= 5 and max(map(abs, values), default=0) < 1e6
        return [(min(1.0, self.place(v)), f"{v:.{digits}f}" if plain else f"{v:.3g}") for v in values] or [
            (self.place(self.low), f"{self.low:.3g}")
        ]

    def _multiples(self, step: float) -> list[float]:
        """The multiples of a step in the range; the last step of 100 epochs starts at 99.97, and counts."""
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 0.03)
        return [i * step for i in range(first, last + 1)]

    def log_ticks(self, count: int) -> list[Tick]:
        """Powers of ten within a range of logarithms; where there are fewer than two, round numbers between."""
        powers = range(math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9) + 1)
        stride = max(1, math.ceil(len(powers) / max(2, count)))
        if len(powers) >= 2:
            return [(self.place(p), f"1e{p}") for p in powers[::stride]]
        return [
            (self.place(v), f"{10.0**v:.2g}" if abs(v) < 300 else f"1e{v:.3g}") for v in (self.low, (self.low + self.high) / 2, self.high)
        ]  # fmt: skip


def _figure(width: int, height: int, x_ticks: list[tuple[float, str]], y_ticks: list[tuple[float, str]]) -> Any:
    import plotext  # 0.13 s and 11 MB: not before the first chart is drawn

    plotext.terminal.limit(False, False)  # it would cut the figure to the size of the terminal it believes in
    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, height)
    figure.canvas("default")
    figure.legend(False)
    figure.axes(False, axis="x", side="upper")
    figure.axes(False, axis="y", side="right")
    figure.axes(True, axis="x", side="lower", pixel=_FRAME)
    figure.axes(True, axis="y", side="left", pixel=_FRAME)
    for axis, ticks in (("x", x_ticks), ("y", y_ticks)):
        ruler = figure.ruler(axis, "lower" if axis == "x" else "left")
        ruler.lim(0, 1)
        ruler.pixel(_FRAME)
        ruler.ticks([place for place, _ in ticks], labels=[label for _, label in ticks])
    return figure


def _upright(figure: Any, x: float, height: int) -> None:
    """A line from the bottom to the top where the curves are read; placed as their points are, so that it meets them."""
    import plotext

    ys = [row / (2 * height) for row in range(2 * height + 1)]
    figure.draw(figure.signal([x] * len(ys), ys, marker=plotext.marker("│", _FRAME)))


def _draw(figure: Any, stretches: list[list[Point]], index: int) -> None:
    import plotext

    dots = plotext.marker("braille", _FIRST + index % COLOURS)
    for stretch in stretches:
        signal = figure.signal([x for x, _ in stretch], [y for _, y in stretch], marker=dots)
        figure.draw(signal.lines(len(stretch) > 1))


def _dot(figure: Any, stretches: list[list[Point]], index: int, columns: int) -> None:
    """The edge of a band: a dot in every other column."""
    import plotext

    cells = {int(x * columns / 2): (x, y) for stretch in stretches for x, y in stretch}
    if cells:
        sign = plotext.marker("·", _FIRST + index % COLOURS)
        figure.draw(figure.signal([x for x, _ in cells.values()], [y for _, y in cells.values()], marker=sign))


def _mark(figure: Any, stretches: list[list[Point]], index: int, columns: int, offset: float) -> None:
    """Put the curve's letter on it, at places of its own, apart from the letters of other curves."""
    import plotext

    if not stretches:
        return
    every = [point for stretch in stretches for point in stretch]
    places = [every[min(len(every) - 1, int(len(every) * (part + offset) / 3))] for part in (0, 1, 2)]
    marks = places if columns >= 28 and len(every) >= 12 else places[-1:]
    sign = plotext.marker(letter(index), _FIRST + index % COLOURS)
    figure.draw(figure.signal([x for x, _ in marks], [y for _, y in marks], marker=sign))


def thin(points: list[Point], columns: int) -> list[Point]:
    """About two points a column: the lowest and the highest of those beside each other, in their order, and both ends."""
    if len(points) <= 2 * columns:
        return points
    thinned = [points[0]]
    size = math.ceil(len(points) / columns)
    for start in range(0, len(points), size):
        some = points[start : start + size]
        ys = [y for _, y in some]
        earlier, later = sorted((ys.index(min(ys)), ys.index(max(ys))))
        if later:  # the first one where it was last, so that a step falls where it does
            thinned.append(some[later - 1 - ys[later - 1 :: -1].index(ys[earlier])])
        thinned.append(some[later])
    return [*thinned, points[-1]]


def _decode(text: str) -> Picture:
    """Plotext's escape sequences as colour numbers; nothing of them is left.

    What is blank continues the span before it: every span costs a terminal 40 bytes.
    """
    lines = [_spans(line) for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return tuple(lines)


def _spans(line: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    colour: int | None = None
    for number, part in enumerate(_ESCAPE.split(line)):
        if number % 2:
            code = part.split(";")
            value = int(code[2]) if len(code) == 3 and code[0] == "38" else _FRAME
            colour = value - _FIRST if _FIRST <= value < _FIRST + COLOURS else None
        elif spans and (not part.strip() or spans[-1].colour == colour):
            spans[-1] = Span(spans[-1].text + part, spans[-1].colour)
        elif part:
            spans.append(Span(part, colour))
    return tuple(spans)
