"""A line to type, over the mode: a name, a note, a number."""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from lrtui.errors import UserError
from lrtui.terminal_text import clean
from lrtui.tui.dialogs.modal import Modal
from lrtui.tui.widgets.typing_line import TypingLine


class Prompt(Modal[str | None]):
    """Asks for a text; enter or the button takes it, escape leaves things as they are.

    Args:
        text: what is asked for, cleaned by the caller.
        value: the text to start from, cleaned by the caller.
        yes: the word on the button that takes it.
        check: raises UserError with what is wrong with a text; the sentence is shown and the line stays.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "leave")]

    def __init__(self, text: str, value: str, yes: str, check: Callable[[str], object]) -> None:
        super().__init__()
        self._text, self._value, self._yes, self._check = text, value, yes, check

    def compose(self) -> ComposeResult:
        """The line under what is asked for, over its two answers."""
        with Vertical(id="question"):
            yield Static(Text(self._text))
            yield TypingLine(self._value, compact=True, select_on_focus=False)
            yield Static("", id="mistake")
            with Horizontal():
                yield Button(f"{self._yes} (enter)", id="yes", compact=True)
                yield Button("Leave (esc)", id="no", compact=True)

    def on_mount(self) -> None:
        """What is typed takes the place of the text to start from, as in every other field; a move keeps it."""
        self.query_one(TypingLine).select_all()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter was pressed."""
        message.stop()
        self._take(message.value)  # more may have been typed by now

    def on_input_changed(self, message: Input.Changed) -> None:
        """What was wrong may be right now."""
        message.stop()
        self.query_one("#mistake", Static).update("")

    def on_button_pressed(self, message: Button.Pressed) -> None:
        """A button was pressed."""
        if message.button.id == "yes":
            self._take(self.query_one(TypingLine).value)
        else:
            self.action_leave()

    def _take(self, text: str) -> None:
        """Take the text, or say what is wrong with it."""
        try:
            self._check(text.strip())
        except UserError as error:
            self.query_one("#mistake", Static).update(Text(clean(error, 300)))
        else:
            self.dismiss(text.strip())

    def action_leave(self) -> None:
        """Leave things as they are."""
        self.dismiss(None)
