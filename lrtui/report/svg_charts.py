"""Figures as SVG: pure functions from frozen values to a string, without scripts or external resources."""

from collections.abc import Callable
from math import ceil, floor, log10

from lrtui.formats import on_axis
from lrtui.report import svg_base as draw
from lrtui.report.figures import CriticalDifference, Figure, Intervals, Lines, Series, spread

_MARGIN = 190.0  # for labels on the left
_ROW = 24.0


def svg_chart(figure: Figure) -> str:
    """The figure as an `<svg>` element that takes its colours from the page."""
    match figure:
        case Intervals():
            return _intervals(figure)
        case Lines(panels=True):
            return _panels(figure)
        case Lines():
            return _lines(figure)
        case CriticalDifference():
            return _critical_difference(figure)


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _intervals(figure: Intervals) -> str:
    ends = [v for dot in figure.dots for v in (dot.mean, dot.low, dot.high) if v is not None]
    low, high = spread(ends)
    x = _scale(low, high, _MARGIN, draw.WIDTH - 70)
    bottom = 10 + _ROW * len(figure.dots)
    parts = [draw.line(x(t), 6, x(t), bottom, "grid") for t in draw.ticks(low, high)]
    parts += [draw.text(x(t), bottom + 16, f"{t:g}", "tick", "middle") for t in draw.ticks(low, high)]
    for place, dot in enumerate(figure.dots):
        y = 10 + _ROW * (place + 0.5)
        kind = "lead" if dot.bold else "other"
        parts.append(draw.text(_MARGIN - 12, y + 4, dot.label, kind, "end", 26))
        if dot.low is not None and dot.high is not None:
            parts.append(draw.line(x(dot.low), y, x(dot.high), y, f"whisker {kind}"))
            parts += [draw.line(x(v), y - 5, x(v), y + 5, f"whisker {kind}") for v in (dot.low, dot.high)]
        parts.append(f'<circle class="dot {kind}" cx="{draw.number(x(dot.mean))}" cy="{draw.number(y)}" r="5"/>')
        parts.append(draw.text(draw.WIDTH - 4, y + 4, on_axis(dot.mean, percents=figure.percents), kind, "end"))
    parts.append(draw.text((_MARGIN + draw.WIDTH - 70) / 2, bottom + 36, figure.x_label, "axis", "middle", 100))
    return draw.svg(bottom + 46, figure.caption, parts)


def _bounds(figure: Lines) -> tuple[float, float]:
    low, high = spread([y for series in figure.series for y in series.y])
    if figure.y_low is not None and figure.y_low < high:
        low = figure.y_low
    if figure.y_high is not None and figure.y_high > low:
        high = figure.y_high
    return low, high


def _points(
    series: Series, x: Callable[[float], float], y: Callable[[float], float], floor: float, ceiling: float
) -> list[tuple[float, float]]:
    """The line from where it last comes in through floor or ceiling of the chart; its last point where it never does."""
    values = list(zip(series.x, series.y, strict=True))
    outside = max((place for place, (_, value) in enumerate(values) if not floor <= value <= ceiling), default=-1)
    points = [(x(a), y(b)) for a, b in values[outside + 1 :]]
    if outside < 0:
        return points
    edge = floor if values[outside][1] < floor else ceiling
    if not points:
        return [(x(series.x[-1]), y(edge))]
    (x0, y0), (x1, y1) = values[outside], values[outside + 1]
    return [(x(x0 + (x1 - x0) * (edge - y0) / (y1 - y0)), y(edge)), *points]


