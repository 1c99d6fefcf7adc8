"""The ranking's table: the columns of `lrtui.report.columns` that fit the screen, and what is in them."""

from collections.abc import Sequence

from lrtui.analysis.result import RankRow
from lrtui.report.columns import DRAWN, RankColumn, shown
from lrtui.tasks.info import ACCURACY, Metric
from lrtui.terminal_text import shortened
from lrtui.tui.cells import Cell, Column

_NAME = 40
_ALL = 1_000  # columns of a screen that has room for all of them


def name_width(width: int, metric: Metric = ACCURACY, split: str = "test") -> int:
    """What a screen of that width has for the schedulers' names."""
    return max(4, min(_NAME, width - sum(column.width + 1 for column in columns(width, metric, split)) - 1))


def columns(width: int, metric: Metric = ACCURACY, split: str = "test") -> tuple[Column, ...]:
    """What fits a screen of that width."""
    return tuple(
        Column(column.title(metric, split), wide, column.align, most=0 if wide else _NAME)
        for column in shown(width)
        for wide in (column.columns(metric, split),)
    )


class RankRows:
    """The rows of a ranking, formatted one by one."""

    def __init__(self, rows: Sequence[RankRow] = (), metric: Metric = ACCURACY, split: str = "test") -> None:
        self._rows = {row.label: row for row in rows}
        self._metric, self._split = metric, split
        ends = [v for row in rows for v in (row.score_low, row.score_high, row.score) if v is not None]
        self._low, self._high = min(ends, default=0.0), max(ends, default=1.0)

    def cells(self, label: str, width: int) -> tuple[Cell | str, ...]:
        """A row's cells on a screen of that width, for all columns; a narrow one shows the first of them."""
        row = self._rows[label]
        return tuple(self._cell(column, row, width) for column in (*shown(width), *_beyond(width)))

    def _cell(self, column: RankColumn, row: RankRow, width: int) -> Cell | str:
        if column.draw:
            return self._drawn(row)
        text = column.text(row, self._metric) if column.text is not None else ""
        if not column.width:
            text = shortened(text, name_width(width, self._metric, self._split))
        tone = column.tone(row)
        return Cell(text, tone) if tone else text

    def _drawn(self, row: RankRow) -> str:
        """The interval as ├──●──┤ on the scale of the whole table."""
        span = self._high - self._low or 1.0

        def place(value: float) -> int:
            return max(0, min(DRAWN - 1, round((value - self._low) / span * (DRAWN - 1))))

        cells = [" "] * DRAWN
        if row.score_low is not None and row.score_high is not None:
            left, right = place(row.score_low), place(row.score_high)
            cells[left : right + 1] = "─" * (right - left + 1)
            cells[left], cells[right] = "├", "┤"
        cells[place(row.score)] = "●"
        return "".join(cells)


def _beyond(width: int) -> tuple[RankColumn, ...]:
    """The columns that a screen of that width has no room for."""
    fits = shown(width)
    return tuple(column for column in shown(_ALL) if column not in fits)
