"""One line that names the parts of something and marks the one that is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lrtui.tui.cycles import following
from lrtui.tui.keys import shown_key


class PartLine(Widget):
    """The names after the key that goes to the next one; a click on a name goes there.

    Where they do not fit, those up to and around the current one are shown, and dots stand for more; a click on them goes on.

    Args:
        key: the id of the key in `keys.py`.
        id: the widget's own.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"parts--key", "parts--current", "parts--other"}

    @dataclass
    class Chosen(Message):
        """A name was clicked."""

        name: str

    def __init__(self, key: str, id: str) -> None:
        super().__init__(id=id)
        self._key = f" {shown_key(key)} "
        self._names: tuple[str, ...] = ()
        self._current = ""

    def show(self, names: Sequence[str], current: str) -> None:
        """Name these parts, one of them current."""
        if (tuple(names), current) != (self._names, self._current):
            self._names, self._current = tuple(names), current
            self.refresh()

    def _placed(self) -> list[tuple[str, str]]:
        """What is on the line, as pairs of part and text; dots go to the first part that they hide."""
        texts = [(name, f"{'▶' if name == self._current else ' '}{name}") for name in self._names]
        room = self.size.width - cell_len(self._key)
        at = next((place for place, name in enumerate(self._names) if name == self._current), 0)
        first, last = 0, len(texts)
        while last > at + 1 and self._width(texts, first, last) > room:
            last -= 1
        while first < at and self._width(texts, first, last) > room:
            first += 1
        placed = texts[first:last]
        if first:
            placed = [(self._names[first - 1], "…"), *placed]
        if last < len(texts):
            placed.append((self._names[last], "…"))
        return placed

    def _width(self, texts: Sequence[tuple[str, str]], first: int, last: int) -> int:
        dots = (first > 0) + (last < len(texts))
        return dots + sum(cell_len(text) for _, text in texts[first:last])

    def render_line(self, y: int) -> Strip:
        """The one line."""
        styles = {part: self.get_component_rich_style(f"parts--{part}") for part in ("key", "current", "other")}
        segments = [Segment(self._key, styles["key"])]
        for name, text in self._placed():
            segments.append(Segment(text, styles["current" if name == self._current else "other"]))
        return Strip(segments).adjust_cell_length(self.size.width, styles["other"])

    def on_click(self, event: events.Click) -> None:
        """Go to the part under the pointer; on the key, to the next one."""
        x = event.x - cell_len(self._key)
        if x < 0 and self._current in self._names:
            self.post_message(self.Chosen(following(self._current, self._names)))
            return
        for name, text in self._placed():
            if 0 <= x < cell_len(text):
                self.post_message(self.Chosen(name))
                return
            x -= cell_len(text)
