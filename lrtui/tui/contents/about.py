"""A comparison as History shows it: a line of its table, and the lines below it."""

from rich.text import Text

from lrtui.domain.errors import UserError
from lrtui.domain.snapshot import ComparisonView
from lrtui.domain.spec import Spec
from lrtui.domain.terminal_text import clean
from lrtui.tui.contents.cells import Cell, Column, Tone
from lrtui.tui.contents.figures import moment
from lrtui.tui.ranked.verdicts import Verdict

WIDE = 110
_TONES: dict[str, Tone] = {"running": "accent", "done": "good", "failed": "bad", "paused": "warn"}
COLUMNS = (
    Column("", 1), Column("id", 3, "right"), Column("name", 0), Column("started", 10), Column("task", 11),
    Column("runs", 9, "right"), Column("status", 9), Column("result", 16),
)  # fmt: skip
_WIDE = (
    Column("", 1), Column("id", 4, "right"), Column("name", 0, most=40), Column("started", 16), Column("task", 18),
    Column("runs", 11, "right"), Column("status", 9), Column("result", 32),
)  # fmt: skip
_WIDEST = (*_WIDE[:-1], Column("result", 46), Column("note", 34))


def columns(width: int) -> tuple[Column, ...]:
    """The columns of the table on a screen so wide."""
    return COLUMNS if width < WIDE else _WIDE if width < 180 else _WIDEST


def cells(
    comparison: ComparisonView, verdict: Verdict | None, *, is_open: bool, marked: bool, wide: bool
) -> tuple[Cell | str, ...]:
    """The line of a comparison; the verdict is None until it is computed."""
    ended, runs = _ended(comparison), sum(comparison.counts.values())
    result = Cell("…", "dim") if verdict is None else Cell(verdict.short, "good" if verdict.won else "")
    started = moment(comparison.created_at)
    return (
        Cell("●" if marked else "", "accent"), str(comparison.id), f"{'▶ ' if is_open else ''}{clean(comparison.name, 80)}",
        started if wide else started[:10], f"{comparison.spec.dataset} {comparison.spec.model}", f"{ended}/{runs}",
        Cell(comparison.status, _TONES.get(comparison.status, "dim")), result, Cell(clean(comparison.note, 80), "dim"),
    )  # fmt: skip


def about(comparison: ComparisonView, verdict: Verdict | None) -> Text:
    """What is known of a comparison: its verdict in full, what it is made of, and the note."""
    text = Text()
    if verdict is not None and verdict.sentence:
        text.append(f"{verdict.sentence}\n", "bold")
    spec = comparison.spec
    text.append(f"{made_of(spec)}\n{spec.epochs} epochs of {spec.optimizer} on {spec.dataset}, {spec.model}")
    text.append(f", profile {spec.profile}, started {moment(comparison.created_at)}")
    if comparison.note:
        text.append(f"\nnote: {clean(comparison.note, 2000)}")
    return text


def made_of(spec: Spec) -> str:
    """How many runs, and of what."""
    parts = (len(spec.schedules), "scheduler"), (spec.base_lrs_each, "base LR"), (len(spec.seeds), "seed")
    counted = " × ".join(f"{n} {what}{'' if n == 1 else 's'}" for n, what in parts)
    names = ", ".join(clean(choice.label, 40) for choice in spec.schedules)
    return f"{counted} = {spec.size} runs: {names}"


def whole_number(text: str) -> int:
    """A number that somebody typed.

    Raises:
        UserError: it is none.
    """
    try:
        return int(text)
    except ValueError:
        raise UserError(f"{clean(text, 40)!r}: expected a whole number, for example 10") from None


def _ended(comparison: ComparisonView) -> int:
    return sum(n for status, n in comparison.counts.items() if status.ended)
