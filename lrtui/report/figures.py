"""What a chart shows, as frozen values: drawn as text by `text_charts`, as SVG by `svg_*`. No markup, no colours."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dot:
    """A row of an interval chart: a mean and, where there is one, its interval. `bold`: in the leading group."""

    label: str
    mean: float
    low: float | None
    high: float | None
    bold: bool


@dataclass(frozen=True, slots=True)
class Intervals:
    """Means with their intervals, one row a schedule. Values are in the unit of `x_label`; `percents` says how they are written."""

    caption: str
    x_label: str
    dots: tuple[Dot, ...]
    percents: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """A line: parallel coordinates, finite, x ascending. `note` is a short remark shown after the line in text."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over a shared x axis.

    `panels`: each line has a small chart of its own, as high as its own largest value. `y_low`: where the y axis begins;
    lines that start below it are cut off there (None: at the smallest value). `y_high`: where it ends, likewise. `log_x`: few
    x values, all above 0. `percents`: how values are written.
    """

    caption: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    log_x: bool = False
    panels: bool = False
    y_low: float | None = None
    y_high: float | None = None
    percents: bool = True


@dataclass(frozen=True, slots=True)
class CriticalDifference:
    """Mean ranks (1 is best) and the difference from which two of them are told apart (Demšar 2006).

    `entries` are labels with their mean ranks, best first. `groups` are the bars: first and last place, from 0.
    """

    caption: str
    entries: tuple[tuple[str, float], ...]
    distance: float
    groups: tuple[tuple[int, int], ...]


Figure = Intervals | Lines | CriticalDifference


def spread(values: Sequence[float]) -> tuple[float, float]:
    """The smallest and the largest value, moved apart where they are equal."""
    low, high = min(values), max(values)
    if low < high:
        return low, high
    room = abs(low) * 0.01 or 1.0
    return low - room, high + room
