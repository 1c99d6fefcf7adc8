"""Charts as lines of characters, for Markdown's text blocks and for terminals."""

import unicodedata

from lrtui.domain.terminal_text import clean
from lrtui.report.figures import CriticalDifference, Figure, Intervals, Lines, Series, spread

_LABEL = 28  # columns at most
_BLOCKS = "▁▂▃▄▅▆▇█"
_BAR = 10
_BARS = 5  # bars beside each other


def text_chart(figure: Figure, width: int = 48) -> str:
    """The figure as lines without trailing spaces; `width` is that of the drawing beside the labels."""
    match figure:
        case Intervals():
            lines = _intervals(figure, width)
        case Lines(log_x=True) if len({x for line in figure.series for x in line.x}) <= _BARS:
            lines = _bars(figure)
        case Lines():
            lines = _sparklines(figure, width)
        case CriticalDifference():
            lines = _critical_difference(figure)
    return "\n".join(line.rstrip() for line in lines)


def columns(text: str) -> int:
    """How many terminal columns a clean text takes: Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in text)  # fmt: skip


def _padded(labels: list[str]) -> list[str]:
    short = [clean(label, _LABEL) for label in labels]
    widest = max(map(columns, short), default=0)
    return [label + " " * (widest - columns(label)) for label in short]


def _intervals(figure: Intervals, width: int) -> list[str]:
    dots = figure.dots
    ends = [v for d in dots for v in (d.mean, d.low, d.high) if v is not None]
    low, high = spread(ends)

    def place(value: float) -> int:
        return round((value - low) / (high - low) * (width - 1))

    labels = _padded([dot.label for dot in dots])
    lines = []
    for label, dot in zip(labels, dots, strict=True):
        row = [" "] * width
        if dot.low is not None and dot.high is not None:
            for cell in range(place(dot.low), place(dot.high) + 1):
                row[cell] = "─"
            row[place(dot.low)], row[place(dot.high)] = "├", "┤"
        row[place(dot.mean)] = "●" if dot.bold else "○"
        lines.append(f"{label}  {''.join(row)}  {dot.mean:.2f}")
    left, right = f"{low:.2f}", f"{high:.2f}"
    margin = " " * (columns(labels[0]) + 2)
    return [*lines, margin + left + right.rjust(width - len(left)), margin + figure.x_label.center(width)]


def _sparklines(figure: Lines, width: int) -> list[str]:
    low, high = spread([y for line in figure.series for y in line.y])
    if figure.y_low is not None and figure.y_low < high:
        low = figure.y_low
    labels = _padded([line.label for line in figure.series])
    room = min(width, max(len(line.y) for line in figure.series))
    lines = []
    for label, line in zip(labels, figure.series, strict=True):
        top = max(line.y) if figure.panels and max(line.y) > low else high
        lines.append(f"{label}  {_spark(line, low, top, room).ljust(room)}  {line.note}")
    first, last = figure.series[0].x[0], max(line.x[-1] for line in figure.series)
    scale = f"▁ {low:.4g}, █ {high:.4g}" if not figure.panels else f"▁ {low:.4g}, █ max"
    words = f"{figure.x_label}: {first:.4g}…{last:.4g}; {figure.y_label}: {scale}"
    return [*lines, " " * (columns(labels[0]) + 2) + words]


def _spark(line: Series, low: float, high: float, width: int) -> str:
    n = len(line.y)
    cells = min(width, n)
    # The last value of each cell: an average would hide a restart.
    picked = [line.y[(cell + 1) * n // cells - 1] for cell in range(cells)]
    return "".join(_BLOCKS[_level(y, low, high, len(_BLOCKS))] for y in picked)


def _level(value: float, low: float, high: float, steps: int) -> int:
    return max(0, min(steps - 1, int((value - low) / (high - low) * steps)))


def _bars(figure: Lines) -> list[str]:
    """A bar for each of a few x values: a line through three points would say less."""
    low, high = spread([y for line in figure.series for y in line.y])
    labels = _padded([line.label for line in figure.series])
    xs = sorted({x for line in figure.series for x in line.x})
    indent = " " * (columns(labels[0]) + 2)
    lines = [indent + "  ".join(f"{x:g}".ljust(_BAR + 7) for x in xs)]
    for label, line in zip(labels, figure.series, strict=True):
        values = dict(zip(line.x, line.y, strict=True))
        cells = []
        for x in xs:
            filled = 1 + _level(values[x], low, high, _BAR) if x in values else 0
            cells.append(("█" * filled).ljust(_BAR, "·") + (f" {values[x]:6.2f}" if x in values else " " * 7))
        lines.append(f"{label}  {'  '.join(cells)}")
    return [*lines, f"{indent}{figure.x_label}; {figure.y_label}: █ {low:.2f}, {'█' * _BAR} {high:.2f}"]


def _critical_difference(figure: CriticalDifference) -> list[str]:
    """Best on top; schedules that share a bar cannot be told apart."""
    labels = _padded([label for label, _ in figure.entries])
    groups = figure.groups
    lines = []
    for place, (label, (_, rank)) in enumerate(zip(labels, figure.entries, strict=True)):
        bars = "".join(
            " " if not a <= place <= b else "┐" if place == a else "┘" if place == b else "│" for a, b in groups
        )
        lines.append(f"{rank:6.2f}  {label}  {' '.join(bars)}")
    return [*lines, f"CD = {figure.distance:.2f}"]