def _lines(figure: Lines) -> str:
    left, top, right, bottom = 56.0, 30.0, draw.WIDTH - 12.0, 336.0
    low, high = _bounds(figure)
    move = log10 if figure.log_x else float
    xs = sorted({a for series in figure.series for a in series.x})
    first, last = spread([move(xs[0]), move(xs[-1])])
    inner = _scale(first, last, left + 8, right - 8)

    def x(value: float) -> float:
        return inner(move(value))

    y = _scale(low, high, bottom, top)
    at = _log_ticks(xs) if figure.log_x else draw.ticks(xs[0], max(xs[-1], xs[0] + 1), 8)
    parts = [draw.line(left, y(t), right, y(t), "grid") for t in draw.ticks(low, high)]
    parts += [draw.text(left - 8, y(t) + 4, f"{t:g}", "tick", "end") for t in draw.ticks(low, high)]
    parts += [draw.text(x(t), bottom + 18, f"{t:g}", "tick", "middle") for t in at]
    for index, series in enumerate(figure.series):
        points = _points(series, x, y, low, high)
        parts.append(draw.polyline(points, index))
        every = max(1, len(points) // 6)
        parts += [draw.marker(*point, index) for point in points[index % every :: every]]
    parts.append(draw.text((left + right) / 2, bottom + 38, figure.x_label, "axis", "middle", 100))
    parts.append(draw.text(left, 14, figure.y_label, "axis", "start", 100))
    for index, series in enumerate(figure.series):
        column, row = index % 3, index // 3
        at_x, at_y = left + column * 235, bottom + 62 + row * 20
        parts.append(draw.polyline([(at_x, at_y), (at_x + 34, at_y)], index))
        parts.append(draw.marker(at_x + 17, at_y, index))
        parts.append(draw.text(at_x + 42, at_y + 4, series.label, "other", "start", 26))
    return draw.svg(bottom + 66 + 20 * ((len(figure.series) + 2) // 3), figure.caption, parts)


def _log_ticks(xs: list[float]) -> list[float]:
    """The values themselves where they are few, else 1, 2 and 5 times powers of ten among them."""
    if len(xs) <= 8:
        return xs
    powers = range(floor(log10(xs[0])), ceil(log10(xs[-1])) + 1)
    every = (1, 2, 5) if len(powers) < 5 else (1,)
    return [m * 10.0**power for power in powers for m in every if xs[0] <= m * 10.0**power <= xs[-1]]


def _panels(figure: Lines) -> str:
    across, width, height = 4, (draw.WIDTH - 12) / 4, 112.0
    low, high = _bounds(figure)
    first, last = spread([a for series in figure.series for a in series.x])
    parts = []
    for index, series in enumerate(figure.series):
        left, top = (index % across) * width + 6, (index // across) * height + 22
        right, bottom = left + width - 16, top + 66
        peak = max(series.y) if max(series.y) > low else high
        x, y = _scale(first, last, left, right), _scale(low, peak, bottom, top)
        parts.append(draw.text(left, top - 7, series.label, "other", "start", 24))
        parts.append(draw.text(left, bottom + 13, series.note, "tick"))
        parts += [draw.line(left, bottom, right, bottom, "grid"), draw.line(left, top, left, bottom, "grid")]
        points = _points(series, x, y, low, max(high, peak))
        path = " ".join(f"{draw.number(a)},{draw.number(b)}" for a, b in points)
        parts.append(f'<polyline class="series panel" points="{path}"/>')
    rows = (len(figure.series) + across - 1) // across
    words = f"{figure.x_label}: {first:g}…{last:g}; {figure.y_label}: {low:.4g}…max"
    parts.append(draw.text(6, rows * height + 16, words, "axis", "start", 200))
    return draw.svg(rows * height + 24, figure.caption, parts)


def _critical_difference(figure: CriticalDifference) -> str:
    """The axis of mean ranks on top, best on the left; a bar joins what cannot be told apart (Demšar 2006, figure 1)."""
    k = len(figure.entries)
    half = (k + 1) // 2
    left, right, axis = 200.0, draw.WIDTH - 200.0, 62.0
    x = _scale(1, max(k, 2), left, right)
    bars = axis + 14
    below = bars + 9 * len(figure.groups) + 10
    parts = [draw.line(left, axis, right, axis, "whisker lead")]
    for rank in range(1, k + 1):
        parts.append(draw.line(x(rank), axis - 5, x(rank), axis, "whisker lead"))
        parts.append(draw.text(x(rank), axis - 10, rank, "tick", "middle"))
    reach = min(1 + figure.distance, float(max(k, 2)))
    parts += [draw.line(x(1), 24, x(reach), 24, "bar"), draw.text(x(1), 16, f"CD = {figure.distance:.2f}", "axis")]
    for place, (label, mean) in enumerate(figure.entries):
        on_left = place < half
        y = below + 20 * (place if on_left else k - 1 - place)
        end = left - 14 if on_left else right + 14
        parts += [draw.line(x(mean), axis, x(mean), y, "leader"), draw.line(x(mean), y, end, y, "leader")]
        words = f"{label} {mean:.2f}" if on_left else f"{mean:.2f} {label}"
        parts.append(
            draw.text(end - 4 if on_left else end + 4, y + 4, words, "other", "end" if on_left else "start", 30)
        )
    for level, (a, b) in enumerate(figure.groups):
        at = bars + 9 * level
        parts.append(draw.line(x(figure.entries[a][1]) - 3, at, x(figure.entries[b][1]) + 3, at, "bar"))
    return draw.svg(below + 20 * half + 4, figure.caption, parts)
