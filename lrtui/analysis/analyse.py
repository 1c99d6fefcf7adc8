"""Everything there is to say about a comparison, from its stored runs and curves."""

from collections.abc import Mapping, Sequence

import numpy as np

from lrtui.analysis.budgets import budget_rankings, epochs_to_close
from lrtui.analysis.effects import effects
from lrtui.analysis.friedman import friedman
from lrtui.analysis.history import ranked_histories
from lrtui.analysis.pairing import with_pairing_notes
from lrtui.analysis.placements import placements
from lrtui.analysis.power import detectable_difference, pilot_spread
from lrtui.analysis.ranking import rank
from lrtui.analysis.reasons import reasons
from lrtui.analysis.reasons.evidence import collect
from lrtui.analysis.selection import ranked_accuracy
from lrtui.analysis.sensitivity import sensitivity
from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView


def analyse(
    comparison: ComparisonView, runs: Sequence[RunView], curves: Mapping[int, Curve], alpha: float = 0.05
) -> Analysis:
    """The ranking and everything beyond it. The order of `runs` does not matter; missing and diverged runs count as in `selection`.

    Args:
        comparison: whose spec says what the schedules are.
        runs: the comparison's runs, ended or not.
        curves: by the runs' ids; without a curve, a run has a result but no history.
        alpha: one minus the confidence of sets and intervals.

    Raises:
        ValueError: two runs have the same label, base LR and seed, or alpha is not between 0 and 1.
    """
    spec, chance = comparison.spec, comparison.spec.chance
    outcomes = [run.outcome(chance) for run in runs]
    ranking = with_pairing_notes(rank(outcomes, alpha, comparison.to_come), runs, spec.info)
    sensitivities = sensitivity(outcomes)
    if not ranking.rows:
        return Analysis(ranking, sensitivity=sensitivities)
    histories = ranked_histories(ranking, runs, curves)
    labels = tuple(row.label for row in ranking.rows)
    scores = np.array(
        [[ranked_accuracy(history.run.outcome(chance)) for history in histories[label]] for label in labels],
        dtype=float,
    ).T
    ranked_at = {row.label: row.base_lr for row in ranking.rows}
    place = {label: number for number, label in enumerate(labels)}
    spread = pilot_spread(outcomes)
    return Analysis(
        ranking=ranking,
        friedman=friedman(scores, labels, alpha),
        placements=placements(scores, labels, 1 - alpha),
        effects=effects(scores, labels),
        sensitivity=tuple(sorted(sensitivities, key=lambda entry: place.get(entry.scheduler, len(place)))),
        budgets=budget_rankings(
            spec.epochs,
            histories,
            {label: comparison.cell(label, lr).schedule for label, lr in ranked_at.items()},
            chance,
        ),
        epochs_to_95=epochs_to_close(histories, chance),
        reasons=reasons(collect(spec, comparison.cells, chance, ranking, histories, sensitivities, runs, curves)),
        spread=spread,
        detectable=detectable_difference(len(scores), spread, len(labels), alpha) if spread else None,
    )
