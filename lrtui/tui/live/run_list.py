"""Which runs the table of Live shows, and in which order: sorted, pinned, hidden."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

from lrtui.comparison.snapshot import Curve, RunView, Snapshot
from lrtui.tasks.info import ACCURACY, Better, Metric

# The words for a run's status in the order that sorting by it shows them, each with the sign that tells it without colour.
SIGNS = {
    "done": "✓", "running": "▶", "pausing": "▷", "stalled": "!", "diverged": "∞", "failed": "✗", "cancelled": "–", "queued": "·", "paused": "‖",
}  # fmt: skip


def best_so_far(run: RunView, curve: Curve | None, better: Better = "higher") -> float | None:
    """The best validation score: what stands on record of a run that ended, else the best of its curve."""
    if run.score is not None or curve is None:
        return run.score
    return (max if better == "higher" else min)(curve.score, default=None)


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the runs: the name of its column (`score` is titled by the metric), and what to sort by (None: as they are claimed)."""

    column: str
    key: Callable[[RunView, Curve | None, Metric], Any] | None


def _best_first(value: float | None, metric: Metric) -> float:
    """What is absent comes last."""
    return inf if value is None else -metric.oriented(value)


ORDERS = (
    Order("#", None),
    Order("scheduler", lambda run, *_: run.label),
    Order("base LR", lambda run, *_: run.base_lr),
    Order("status", lambda run, *_: list(SIGNS).index(run.word)),
    Order("score", lambda run, _, metric: _best_first(run.last_score, metric)),
    Order("best", lambda run, curve, metric: _best_first(best_so_far(run, curve, metric.better), metric)),
)


class RunList:
    """What a person chose to see of the open comparison; another comparison starts anew, but for the order."""

    def __init__(self) -> None:
        self.pinned: set[int] = set()
        """The ids of runs that stay on top."""
        self.hidden: set[str] = set()
        """The schedulers whose runs and curves are not shown."""
        self._order = 0
        self._comparison_id: int | None = None

    @property
    def order(self) -> Order:
        """How the runs are sorted."""
        return ORDERS[self._order]

    def next_order(self) -> None:
        """Sort by the next column."""
        self._order = (self._order + 1) % len(ORDERS)

    def open(self, comparison_id: int | None) -> None:
        """The runs to come are of this comparison."""
        if comparison_id != self._comparison_id:
            self._comparison_id = comparison_id
            self.pinned, self.hidden = set(), set()

    def pin(self, run: RunView) -> None:
        """Keep a run on top, or let it go."""
        self.pinned ^= {run.id}

    def hide(self, run: RunView) -> None:
        """Hide the run's scheduler."""
        self.hidden.add(run.label)

    def rows(self, snapshot: Snapshot, passes: Callable[[RunView], bool] | None) -> list[RunView]:
        """The runs of the snapshot to show that also pass the filter, if there is one: the pinned ones first, then in order."""
        shown = [run for run in snapshot.runs if run.label not in self.hidden and (passes is None or passes(run))]
        key = self.order.key
        if key is not None:
            metric = ACCURACY if snapshot.open is None else snapshot.open.spec.metric
            shown.sort(key=lambda run: key(run, snapshot.curves.get(run.id), metric))
        if self.pinned:
            shown.sort(key=lambda run: run.id not in self.pinned)
        return shown
