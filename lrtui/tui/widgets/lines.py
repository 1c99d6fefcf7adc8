"""The three lines around every mode: the modes on top, a banner when something is wrong, the keys at the bottom."""

from typing import ClassVar, cast

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from lrtui.terminal_text import shortened
from lrtui.tui.keys import KEYS, MODES, display
from lrtui.tui.session import Session


class ModeBar(Widget):
    """The modes with the keys that go there, the one on the screen in brackets, and what is open. A click goes to a mode."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "modes--current", "modes--other", "modes--key", "modes--hovered", "modes--note",
    }  # fmt: skip

    note: reactive[str] = reactive("")
    """What is open, on the right; cleaned by the caller."""
    _hovered: reactive[str | None] = reactive(None)
    """The mode under the pointer."""

    def __init__(self, current: str) -> None:
        super().__init__(id="modes")
        self._current = current

    def _tabs(self) -> list[tuple[str, str, str]]:
        """Of each mode its name, its key and its title; narrow terminals show the title of the current one only."""
        narrow = self.size.width < 60
        return [
            (mode, str(number), "" if narrow and mode != self._current else f" {title}")
            for number, (mode, title) in enumerate(MODES, 1)
        ]

    def _mode_at(self, x: int) -> str | None:
        for mode, key, title in self._tabs():
            x -= len(key) + len(title) + 2
            if x < 0:
                return mode
        return None

    def render_line(self, y: int) -> Strip:
        """The one line."""
        width = self.size.width
        styles = {name.partition("--")[2]: self.get_component_rich_style(name) for name in self.COMPONENT_CLASSES}
        segments = []
        for mode, key, title in self._tabs():
            if mode == self._current:
                segments.append(Segment(f"[{key}{title}]", styles["current"]))
            else:
                name = styles["hovered" if mode == self._hovered else "other"]
                segments += [
                    Segment(f" {key}", styles["key"]),
                    Segment(f"{title}", name),
                    Segment(" ", styles["other"]),
                ]
        used = sum(len(segment.text) for segment in segments)
        room = width - used - 2
        if room > 4:
            # Cut in the middle: the end is the status, the word that people look for.
            note = shortened(self.note, room)
            segments.append(Segment(" " * (room + 1 - cell_len(note)) + note + " ", styles["note"]))
        return Strip(segments).adjust_cell_length(width, styles["note"])

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show that the mode under the pointer can be clicked."""
        self._hovered = self._mode_at(event.x)

    def on_leave(self) -> None:
        """The pointer is elsewhere."""
        self._hovered = None

    def on_click(self, event: events.Click) -> None:
        """Go to the mode under the pointer."""
        mode = self._mode_at(event.x)
        if mode is not None:
            cast(Session, self.app).action_mode(mode)


class Banner(Static):
    """One sentence across the screen, hidden while there is none."""

    def show(self, sentence: str | None) -> None:
        """Show the sentence, or hide."""
        self.display = bool(sentence)
        if sentence:
            self.update(Text(f" {sentence}"))


_ORDER = {key.action: key.keys.split(",") for key in KEYS}  # its keys, the preferred one first
_PLACES = {action: place for place, action in enumerate(_ORDER)}


class KeyLine(Widget):
    """The keys that work now. A click on one does what the key does. `? help` and `q quit` are always there."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--label"}

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._shown: tuple[tuple[str, str, str], ...] = ()

    def on_mount(self) -> None:
        """Follow what can be done."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        """Take the new keys; nothing is drawn where they are the same."""
        if not self.is_attached:
            return
        keys: dict[str, list[str]] = {}
        labels: dict[str, tuple[str, bool]] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            if active.enabled and (binding.show or binding.action in labels):
                keys.setdefault(binding.action, []).append(binding.key)
                labels.setdefault(binding.action, (binding.description, active.node is self.app))
        own: list[tuple[str, str, str]] = []
        everywhere: list[tuple[str, str, str]] = []
        for action, (label, general) in labels.items():
            preferred = [key for key in _ORDER.get(action, []) if key in keys[action]] or keys[action]
            (everywhere if general else own).append((display(preferred[0]), label, action))
        everywhere.sort(key=lambda entry: _PLACES.get(entry[2], 0))
        shown = (*own, ("", "", ""), *everywhere)
        if shown != self._shown:
            self._shown = shown
            self.refresh()

    def _placed(self) -> list[tuple[str, str, str]]:
        """What fits: the keys of everywhere at the end always, the others from the left."""
        split = self._shown.index(("", "", "")) if self._shown else 0
        own, tail = list(self._shown[:split]), list(self._shown[split + 1 :])
        room = self.size.width - sum(_width(entry) for entry in tail)
        kept = []
        for entry in own:
            room -= _width(entry)
            if room < 0:
                break
            kept.append(entry)
        return [*kept, *tail]

    def render_line(self, y: int) -> Strip:
        """The one line."""
        key_style, label_style = (self.get_component_rich_style(f"keys--{part}") for part in ("key", "label"))
        segments = []
        for key, label, _ in self._placed():
            segments += [Segment(f" {key}", key_style), Segment(f" {label} ", label_style)]
        return Strip(segments).adjust_cell_length(self.size.width, label_style)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the pointer does."""
        x = event.x
        for entry in self._placed():
            if x < _width(entry):
                await self.screen.run_action(entry[2]) if entry[2] in self._own() else await self.app.run_action(
                    entry[2]
                )
                return
            x -= _width(entry)

    def _own(self) -> set[str]:
        return {a.binding.action for a in self.screen.active_bindings.values() if a.node is self.screen}


def _width(entry: tuple[str, str, str]) -> int:
    return cell_len(entry[0]) + cell_len(entry[1]) + 3
