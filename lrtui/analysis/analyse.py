"""Everything there is to say about a comparison, from its stored runs and curves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from lrtui.analysis.budgets import budget_rankings, epochs_to_close
from lrtui.analysis.effects import effects
from lrtui.analysis.friedman import friedman
from lrtui.analysis.history import ranked_histories
from lrtui.analysis.orientation import Orientation, orientation, turned_curves
from lrtui.analysis.pairing import with_pairing_notes
from lrtui.analysis.placements import placements
from lrtui.analysis.power import detectable_difference, pilot_spread
from lrtui.analysis.ranking import of_spec, ranked_inside
from lrtui.analysis.reasons import reasons
from lrtui.analysis.reasons.evidence import collect
from lrtui.analysis.selection import ranked_score
from lrtui.analysis.sensitivity import HALF_A_POINT, sensitivity
from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.tasks.info import Metric


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
    spec = comparison.spec
    how = orientation([run.outcome(spec.chance) for run in runs], spec.metric)
    inside = _inside(comparison, [how.run(run) for run in runs], turned_curves(curves, how), how, alpha)
    spread = pilot_spread([run.outcome(spec.chance) for run in runs], spec.metric) if inside.ranking.rows else None
    n, schedules = len(inside.ranking.seeds), len(inside.ranking.rows)
    detectable = detectable_difference(n, spread, schedules, alpha) if spread else None
    analysis = how.analysis(inside)
    ranking = with_pairing_notes(of_spec(analysis.ranking, spec), runs, spec.info)
    return replace(analysis, ranking=ranking, spread=spread, detectable=detectable)


def _inside(
    comparison: ComparisonView,
    runs: Sequence[RunView],
    curves: Mapping[int, Curve],
    how: Orientation,
    alpha: float,
) -> Analysis:
    """The same of runs and curves that are turned so that more is better; not turned back, and without the spread."""
    spec, floor = comparison.spec, how.floor
    outcomes = [run.outcome(floor) for run in runs]
    ranking = ranked_inside(outcomes, how, alpha, comparison.to_come)
    sensitivities = sensitivity(outcomes, least=HALF_A_POINT if spec.metric.percent else 0.0)
    if not ranking.rows or floor is None:
        return Analysis(ranking, sensitivity=sensitivities)
    histories = ranked_histories(ranking, runs, curves)
    labels = tuple(row.label for row in ranking.rows)
    scores = np.array(
        [[ranked_score(history.run.outcome(floor)) for history in histories[label]] for label in labels],
        dtype=float,
    ).T
    ranked_at = {row.label: row.base_lr for row in ranking.rows}
    place = {label: number for number, label in enumerate(labels)}
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
            floor,
        ),
        epochs_to_95=epochs_to_close(histories, floor, share_of_all=_share_of_all(spec.metric)),
        reasons=reasons(collect(spec, comparison.cells, how, ranking, histories, sensitivities, runs, curves)),
    )


def _share_of_all(metric: Metric) -> bool:
    """Whether a share of a score means something: 95 % of an accuracy is one, 95 % of a loss or of a temperature is none."""
    return metric.percent and metric.better == "higher"
