"""A list of named values, edited one at a time in a line below it: parameters of a scheduler, settings of a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from lrtui.terminal_text import shortened
from lrtui.tui.cells import Cell, Column, Field
from lrtui.tui.widgets.steady import Steady
from lrtui.tui.widgets.table import Table
from lrtui.tui.widgets.typing_line import TypingLine


class Fields(Vertical):
    """The list, the line to type in, and a line that explains the field or the mistake."""

    @dataclass
    class Typed(Message):
        """The text of the field being edited changed. Answer with `refuse` where it is wrong."""

        name: str
        text: str

    @dataclass
    class Entered(Message):
        """A text was confirmed. Answer with `refuse`, or `show` the new values."""

        name: str
        text: str

    @dataclass
    class Left(Message):
        """Editing was given up."""

        name: str

    def __init__(self, label_width: int, value_width: int, *, id: str) -> None:
        super().__init__(id=id)
        self._value_width = value_width
        columns = [Column("", label_width), Column("", value_width), Column("", 0)]
        self.table: Table[str] = Table(columns, self._cells, header=False, empty="no parameters", classes="field-list")
        self._fields: dict[str, Field] = {}
        self._editing: str | None = None
        self._subject = ""

    def compose(self) -> ComposeResult:
        """The list over the editor over the explanation."""
        yield self.table
        with Horizontal(classes="editor"):
            yield Static("", classes="editor-name")
            yield TypingLine(compact=True, select_on_focus=False)
        yield Steady("", classes="field-help")

    def on_resize(self) -> None:
        """More words where there is room."""
        self.call_after_refresh(self._explain_again)

    def _explain_again(self) -> None:
        if not self.query_one(".field-help").has_class("wrong"):
            self.explain()

    def set_widths(self, label: int, value: int) -> None:
        """Other widths of the columns."""
        self._value_width = value
        self.table.set_columns([Column("", label), Column("", value), Column("", 0)])

    @property
    def editing(self) -> str | None:
        """The name of the field being edited."""
        return self._editing

    @property
    def current(self) -> Field | None:
        """The field under the cursor."""
        return self._fields.get(self.table.key or "")

    def show(self, fields: Sequence[Field], empty: str | None = None, subject: str = "") -> None:
        """Show these fields. The one being edited stays so while it exists; of another subject the first is next."""
        self._fields = {field.name: field for field in fields}
        self.table.show([field.name for field in fields], empty)
        if subject != self._subject:
            self._subject = subject
            self.table.action_edge(0)
        if self._editing not in self._fields and self._editing is not None:
            self._close()
        self.explain()

    def explain(self) -> None:
        """Explain the field under the cursor, unless one is being edited."""
        if self._editing is None:
            self._explain()

    def edit(self) -> None:
        """Open the line to type in for the field under the cursor."""
        field = self.current
        if field is None:
            return
        self._editing = field.name
        self.query_one(".editor").display = True
        self.query_one(".editor-name", Static).update(Text(f" {field.label} = "))
        line = self.query_one(TypingLine)
        with line.prevent(Input.Changed):
            line.value = field.value
        self.screen.set_focus(line)  # at once: `focus` waits behind keys that were typed since
        line.action_select_all()  # typing replaces the value, an arrow key keeps it
        self._explain()

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with what was typed."""
        self._say(sentence, wrong=True)

    def accept(self) -> None:
        """What was typed is right so far."""
        self._explain()

    def leave(self) -> None:
        """Give up editing."""
        name = self._editing
        if name is not None:
            self._close()
            self.post_message(self.Left(name))

    def done(self) -> None:
        """Editing ended well."""
        self._close()

    def _close(self) -> None:
        self._editing = None
        self.query_one(".editor").display = False
        self.screen.set_focus(self.table)
        self._explain()

    def _explain(self) -> None:
        field = self._fields.get(self._editing or self.table.key or "")
        text = field.help if field else ""
        if field and field.choices:
            text += f" ({', '.join(field.choices)})"
        self._say(self._fitted(text), wrong=False)

    def _fitted(self, text: str) -> str:
        """The text, with a sign where the line below the list has no room for its end; a mistake is always told whole."""
        width, height = self.query_one(".field-help").size
        if not width or not height:
            return text
        lines = Text(text).wrap(self.app.console, width)
        if len(lines) <= height:
            return text
        kept = " ".join(line.plain.strip() for line in lines[:height])
        return f"{kept[:-1] if len(lines[height - 1]) >= width else kept}…"

    def _say(self, text: str, *, wrong: bool) -> None:
        note = self.query_one(".field-help", Steady)
        note.set_class(wrong, "wrong")
        note.show(text)

    def _cells(self, name: str) -> tuple[Cell | str, ...]:
        field = self._fields[name]
        # Cut in the middle: the ends of a list, and of a path, say more than its first half.
        value = shortened(field.value, self._value_width)
        return (field.label, Cell(value, "accent" if field.own else "strong"), Cell(field.note, "dim"))

    def on_table_moved(self, message: Table.Moved) -> None:
        """Explain the field under the cursor; other keys may work on it."""
        message.stop()
        self.screen.refresh_bindings()
        self.explain()

    def on_table_chosen(self, message: Table.Chosen) -> None:
        """A click on the field under the cursor edits it."""
        message.stop()
        self.edit()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Pass on what is typed."""
        message.stop()
        if self._editing is not None:
            self.post_message(self.Typed(self._editing, message.value))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Pass on what was confirmed."""
        message.stop()
        if self._editing is not None:
            self.post_message(self.Entered(self._editing, message.value))
