"""What stands behind a ranking, as frozen values. Imports numpy and scipy: it is made in the ranking process."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.report.document import Block, Bullets, Chart, Heading, Paragraph
from lrtui.tui.charts.series import QUANTITIES, Quantity, Series, mean_series

CURVES = "curves"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the evidence under the word it is called by: blocks of the report, not laid out yet."""

    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The parts in the order in which they are stepped through, and the mean curves of the leading group by metric.

    The part called `CURVES` has no blocks: it is the chart of the leaders' curves.
    """

    parts: tuple[Part, ...] = ()
    leaders: Mapping[Quantity, tuple[Series, ...]] = field(default_factory=dict)


def evidence_of(comparison: ComparisonView, runs: tuple[RunView, ...], curves: Mapping[int, Curve]) -> Evidence:
    """Everything that the report says beyond its table, in parts. A part that the data do not allow is not there."""
    from lrtui.report import pictures
    from lrtui.report.by_seed import by_seed
    from lrtui.report.evidence import base_lrs, budgets, firmness, ranks
    from lrtui.report.ranked import analyse_comparison
    from lrtui.report.reasons import reason_lines
    from lrtui.report.texts import texts_of
    from lrtui.report.wording import method, notes, statistics

    words = texts_of(
        comparison.spec, "en"
    )  # as the dashboard around it; the setting is for explanations and for what leaves the dashboard
    analysis = analyse_comparison(comparison, runs, curves)
    ranking = analysis.ranking

    def why() -> Iterator[Block]:
        lines = reason_lines(analysis, words)
        if ranking.rows:
            yield Bullets(tuple(lines)) if lines else Paragraph(words.say("reasons.nothing"))

    def intervals() -> Iterator[Block]:
        if ranking.rows:
            yield Chart(pictures.intervals(ranking, words))
            yield Paragraph(statistics(ranking, words))

    def computed() -> Iterator[Block]:
        yield from [Bullets(notes(ranking, words))] if ranking.notes else []
        yield from map(Paragraph, method(ranking, comparison.spec, words))

    found: dict[str, Iterator[Block]] = {
        "why": why(),
        "intervals": intervals(),
        "ranks": ranks(analysis, words),
        "how firm": firmness(analysis, words),
        "base LRs": base_lrs(analysis, comparison.spec, runs, words),
        "budgets": budgets(analysis, words),
        "seeds": by_seed(ranking, runs, comparison.spec.chance, words),
        CURVES: iter(()),
        "method": computed(),
    }
    leaders = _leaders(comparison, analysis, runs, curves)
    parts = (Part(name, tuple(_below_the_heading(blocks))) for name, blocks in found.items())
    shown = tuple(part for part in parts if part.blocks or (part.name == CURVES and leaders[QUANTITIES[0]]))
    return Evidence(shown, leaders)


def _below_the_heading(blocks: Iterator[Block]) -> Iterator[Block]:
    """The name of the part says what its heading would."""
    return (block for block in blocks if not isinstance(block, Heading))


def _leaders(
    comparison: ComparisonView, analysis: Analysis, runs: tuple[RunView, ...], curves: Mapping[int, Curve]
) -> dict[Quantity, tuple[Series, ...]]:
    """Means over the ranked seeds, at the base LR that was chosen; letters and colours are those of Live."""
    place = {choice.label: number for number, choice in enumerate(comparison.spec.schedules)}
    seeds = set(analysis.ranking.seeds)
    found: dict[Quantity, tuple[Series, ...]] = {}
    for quantity in QUANTITIES:
        series = []
        for row in analysis.ranking.rows:
            own = [r for r in runs if (r.label, r.base_lr) == (row.label, row.base_lr) and r.seed in seeds]
            known = [curves[run.id] for run in own if run.id in curves]
            if row.leads and known:
                series.append(
                    mean_series(row.label, place[row.label], known, quantity, row.diverged, comparison.spec.metric)
                )
        found[quantity] = tuple(series)
    return found
