"""The ranking's table: its columns, and what is in them."""

from collections.abc import Sequence

from lrtui.analysis.result import RankRow
from lrtui.formats import duration
from lrtui.terminal_text import shortened
from lrtui.tui.cells import Cell, Column
from lrtui.tui.figures import percent, points, rate

_BAR = 32
_NAME = 40
_NARROW = (
    Column("#", 3, "right"), Column("lead", 4), Column("scheduler", 0, most=_NAME), Column("base LR", 7, "right"),
    Column("test %", 6, "right"), Column("95 % interval", 13), Column("to best", 7, "right"), Column("p", 6, "right"),
)  # fmt: skip
_MORE = (
    *_NARROW,
    Column("n", 4, "right"), Column("diverged", 8, "right"), Column("best ep", 7, "right"),
    Column("last %", 6, "right"), Column("time", 8, "right"),
)  # fmt: skip
_ALL = (*_MORE, Column("interval drawn", _BAR), Column("to best, interval", 17))
_FROM = ((150, _ALL), (115, _MORE), (72, _NARROW))  # columns of the screen


def name_width(width: int) -> int:
    """What a screen of that width has for the schedulers' names."""
    return max(4, min(_NAME, width - sum(column.width + 1 for column in columns(width)) - 1))


def columns(width: int) -> tuple[Column, ...]:
    """What fits a screen of that width."""
    return next((shown for least, shown in _FROM if width >= least), _NARROW[:5])


class RankRows:
    """The rows of a ranking, formatted one by one."""

    def __init__(self, rows: Sequence[RankRow] = ()) -> None:
        self._rows = {row.label: row for row in rows}
        ends = [v for row in rows for v in (row.score_low, row.score_high, row.score) if v is not None]
        self._low, self._high = min(ends, default=0.0), max(ends, default=1.0)

    def cells(self, label: str, width: int) -> tuple[Cell | str, ...]:
        """A row's cells on a screen of that width, for all columns; a narrow one shows the first of them."""
        row = self._rows[label]
        interval = "–" if row.score_low is None else f"{percent(row.score_low)}–{percent(row.score_high)}"
        delta = "–" if row.delta_low is None else f"{points(row.delta_low)} … {points(row.delta_high)}"
        return (
            str(row.rank), Cell("  ●" if row.leads else "", "good"), Cell(shortened(row.label, name_width(width)), "strong" if row.leads else ""),
            rate(row.base_lr), Cell(percent(row.score), "strong"), interval,
            points(row.delta_to_best) if row.rank > 1 else "best", _p(row.p_mcs),
            str(row.n), Cell(str(row.diverged), "bad") if row.diverged else "0",
            "–" if row.best_epoch is None else f"{row.best_epoch:.0f}", percent(row.score_last), duration(row.seconds),
            self._drawn(row), delta,
        )  # fmt: skip

    def _drawn(self, row: RankRow) -> str:
        """The interval as ├──●──┤ on the scale of the whole table."""
        span = self._high - self._low or 1.0

        def place(value: float) -> int:
            return max(0, min(_BAR - 1, round((value - self._low) / span * (_BAR - 1))))

        cells = [" "] * _BAR
        if row.score_low is not None and row.score_high is not None:
            left, right = place(row.score_low), place(row.score_high)
            cells[left : right + 1] = "─" * (right - left + 1)
            cells[left], cells[right] = "├", "┤"
        cells[place(row.score)] = "●"
        return "".join(cells)


def _p(p: float | None) -> str:
    return "–" if p is None else f"{p:.3f}" if p >= 0.001 else "<0.001"
