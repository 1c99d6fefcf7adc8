"""Charts as lines of characters, for Markdown's text blocks and for terminals."""

import unicodedata

from lrtui.formats import on_axis
from lrtui.report.figures import CriticalDifference, Figure, Intervals, Lines, Series, spread
from lrtui.terminal_text import shortened

_LABEL = 28  # columns at most
_BLOCKS = "▁▂▃▄▅▆▇█"
_BAR = 10
_STEP = 4  # columns of a point at most, where there are few of them
_BARS = 5  # bars beside each other
_DRAWING = 48  # columns, where no width is asked for
_WIDEST = 100  # beyond that a row cannot be followed from its label to its end


def text_chart(figure: Figure, width: int | None = None) -> str:
    """The figure as lines without trailing spaces.

    Args:
        figure: what to draw.
        width: columns of the longest line, labels included (from about 60 on this holds); None: what a drawing of 48
            columns beside the labels takes.
    """
    match figure:
        case Intervals():
            lines = _intervals(figure, width)
        case Lines(log_x=True) if len({x for line in figure.series for x in line.x}) <= _BARS:
            lines = _bars(figure, width)
        case Lines():
            lines = _sparklines(figure, width)
        case CriticalDifference():
            lines = _critical_difference(figure, width)
    return "\n".join(line.rstrip() for line in lines)


def _room(width: int | None, taken: int) -> int:
    """Columns of the drawing where labels and figures take some of the width."""
    return _DRAWING if width is None else max(8, min(_WIDEST, width - taken))


def columns(text: str) -> int:
    """How many terminal columns a clean text takes: Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in text)  # fmt: skip


def _padded(labels: list[str]) -> list[str]:
    short = [shortened(label, _LABEL) for label in labels]
    widest = max(map(columns, short), default=0)
    return [label + " " * (widest - columns(label)) for label in short]


def _intervals(figure: Intervals, whole: int | None) -> list[str]:
    dots = figure.dots
    means = [on_axis(dot.mean, percents=figure.percents) for dot in dots]
    ends = [v for d in dots for v in (d.mean, d.low, d.high) if v is not None]
    low, high = spread(ends)
    labels = _padded([dot.label for dot in dots])
    width = _room(whole, columns(labels[0]) + 4 + max(map(len, means)))

    def place(value: float) -> int:
        return round((value - low) / (high - low) * (width - 1))

    lines = []
    for label, dot, mean in zip(labels, dots, means, strict=True):
        row = [" "] * width
        if dot.low is not None and dot.high is not None:
            for cell in range(place(dot.low), place(dot.high) + 1):
                row[cell] = "─"
            row[place(dot.low)], row[place(dot.high)] = "├", "┤"
        row[place(dot.mean)] = "●" if dot.bold else "○"
        lines.append(f"{label}  {''.join(row)}  {mean}")
    left, right = (on_axis(end, percents=figure.percents) for end in (low, high))
    margin = " " * (columns(labels[0]) + 2)
    return [*lines, margin + left + right.rjust(width - len(left)), margin + figure.x_label.center(width)]


def _sparklines(figure: Lines, whole: int | None) -> list[str]:
    low, high = spread([y for line in figure.series for y in line.y])
    if figure.y_low is not None and figure.y_low < high:
        low = figure.y_low
    if figure.y_high is not None and figure.y_high > low:
        high = figure.y_high
    labels = _padded([line.label for line in figure.series])
    width = _room(whole, columns(labels[0]) + 4 + max(columns(line.note) for line in figure.series))
    longest = max(len(line.y) for line in figure.series)
    step = max(1, min(_STEP, width // longest))
    room = min(width, longest * step)
    lines = []
    for label, line in zip(labels, figure.series, strict=True):
        top = max(line.y) if figure.panels and max(line.y) > low else high
        lines.append(f"{label}  {_spark(line, low, top, room, step).ljust(room)}  {line.note}")
    first, last = figure.series[0].x[0], max(line.x[-1] for line in figure.series)
    scale = f"▁ {low:.4g}, █ {high:.4g}" if not figure.panels else f"▁ {low:.4g}, █ max"
    words = f"{figure.x_label}: {first:.4g}…{last:.4g}; {figure.y_label}: {scale}"
    return [*lines, " " * (columns(labels[0]) + 2) + words]


def _spark(line: Series, low: float, high: float, width: int, step: int) -> str:
    n = len(line.y)
    cells = min(width, n)
    # The last value of each cell: an average would hide a restart.
    picked = [line.y[(cell + 1) * n // cells - 1] for cell in range(cells)]
    return "".join(_BLOCKS[_level(y, low, high, len(_BLOCKS))] * step for y in picked)


def _level(value: float, low: float, high: float, steps: int) -> int:
    return max(0, min(steps - 1, int((value - low) / (high - low) * steps)))


def _bars(figure: Lines, whole: int | None) -> list[str]:
    """A bar for each of a few x values: a line through three points would say less."""
    low, high = spread([y for line in figure.series for y in line.y])
    labels = _padded([line.label for line in figure.series])
    xs = sorted({x for line in figure.series for x in line.x})
    indent = " " * (columns(labels[0]) + 2)
    written = {y: on_axis(y, percents=figure.percents) for line in figure.series for y in (*line.y, low, high)}
    value = max(7, 1 + max(map(len, written.values())))  # columns of a figure with the space before it
    bar = max(1, min(_BAR, _room(whole, len(indent)) // len(xs) - value - 2)) if whole else _BAR
    lines = [indent + "  ".join(f"{x:g}".ljust(bar + value) for x in xs)]
    for label, line in zip(labels, figure.series, strict=True):
        values = dict(zip(line.x, line.y, strict=True))
        cells = []
        for x in xs:
            filled = 1 + _level(values[x], low, high, bar) if x in values else 0
            cells.append(
                ("█" * filled).ljust(bar, "·") + (f" {written[values[x]]:>{value - 1}}" if x in values else " " * value)
            )
        lines.append(f"{label}  {'  '.join(cells)}")
    return [*lines, f"{indent}{figure.x_label}; {figure.y_label}: █ {written[low]}, {'█' * bar} {written[high]}"]


def _critical_difference(figure: CriticalDifference, whole: int | None) -> list[str]:
    """Best on top; schedules that share a bar cannot be told apart. Beside them their ranks on an axis, where it fits."""
    labels = _padded([label for label, _ in figure.entries])
    groups, worst = figure.groups, len(figure.entries)
    indent = 6 + 2 + columns(labels[0]) + 2 + 2 * len(groups) + 1
    width = _room(whole, indent)

    def place(rank: float) -> int:
        return round((rank - 1) / max(1, worst - 1) * (width - 1))

    lines = [" " * indent + "1" + str(worst).rjust(width - 1)]
    for at, (label, (_, rank)) in enumerate(zip(labels, figure.entries, strict=True)):
        bars = "".join(" " if not a <= at <= b else "┐" if at == a else "┘" if at == b else "│" for a, b in groups)
        axis = "·" * place(rank) + "●" + "·" * (width - 1 - place(rank))
        lines.append(f"{rank:6.2f}  {label}  {' '.join(bars).ljust(2 * len(groups))} {axis}")
    stretch = place(1 + figure.distance)
    drawn = f"├{'─' * (stretch - 1)}┤" if 0 < stretch < width else ""
    return [*lines, f"CD = {figure.distance:.2f}".ljust(indent) + drawn]
