"""Compare: everything a comparison needs beside its schedulers, what it amounts to, what to mend first, and the start."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from textual import events
from textual.containers import Horizontal
from textual.widget import Widget

from lrtui.comparison.checks.advice import Advice, Change, Removal, together
from lrtui.comparison.settings import DATA_DIR, Setting, setting
from lrtui.comparison.spec import Spec
from lrtui.errors import UserError, sentence_of
from lrtui.machine.paths import typed_path
from lrtui.terminal_text import clean
from lrtui.tui.cells import Field
from lrtui.tui.compare.advice_line import AdviceLine
from lrtui.tui.compare.ahead import Ahead
from lrtui.tui.compare.spec_files import load_spec, save_spec
from lrtui.tui.compare.summary import Summary
from lrtui.tui.cycles import following
from lrtui.tui.draft import Draft, next_preset
from lrtui.tui.keys import bindings, shown_key
from lrtui.tui.mode import ModeScreen
from lrtui.tui.widgets.fields import Fields
from lrtui.tui.widgets.table import Table

_LONGEST = 200_000  # characters of a setting: a list of 10,000 seeds can be edited, too


def _described(name: str) -> Setting:
    return DATA_DIR if name == DATA_DIR.name else setting(name)


class CompareScreen(ModeScreen):
    """Set up the comparison and start it."""

    mode = "compare"
    BINDINGS = bindings("compare")

    def __init__(self) -> None:
        super().__init__()
        self._starting = False
        self._refusal: str | None = None
        self._ahead = Ahead(self, self.dashboard.requests, self._summarise)
        self._understood: Draft | None = None
        self._as_spec: Spec | None = None
        self._problem = ""

    def body(self) -> Iterable[Widget]:
        """The settings on the left, what they amount to on the right, and the words for it below."""
        with Horizontal(id="body"):
            yield Fields(13, 24, id="settings")
            yield Summary(id="summary")
        yield AdviceLine("", id="advice")

    def on_mount(self) -> None:
        """Start at the first setting."""
        self.refresh_fields()
        self.query_one(Fields).table.focus()
        self.watch(self.dashboard, "draft", self._draft_changed, init=False)

    def resumed(self) -> None:
        """Runs may have finished, and files arrived, while another mode was on the screen."""
        self.refresh_fields()
        self._look(again=True)

    def on_resize(self) -> None:
        """More words where there is room."""
        self.query_one(Fields).set_widths(13, 38 if self.size.width >= 100 else 24)
        self.call_after_refresh(self._summarise)

    def _draft_changed(self) -> None:
        """Something else is being set up, here or in Schedules."""
        self._refusal = None
        if self.is_current:
            self.refresh_fields()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here now."""
        if not self.is_mounted:
            return True
        fields = self.query_one(Fields)
        if action == "choose":
            return fields.table.has_focus and fields.current is not None and bool(fields.current.choices)
        if action == "back":
            return fields.editing is not None
        if action == "edit":
            return fields.editing is None
        if action == "start":
            return not self._starting
        if action == "mend":
            return bool(self._changes(*parameters))
        if action == "undo":
            return self.dashboard.can_undo
        return True

    def on_table_moved(self, message: Table.Moved) -> None:
        """Other advice has another remedy."""
        self._advise()
        self.refresh_bindings()

    def action_edit(self) -> None:
        """Change the setting under the cursor."""
        self.query_one(Fields).edit()
        self.refresh_bindings()

    def action_back(self) -> None:
        """Leave the setting as it was."""
        self.query_one(Fields).leave()
        self.refresh_bindings()

    def action_choose(self, by: int) -> None:
        """Take the next choice of the setting, or the one before."""
        field = self.query_one(Fields).current
        if field is not None and field.choices:
            self._set(field.name, following(field.value, field.choices, by))

    def action_preset(self) -> None:
        """Load the next preset; say how to take that back where it replaces what a person set up."""
        before = self.dashboard.draft
        after = next_preset(before)
        name = f"preset {after.preset}" if after.preset else "begun anew"
        self.dashboard.change(after, name)
        if before.picked and before.preset is None:
            self.dashboard.say(f"{name}, in place of what was set up; {shown_key('compare.undo')} takes that back")

    def _changes(self, which: object = "one") -> tuple[Change | Removal, ...]:
        """What the advice under the cursor, or all of it, would have changed."""
        current = self.query_one(Summary).current
        advice: Iterable[Advice] = self._ahead.checks if which == "all" else [current] if current else []
        return together(advice) if self._spec() else ()

    def action_mend(self, which: str) -> None:
        """Make the changes that the advice under the cursor names, or those of all advice."""
        try:
            after = self.dashboard.draft.with_changes(self._changes(which))
            after.spec()
        except UserError as error:  # the advice is of a moment ago
            self.refuse(str(error))
            return
        current = self.query_one(Summary).current
        self.dashboard.change(after, current.remedy if which == "one" and current else "all mends")

    def action_undo(self) -> None:
        """Take the last change back."""
        self.dashboard.undo()

    def action_save(self) -> None:
        """Save the comparison as TOML."""
        spec = self._spec()
        if spec is None:
            self.refuse(self._problem)
        else:
            save_spec(self.dashboard, spec)

    def action_load(self) -> None:
        """Load a comparison from TOML."""
        load_spec(self.dashboard)

    def action_start(self) -> None:
        """Start the comparison, off the loop; a refusal is shown in place and nothing is lost."""
        spec = self._spec()
        if self._starting:
            return
        if spec is None:
            self.refuse(self._problem)
            return
        self._starting = True
        self._refusal = None
        self.refresh_fields()
        self.run_worker(partial(self._start, spec, self._data_dir), thread=True, group="start", description="start")

    def _start(self, spec: Spec, data_dir: Path | None) -> None:
        try:
            comparison_id = self.dashboard.requests.start(spec, data_dir)
        except Exception as error:  # whatever stopped it, the person must learn it here
            self.app.call_from_thread(self._not_started, sentence_of(error))
        else:
            self.app.call_from_thread(self._started, comparison_id)

    def _started(self, comparison_id: int) -> None:
        self._starting = False
        self._summarise()
        self.show_queued(comparison_id)

    def _not_started(self, sentence: str) -> None:
        self._starting = False
        self.refuse(sentence)

    def refuse(self, sentence: str) -> None:
        """Say why something was not done."""
        self._refusal = clean(sentence, 700)
        self.refresh_fields()

    def on_click(self, event: events.Click) -> None:
        """A click on the start line starts. (Not every terminal says where the mouse is before: do not ask for hovering.)"""
        if event.widget is self.query_one("#start"):
            self.action_start()

    def on_fields_typed(self, message: Fields.Typed) -> None:
        """Say what is wrong with what is typed."""
        fields = self.query_one(Fields)
        try:
            self.dashboard.draft.with_setting(message.name, message.text)
        except UserError as error:
            fields.refuse(str(error))
        else:
            fields.accept()

    def on_fields_entered(self, message: Fields.Entered) -> None:
        """Keep the setting, or say what is wrong with it."""
        if self._set(message.name, message.text):
            self.query_one(Fields).done()

    def _set(self, name: str, text: str) -> bool:
        if text == self.dashboard.draft.text(name):
            return True
        try:
            changed = self.dashboard.draft.with_setting(name, text)
            if name == "data_dir" and changed.data_dir and not typed_path(changed.data_dir).is_dir():
                raise UserError(f"{changed.data_dir}: expected a folder, and there is none")
        except UserError as error:
            self.query_one(Fields).refuse(str(error))
            return False
        self.dashboard.change(changed, f"{_described(name).label}: {changed.text(name)}")
        return True

    @property
    def _data_dir(self) -> Path | None:
        folder = self.dashboard.draft.data_dir
        return typed_path(folder) if folder else None

    def _spec(self) -> Spec | None:
        """The draft as a spec; None where `_problem` says what is wrong with it. Binding many schedules takes its time."""
        draft = self.dashboard.draft
        if draft is not self._understood:
            self._understood, self._as_spec, self._problem = draft, None, ""
            try:
                self._as_spec = draft.spec()
            except UserError as error:
                self._problem = str(error)
        return self._as_spec

    def refresh_fields(self) -> None:
        """Show the draft."""
        draft = self.dashboard.draft
        self.query_one(Fields).show(
            [
                Field(
                    one.name, one.label, clean(draft.text(one.name), _LONGEST),
                    "← →" if one.choices else "", one.help, one.choices,
                )
                for one in map(_described, (*draft.shown_settings, DATA_DIR.name))
            ]
        )  # fmt: skip
        self._look()
        self._summarise()

    def _look(self, again: bool = False) -> None:
        spec = self._spec()
        if spec is not None:
            self._ahead.look(spec, self._data_dir, again)

    def _summarise(self) -> None:
        """Show what the draft amounts to, as far as it is known."""
        spec = self._spec()
        problem = self._refusal or self._problem
        summary = self.query_one(Summary)
        summary.show(self.dashboard.draft, spec, self._ahead, self.size.width >= 100)
        summary.show_start(self._starting, bool(problem))
        if problem:
            self.query_one(AdviceLine).refuse(problem)
        else:
            self._advise()
        self.refresh_bindings()

    def _advise(self) -> None:
        """Say the advice under the cursor in full, unless something is in the way of the start."""
        if self._refusal is None and self._spec() is not None:
            current, checks = self.query_one(Summary).current, self._ahead.checks
            self.query_one(AdviceLine).advise(current, checks, self.dashboard.draft.profile)
