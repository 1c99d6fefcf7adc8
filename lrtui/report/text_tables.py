"""Tables as lines of characters, for terminals."""

import re
from collections.abc import Sequence

from lrtui.report.document import Table
from lrtui.report.text_charts import columns
from lrtui.terminal_text import clean, shortened

_GAP = 2
_WIDEST_CELL = 40
_BREAK = re.compile(r" |(?<=–)")  # a header may be broken at a space, or after a dash


def text_table(table: Table, width: int) -> str:
    """The table, safe to print. Columns that do not fit beside each other go below, with the first column repeated."""
    cells = [[shortened(cell, _WIDEST_CELL) for cell in row] for row in table.rows]
    widths = [
        max([*(columns(row[column]) for row in cells), *map(columns, _BREAK.split(clean(title)))])
        for column, title in enumerate(table.header)
    ]
    parts = [_part(table, cells, widths, chosen) for chosen in _side_by_side(widths, width)]
    return "\n\n".join(parts)


def _side_by_side(widths: Sequence[int], width: int) -> list[list[int]]:
    """Which columns go together, the first one with all of them."""
    found: list[list[int]] = [[0]]
    room = width - widths[0]
    for column in range(1, len(widths)):
        if len(found[-1]) > 1 and widths[column] + _GAP > room:
            found.append([0])
            room = width - widths[0]
        found[-1].append(column)
        room -= widths[column] + _GAP
    return found


def _part(table: Table, cells: Sequence[Sequence[str]], widths: Sequence[int], chosen: Sequence[int]) -> str:
    titles = [_wrapped(clean(table.header[column]), widths[column]) for column in chosen]
    height = max(map(len, titles))
    lines = zip(*([""] * (height - len(title)) + title for title in titles), strict=True)
    rule = ["─" * widths[column] for column in chosen]
    rows = [[row[column] for column in chosen] for row in cells]
    return "\n".join(
        (" " * _GAP)
        .join(_aligned(cell, widths[column], column in table.numbers) for column, cell in zip(chosen, row, strict=True))
        .rstrip()
        for row in [*lines, rule, *rows]
    )


def _aligned(text: str, width: int, right: bool) -> str:
    space = " " * (width - columns(text))
    return space + text if right else text + space


def _wrapped(title: str, width: int) -> list[str]:
    """The title in lines of at most that width, where its words allow it."""
    lines = [""]
    for word in re.findall(r"[^ –]*–|[^ –]+| ", title):
        if columns((lines[-1] + word).rstrip()) > width:
            lines.append("")
        lines[-1] += word if lines[-1] or word != " " else ""
    return [line.rstrip() for line in lines]
