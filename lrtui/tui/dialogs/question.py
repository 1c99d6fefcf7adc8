"""A question before something is lost."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from lrtui.tui.dialogs.modal import Modal


class Question(Modal[bool]):
    """Asks whether to go on; y or the button says yes, anything else no.

    Args:
        text: the question, cleaned by the caller.
        yes: the word on the button that does it.
    """

    AUTO_FOCUS = "#no"  # from the first moment: enter must not destroy anything
    BINDINGS: ClassVar[list[BindingType]] = [("y", "answer(True)", "yes"), ("n,escape,q", "answer(False)", "no")]

    def __init__(self, text: str, yes: str) -> None:
        super().__init__()
        self._text, self._yes = text, yes

    def compose(self) -> ComposeResult:
        """The question over its two answers; the harmless one has the focus."""
        with Vertical(id="question"):
            yield Static(Text(self._text))
            with Horizontal():
                yield Button(f"{self._yes} (y)", id="yes", compact=True)
                yield Button("No (n)", id="no", compact=True)

    def on_button_pressed(self, message: Button.Pressed) -> None:
        """A button was pressed."""
        self.dismiss(message.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """A key was pressed."""
        self.dismiss(yes)
