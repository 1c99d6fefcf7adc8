"""The charts of Live: score, loss and learning rate of the same curves, made off the loop."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message

from lrtui.comparison.snapshot import RunView, Snapshot
from lrtui.tasks.info import ACCURACY
from lrtui.tui.charts.chart import Chart, Legend
from lrtui.tui.charts.pages import Pages, View
from lrtui.tui.charts.series import LATE, QUANTITIES, Quantity, titles
from lrtui.tui.cycles import following
from lrtui.tui.live.curve_choice import AXES, CurveChoice, CurveMaker, Curves, Rates
from lrtui.tui.messages import CurvesReady
from lrtui.tui.widgets.steady import Steady


class CurvePanel(Vertical):
    """Three charts with one caption and one legend where there is room, else one chart with its own.

    It keeps how the curves are to be drawn; whose curves, `draw` says.
    """

    @dataclass
    class Clicked(Message):
        """A chart was clicked."""

        metric: Quantity

    class Drawn(Message):
        """The curves are others than before."""

    def __init__(self) -> None:
        super().__init__(id="curves")
        self._maker = CurveMaker()
        self._snapshot = Snapshot()
        self._choice = CurveChoice()
        self._made: tuple[Snapshot, CurveChoice] | None = None
        self._computing = False
        self._curves: Curves | None = None
        self._together = False

    def compose(self) -> ComposeResult:
        """Caption, charts, legend."""
        yield Steady("", id="caption")
        with Horizontal(id="charts"):
            for metric in QUANTITIES:
                chart = Chart(id=f"chart-{metric}", empty="no epoch has ended yet")
                chart.late = metric in LATE
                yield chart
        yield Legend(id="legend")

    @property
    def means(self) -> bool:
        """Whether there is a curve a scheduler, not one a run."""
        return not self._choice.single

    def lay_out(self, chosen: Quantity, together: bool) -> None:
        """Show all charts beside each other, or the chosen one."""
        self._together = together
        for metric in QUANTITIES:
            self._chart(metric).set_class(metric == chosen, "-chosen")
            self._chart(metric).legend = not together
        self._entitle()

    def draw(
        self, snapshot: Snapshot, rows: Sequence[RunView], selected: RunView | None, pinned: Set[int], hidden: Set[str]
    ) -> None:
        """Show the curves of a snapshot's runs, of which these are the rows that are shown; none where none is open."""
        comparison = snapshot.open
        if comparison is None:
            self._forget()
            return
        rates = self._choice.rates if snapshot.open_id == self._snapshot.open_id else Rates.OWN
        self._snapshot = snapshot
        self._choice = replace(
            self._choice,
            rates=rates,
            selected_lr=selected.base_lr if selected is not None and rates is Rates.SELECTED else None,
            rows=tuple(run.id for run in rows) if self._choice.single else (),
            pinned=frozenset(pinned),
            hidden=frozenset(hidden),
        )
        self._draw()

    def _forget(self) -> None:
        """No comparison is open any more: nothing of the one before stays, and what is under way is not shown."""
        self._snapshot, self._made, self._maker = Snapshot(), None, CurveMaker()
        self._show(None)

    def _draw(self) -> None:
        """Make the curves in a thread, one after the other, and only where something changed."""
        made = self._made
        if self._computing or self._snapshot.open is None:
            return
        if made is not None and made[0] is self._snapshot and made[1] == self._choice:
            return
        self._made = (self._snapshot, self._choice)
        self._computing = True
        # A description of its own: Textual else takes the repr of the whole snapshot, a second for 5,000 runs.
        self.run_worker(partial(self._make, *self._made), thread=True, group="curves", description="curves")

    def _make(self, snapshot: Snapshot, choice: CurveChoice) -> None:
        assert snapshot.open_id is not None
        self.post_message(CurvesReady(snapshot.open_id, self._maker.make(snapshot, choice)))

    def on_curves_ready(self, message: CurvesReady) -> None:
        """Draw them, and make others if those are wanted by now."""
        message.stop()
        self._computing = False
        self.call_later(self._draw)
        if message.comparison_id != self._snapshot.open_id:
            return
        self._show(message.curves)
        self.post_message(self.Drawn())

    def _show(self, curves: Curves | None) -> None:
        self._curves = curves
        for metric in QUANTITIES:
            self._chart(metric).band = curves.front if curves is not None else None
            self._chart(metric).show(curves.series[metric] if curves is not None else ())
        self.query_one(Legend).show(curves.series["lr"] if curves is not None else ())
        self._entitle()

    @property
    def _titles(self) -> dict[Quantity, str]:
        """What stands above the charts of the open comparison."""
        return titles(ACCURACY if self._snapshot.open is None else self._snapshot.open.spec.metric)

    def _entitle(self) -> None:
        caption = self._curves.caption if self._curves is not None else ""
        own = "" if self._together or not caption else f", {caption}"
        for metric in QUANTITIES:
            self._chart(metric).title = self._titles[metric] + own
        self.query_one("#caption", Steady).show(f" curves: {caption}" if caption else "")

    def next_axis(self) -> None:
        """Draw against epochs, steps, seconds."""
        self._choice = replace(self._choice, axis=following(self._choice.axis, AXES))

    def next_rates(self) -> None:
        """Draw at the best base LR, each at its best, or at the selected run's."""
        self._choice = replace(self._choice, rates=following(self._choice.rates, Rates))

    def switch_single(self) -> None:
        """Draw one curve a run, or one a scheduler."""
        self._choice = replace(self._choice, single=not self._choice.single)

    def log_axis(self) -> None:
        """Switch between a linear and a logarithmic axis of losses and learning rates."""
        for metric in ("loss", "lr"):
            chart = self._chart(metric)
            chart.log_axis = not chart.log_axis

    def late(self) -> None:
        """Fit the axis of score and loss to the whole curves, or to all but their start."""
        for metric in ("score", "loss"):
            chart = self._chart(metric)
            chart.late = not chart.late

    def smooth(self) -> None:
        """Smooth the measured curves more; after the most, not at all."""
        for metric in ("score", "loss"):
            self._chart(metric).smooth()

    def on_click(self, event: events.Click) -> None:
        """Say which chart it was."""
        for metric in QUANTITIES:
            if self._chart(metric).region.contains(event.screen_x, event.screen_y):
                event.stop()
                self.post_message(self.Clicked(metric))

    def view(self, metric: Quantity) -> View:
        """A chart as it is drawn now."""
        chart = self._chart(metric)
        late = {self._titles[quantity] for quantity in QUANTITIES if self._chart(quantity).late}
        return View(self._titles[metric], chart.log_axis, chart.smoothing, late)

    @property
    def pages(self) -> Pages:
        """The charts that have curves."""
        charts = {
            self._titles[metric]: self._chart(metric).series for metric in QUANTITIES if self._chart(metric).series
        }
        return Pages(charts) if self._curves is None else Pages(charts, self._curves.caption, self._curves.axis)

    def _chart(self, metric: Quantity) -> Chart:
        return self.query_one(f"#chart-{metric}", Chart)
