"""Screens that are read and closed: the explanation of a scheduler, and the help with every key."""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from lrtui.domain.catalogue import scheduler
from lrtui.tui.keys import GROUPS, KEYS, bindings, shown_key
from lrtui.tui.screens.modal import Modal


class ReadingScreen(Modal[None]):
    """A text over the mode; escape, q or a click beside it closes it."""

    BOX = "#reading"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark,f1,i,enter", "dismiss", "close")]

    def text(self) -> Text:
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
        from lrtui.domain.explain import explain

        entry, about = scheduler(self._key), explain(self._key, self._language)
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
    """Every key, by where it works."""

    def text(self) -> Text:
        """The table of keys."""
        text = Text()
        for where, title in GROUPS:
            text.append(f"{title}\n", "bold")
            for key in KEYS:
                if key.where == where:
                    text.append(f"  {key.shown:<12} ", "bold")
                    text.append(f"{key.tooltip}\n")
        text.append("\nIn tables and lists\n", "bold")
        text.append("  ↑ ↓ j k      Move\n  g G          First and last\n  PgUp PgDn    A screen\n")
        text.append(
            "  click        Move there; a click on the row under the cursor opens, picks or edits it\n\nesc closes this"
        )
        return text
