"""The table of runs on Live."""

from collections.abc import Sequence, Set
from dataclasses import replace

from textual import events, on
from textual.message import Message
from textual.scrollbar import ScrollTo

from lrtui.comparison.snapshot import RunView, Snapshot
from lrtui.comparison.status import RunStatus
from lrtui.formats import heading, rate, score
from lrtui.tasks.info import ACCURACY, Metric
from lrtui.terminal_text import clean, shortened
from lrtui.tui.cells import Cell, Column, Tone
from lrtui.tui.figures import bar
from lrtui.tui.live.run_list import ORDERS, SIGNS, Order, best_so_far
from lrtui.tui.widgets.table import Table

NOTHING_OPEN = "no comparison is open: 2 sets one up, 5 lists those there are"
WIDE = 120
_TONES: dict[str, Tone] = {
    "done": "good", "running": "accent", "pausing": "warn", "stalled": "warn", "diverged": "bad", "failed": "bad",
    "cancelled": "dim", "queued": "dim", "paused": "warn",
}  # fmt: skip


class RunTable(Table[int]):
    """Runs by their ids, with a sign on those that are pinned.

    The rows keep their order while runs are trained, so that none jumps under a person's hand. What goes along is the
    cursor: from one run at work to the next when it has ended, until a person puts it somewhere, or does something to
    a run (`stay`). Another comparison is followed again.
    """

    class Stayed(Message):
        """The cursor goes along with the runs at work no more."""

    def __init__(self) -> None:
        super().__init__(_columns(False, ACCURACY), self._row, empty=NOTHING_OPEN, id="runs")
        self._snapshot = Snapshot()
        self._runs: dict[int, RunView] = {}
        self._pinned: Set[int] = frozenset()
        self._room_for_names = 40
        self._follow_work = True
        self._order = ORDERS[0]

    @property
    def run(self) -> RunView | None:
        """The run under the cursor."""
        return self._runs.get(self.key) if self.key is not None else None

    @property
    def follows(self) -> bool:
        """Whether the cursor goes along with the runs at work, of which it is on one."""
        return self._follow_work and self.run is not None and _at_work(self.run)

    @property
    def can_follow(self) -> bool:
        """Whether it could go along and does not."""
        return not self.follows and any(_at_work(self._runs[key]) for key in self.keys)

    def follow(self) -> None:
        """Go along with the runs at work, from now on."""
        self._follow_work = True
        self._go_along()

    @on(events.Click)
    @on(events.MouseScrollUp)
    @on(events.MouseScrollDown)
    @on(ScrollTo)
    def stay(self) -> None:
        """Leave the cursor where it is."""
        if self._follow_work:
            self._follow_work = False
            self.post_message(self.Stayed())

    def action_move(self, by: int) -> None:
        """Move the cursor by rows; there it stays."""
        self.stay()
        super().action_move(by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a screen; there it stays."""
        self.stay()
        super().action_page(by)

    def action_edge(self, last: int) -> None:
        """Move the cursor to the first or the last row; there it stays."""
        self.stay()
        super().action_edge(last)

    def show_runs(self, snapshot: Snapshot, rows: Sequence[RunView], pinned: Set[int], empty: str) -> None:
        """Show these runs of a snapshot; `empty` says why there are none."""
        if snapshot.open_id != self._snapshot.open_id:
            self._follow_work = True
        titled = self._metric
        self._snapshot, self._pinned = snapshot, frozenset(pinned)
        if self._metric != titled:
            self.show_columns(self._order)
        self._runs = {run.id: run for run in snapshot.runs}
        self.show([run.id for run in rows], empty)
        self._go_along()

    def _go_along(self) -> None:
        """Where it follows, and the run under the cursor is not at work, go to the first that is."""
        if self._follow_work and not self.follows:
            first = next((key for key in self.keys if _at_work(self._runs[key])), None)
            if first is not None:
                self.lead_to(first)

    def show_columns(self, order: Order) -> None:
        """Columns for the width there is, with a sign on the one that the rows are sorted by."""
        self._order = order
        columns = _columns(self.app.size.width >= WIDE, self._metric)
        fixed = sum(column.width + 1 for column in columns)
        self._room_for_names = max(4, min(40, self.app.size.width - fixed - 2))
        if order is not ORDERS[0]:
            title = _title(self._metric) if order.column == "score" else order.column
            columns = tuple(replace(c, title=f"{c.title}↓") if c.title == title else c for c in columns)
        self.set_columns(columns)

    @property
    def _metric(self) -> Metric:
        return ACCURACY if self._snapshot.open is None else self._snapshot.open.spec.metric

    def _row(self, key: int) -> tuple[Cell | str, ...]:
        run = self._runs[key]
        share = run.epoch / max(1, run.epochs)
        wide = self.app.size.width >= WIDE
        digits = len(str(run.epochs))
        narrow = f"{bar(share, max(1, 6 - digits))} {run.epoch:{digits}}"
        epochs = f"{bar(share, 14)} {run.epoch}/{run.epochs}" if wide else narrow
        curve = self._snapshot.curves.get(key)
        took = f"{curve.seconds[-1]:.3g}" if curve else "–"
        return (
            f"↑{run.number}" if key in self._pinned else str(run.number), shortened(run.label, self._room_for_names), rate(run.base_lr),
            str(run.seed), Cell(f"{SIGNS[run.word]} {run.word}", _TONES[run.word]), epochs, rate(run.lr),
            score(run.last_score, self._metric), Cell(score(best_so_far(run, curve, self._metric.better), self._metric), "strong"), took,
        )  # fmt: skip


def _at_work(run: RunView) -> bool:
    return run.status is RunStatus.RUNNING and not run.stalled


def _title(metric: Metric) -> str:
    """What the last score of a run is called, with a place for the sign of the order."""
    return clean(heading(metric), 8)


def _columns(wide: bool, metric: Metric) -> tuple[Column, ...]:
    figure = 6 if metric.percent else 9
    columns = (
        Column("#", 5, "right"), Column("scheduler", 0, most=40), Column("base LR", 8, "right"), Column("seed", 4, "right"),
        Column("status", 11), Column("epoch", 24 if wide else 7), Column("LR now", 8, "right"),
        Column(_title(metric), figure, "right"), Column("best", figure, "right"),
    )  # fmt: skip
    return (*columns, Column("s/epoch", 7, "right")) if wide else columns
