"""Screens that are read and closed: the explanation of a scheduler, and the help with every key."""

from collections.abc import Callable
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from lrtui.schedules.registry import stored_scheduler
from lrtui.tui.dialogs.modal import Modal
from lrtui.tui.keys import GROUPS, KEYS, bindings, shown_key

_IN_TABLES = (
    ("↑ ↓ j k", "Move"), ("g G", "First and last"), ("PgUp PgDn", "A screen"),
    ("click", "Move there; a click on the row under the cursor opens, picks or edits it"),
)  # fmt: skip


class ReadingScreen(Modal[None]):
    """A text over the mode; escape, q or a click beside it closes it."""

    BOX = "#reading"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark,f1,i,enter", "dismiss", "close")]

    def text(self) -> RenderableType:
        """What there is to read."""
        return Text()

    def compose(self) -> ComposeResult:
        """The text, scrolling where it is longer than the screen."""
        with VerticalScroll(id="reading"):
            yield Static(self.text())


class ExplanationScreen(ReadingScreen):
    """What a scheduler does, its formula, its parameters and when to use it.

    Args:
        key: the scheduler.
        code: its code in PyTorch, or why there is none.
        copy: copies the code, or says why there is none.
        language: that of the explanation.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings("explanation")

    def __init__(self, key: str, code: str, copy: Callable[[], None], language: str = "en") -> None:
        super().__init__()
        self._key, self._code, self._copy, self._language = key, code, copy, language

    def action_code(self) -> None:
        """Copy the code."""
        self._copy()

    def text(self) -> Text:
        """The explanation."""
        from lrtui.schedules.explain import explanation

        entry = stored_scheduler(self._key)
        about = explanation(entry, self._language)
        text = Text.assemble(
            (f"{entry.name}\n", "bold"), f"{about.source}\n\n{about.what.strip()}\n\n", (f"{about.formula}\n", "bold")
        )
        if about.parameters:
            text.append("\n")
        for name, phrase in about.parameters.items():
            text.append(f"{name}  ", "bold")
            text.append(f"{phrase}\n")
        text.append(f"\n{about.when.strip()}\n\n")
        text.append(f"PyTorch code, {shown_key('explanation.code')} copies it\n\n", "bold")
        text.append(f"{self._code}\n\nesc closes this")
        return text


class HelpScreen(ReadingScreen):
    """Every key, by where it works; those of the mode on the screen first.

    Args:
        mode: the mode on the screen.
    """

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode

    def text(self) -> RenderableType:
        """The tables of keys."""
        groups = sorted(GROUPS, key=lambda group: group[0] != self._mode)
        tables = [(title, [(key.shown, key.tooltip) for key in KEYS if key.where == where]) for where, title in groups]
        lines: list[RenderableType] = [Text("esc closes this, ↑ ↓ scroll", "dim")]
        for title, keys in (*tables, ("In tables and lists", _IN_TABLES)):
            table = Table.grid(padding=(0, 2))
            table.add_column(width=12, style="bold")
            for row in keys:
                table.add_row(*map(Text, row))
            lines += ["", Text(title, "bold underline"), table]
        return Group(*lines)
