"""Live: how far the open comparison is, every run of it, their curves, and what happened."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from lrtui.domain.snapshot import RunView, Snapshot
from lrtui.domain.status import RunStatus
from lrtui.domain.terminal_text import clean
from lrtui.tui.chart import Chart, Legend
from lrtui.tui.figures import bar, duration, moment, percent, rate
from lrtui.tui.keys import bindings
from lrtui.tui.messages import CurvesReady
from lrtui.tui.progress import Progress, progress_of
from lrtui.tui.screens.mode import ModeScreen
from lrtui.tui.screens.question import Question
from lrtui.tui.screens.zoom import ZoomScreen
from lrtui.tui.series import METRICS, TITLES, MeanCurves, Series
from lrtui.tui.widgets.filter_line import FilterLine
from lrtui.tui.widgets.table import Cell, Column, Line, Table, Tone

if TYPE_CHECKING:
    from lrtui.store.commands import Verb

_TONES: dict[str, Tone] = {
    "done": "good", "running": "accent", "stalled": "warn", "diverged": "bad", "failed": "bad",
    "cancelled": "dim", "queued": "dim", "paused": "warn",
}  # fmt: skip
_SIGNS = {
    "done": "✓", "running": "▶", "stalled": "!", "diverged": "∞", "failed": "✗", "cancelled": "–", "queued": "·", "paused": "‖",
}  # fmt: skip
_CAN: dict[str, frozenset[RunStatus]] = {
    "pause": frozenset({RunStatus.RUNNING, RunStatus.QUEUED}),
    "resume": frozenset({RunStatus.PAUSED}),
    "cancel": frozenset({RunStatus.RUNNING, RunStatus.QUEUED, RunStatus.PAUSED}),
    "retry": frozenset({RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.DIVERGED}),
}


def _columns(wide: bool) -> tuple[Column, ...]:
    return (
        Column("#", 4, "right"), Column("scheduler", 0, most=40), Column("base LR", 7, "right"), Column("seed", 4, "right"),
        Column("status", 11), Column("epoch", 24 if wide else 9), Column("LR now", 8, "right"),
        Column("acc %", 5, "right"), Column("best", 5, "right"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the runs: the title of its column, and what to sort by (None: as they are claimed)."""

    column: str
    key: Callable[[RunView], Any] | None


ORDERS = (
    Order("#", None),
    Order("scheduler", lambda run: run.scheduler),
    Order("base LR", lambda run: run.base_lr),
    Order("status", lambda run: list(_SIGNS).index(_status(run))),
    Order("acc %", lambda run: 0.0 if run.last_val_acc is None else -run.last_val_acc),
    Order("best", lambda run: 0.0 if run.val_acc is None else -run.val_acc),
)


def _status(run: RunView) -> str:
    return "stalled" if run.stalled else run.status.value


