"""The ranking and its reasons, printed."""

from collections.abc import Sequence

from lrtui.analysis.result import Ranking
from lrtui.cli.terminal import print_table, remark
from lrtui.comparison.snapshot import ComparisonView
from lrtui.report.columns import shown
from lrtui.terminal_text import clean


def print_ranking(comparison: ComparisonView | str, ranking: Ranking, *, to_stderr: bool = False) -> None:
    """The verdict, the table, the notes; of a comparison, or of what a file of that name holds."""
    say = remark if to_stderr else print
    say("")
    ranked = clean(comparison) if isinstance(comparison, str) else f"{clean(comparison.name)} ({comparison.id})"
    say(f"{ranked}: {clean(ranking.verdict, limit=1000)}")
    if ranking.rows:
        metric, split = ranking.metric, "" if isinstance(comparison, str) else comparison.spec.ranked_split
        columns = [column for column in shown() if column.text is not None]
        titles = [column.title(metric, split).strip() for column in columns]
        right = [title for title, column in zip(titles, columns, strict=True) if column.align == "right"]
        rows = [[column.text(row, metric) if column.text else "" for column in columns] for row in ranking.rows]
        print_table(titles, rows, right=right, to_stderr=to_stderr)
    for note in ranking.notes:
        say(f"note: {clean(note, limit=1000)}")


def print_reasons(sentences: Sequence[str]) -> None:
    """Why the ranking came out so, a line each; nothing where nothing is known."""
    for sentence in sentences:
        print(f"why: {clean(sentence, limit=2000)}")
