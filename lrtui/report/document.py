"""A report before it has a format: blocks of plain text, tables and figures. Renderers escape; nothing here does."""

from collections.abc import Sequence
from dataclasses import dataclass

from lrtui.report.figures import Figure


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the report's own."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `strong` sets it off."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of plain text. `numbers` are the columns aligned to the right."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure with its caption, which is the figure's own."""

    figure: Figure


Block = Heading | Paragraph | Bullets | Table | Chart


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report in one language (a BCP 47 tag)."""

    title: str
    lang: str
    blocks: Sequence[Block]
