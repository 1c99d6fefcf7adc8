"""The ranking and its reasons, printed."""

from collections.abc import Sequence

from lrtui.analysis.result import Ranking
from lrtui.cli.terminal import print_table, remark
from lrtui.comparison.snapshot import ComparisonView
from lrtui.terminal_text import clean

COLUMNS = ("#", "scheduler", "base LR", "n", "test acc %", "95 % interval", "to best, points", "interval", "p", "leads", "best epoch", "last %", "diverged", "s")  # fmt: skip


def _percent(value: float | None, sign: str = "") -> str:
    return "" if value is None else f"{100 * value:{sign}.2f}"


def _interval(low: float | None, high: float | None, sign: str = "") -> str:
    return "" if low is None or high is None else f"{_percent(low, sign)} … {_percent(high, sign)}"


def print_ranking(comparison: ComparisonView, ranking: Ranking, *, to_stderr: bool = False) -> None:
    """The verdict, the table, the notes."""
    say = remark if to_stderr else print
    say("")
    say(f"{clean(comparison.name)} ({comparison.id}): {clean(ranking.verdict, limit=1000)}")
    rows = [
        (
            row.rank, row.label, f"{row.base_lr:.4g}", row.n, _percent(row.score), _interval(row.score_low, row.score_high),
            _percent(row.delta_to_best, "+"), _interval(row.delta_low, row.delta_high, "+"),
            "" if row.p_mcs is None else f"{row.p_mcs:.3f}", "●" if row.leads else "",
            "" if row.best_epoch is None else f"{row.best_epoch:.0f}", _percent(row.score_last), row.diverged or "",
            "" if row.seconds is None else f"{row.seconds:.1f}",
        )
        for row in ranking.rows
    ]  # fmt: skip
    if rows:
        print_table(COLUMNS, rows, right=set(COLUMNS) - {"scheduler", "leads"}, to_stderr=to_stderr)
    for note in ranking.notes:
        say(f"note: {clean(note, limit=1000)}")


def print_reasons(sentences: Sequence[str]) -> None:
    """Why the ranking came out so, a line each; nothing where nothing is known."""
    for sentence in sentences:
        print(f"why: {clean(sentence, limit=2000)}")
