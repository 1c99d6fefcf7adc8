"""Schedules: the section 2 table, the parameters of the scheduler under the cursor, and its learning rate drawn at once."""

from collections.abc import Callable, Iterable

from rich.text import Text
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from lrtui.comparison.own_schedules import suggested_name
from lrtui.errors import UserError
from lrtui.schedules.profiles import PROFILES
from lrtui.schedules.registry import is_key, stored_scheduler
from lrtui.terminal_text import clean
from lrtui.tui.cells import Cell
from lrtui.tui.charts.pages import Pages
from lrtui.tui.cycles import following
from lrtui.tui.draft import Draft
from lrtui.tui.keys import bindings, shown_key
from lrtui.tui.mode import ModeScreen
from lrtui.tui.schedules.schedule_detail import ScheduleDetail
from lrtui.tui.schedules.schedule_rows import HEADINGS, ORDER, cells, columns, rows
from lrtui.tui.widgets.table import Table

FIRST_STEPS = " First time? space picks schedulers, 2 sets up, s starts. Or 2, then o: a preset"


class SchedulesScreen(ModeScreen):
    """Pick schedulers, edit their parameters, keep schedules of your own."""

    mode = "schedules"
    BINDINGS = bindings("schedules")

    def body(self) -> Iterable[Widget]:
        """The table beside the schedule under its cursor; below them, for who is new here, how to begin."""
        with Horizontal(id="body"):
            yield Table(columns(self._wide), self._cells, header=False, id="schedulers")
            yield ScheduleDetail(self.draft, ORDER[0], self.dashboard.preferences.language, id="detail")
        yield Static(Text(FIRST_STEPS), id="first-steps")

    def on_mount(self) -> None:
        """Fill the table and start at the first scheduler."""
        self.table.focus()
        self.watch(self.dashboard, "draft", self._show_rows)  # at once: a row must not outlive its schedule
        self.watch(self.dashboard, "untouched", self._show_first_steps)

    @property
    def draft(self) -> Draft:
        """The comparison being set up."""
        return self.dashboard.draft

    @property
    def table(self) -> Table[str]:
        """The schedulers, and the person's own schedules."""
        return self.query_one("#schedulers", Table)

    @property
    def detail(self) -> ScheduleDetail:
        """The schedule under the cursor."""
        return self.query_one(ScheduleDetail)

    @property
    def here(self) -> str:
        """What is under the cursor: a scheduler's key, or the label of an own schedule."""
        return self.table.key or ORDER[0]

    def resumed(self) -> None:
        """The draft may have changed in Compare."""
        self._show()

    @property
    def _wide(self) -> bool:
        return self.app.size.width >= 100

    def on_resize(self) -> None:
        """More words where there is room."""
        self.table.set_columns(columns(self._wide))

    def _take(self, draft: Draft, what: str) -> None:
        self.dashboard.change(draft, what)
        self._show()

    def _show_rows(self) -> None:
        self.table.show(rows(self.draft.own), headings=HEADINGS)

    def _show(self) -> None:
        self.detail.show(self.draft, self.here)
        self.refresh_bindings()

    def _show_first_steps(self, untouched: bool) -> None:
        self.query_one("#first-steps").display = untouched

    def _cells(self, key: str) -> tuple[Cell | str, ...]:
        return cells(key, self.draft, self.table.size.width, self._wide)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here now."""
        if not self.is_mounted:
            return True
        fields = self.detail.fields
        if action == "edit":
            choice = self.draft.choice(self.here)
            editable = stored_scheduler(choice.scheduler).parameters or choice.parameters
            return fields.editing is None and bool(editable)
        if action == "back":
            return fields.editing is not None or fields.table.has_focus
        if action == "reset":
            return fields.current is not None and fields.current.own and fields.table.has_focus
        if action in ("rename", "delete"):
            return not is_key(self.here)
        if action == "undo":
            return self.dashboard.can_undo
        return True

    def on_table_moved(self, message: Table.Moved) -> None:
        """Another schedule is under the cursor."""
        self.detail.show(self.draft, self.here)
        self.refresh_bindings()

    def on_table_chosen(self, message: Table.Chosen) -> None:
        """A click on the schedule under the cursor picks it."""
        self.action_pick()

    def on_schedule_detail_changed(self, message: ScheduleDetail.Changed) -> None:
        """A value was typed, or given back."""
        self._take(message.draft, message.what)

    def action_pick(self) -> None:
        """Take the schedule into the comparison, or out of it."""
        done = "taken out" if self.here in self.draft.picked else "picked"
        self._take(self.draft.with_pick(self.here), f"{self.here} {done}")

    def action_undo(self) -> None:
        """Take the last change back."""
        self.dashboard.undo()
        self._show()

    def action_edit(self) -> None:
        """Go to the parameters, or edit the one under the cursor."""
        fields = self.detail.fields
        if fields.table.has_focus:
            fields.edit()
        else:
            fields.table.focus()
        self.refresh_bindings()

    def action_back(self) -> None:
        """Leave the value as it was, or go back to the schedulers."""
        fields = self.detail.fields
        if fields.editing is not None:
            fields.leave()
        else:
            self.table.focus()
        self.refresh_bindings()

    def action_reset(self) -> None:
        """Take the profile's value again."""
        self.detail.reset()

    def action_profile(self) -> None:
        """Switch to the next profile; what was typed stays."""
        after = following(self.draft.profile, PROFILES)
        self._take(self.draft.with_setting("profile", after), f"profile {after}")

    def action_copy(self) -> None:
        """Duplicate the schedule as one of the person's own, under a name that is asked for."""
        name = self.here
        self._ask_for_name(
            f"Duplicate {clean(name)} as a schedule of your own. Its name:",
            suggested_name(name, self.draft.own),
            "Duplicate",
            lambda new: self.draft.with_copy(name, new),
            f"{name} duplicated",
        )

    def action_rename(self) -> None:
        """Call the own schedule something else."""
        name = self.here
        self._ask_for_name(
            f"What is {clean(name)} to be called?",
            clean(name),
            "Rename",
            lambda new: self.draft.with_name(name, new),
            f"{name} renamed",
        )

    def _ask_for_name(self, question: str, suggestion: str, yes: str, named: Callable[[str], Draft], done: str) -> None:
        """Take the draft that `named` makes of a name, and go to the schedule of that name."""
        from lrtui.tui.dialogs.prompt import Prompt

        def take(new: str | None) -> None:
            if new is not None:
                self._take(named(new), done)
                self.table.move_to(new)

        self.app.push_screen(Prompt(question, suggestion, yes, named), take)

    def action_delete(self) -> None:
        """Give the own schedule up, after a question."""
        from lrtui.tui.dialogs.question import Question

        name = self.here

        def take(yes: bool | None) -> None:
            if yes:
                self._take(self.draft.without(name), f"{name} deleted")

        self.app.push_screen(
            Question(f"Delete your schedule {clean(name)}? Comparisons made with it keep it.", "Delete"), take
        )

    def action_log_axis(self) -> None:
        """Switch between a linear and a logarithmic axis."""
        self.detail.chart.log_axis = not self.detail.chart.log_axis

    def action_zoom(self) -> None:
        """Show the learning rates on the whole screen."""
        from lrtui.tui.dialogs.zoom import ZoomScreen

        chart = self.detail.chart
        self.app.push_screen(ZoomScreen(Pages({chart.title: chart.series}), chart.title, chart.log_axis))

    def action_code(self) -> None:
        """Copy the PyTorch code of the schedule as it is set."""
        self._copy_code(f"{shown_key('schedules.explain')} shows it")

    def _copy_code(self, also: str = "") -> None:
        try:
            code = self._code()
        except UserError as error:
            self.dashboard.say(str(error), wrong=True)
            return
        self.dashboard.copy(code, "the code", also)

    def action_explain(self) -> None:
        """Read what the schedule does."""
        from lrtui.tui.dialogs.reading import ExplanationScreen

        try:
            code = self._code()
        except UserError as error:  # the rest can be read all the same
            code = f"none as it is set now: {clean(error)}"
        key = self.draft.choice(self.here).scheduler
        self.app.push_screen(ExplanationScreen(key, code, self._copy_code, self.dashboard.preferences.language))

    def _code(self) -> str:
        from lrtui.schedules.snippet import torch_code

        return torch_code(self.draft.schedule(self.here), self.draft.text("optimizer"))
