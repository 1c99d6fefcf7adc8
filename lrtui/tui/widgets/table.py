"""A table that formats only the lines on the screen, so that 5,000 rows cost what 20 do."""

from collections.abc import Callable, Hashable, Sequence, Set
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lrtui.tui.cells import Cell, Column

K = TypeVar("K", bound=Hashable)


class Table(ScrollView, Generic[K], can_focus=True, inherit_bindings=False):
    """Rows with a cursor that stays with its key when rows change, move or go.

    Of a scrolling widget's keys only those below: a table does not scroll sideways, and left and right are the mode's.

    Args:
        columns: from left to right.
        cells: formats a row, called only for rows on the screen.
        empty: what to say without rows.
        classes: "-active" for one whose keys come through something else that has the focus.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "page down", show=False),
        Binding("home,g", "edge(0)", "first", show=False),
        Binding("end,G", "edge(1)", "last", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header", "table--heading", "table--cursor", "table--cursor-blurred", "table--empty",
        "table--good", "table--bad", "table--warn", "table--dim", "table--accent", "table--strong",
    }  # fmt: skip

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        table: "Table[Any]"
        key: Any

        @property
        def control(self) -> "Table[Any]":
            """The table, for `@on` selectors."""
            return self.table

    @dataclass
    class Chosen(Message):
        """A row was clicked."""

        table: "Table[Any]"
        key: Any

        @property
        def control(self) -> "Table[Any]":
            """The table, for `@on` selectors."""
            return self.table

    def __init__(
        self,
        columns: Sequence[Column],
        cells: Callable[[K], Sequence[Cell | str]],
        *,
        header: bool = True,
        empty: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._cells = cells
        self._header = 1 if header else 0
        self._empty = empty
        self._keys: tuple[K, ...] = ()
        self._headings: Set[K] = frozenset()
        self._places: dict[K, int] = {}
        self._cursor = 0
        self._shown: dict[int, tuple[tuple[Cell | str, ...], int]] = {}
        self._styles: dict[tuple[str, str], Style] = {}

    @property
    def keys(self) -> tuple[K, ...]:
        """The keys of all rows, from the top."""
        return self._keys

    @property
    def key(self) -> K | None:
        """The key of the row under the cursor; None without rows."""
        key = self._keys[self._cursor] if self._cursor < len(self._keys) else None
        return None if key in self._headings else key

    @property
    def in_sight(self) -> tuple[K, ...]:
        """The keys of the rows on the screen."""
        top = self.scroll_offset.y
        return self._keys[top : top + max(0, self.size.height - self._header)]

    def show(self, keys: Sequence[K], empty: str | None = None, headings: Set[K] = frozenset()) -> None:
        """Show the rows of these keys; only lines on the screen that now look different are drawn again.

        `headings` are those of rows that only head the ones below: the cursor passes them by.
        """
        before = self.key
        if empty is not None and empty != self._empty:
            self._empty = empty
            self.refresh()
        new = tuple(keys)
        if new != self._keys:
            self._keys, self._headings = new, headings
            self._places = {key: place for place, key in enumerate(new)}
            if before is not None and before in self._places:
                self._cursor = self._places[before]
            self._cursor = self._selectable(min(self._cursor, max(0, len(new) - 1)), 1)
            self.virtual_size = Size(self.size.width, len(new) + self._header)
            self._shown.clear()
            self.refresh()
            self.call_after_refresh(self._follow)
            if self.key is not None and self.key != before:
                self.post_message(self.Moved(self, self.key))
        else:
            self.update_lines()

    def update_lines(self) -> None:
        """Format the lines on the screen again, and draw those that look different."""
        for y, (cells, place) in list(self._shown.items()):
            if place >= len(self._keys) or tuple(self._cells(self._keys[place])) != cells:
                self._shown.pop(y)
                self.refresh(Region(0, y, self.size.width, 1))

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; the cells of a row may be more than the columns."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self.refresh()

    def move_to(self, key: K) -> None:
        """Put the cursor on a row, if it is there."""
        if key in self._places and key not in self._headings:
            self._set_cursor(self._places[key])

    def lead_to(self, key: K) -> None:
        """Put the cursor on a row, and see to it that as many rows below it as above it can be seen.

        The rows scroll only then, and by half of the table, so that they mostly stay where they are.
        """
        self.move_to(key)
        self.call_after_refresh(self._lead)

    def _lead(self) -> None:
        top, half = self.scroll_offset.y, max(1, (self.size.height - self._header) // 2)
        if not top <= self._cursor <= top + half:
            self.scroll_to(y=max(0, self._cursor - 1), animate=False)

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        place = self._cursor + by
        while 0 <= place < len(self._keys) and self._keys[place] in self._headings:
            place += 1 if by > 0 else -1
        if 0 <= place < len(self._keys):
            self._set_cursor(place)
        elif by < 0:
            self.scroll_to(y=0, animate=False)

    def action_page(self, by: int) -> None:
        """Move the cursor by a screen."""
        place = min(len(self._keys) - 1, max(0, self._cursor + by * max(1, self.size.height - self._header - 1)))
        self._set_cursor(self._selectable(place, by))

    def action_edge(self, last: int) -> None:
        """Move the cursor to the first or the last row."""
        self._set_cursor(self._selectable(len(self._keys) - 1 if last else 0, -1 if last else 1))

    def _selectable(self, place: int, towards: int) -> int:
        for direction in (towards, -towards):
            at = place
            while 0 <= at < len(self._keys):
                if self._keys[at] not in self._headings:
                    return at
                at += 1 if direction > 0 else -1
        return place

    def _set_cursor(self, place: int) -> None:
        if place == self._cursor or not self._keys:
            return
        for moved in (self._cursor, place):
            self._redraw(moved)
        self._cursor = place
        self._follow()
        if self.key is not None:
            self.post_message(self.Moved(self, self.key))

    def _redraw(self, place: int) -> None:
        self.refresh(Region(0, place + self._header - self.scroll_offset.y, self.size.width, 1))

    def _follow(self) -> None:
        """Scroll so that the cursor, and the heading above the first row, can be seen."""
        height = max(1, self.size.height - self._header)
        top, y = self.scroll_offset.y, self._cursor
        above = y - 1 if y and self._keys and self._keys[y - 1] in self._headings else y
        if above < top:
            self.scroll_to(y=above, animate=False)
        elif y >= top + height:
            self.scroll_to(y=y - height + 1, animate=False)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.virtual_size = Size(self.size.width, len(self._keys) + self._header)
        self._follow()

    def on_focus(self) -> None:
        """Show the cursor as active."""
        self._redraw(self._cursor)

    def on_blur(self) -> None:
        """Show the cursor as resting."""
        self._redraw(self._cursor)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row; a click on the row under it chooses it."""
        place = event.y + self.scroll_offset.y - self._header
        if event.y < self._header or not 0 <= place < len(self._keys) or self._keys[place] in self._headings:
            return
        if place != self._cursor:
            self._set_cursor(place)
        elif self.key is not None:
            self.post_message(self.Chosen(self, self.key))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a frame: they share their styles, of which each takes as long to look up as a line to make."""
        self._styles.clear()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line: the header, which stays, or a row."""
        if y < self._header:
            return self._strip([Cell(column.title) for column in self._columns], "header", "")
        place = y + self.scroll_offset.y - self._header
        if place >= len(self._keys):
            self._shown.pop(y, None)
            empty = not self._keys and y == self._header
            return self._padded([Segment(f" {self._empty}", self._style("empty"))] if empty else [])
        key = self._keys[place]
        cells = tuple(self._cells(key))
        self._shown[y] = (cells, place)
        if key in self._headings:
            text = cells[0].text if isinstance(cells[0], Cell) else cells[0]
            return self._padded([Segment(f" {text}", self._style("heading"))])
        row = ""
        if place == self._cursor:
            row = "cursor" if self.has_focus or self.has_class("-active") else "cursor-blurred"
        return self._strip(cells, row, row)

    def _strip(self, cells: Sequence[Cell | str], row: str, fill: str) -> Strip:
        fixed = sum(column.width + 1 for column in self._columns)
        segments = [Segment(" ", self._style(row))]
        for column, cell in zip(self._columns, cells, strict=False):
            text, tone = (cell.text, cell.tone) if isinstance(cell, Cell) else (cell, "")
            width = column.width or min(max(4, self.size.width - fixed - 1), column.most or self.size.width)
            segments.append(Segment(_fitted(text, width, column.align) + " ", self._style(row, tone)))
        return self._padded(segments, fill)

    def _style(self, row: str, tone: str = "") -> Style:
        """The style of a row (its component class without `table--`; "": the table's own), in the colour of a tone.

        The row under the cursor keeps one colour: tones are legible on the screen's background, not on every cursor's.
        """
        style = self._styles.get((row, tone))
        if style is None:
            if tone:
                colour = None if row == "cursor" else self._style(tone).color
                style = self._style(row) + Style(color=colour, bold=tone == "strong")
            else:
                style = self.get_component_rich_style(f"table--{row}") if row else self.rich_style
            self._styles[row, tone] = style
        return style

    def _padded(self, segments: list[Segment], row: str = "") -> Strip:
        return Strip(segments).adjust_cell_length(self.size.width, self._style(row))


def _fitted(text: str, width: int, align: str) -> str:
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, max(0, width - 1)) + "…"
    return " " * (width - length) + text if align == "right" else text + " " * (width - length)
