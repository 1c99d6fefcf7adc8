"""How much a schedule's result depends on its base LR: the score at every one tried, and a robust range."""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean, stdev

from lrtui.analysis.confidence_set import ROUNDING
from lrtui.analysis.selection import cells_by_label, ranked_score, select, selection_scores
from lrtui.analysis.values import LrPoint, Sensitivity
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.status import RunStatus

HALF_A_POINT = 0.005


def sensitivity(outcomes: Sequence[Outcome], least: float = HALF_A_POINT) -> tuple[Sensitivity, ...]:
    """One entry a schedule that has a result, by label. The order of `outcomes` does not matter.

    The rules are the ranking's: means are over the seeds that the schedule's base LRs share, diverged runs count with
    their best epoch before that or with chance, and the best base LR is the one the ranking chose. The tolerance of
    the robust range is a convention (the one-standard-error rule of Breiman et al. 1984, with `least`, half a point
    of a percentage, as the least), not a test; the range can only be as fine as the grid.

    Raises:
        ValueError: two outcomes have the same label, base LR and seed.
    """
    best = {chosen.label: chosen.base_lr for chosen in select(outcomes).chosen}
    return tuple(
        _of_schedule(label, best[label], cells, least)
        for label, cells in cells_by_label(outcomes).items()
        if label in best
    )  # fmt: skip


def _of_schedule(label: str, best: float, cells: Mapping[float, Mapping[int, Outcome]], least: float) -> Sensitivity:
    scores = selection_scores(cells)
    tried = sorted(cells, key=lambda lr: min(run.number for run in cells[lr].values()))  # as listed, where unnumbered
    points = tuple(_point(lr, runs, scores.get(lr, {}), tried.index(lr) + 1) for lr, runs in cells.items())
    at_best = list(scores.get(best, {}).values())
    error = stdev(at_best) / sqrt(len(at_best)) if len(at_best) > 1 else 0.0
    tolerance = max(error, least)
    place = next(i for i, point in enumerate(points) if point.base_lr == best)
    enough = (points[place].selection_acc or 0.0) - tolerance - ROUNDING
    return Sensitivity(
        scheduler=label,
        best_base_lr=best,
        points=points,
        robust_low=_last_good(points[place::-1], enough),
        robust_high=_last_good(points[place:], enough),
        tolerance=tolerance,
    )


def _point(base_lr: float, runs: Mapping[int, Outcome], scores: Mapping[int, float], trial: int) -> LrPoint:
    # Where no run was judged on the selection examples, the test scores of all that have one still can be shown.
    seeds = scores or runs
    tests = [score for seed, run in runs.items() if seed in seeds and (score := ranked_score(run)) is not None]
    return LrPoint(
        base_lr=base_lr,
        n=len(tests),
        selection_acc=fmean(scores.values()) if scores else None,
        test_acc=fmean(tests) if tests else None,
        diverged=sum(run.status is RunStatus.DIVERGED for run in runs.values()),
        trial=trial,
    )


def _last_good(points: Sequence[LrPoint], enough: float) -> float:
    """The base LR of the last point before the first that is not good enough, from the best one outwards."""
    last = points[0].base_lr
    for point in points[1:]:
        if point.selection_acc is None or point.selection_acc < enough:
            break
        last = point.base_lr
    return last
