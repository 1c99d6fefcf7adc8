"""From a comparison's runs to its ranking and its analysis: the calls that command line, dashboard and reports share."""

from collections.abc import Mapping, Sequence

from lrtui.analysis.result import Ranking
from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView


def rank_comparison(comparison: ComparisonView, runs: Sequence[RunView]) -> Ranking:
    """The ranking of a comparison as it stands; provisional while runs are going on."""
    from lrtui.analysis.pairing import with_pairing_notes
    from lrtui.analysis.ranking import of_spec, rank  # costs numpy

    spec = comparison.spec
    outcomes = [run.outcome(spec.chance) for run in runs]
    ranking = rank(outcomes, to_come=comparison.to_come, metric=spec.metric)
    return with_pairing_notes(of_spec(ranking, spec), runs, spec.info)


def analyse_comparison(
    comparison: ComparisonView, runs: Sequence[RunView], curves: Mapping[int, Curve] | None = None
) -> Analysis:
    """The ranking and all that goes with it; without curves some reasons and the shorter budgets are missing."""
    from lrtui.analysis.analyse import analyse  # costs numpy and scipy

    return analyse(comparison, runs, curves or {})
