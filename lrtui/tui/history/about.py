"""A comparison as History shows it: a line of its table, and the lines below it."""

from collections.abc import Iterable, Sequence

from rich.text import Text

from lrtui.comparison.snapshot import ComparisonView
from lrtui.errors import UserError
from lrtui.report.planned import size_sentence
from lrtui.terminal_text import clean
from lrtui.tui.cells import Cell, Column, Tone
from lrtui.tui.figures import moment
from lrtui.tui.history.verdicts import Verdict

_LEAST_NAME = 11
_TONES: dict[str, Tone] = {"running": "accent", "done": "good", "failed": "bad", "paused": "warn"}
_WIDTHS = ((16, 46, 34), (16, 32, 0), (10, 32, 0), (10, 16, 0), (0, 16, 0))
"""Of the columns that give way where there is no room, from the most there is to the least: started, result, note."""


def columns(width: int, comparisons: Iterable[ComparisonView]) -> tuple[Column, ...]:
    """The columns of the table on a screen so wide: tasks in full, before the day, which also stands below the table."""
    task = max((len(_task(comparison)) for comparison in comparisons), default=0)
    for started, result, note in _WIDTHS:
        every = (
            Column("", 1), Column("id", 4, "right"), Column("name", 0, most=40), Column("started", started), Column("task", max(4, task)),
            Column("runs", 9, "right"), Column("status", 9), Column("result", result), Column("note", note),
        )  # fmt: skip
        fitting = tuple(column for column in every if column.width or column.title == "name")
        if width - sum(column.width + 1 for column in fitting) - 1 >= _LEAST_NAME:
            break
    return fitting


def cells(
    shown: Sequence[Column], comparison: ComparisonView, verdict: Verdict | None, *, is_open: bool, marked: bool
) -> tuple[Cell | str, ...]:
    """The line of a comparison in these columns; the verdict is None until it is computed."""
    widths = {column.title: column.width for column in shown}
    every: dict[str, Cell | str] = {
        "": Cell("●" if marked else "", "accent"),
        "id": str(comparison.id),
        "name": f"{'▶ ' if is_open else ''}{clean(comparison.name, 80)}",
        "started": moment(comparison.created_at)[: widths.get("started")],
        "task": _task(comparison),
        "runs": f"{comparison.ended_runs}/{comparison.size}",
        "status": Cell(comparison.status, _TONES.get(comparison.status, "dim")),
        "result": Cell("…", "dim") if verdict is None else Cell(verdict.short, "good" if verdict.won else ""),
        "note": Cell(clean(comparison.note, 80), "dim"),
    }
    return tuple(every[column.title] for column in shown)


def about(comparison: ComparisonView, verdict: Verdict | None) -> Text:
    """What is known of a comparison: its verdict in full, what it is made of, and the note."""
    text = Text()
    if verdict is not None and verdict.sentence:
        text.append(f"{verdict.sentence}\n", "bold")
    spec = comparison.spec
    names = ", ".join(clean(choice.label, 40) for choice in spec.schedules)
    text.append(f"{size_sentence(spec)}: {names}\n")
    text.append(f"started {moment(comparison.created_at)}, {spec.epochs} epochs of {spec.optimizer} ")
    text.append(f"on {spec.dataset}, {spec.model}, profile {spec.profile}")
    if comparison.note:
        text.append(f"\nnote: {clean(comparison.note, 2000)}")
    return text


def whole_number(text: str) -> int:
    """A number that somebody typed.

    Raises:
        UserError: it is none.
    """
    try:
        return int(text)
    except ValueError:
        raise UserError(f"{clean(text, 40)!r}: expected a whole number, for example 10") from None


def _task(comparison: ComparisonView) -> str:
    return f"{comparison.spec.dataset} {comparison.spec.model}"
