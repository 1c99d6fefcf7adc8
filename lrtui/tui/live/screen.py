"""Live: how far the open comparison is, every run of it, their curves, the machine, and what happened."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import cast

from textual.containers import Horizontal
from textual.widget import Widget

from lrtui.comparison.snapshot import RunView
from lrtui.comparison.status import Verb
from lrtui.formats import rate
from lrtui.terminal_text import clean
from lrtui.tui.charts.series import QUANTITIES, Quantity
from lrtui.tui.cycles import following
from lrtui.tui.dialogs.question import Question
from lrtui.tui.dialogs.zoom import ZoomScreen
from lrtui.tui.keys import bindings, shown_key
from lrtui.tui.live.curve_panel import CurvePanel
from lrtui.tui.live.device_panel import DevicePanel
from lrtui.tui.live.event_list import EventList
from lrtui.tui.live.log_tail import LogTail
from lrtui.tui.live.progress import progress_of, progress_text
from lrtui.tui.live.run_list import RunList
from lrtui.tui.live.run_table import NOTHING_OPEN, RunTable
from lrtui.tui.live.steering import Scope, Wish
from lrtui.tui.mode import ModeScreen
from lrtui.tui.widgets.filter_line import FilterLine
from lrtui.tui.widgets.steady import Steady
from lrtui.tui.widgets.table import Table

_PANELS = ("events", "log", "devices")
_BROAD = 160


class LiveScreen(ModeScreen):
    """Watch the runs and steer them."""

    mode = "live"
    BINDINGS = bindings("live")

    def __init__(self) -> None:
        super().__init__()
        self._list = RunList()
        self._rows: Sequence[RunView] = ()
        self._scope = Scope.RUN
        self._metric: Quantity = QUANTITIES[0]
        self._panel: str | None = None
        self._nobody_works = False
        self._zoom: ZoomScreen | None = None

    def body(self) -> Iterable[Widget]:
        """Progress, runs, charts, and what happens beside them."""
        yield Steady("", id="progress")
        yield RunTable()
        yield FilterLine("#runs")
        yield Steady("", id="run-note")
        yield CurvePanel()
        with Horizontal(id="aside"):
            yield EventList(id="events")
            yield LogTail(id="log")
            yield DevicePanel(id="devices")

    @property
    def run(self) -> RunView | None:
        """The run under the cursor."""
        return self.query_one(RunTable).run if self.is_mounted else None

    @property
    def _together(self) -> bool:
        """Whether the style sheet shows all charts beside each other."""
        return self.size.width >= 100

    def on_resize(self) -> None:
        """More where there is room."""
        self.query_one(RunTable).show_columns(self._list.order)
        self.set_class(self.size.width >= _BROAD, "-broad")
        self._show_page()

    def refreshed(self) -> None:
        """Show the snapshot; what looks the same is not drawn again."""
        self._list.open(self.snapshot.open_id)
        progress = progress_of(self.snapshot)
        self._nobody_works = progress is not None and progress.abandoned
        self.query_one("#progress").set_class(self._nobody_works, "-abandoned")
        self.query_one("#progress", Steady).show(progress_text(progress, self.size.width))
        self._show_runs()
        self._follow()

    def _show_runs(self) -> None:
        """Show the runs that were not hidden or filtered away, and their curves."""
        line = self.query_one(FilterLine)

        def passes(run: RunView) -> bool:
            return line.lets_pass(run.label, run.word, rate(run.base_lr))

        self._rows = self._list.rows(self.snapshot, passes if line.words else None)
        empty = NOTHING_OPEN if self.snapshot.open_id is None else f"reading comparison {self.snapshot.open_id}…"
        if self.snapshot.runs:
            empty = "no run holds these words" if line.words else f"every scheduler is hidden: {shown_key('live.unhide')} shows them"  # fmt: skip
        self.query_one(RunTable).show_runs(self.snapshot, self._rows, self._list.pinned, empty)
        self._show_note()
        self._draw_curves()

    def _follow(self) -> None:
        """Have the panels beside the charts look, those that can be seen."""
        self.query_one(EventList).follow(self.snapshot)
        self.query_one(LogTail).follow(self.run, self.dashboard.requests)
        self.query_one(DevicePanel).follow(self.snapshot.workers)

    def action_filter(self) -> None:
        """Type words that runs must hold."""
        self.query_one(FilterLine).open()

    def action_back(self) -> None:
        """Take the filter away."""
        self.query_one(FilterLine).close()

    def on_filter_line_filtered(self) -> None:
        """Show the runs that hold the words."""
        self._show_runs()

    def action_sort(self) -> None:
        """Order by the next column."""
        self._list.next_order()
        self.query_one(RunTable).show_columns(self._list.order)
        self._show_runs()
        self.query_one(RunTable).action_edge(0)  # what comes first is what it was sorted for

    def action_pin(self) -> None:
        """Keep the selected run on top and its curve in front, or let it go."""
        if self.run is not None:
            self.query_one(RunTable).stay()
            self._list.pin(self.run)
            self._show_runs()

    def action_hide(self) -> None:
        """Hide the selected run's scheduler."""
        if self.run is not None:
            self._list.hide(self.run)
            self._show_runs()
            self.refresh_bindings()

    def action_unhide(self) -> None:
        """Show every scheduler again."""
        self._list.hidden.clear()
        self._show_runs()
        self.refresh_bindings()

    def on_table_moved(self, message: Table.Moved) -> None:
        """Another run: its error, its log, its base LR's curves, what can be done with it."""
        self._show_note()
        self._draw_curves()
        self.query_one(LogTail).follow(self.run, self.dashboard.requests)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here now."""
        if action == "ask":
            wish = self._wish(cast(Verb, parameters[0]))
            return wish is not None and (wish.possible or (wish.verb == "resume" and self._nobody_works))
        if action == "back":
            return self.is_mounted and self.query_one(FilterLine).display
        if action == "follow":
            return self.is_mounted and self.query_one(RunTable).can_follow
        if action == "unhide":
            return bool(self._list.hidden)
        if action == "rates":
            return len({run.base_lr for run in self.snapshot.runs}) > 1 and self.query_one(CurvePanel).means
        if action in ("scope", "pin", "hide", "single", "axis"):
            return bool(self.snapshot.runs)
        return True

    def action_follow(self) -> None:
        """Have the cursor go along with the runs at work."""
        self.query_one(RunTable).follow()
        self._show_note()
        self.refresh_bindings()

    def on_run_table_stayed(self) -> None:
        """Say no longer that the cursor goes along, and offer that it does."""
        self._show_note()
        self.refresh_bindings()

    def action_scope(self) -> None:
        """Switch what the keys work on."""
        self.query_one(RunTable).stay()
        self._scope = following(self._scope, Scope)
        self._show_note()
        self.refresh_bindings()

    def action_more(self) -> None:
        """Show the next chart, where there is room for one only; after the charts the panels take their place."""
        if self._panel is not None:
            self._panel = next(iter(_PANELS[_PANELS.index(self._panel) + 1 :]), None)
            self._metric = QUANTITIES[0]
        elif self._together or self._metric == QUANTITIES[-1]:
            self._panel = _PANELS[0]
        else:
            self._metric = QUANTITIES[QUANTITIES.index(self._metric) + 1]
        self._show_page()

    def _show_page(self) -> None:
        for panel in _PANELS:
            self.set_class(panel == self._panel, f"-only-{panel}")
        self.query_one(CurvePanel).lay_out(self._metric, self._together)
        self.call_after_refresh(self._follow)

    def action_log_axis(self) -> None:
        """Switch between a linear and a logarithmic axis of losses and learning rates."""
        self.query_one(CurvePanel).log_axis()

    def action_late(self) -> None:
        """Fit the axis of accuracy and loss to the whole curves, or to all but their start."""
        self.query_one(CurvePanel).late()

    def action_smooth(self) -> None:
        """Smooth the measured curves more; after the most, not at all."""
        self.query_one(CurvePanel).smooth()

    def action_zoom(self) -> None:
        """Show the chart on the whole screen."""
        self._enlarge(self._metric)

    def on_curve_panel_clicked(self, message: CurvePanel.Clicked) -> None:
        """A chart that is clicked fills the screen."""
        self._enlarge(message.metric)

    def _enlarge(self, metric: Quantity) -> None:
        """Show a chart on the whole screen, if there is anything in it or another one."""
        panel = self.query_one(CurvePanel)
        if panel.pages.charts:
            self._zoom = ZoomScreen(panel.pages, *panel.view(metric))
            self.app.push_screen(self._zoom)

    def on_curve_panel_drawn(self) -> None:
        """A chart on the whole screen follows."""
        if self._zoom is not None and self._zoom.is_current:
            self._zoom.update(self.query_one(CurvePanel).pages)

    def action_axis(self) -> None:
        """Draw against epochs, steps, seconds."""
        self.query_one(CurvePanel).next_axis()
        self._draw_curves()

    def action_single(self) -> None:
        """Draw one curve a run, or one a scheduler."""
        self.query_one(CurvePanel).switch_single()
        self._draw_curves()
        self.refresh_bindings()

    def action_rates(self) -> None:
        """Draw the curves at other base LRs."""
        self.query_one(CurvePanel).next_rates()
        self._draw_curves()

    def _draw_curves(self) -> None:
        self.query_one(CurvePanel).draw(self.snapshot, self._rows, self.run, self._list.pinned, self._list.hidden)

    def action_ask(self, verb: Verb) -> None:
        """Have the supervisor do it; cancelling asks first."""
        wish = self._wish(verb)
        if wish is None:
            return
        self.query_one(RunTable).stay()  # what is done to a run may be taken back by the next key

        def ask(yes: bool | None = True) -> None:
            if yes:
                self.dashboard.in_background(partial(wish.ask, self.dashboard.requests))

        if wish.question is None:
            ask()
        else:
            self.app.push_screen(Question(wish.question, "Cancel runs"), ask)

    def _wish(self, verb: Verb) -> Wish | None:
        """What a key means now; None where there is nothing it could work on."""
        comparison, run = self.snapshot.open, self.run
        if comparison is None or (run is None and self._scope is not Scope.ALL):
            return None
        return Wish(verb, self._scope, comparison, run, self.snapshot.runs)

    def _show_note(self) -> None:
        """What is to be said about the selected run, what the keys work on, and what is hidden."""
        run = self.run
        parts = [f"{len(self._list.hidden)} hidden ({shown_key('live.unhide')} shows all)"] if self._list.hidden else []
        if run is not None:
            targets = self._scope.targets(run, self.snapshot.runs)
            others = f"({shown_key('live.scope')}: on others)"
            leads = "following " if self.query_one(RunTable).follows else ""
            parts.append(f"{leads}run {run.number}: {clean(run.label, 40)}, seed {run.seed}")
            if run.pausing:
                parts[-1] += ", pauses at the end of its epoch"
            if run.diverged_at is not None:
                parts[-1] += f", loss not finite at epoch {run.diverged_at}"
            if run.error:
                parts[-1] += f", {clean(run.error, 300)}"
            parts.append(f"keys work on {self._scope.named(run, len(targets))} {others}")
        self.query_one("#run-note", Steady).show(f" {' · '.join(parts)}")
