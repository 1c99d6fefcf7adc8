"""From a comparison's runs to its ranking: the one call that the command line, the dashboard and the reports share."""

from collections.abc import Sequence

from lrtui.domain.ranking import Ranking
from lrtui.domain.snapshot import ComparisonView, RunView
from lrtui.domain.tasks import dataset


def rank_comparison(comparison: ComparisonView, runs: Sequence[RunView]) -> Ranking:
    """The ranking of a comparison as it stands; provisional while runs are going on."""
    from lrtui.stats.ranking import rank  # costs numpy

    chance = 1 / dataset(comparison.spec.dataset).classes
    return rank([run.outcome(chance) for run in runs])
