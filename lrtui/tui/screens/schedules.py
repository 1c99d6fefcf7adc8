"""Schedules: the section 2 table, the parameters of the scheduler under the cursor, and its learning rate drawn at once."""

from collections.abc import Iterable, Mapping

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from lrtui.domain.catalogue import CATALOGUE, scheduler
from lrtui.domain.errors import UserError
from lrtui.domain.parameters import Source, Value, format_value
from lrtui.domain.profiles import PROFILES
from lrtui.domain.schedule import Schedule
from lrtui.tui.chart import Chart
from lrtui.tui.keys import bindings
from lrtui.tui.plot import letter
from lrtui.tui.screens.mode import ModeScreen
from lrtui.tui.series import Series
from lrtui.tui.widgets.fields import Field, Fields
from lrtui.tui.widgets.table import Cell, Column, Line, Table

# The outline's order: its four groups, then the baseline, then what is beyond its table.
FAMILIES = ("exponential decay", "step decay", "cosine", "other", "baseline", "beyond the table")
ORDER = tuple(entry.key for family in FAMILIES for entry in CATALOGUE if entry.family == family)
INDEX = {key: place for place, key in enumerate(ORDER)}


def _lines() -> list[Line[str]]:
    lines = []
    for family in FAMILIES:
        lines.append(Line(f"family:{family}", heading=True))
        lines += [Line(entry.key) for entry in CATALOGUE if entry.family == family]
    return lines


def preview(schedule: Schedule) -> Series:
    """The learning rate against epochs, as many points as the scheduler has steps."""
    rates = schedule.lr_at_scheduler_steps()
    steps = 1 if schedule.steps_every == "epoch" else schedule.budget.steps_per_epoch
    key = schedule.scheduler.key
    return Series(key, INDEX[key], tuple(i / steps for i in range(len(rates))), tuple(rates))


