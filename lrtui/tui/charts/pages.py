"""The charts that can be turned like pages where one has the whole screen."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

from lrtui.tui.charts.series import Series


@dataclass(frozen=True, slots=True)
class Pages:
    """Charts by title; `caption` says what curves they all show, `unit` what their x axis counts."""

    charts: Mapping[str, tuple[Series, ...]]
    caption: str = ""
    unit: str = "epoch"


class View(NamedTuple):
    """Which page is looked at, and how: see `ZoomScreen`."""

    page: str
    log_axis: bool
    smoothing: float
    late: Set[str]
