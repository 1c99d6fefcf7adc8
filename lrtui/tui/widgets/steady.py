"""A text that is drawn again only when it is another one: an update draws, and a terminal far away would notice."""

from rich.text import Text
from textual.widgets import Static


class Steady(Static):
    """Empty until `show`."""

    def show(self, text: Text | str) -> None:
        """Show a text, as it is; nothing happens where it is shown already. Clean what comes from elsewhere."""
        wanted = Text(text) if isinstance(text, str) else text
        if self.content != wanted:
            self.update(wanted)
