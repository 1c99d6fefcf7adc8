"""One schedule of a draft in full: its learning rate drawn at once, its parameters to edit, what it does."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from lrtui.errors import UserError
from lrtui.schedules.explain import explanation
from lrtui.schedules.parameters import Value
from lrtui.schedules.registry import scheduler, stored_scheduler
from lrtui.terminal_text import clean
from lrtui.tui.charts.chart import Chart
from lrtui.tui.charts.series import Series
from lrtui.tui.draft import Draft
from lrtui.tui.schedules.previews import Previews
from lrtui.tui.schedules.schedule_rows import VALUE_WIDTHS, fields, headline
from lrtui.tui.widgets.fields import Fields


class ScheduleDetail(Vertical):
    """The schedule called `name` in `draft`, with the picked ones' curves behind its own.

    Args:
        draft: the comparison being set up.
        name: a scheduler's key, or the label of an own schedule.
        language: that of the explanation.
    """

    @dataclass
    class Changed(Message):
        """A value was typed or given back; `draft` has it, `what` says so in a few words. Answer with `show`."""

        draft: Draft
        what: str

    def __init__(self, draft: Draft, name: str, language: str, *, id: str) -> None:
        super().__init__(id=id)
        self._draft, self._label, self._language = draft, name, language
        self._previews = Previews()

    def compose(self) -> ComposeResult:
        """Its name over the preview, the parameters and the explanation."""
        yield Static("", id="hint")
        yield Chart(id="preview", empty="no curve: the reason is below")
        yield Fields(15, VALUE_WIDTHS[True], id="parameters")
        yield Static("", id="explanation")

    @property
    def chart(self) -> Chart:
        """The preview."""
        return self.query_one("#preview", Chart)

    @property
    def fields(self) -> Fields:
        """The parameters."""
        return self.query_one(Fields)

    def on_resize(self) -> None:
        """More words where there is room."""
        self.fields.set_widths(15, VALUE_WIDTHS[self._narrow])
        self.call_after_refresh(self._show_again)

    @property
    def _narrow(self) -> bool:
        return self.app.size.width < 115  # the table beside it takes more from 100 on

    def show(self, draft: Draft, name: str) -> None:
        """Show this schedule; parts that look the same are not drawn again."""
        self._draft, self._label = draft, name
        self._draw({})
        entry = stored_scheduler(draft.choice(name).scheduler)
        try:
            form = fields(entry, draft.parameters(name), self._narrow)
        except UserError:  # its package cannot be imported: `_complain` says so
            form = []
        none = "no parameters: the learning rate stays as it is" if entry.baseline else "no parameters"
        self.fields.show(form, none, name)
        if self.fields.editing is None:
            self._complain()
        self._explain()
        self._hint()

    def _show_again(self) -> None:
        self.show(self._draft, self._label)

    def reset(self) -> None:
        """Take the profile's value of the parameter under the cursor again."""
        field = self.fields.current
        if field is not None:
            self._change(field.name, None)

    def on_fields_typed(self, message: Fields.Typed) -> None:
        """Draw the value on trial, or say what is wrong with it."""
        message.stop()
        try:
            parameter = scheduler(self._draft.choice(self._label).scheduler).parameter(message.name)
            typed = {message.name: parameter.parse(message.text)}
            self._draft.schedule(self._label, typed)
        except UserError as error:
            self.fields.refuse(clean(error))
            return
        self.fields.accept()
        self._draw(typed)

    def on_fields_entered(self, message: Fields.Entered) -> None:
        """Keep the value, or say what is wrong with it."""
        message.stop()
        if self._change(message.name, message.text):
            self.fields.done()

    def on_fields_left(self, message: Fields.Left) -> None:
        """Draw what holds again."""
        message.stop()
        self._show_again()

    def _change(self, parameter: str, text: str | None) -> bool:
        try:
            changed = self._draft.with_value(self._label, parameter, text)
        except UserError as error:
            self.fields.refuse(clean(error))
            return False
        done = "given back" if text is None else text.strip()
        self.post_message(self.Changed(changed, f"{parameter} of {self._label}: {done}"))
        return True

    def _draw(self, typed: Mapping[str, Value]) -> None:
        """The curves; `typed` are values on trial. One that cannot be drawn as things stand is left out."""
        draft, budget = self._draft, self._draft.budget
        names = [self._label, *(choice.label for choice in draft.picks if choice.label != self._label)]
        curves = [self._preview(name, typed if name == self._label else {}) for name in names]
        found = [series for series in curves if series is not None]
        lr = "LR on a made-up loss" if stored_scheduler(draft.choice(self._label).scheduler).reacts else "LR"
        time = f"{budget.epochs} epochs × {budget.steps_per_epoch} steps"
        titles = (f"{lr}, base {budget.base_lr:g}, {time}", f"{lr}, {time}", lr)  # the axes say the rest
        self.chart.title = next((title for title in titles if len(title) <= self.size.width), titles[-1])
        self.chart.show(found)

    def _preview(self, name: str, typed: Mapping[str, Value]) -> Series | None:
        try:
            return self._previews.of(self._draft, name, typed)
        except UserError:
            return None

    def _complain(self) -> None:
        """Say what is wrong with values that were right for another budget or profile, or why there is no curve."""
        try:
            if not self._draft.schedule(self._label).known:
                self.fields.refuse(
                    "the curve is known once the comparison has been started: your function is read then"
                )
        except UserError as error:
            self.fields.refuse(clean(error))

    def _explain(self) -> None:
        if not self.screen.has_class("-tall"):
            return
        choice = self._draft.choice(self._label)
        entry = stored_scheduler(choice.scheduler)
        about, title = explanation(entry, self._language), entry.name
        if choice.label != choice.scheduler:
            title = f"{choice.label}, a {title} of yours"
        gap = "\n\n" if self.app.size.height >= 50 else "\n"
        text = Text.assemble(
            (f"{clean(title)}\n", "bold"),
            (about.formula, "italic"),
            f"{gap}{about.what.strip()}{gap}{about.when.strip()}",
        )
        _update(self.query_one("#explanation", Static), text)

    def _hint(self) -> None:
        hint = self.query_one("#hint", Static)
        _update(hint, headline(self._label, self._draft, self.size.width))


def _update(line: Static, text: Text) -> None:
    """Show the text, where it is another one; the line's size does not depend on it."""
    if line.content != text:
        line.update(text, layout=False)
