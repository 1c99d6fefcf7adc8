"""Compare: everything a comparison needs beside its schedulers, what it amounts to, and the start."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from rich.text import Text
from textual import events
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from lrtui.domain.errors import UserError
from lrtui.domain.spec import Spec
from lrtui.domain.terminal_text import clean
from lrtui.tui.draft import SETTINGS, next_preset
from lrtui.tui.keys import bindings
from lrtui.tui.screens.mode import ModeScreen
from lrtui.tui.widgets.fields import Field, Fields
from lrtui.tui.widgets.table import Table


class CompareScreen(ModeScreen):
    """Set up the comparison and start it."""

    mode = "compare"
    BINDINGS = bindings("compare")

    def __init__(self) -> None:
        super().__init__()
        self._starting = False
        self._hints: dict[int, str] = {}
        self._refusal: str | None = None

    def body(self) -> Iterable[Widget]:
        """The settings on the left, what they amount to on the right."""
        with Horizontal(id="body"):
            yield Fields(13, 24, id="settings")
            with Vertical(id="summary"):
                yield Static("", id="amount")
                yield Static("", id="hint")
                yield Static("", id="refusal")
                yield Static(Text(" s  Start "), id="start")

    def on_mount(self) -> None:
        """Start at the first setting."""
        self.refresh_fields()
        self.query_one(Fields).table.focus()

    def resumed(self) -> None:
        """The draft may have changed in Schedules."""
        self.refresh_fields()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here now."""
        if not self.is_mounted:
            return True
        fields = self.query_one(Fields)
        if action == "choose":
            return fields.editing is None and fields.current is not None and bool(fields.current.choices)
        if action == "back":
            return fields.editing is not None
        if action == "edit":
            return fields.editing is None
        if action == "start":
            return not self._starting
        return True

    def on_table_moved(self, message: Table.Moved) -> None:
        """Another setting has other choices."""
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
        if field is None or not field.choices:
            return
        place = field.choices.index(field.value) if field.value in field.choices else -by
        self._set(field.name, field.choices[(place + by) % len(field.choices)])

    def action_preset(self) -> None:
        """Load the next preset."""
        self.dashboard.draft = next_preset(self.dashboard.draft)
        self._refusal = None
        self.refresh_fields()

    def action_start(self) -> None:
        """Start the comparison, off the loop; a refusal is shown in place and nothing is lost."""
        if self._starting:
            return
        try:
            spec = self.dashboard.draft.spec()
        except UserError as error:
            self.refuse(str(error))
            return
        self._starting = True
        self._refusal = None
        self.refresh_fields()
        folder = Path(self.dashboard.draft.data_dir).expanduser() if self.dashboard.draft.data_dir else None
        self.run_worker(partial(self._start, spec, folder), thread=True, group="start", description="start")

    def _start(self, spec: Spec, data_dir: Path | None) -> None:
        try:
            comparison_id = self.dashboard.requests.start(spec, data_dir)
        except Exception as error:  # whatever stopped it, the person must learn it here
            self.app.call_from_thread(self.refuse, str(error))
        else:
            self.app.call_from_thread(self._started, comparison_id)

    def _started(self, comparison_id: int) -> None:
        self._starting = False
        self.dashboard.open_comparison(comparison_id)
        self.dashboard.action_mode("live")

    def refuse(self, sentence: str) -> None:
        """Say why it did not start."""
        self._starting = False
        self._refusal = clean(sentence, 400)
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
        try:
            self.dashboard.draft = self.dashboard.draft.with_setting(name, text)
        except UserError as error:
            self.query_one(Fields).refuse(str(error))
            return False
        self._refusal = None
        self.refresh_fields()
        return True

    def refresh_fields(self) -> None:
        """Show the draft."""
        draft = self.dashboard.draft
        self.query_one(Fields).show(
            [
                Field(
                    setting.name, setting.label, clean(draft.text(setting.name), 60),
                    "← →" if setting.choices else "", setting.help, setting.choices,
                )
                for setting in SETTINGS
            ]
        )  # fmt: skip
        self._summarise()
        self.refresh_bindings()

    def _summarise(self) -> None:
        draft = self.dashboard.draft
        names = ", ".join(clean(choice.label) for choice in draft.picks) or "none picked yet"
        preset = f"preset {draft.preset}\n" if draft.preset else ""
        amount = Text(preset + f"schedulers: {names}\n")
        problem = self._refusal
        seeds = 0
        try:
            spec = draft.spec()
        except UserError as error:
            problem = problem or str(error)
        else:
            seeds = len(spec.seeds)
            counts = f"{len(spec.schedules)} schedulers × {spec.base_lrs_each} base LRs × {seeds} seeds"
            amount.append(f"{counts} = {spec.size} runs", "bold")
            amount.append(
                f"\n{spec.epochs} epochs of {spec.steps_per_epoch} steps; "
                f"{spec.splits[0]} images train, {spec.splits[1]} validate, {spec.splits[2]} select the base LR"
            )
        self.query_one("#amount", Static).update(amount)
        self.query_one("#hint", Static).update(Text(self._hints.get(seeds, "")))
        self.query_one("#refusal", Static).update(Text(problem or ""))
        start = self.query_one("#start", Static)
        start.update(Text(" starting… " if self._starting else " s  Start "))
        start.set_class(problem is not None, "refused")
        if seeds and seeds not in self._hints:
            self._hints[seeds] = ""
            self.run_worker(partial(self._look_up_hint, seeds), thread=True, group="hint", description="hint")

    def _look_up_hint(self, seeds: int) -> None:
        try:
            self._hints[seeds] = self.dashboard.requests.launch_hint(seeds)
        except Exception as error:  # a hint is no reason to end the dashboard
            self._hints[seeds] = f"no hint: {error}"
        self.call_later(self._summarise)
