"""A text that is drawn again only when it is another one: an update draws, and a terminal far away would notice."""

from rich.text import Text
from textual.widgets import Static


class Steady(Static):
    """Empty until `show`."""

    def show(self, text: Text | str) -> None:
        """Show a text, as it is; nothing happens where it is shown already. Clean what comes from elsewhere.

        Only a text that needs another size has the screen laid out anew, which sends all of it.
        """
        wanted = Text(text) if isinstance(text, str) else text
        if self.content != wanted:
            self.update(wanted, layout=False)
            if self._needs_other_size():
                self.refresh(layout=True)

    def _needs_other_size(self) -> bool:
        if not self.is_mounted:
            return True
        size, container, screen = self.size, self.container_size, self.screen.size
        width = self.get_content_width(container, screen) if self.styles.is_auto_width else size.width
        height = self.get_content_height(container, screen, width) if self.styles.is_auto_height else size.height
        return (width, height) != size