class LiveScreen(ModeScreen):
    """Watch the runs and steer them."""

    mode = "live"
    BINDINGS = bindings("live")

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[int, RunView] = {}
        self._means = MeanCurves()
        self._everything = False
        self._drawn: tuple[Snapshot, float | None] | None = None
        self._computing = False
        self._order = 0
        self._zoom: ZoomScreen | None = None
        self._nobody_works = False

    def body(self) -> Iterable[Widget]:
        """Progress, runs, charts, events."""
        yield Static("", id="progress")
        yield Table(
            _columns(False),
            self._cells,
            empty="no comparison is open: 2 sets one up, 5 lists those there are",
            id="runs",
        )
        yield FilterLine()
        yield Static("", id="run-note")
        with Horizontal(id="charts"):
            for metric in METRICS:
                chart = Chart(id=f"chart-{metric}", empty="no epoch has ended yet")
                chart.set_class(metric == METRICS[0], "-chosen")
                yield chart
        yield Legend(id="legend")
        with Vertical(id="events"):
            yield Static("", id="event-lines")

    def on_mount(self) -> None:
        """The runs have the focus."""
        self.query_one("#runs").focus()

    @property
    def run(self) -> RunView | None:
        """The run under the cursor."""
        key = self.query_one("#runs", Table).key
        return self._runs.get(key) if key is not None else None

    def on_resize(self) -> None:
        """More where there is room."""
        self._set_columns()
        for metric in METRICS:  # beside each other they share one
            self.query_one(f"#chart-{metric}", Chart).legend = self.size.width < 100

    def resumed(self) -> None:
        """Show what happened meanwhile."""
        self.refreshed()

    def refreshed(self) -> None:
        """Show the snapshot; what looks the same is not drawn again."""
        snapshot = self.snapshot
        self._runs = {run.id: run for run in snapshot.runs}
        self._show_runs()
        progress = progress_of(snapshot)
        self._nobody_works = progress is not None and progress.abandoned
        self._show_progress(progress)
        self._show_note()
        self._show_events(snapshot)
        self._draw_curves()

    def _show_runs(self) -> None:
        line = self.query_one(FilterLine)
        order = ORDERS[self._order]
        runs = [run for run in self.snapshot.runs if line.lets_pass(run.scheduler, _status(run), f"{run.base_lr:g}")]
        if order.key is not None:
            runs.sort(key=order.key)
        empty = (
            "no run holds these words"
            if line.words
            else "no comparison is open: 2 sets one up, 5 lists those there are"
        )
        self.query_one("#runs", Table).show([Line(run.id) for run in runs], empty)

    def action_filter(self) -> None:
        """Type words that runs must hold."""
        self.query_one(FilterLine).open()

    def action_back(self) -> None:
        """Take the filter away."""
        self.query_one(FilterLine).close()
        self.query_one("#runs").focus()

    def on_filter_line_filtered(self) -> None:
        """Show the runs that hold the words."""
        self._show_runs()

    def on_input_submitted(self) -> None:
        """Keep the words and go back to the runs."""
        self.query_one("#runs").focus()

    def action_sort(self) -> None:
        """Order by the next column."""
        self._order = (self._order + 1) % len(ORDERS)
        self._set_columns()
        self._show_runs()

    def _set_columns(self) -> None:
        columns = _columns(self.size.width >= 120)
        title = ORDERS[self._order].column
        marked = [replace(c, title=f"{c.title}↓") if c.title == title else c for c in columns]
        self.query_one("#runs", Table).set_columns(marked if self._order else columns)

    def on_table_moved(self, message: Table.Moved) -> None:
        """Another run: its error, its base LR's curves, what can be done with it."""
        self._show_note()
        self._draw_curves()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here now."""
        if action == "ask" and parameters[0] == "resume" and self._nobody_works:
            return True
        if action == "ask":
            return any(run.status in _CAN[str(parameters[0])] for run in self._targets())
        if action == "back":
            return self.is_mounted and self.query_one(FilterLine).display
        if action == "scope":
            return bool(self._runs)
        return True

    def _targets(self) -> list[RunView]:
        if self._everything:
            return list(self._runs.values())
        run = self.run if self.is_mounted else None
        return [run] if run is not None else []

    def action_scope(self) -> None:
        """Switch what the keys work on."""
        self._everything = not self._everything
        self._show_note()
        self.refresh_bindings()

    def action_metric(self) -> None:
        """Show the next chart, where there is room for one only; after the charts come the events."""
        order = [*(f"chart-{metric}" for metric in METRICS), "events"]
        shown = [name for name in order if self.query_one(f"#{name}").has_class("-chosen")]
        after = order[(order.index(shown[0]) + 1) % len(order)]
        for name in order:
            self.query_one(f"#{name}").set_class(name == after, "-chosen")
        self.set_class(after == "events", "-events")

    def action_log_axis(self) -> None:
        """Switch between a linear and a logarithmic axis of losses and learning rates."""
        for metric in ("loss", "lr"):
            chart = self.query_one(f"#chart-{metric}", Chart)
            chart.log_axis = not chart.log_axis

    def action_late(self) -> None:
        """Fit the axis of accuracy and loss to the whole curves, or to all but their start."""
        for metric in ("val_acc", "loss"):
            chart = self.query_one(f"#chart-{metric}", Chart)
            chart.late = not chart.late

    def action_smooth(self) -> None:
        """Smooth the measured curves more; after the most, not at all."""
        for metric in ("val_acc", "loss"):
            self.query_one(f"#chart-{metric}", Chart).smooth()

    def action_zoom(self) -> None:
        """Show the chart on the whole screen."""
        pages = self._pages()
        if not pages:
            return
        chosen = [metric for metric in METRICS if self.query_one(f"#chart-{metric}").has_class("-chosen")]
        chart = self.query_one(f"#chart-{(chosen or METRICS)[0]}", Chart)
        page = TITLES[chosen[0]] if chosen else next(iter(pages))
        self._zoom = ZoomScreen(pages, page, chart.log_axis, chart.smoothing)
        self.app.push_screen(self._zoom)

    def _pages(self) -> dict[str, tuple[Series, ...]]:
        charts = {TITLES[metric]: self.query_one(f"#chart-{metric}", Chart) for metric in METRICS}
        return {title: chart.series for title, chart in charts.items() if chart.series}

    def action_ask(self, verb: "Verb") -> None:
        """Have the supervisor do it; cancelling asks first."""
        comparison, run = self.snapshot.open, self.run
        if comparison is None or (run is None and not self._everything):
            return
        number = None if self._everything or run is None else run.number
        what = f"run {comparison.id}/{number}" if number is not None else f"every run of comparison {comparison.id}"
        if verb != "cancel":
            self.ask(verb, comparison.id, number)
            return

        def decide(yes: bool | None) -> None:
            if yes:
                self.ask(verb, comparison.id, number)

        self.app.push_screen(Question(f"Cancel {what}? What was trained so far stays on record.", "Cancel"), decide)

    def ask(self, verb: "Verb", comparison_id: int, number: int | None) -> None:
        """Ask the supervisor, off the loop; its answer is shown."""
        self.dashboard.in_background(partial(self.dashboard.requests.ask, verb, comparison_id, number))

    def _show_progress(self, progress: Progress | None) -> None:
        text = Text()
        if progress is not None:
            width = max(8, min(40, self.size.width - 62))
            text.append(f" {bar(progress.share, width)}", "bold")
            text.append(f" {100 * progress.share:3.0f} %  {progress.ended} of {progress.runs} runs ended")
            if progress.left is not None:
                text.append(f", about {duration(progress.left)} left")
            if progress.waits:
                text.append(f"  ({progress.waits})")
        _update(self.query_one("#progress", Static), text)

    def _show_note(self) -> None:
        run = self.run
        text = " keys work on every run (space: on one)" if self._everything else ""
        if run is not None and not self._everything:
            text = f" run {run.number}: {clean(run.scheduler, 40)}, seed {run.seed}"
            if run.diverged_at is not None:
                text += f", loss not finite at epoch {run.diverged_at}"
            if run.error:
                text += f", {clean(run.error, 300)}"
            text += " (space: keys work on all)"
        _update(self.query_one("#run-note", Static), Text(text))

    def _show_events(self, snapshot: Snapshot) -> None:
        height = max(3, self.query_one("#events").size.height)
        lines = [
            f" {moment(event.at)[-5:]}  {'' if event.run_number is None else f'run {event.run_number}: '}{clean(event.message)}"
            for event in snapshot.events
            if event.comparison_id in (None, snapshot.open_id)
        ]
        _update(self.query_one("#event-lines", Static), Text("\n".join(reversed(lines[-height:])) or " no events"))

    def _draw_curves(self) -> None:
        """Compute the means off the loop when a curve, or the base LR asked for, is another one; one at a time."""
        comparison, run = self.snapshot.open, self.run
        if comparison is None or self._computing:
            return
        base_lr = None if len(comparison.spec.base_lrs) < 2 or run is None else run.base_lr
        if self._drawn is not None and self._drawn[0] is self.snapshot and self._drawn[1] == base_lr:
            return
        self._drawn = (self.snapshot, base_lr)
        self._computing = True
        # A description of its own: Textual else takes the repr of the whole snapshot, a second for 5,000 runs.
        self.run_worker(
            partial(self._compute, comparison.id, self.snapshot, base_lr),
            thread=True,
            group="curves",
            description="curves",
        )

    def _compute(self, comparison_id: int, snapshot: Snapshot, base_lr: float | None) -> None:
        self.post_message(CurvesReady(comparison_id, base_lr, self._means.of(snapshot, base_lr)))

    def on_curves_ready(self, message: CurvesReady) -> None:
        """Draw the means, and compute again if something else is wanted by now."""
        self._computing = False
        self.call_later(self._draw_curves)
        if message.comparison_id != self.snapshot.open_id:
            return
        for metric in METRICS:
            series = message.curves[metric]
            chart = self.query_one(f"#chart-{metric}", Chart)
            seeds = max((s.n for s in series), default=0)
            at = "" if message.base_lr is None else f", base LR {message.base_lr:g}"
            chart.title = f"{TITLES[metric]}{at}, mean of {seeds} seed{'' if seeds == 1 else 's'}"
            chart.show([s for s in series if s.x])
        self.query_one(Legend).show([s for s in message.curves["lr"] if s.x])
        if self._zoom is not None and self._zoom.is_current:
            self._zoom.update(self._pages())

    def _cells(self, key: int) -> tuple[Cell | str, ...]:
        run = self._runs[key]
        status = _status(run)
        share = run.epoch / max(1, run.epochs)
        epochs = (
            f"{bar(share, 14)} {run.epoch}/{run.epochs}" if self.size.width >= 120 else f"{bar(share, 5)} {run.epoch}"
        )
        return (
            str(run.number), clean(run.scheduler, 60), rate(run.base_lr), str(run.seed),
            Cell(f"{_SIGNS[status]} {status}", _TONES[status]), epochs, rate(run.lr), percent(run.last_val_acc),
            Cell(percent(run.val_acc if run.val_acc is not None else self._best(run)), "strong"),
        )  # fmt: skip

    def _best(self, run: RunView) -> float | None:
        curve = self.snapshot.curves.get(run.id)
        return max(curve.val_acc, default=None) if curve is not None else None


def _update(static: Static, text: Text) -> None:
    """Change a text only where it is another one: an update draws, and a terminal far away would notice."""
    if static.content != text:
        static.update(text)
