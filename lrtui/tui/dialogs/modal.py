"""What lies over a mode and is closed again: a question, a line to type, something to read."""

from typing import ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Modal(ModalScreen[Answer]):
    """A screen over a mode; it answers once, and a click beside its `BOX` closes it, if it has one.

    Two keys or clicks that arrive together both reach the screen, also when the first one closed it: Textual would
    close what is below for the second.
    """

    BOX: ClassVar[str] = ""
    """Selects the part that may be clicked."""

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close the screen with an answer, unless it is closed already."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    def on_click(self) -> None:
        """A click beside the box closes it."""
        if self.BOX and not self.query_one(self.BOX).is_mouse_over:
            self.dismiss()