class SchedulesScreen(ModeScreen):
    """Pick schedulers and edit their parameters."""

    mode = "schedules"
    BINDINGS = bindings("schedules")

    def __init__(self) -> None:
        super().__init__()
        self._previews: dict[tuple[object, ...], Series] = {}

    def body(self) -> Iterable[Widget]:
        """The table on the left; preview, parameters and explanation on the right."""
        columns = [Column("", 3), Column("", 1), Column("", 0)]
        with Horizontal(id="body"):
            yield Table(columns, self._cells, header=False, id="schedulers")
            with Vertical(id="detail"):
                yield Static("", id="hint")
                yield Chart(id="preview")
                yield Fields(15, 13, id="parameters")
                yield Static("", id="explanation")

    def on_mount(self) -> None:
        """Fill the table and start at the first scheduler."""
        table = self.query_one("#schedulers", Table)
        table.show(_lines())
        table.focus()
        self.call_after_refresh(self.refresh_detail)

    @property
    def key(self) -> str:
        """The scheduler under the cursor."""
        return self.query_one("#schedulers", Table).key or ORDER[0]

    def resumed(self) -> None:
        """The draft may have changed in Compare."""
        self.query_one("#schedulers", Table).update_lines()
        self.refresh_detail()

    def on_resize(self) -> None:
        """More words where there is room."""
        self.query_one(Fields).set_widths(15, 13 if self.size.width < 100 else 24)
        self.call_after_refresh(self.refresh_detail)

    def refreshed(self) -> None:
        """Only the hint depends on the database."""
        self._hint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here now."""
        fields = self.query_one(Fields) if self.is_mounted else None
        if action == "edit":
            return fields is not None and fields.editing is None and bool(scheduler(self.key).parameters)
        if action == "back":
            return fields is not None and (fields.editing is not None or fields.table.has_focus)
        if action == "reset":
            return fields is not None and fields.current is not None and fields.current.own and fields.table.has_focus
        return True

    def on_table_moved(self, message: Table.Moved) -> None:
        """Another scheduler is under the cursor."""
        self.refresh_detail()
        self.refresh_bindings()

    def on_table_chosen(self, message: Table.Chosen) -> None:
        """A click on the scheduler under the cursor picks it."""
        self.action_pick()

    def action_pick(self) -> None:
        """Take the scheduler into the comparison, or out of it."""
        self.dashboard.draft = self.dashboard.draft.with_pick(self.key)
        self.query_one("#schedulers", Table).update_lines()
        self.refresh_detail()

    def action_edit(self) -> None:
        """Go to the parameters, or edit the one under the cursor."""
        fields = self.query_one(Fields)
        if fields.table.has_focus:
            fields.edit()
        else:
            fields.table.focus()
        self.refresh_bindings()

    def action_back(self) -> None:
        """Leave the value as it was, or go back to the schedulers."""
        fields = self.query_one(Fields)
        if fields.editing is not None:
            fields.leave()
        else:
            self.query_one("#schedulers").focus()
        self.refresh_bindings()

    def action_profile(self) -> None:
        """Switch to the next profile."""
        names = list(PROFILES)
        after = names[(names.index(self.dashboard.draft.profile) + 1) % len(names)]
        self.dashboard.draft = self.dashboard.draft.with_setting("profile", after)
        self.refresh_detail()

    def action_log_axis(self) -> None:
        """Switch between a linear and a logarithmic axis."""
        chart = self.query_one(Chart)
        chart.log_axis = not chart.log_axis

    def action_zoom(self) -> None:
        """Show the learning rates on the whole screen."""
        from lrtui.tui.screens.zoom import ZoomScreen

        chart = self.query_one("#preview", Chart)
        self.app.push_screen(ZoomScreen({chart.title: chart.series}, chart.title, chart.log_axis))

    def _code(self) -> str:
        from lrtui.domain.snippet import torch_code

        draft = self.dashboard.draft
        return torch_code(draft.schedule(self.key), draft.text("optimizer"))

    def action_code(self) -> None:
        """Copy the PyTorch code of the scheduler as it is set; over SSH too, where the terminal allows it (OSC 52)."""
        try:
            code = self._code()
        except UserError as error:
            self.dashboard.say(str(error), wrong=True)
            return
        self.app.copy_to_clipboard(code)
        self.dashboard.say(f"{len(code.splitlines())} lines of code sent to the terminal's clipboard; i shows them")

    def action_explain(self) -> None:
        """Read what the scheduler does."""
        from lrtui.tui.screens.reading import ExplanationScreen

        self.app.push_screen(ExplanationScreen(self.key, self._code(), self.dashboard.preferences.language))

    def action_reset(self) -> None:
        """Take the profile's value again."""
        field = self.query_one(Fields).current
        if field is not None:
            self.dashboard.draft = self.dashboard.draft.with_value(self.key, field.name, None)
            self.refresh_detail()

    def on_fields_typed(self, message: Fields.Typed) -> None:
        """Draw the value on trial, or say what is wrong with it."""
        fields = self.query_one(Fields)
        try:
            value = scheduler(self.key).parameter(message.name).parse(message.text)
            schedule = self.dashboard.draft.schedule(self.key, {message.name: value})
        except UserError as error:
            fields.refuse(str(error))
            return
        fields.accept()
        self._draw(schedule, {message.name: value})

    def on_fields_entered(self, message: Fields.Entered) -> None:
        """Keep the value, or say what is wrong with it."""
        fields = self.query_one(Fields)
        try:
            self.dashboard.draft = self.dashboard.draft.with_value(self.key, message.name, message.text)
        except UserError as error:
            fields.refuse(str(error))
            return
        fields.done()
        self.refresh_detail()

    def on_fields_left(self) -> None:
        """Draw what holds again."""
        self.refresh_detail()

    def refresh_detail(self) -> None:
        """Show the scheduler under the cursor: preview, parameters, explanation."""
        try:
            schedule = self.dashboard.draft.schedule(self.key)
        except UserError as error:  # a typed value that the budget of another comparison does not allow
            self.query_one(Chart).show((), str(error))
            return
        self._draw(schedule, {})
        self.query_one(Fields).show(
            _fields(schedule, self.size.width < 100),
            "no parameters: the learning rate stays as it is",
            self.key,
        )
        self._explain()
        self._hint()
        self.refresh_bindings()

    def _draw(self, schedule: Schedule, typed: Mapping[str, Value]) -> None:
        draft = self.dashboard.draft
        series = [self._preview(schedule.scheduler.key, typed)]
        for key in ORDER:
            if key in draft.picked and key != self.key:
                try:
                    series.append(self._preview(key, {}))
                except UserError:
                    continue
        chart = self.query_one(Chart)
        budget = schedule.budget
        made_up = " on a made-up loss" if schedule.scheduler.key == "plateau" else ""
        chart.title = f"LR{made_up}, base {budget.base_lr:g}, {budget.epochs} epochs × {budget.steps_per_epoch} steps"
        chart.show(series)

    def _preview(self, key: str, typed: Mapping[str, Value]) -> Series:
        draft = self.dashboard.draft
        wanted = (key, draft.profile, draft.budget, tuple(draft.values.get(key, {}).items()), tuple(typed.items()))
        if wanted not in self._previews:
            if len(self._previews) > 200:
                self._previews.clear()
            self._previews[wanted] = preview(draft.schedule(key, typed))
        return self._previews[wanted]

    def _hint(self) -> None:
        draft = self.dashboard.draft
        picked = len(draft.picked)
        text = f"{picked} picked, 2 goes on" if picked else "space picks, 2 goes on"
        text = f" profile {draft.profile} · {text}"
        hint = self.query_one("#hint", Static)
        if str(hint.content) != text:
            hint.update(Text(text))

    def _explain(self) -> None:
        if not self.has_class("-tall"):
            return
        from lrtui.domain.explain import explain

        about = explain(self.key)
        text = Text.assemble(
            (f"{scheduler(self.key).name}\n", "bold"),
            f"{about.formula}\n\n{about.what.strip()}\n\n{about.when.strip()}",
        )
        self.query_one("#explanation", Static).update(text)

    def _cells(self, key: str) -> tuple[Cell | str, ...]:
        if key not in INDEX:
            return (Cell(key.removeprefix("family:")),)
        picked = key in self.dashboard.draft.picked
        return (
            Cell("[x]" if picked else "[ ]", "accent" if picked else "dim"),
            Cell(letter(INDEX[key]), "dim"),
            scheduler(key).name,
        )


_SHORT = {Source.PYTORCH_DEFAULT: "PyTorch", Source.DOCS_EXAMPLE: "docs example", Source.FITTED: "fitted"}


def _fields(schedule: Schedule, narrow: bool) -> list[Field]:
    return [
        Field(
            bound.name,
            bound.name,
            format_value(bound.value),
            _SHORT.get(bound.source, bound.source.value) if narrow else bound.source.value,
            f"{bound.name}: {schedule.scheduler.parameter(bound.name).expected}; this one: {bound.source.value}",
            own=bound.source is Source.YOURS,
        )
        for bound in schedule.parameters
    ]
