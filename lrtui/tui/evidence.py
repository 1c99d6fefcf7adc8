"""What stands behind a ranking, as text for the screen. Imports numpy and scipy: it is made in the ranking process."""

from collections.abc import Mapping
from dataclasses import dataclass

from lrtui.domain.snapshot import ComparisonView, Curve, RunView
from lrtui.domain.terminal_text import clean, clean_lines


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the evidence; the lines are safe to print."""

    title: str
    text: str


def sections(
    comparison: ComparisonView, runs: tuple[RunView, ...], curves: Mapping[int, Curve], width: int
) -> tuple[Section, ...]:
    """Why it came out so, what was left out, the critical-difference diagram, and accuracy against base LR.

    Args:
        comparison: the comparison.
        runs: its runs.
        curves: by the runs' ids.
        width: columns for drawings beside their labels.
    """
    from lrtui.report import pictures
    from lrtui.report.ranked import analyse_comparison
    from lrtui.report.reasons import reason_lines
    from lrtui.report.text_charts import text_chart
    from lrtui.report.texts import texts

    words = texts("en")
    analysis = analyse_comparison(comparison, runs, curves)
    ranking = analysis.ranking
    found = [
        ("why", "\n".join(f"· {clean(line, 2000)}" for line in reason_lines(analysis, words))),
        ("notes and method", "\n".join(clean(note, 600) for note in (*ranking.notes, ranking.method))),
    ]
    if analysis.friedman is not None:
        found.append(("mean ranks", text_chart(pictures.critical_difference(analysis.friedman, words), width)))
    by_base_lr = pictures.sensitivity(analysis, words) if len(comparison.spec.base_lrs) > 1 else None
    if by_base_lr is not None:
        found.append(("accuracy against base LR", text_chart(by_base_lr, width)))
    return tuple(Section(title, clean_lines(text)) for title, text in found if text)
