"""Section 3-2 of the report: the verdict, the ranking and what surrounds it."""

from collections.abc import Iterator, Mapping, Sequence

from lrtui.analysis.result import Ranking
from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.comparison.status import RunStatus
from lrtui.formats import NONE
from lrtui.report import evidence, pictures
from lrtui.report.by_seed import by_seed
from lrtui.report.columns import ranking_table
from lrtui.report.document import Block, Bullets, Chart, Heading, Paragraph
from lrtui.report.texts import Said, Texts
from lrtui.report.wording import method, notes, verdict

_ERRORS_SHOWN = 20


def results(
    comparison: ComparisonView, analysis: Analysis, runs: Sequence[RunView], curves: Mapping[int, Curve], words: Texts
) -> Iterator[Block]:
    """The section's blocks. Where nothing is ranked yet, the verdict and the runs remain."""
    ranking = analysis.ranking
    yield Heading(3, words.say("headings.results"))
    yield Paragraph(verdict(ranking, words), strong=True)
    if ranking.rows:
        yield Heading(4, words.say("headings.ranking"))
        yield ranking_table(ranking, words)
    if ranking.notes:
        yield Bullets(notes(ranking, words))
    if ranking.rows:
        yield Chart(pictures.intervals(ranking, words))
        yield from evidence.ranks(analysis, words)
        yield from evidence.firmness(analysis, words)
        yield from _by_seed(comparison, ranking, runs, words)
        yield from _curves(ranking, runs, curves, words)
        yield from evidence.base_lrs(analysis, comparison.spec, runs, words)
        yield from evidence.budgets(analysis, words)
    yield from _runs(runs, words)
    yield Heading(4, words.say("headings.method"))
    for paragraph in method(ranking, comparison.spec, words):
        yield Paragraph(paragraph)


def _by_seed(comparison: ComparisonView, ranking: Ranking, runs: Sequence[RunView], words: Texts) -> Iterator[Block]:
    if len(ranking.seeds) <= evidence.COLUMNS:
        yield Heading(4, words.say("headings.by_seed"))
        yield from by_seed(ranking, runs, comparison.spec.chance, words)


def _curves(ranking: Ranking, runs: Sequence[RunView], curves: Mapping[int, Curve], words: Texts) -> Iterator[Block]:
    figures = [pictures.score(ranking, runs, curves, words), pictures.learning_rate(ranking, runs, curves, words)]
    if any(figures):
        yield Heading(4, words.say("headings.curves"))
    yield from (Chart(figure) for figure in figures if figure)


def _runs(runs: Sequence[RunView], words: Texts) -> Iterator[Block]:
    if not runs:
        return
    yield Heading(4, words.say("headings.runs"))
    counts = tuple(
        words.say("results.count", n=n, status=words.say(f"status.{status}"))
        for status in RunStatus
        if (n := sum(run.status is status for run in runs))
    )
    seconds = sum(run.seconds or 0.0 for run in runs)
    yield Paragraph(words.say("results.runs", n=len(runs), counts=Said(", ".join(counts)), seconds=seconds))
    failed = [run for run in runs if run.status is RunStatus.FAILED]
    if failed:
        lines = [_failure(run, words) for run in failed[:_ERRORS_SHOWN]]
        if len(failed) > _ERRORS_SHOWN:
            lines.append(words.say("results.more_failed", count=len(failed) - _ERRORS_SHOWN))
        yield Bullets(tuple(lines))


def _failure(run: RunView, words: Texts) -> str:
    facts = {"number": run.number, "base_lr": f"{run.base_lr:g}", "seed": f"{run.seed}"}
    return words.say("results.failed_run", label=run.label, error=words.phrase(run.error or NONE), **facts)
