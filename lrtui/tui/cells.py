"""What tables and lists are made of, as plain values: contents compute them, widgets draw them."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "good", "bad", "warn", "dim", "accent", "strong"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and its tone; the text is printed as it is, never read as markup. Clean what comes from the database."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `width` 0 takes what the others leave, `most` at most (0: all of it)."""

    title: str
    width: int
    align: Literal["left", "right"] = "left"
    most: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """A value with its name, a short note (its source), what it must be, and its choices if it has some."""

    name: str
    label: str
    value: str
    note: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    own: bool = False
