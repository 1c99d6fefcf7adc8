"""A line to type words in; rows that do not hold all of them are hidden."""

from textual.message import Message
from textual.widgets import Input

from lrtui.tui.widgets.typing_line import TypingLine


class FilterLine(TypingLine):
    """Hidden until opened. Enter keeps the words, `close` takes them away; then the rows have the focus again.

    Args:
        rows: selects what is filtered.
    """

    class Filtered(Message):
        """The words are others."""

    def __init__(self, rows: str) -> None:
        super().__init__(placeholder="filter: words that rows must hold", compact=True, id="filter")
        self._rows = rows

    @property
    def words(self) -> tuple[str, ...]:
        """What rows must hold, in lower case."""
        return tuple(self.value.lower().split())

    def open(self) -> None:
        """Show the line and type in it."""
        self.display = True
        self.screen.set_focus(self)  # at once: `focus` waits behind keys that were typed since

    def close(self) -> None:
        """Take the words away and hide."""
        self.value = ""
        self.display = False
        self._leave()

    def lets_pass(self, *texts: object) -> bool:
        """Whether every word is in one of the texts."""
        words = self.words
        return not words or all(any(word in str(text).lower() for text in texts) for word in words)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Hide what does not hold the words."""
        message.stop()
        self.post_message(self.Filtered())

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Keep the words."""
        message.stop()
        self._leave()

    def _leave(self) -> None:
        self.screen.query_one(self._rows).focus()
