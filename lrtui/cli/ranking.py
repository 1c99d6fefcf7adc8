"""The ranking and its reasons, printed."""

from collections.abc import Mapping, Sequence

from lrtui.analysis.result import Ranking
from lrtui.cli.database import Database
from lrtui.cli.terminal import print_table, remark
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView, Snapshot
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


def print_reasons(comparison: ComparisonView, runs: Sequence[RunView], curves: Mapping[int, Curve]) -> None:
    """Why the ranking came out so, a line each; nothing where nothing is known."""
    from lrtui.report.ranked import analyse_comparison
    from lrtui.report.reasons import reason_lines
    from lrtui.report.texts import texts

    for line in reason_lines(analyse_comparison(comparison, runs, curves), texts("en")):
        print(f"why: {clean(line, limit=2000)}")


def with_curves(db: Database, comparison_id: int) -> Snapshot:
    """A comparison's runs and curves as they are at one moment."""
    from lrtui.store.reader import Reader

    reader = Reader(db.path)
    try:
        return reader.read(comparison_id)
    finally:
        reader.close()
