"""Blocks of a report on the screen, laid out as wide as they are shown."""

from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text
from textual.widgets import Static

from lrtui.report.document import Block, Bullets, Chart, Heading, Paragraph, Table
from lrtui.report.text_charts import text_chart
from lrtui.report.text_tables import text_table
from lrtui.terminal_text import clean

_LONG = 2_000


class Blocks(Static):
    """Empty until `show`. Sentences are wrapped; tables and drawings are made for the width there is."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__("", id=id)
        self._blocks: tuple[Block, ...] = ()
        self._laid_out: tuple[tuple[Block, ...], int] = ((), 0)

    def show(self, blocks: Sequence[Block]) -> None:
        """Show these blocks; nothing happens where they are shown already. What they say is cleaned here."""
        self._blocks = tuple(blocks)
        self._lay_out()

    def on_resize(self) -> None:
        """Tables and drawings for another width."""
        self._lay_out()

    def _lay_out(self) -> None:
        wanted = (self._blocks, self.size.width)
        if wanted != self._laid_out and self.size.width:
            self._laid_out = wanted
            self.update(Group(*_texts(self._blocks, self.size.width)))


def _texts(blocks: Sequence[Block], width: int) -> Iterator[Text | Grid]:
    before: Block | None = None
    for block in blocks:
        if before is not None and not isinstance(before, Heading):
            yield Text()
        before = block
        match block:
            case Heading(_, text):
                yield Text(clean(text, _LONG), "bold")
            case Paragraph(text, strong):
                yield Text(clean(text, _LONG), "bold" if strong else "")
            case Bullets(items):
                grid = Grid.grid(padding=(0, 1, 0, 0))
                for item in items:
                    grid.add_row("·", Text(clean(item, _LONG)))
                yield grid
            case Table():
                yield Text(text_table(block, width), no_wrap=True, overflow="crop")
            case Chart(figure):
                yield Text(clean(figure.caption, _LONG))
                yield Text(text_chart(figure, width), no_wrap=True, overflow="crop")
