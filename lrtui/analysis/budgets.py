"""The order of the schedules had everyone stopped early, and how soon each came close to the best.

Both read the stored validation curves: test examples are not looked at while training. The base LR stays the one that the
full budget chose, which favours schedules that decay over those that would have wanted a higher or lower one for
less. A schedule that spreads itself over the budget (cosine, one-cycle) is cut off half way, not retrained for the
shorter budget: `depends_on_budget` marks those. The best of many noisy validation scores is a little too good for all.
"""

import re
from collections.abc import Mapping, Sequence
from math import ceil, sqrt
from statistics import fmean

import numpy as np

from lrtui.analysis.confidence_set import ROUNDING
from lrtui.analysis.history import RunHistory
from lrtui.analysis.values import BudgetRanking, BudgetRow, EpochsTo
from lrtui.schedules.parameters import Source
from lrtui.schedules.schedule import Bound, Schedule

SHARES = (0.25, 0.5, 0.75, 1.0)
CLOSE = 0.95

Histories = Mapping[str, Sequence[RunHistory]]


def budget_rankings(
    epochs: int, histories: Histories, schedules: Mapping[str, Schedule], chance: float
) -> tuple[BudgetRanking, ...]:
    """The ranking at each of `SHARES` of the epochs, rounded up; shares that round to the same epoch come once.

    Only seeds for which every schedule has a curve count; none where there is no such seed. Ties go by label.

    Args:
        epochs: the comparison's.
        histories: every ranked schedule's runs, see `ranked_histories`.
        schedules: each at the base LR it was ranked at, as it was trained.
        chance: what a run without a finite epoch scores.
    """
    complete = _on_shared_seeds(histories)
    if not complete:
        return ()
    full = _means(complete, epochs, chance)
    found: dict[int, BudgetRanking] = {}
    for share in SHARES:
        until = ceil(share * epochs)
        means = _means(complete, until, chance)
        order = sorted(means, key=lambda label: (-means[label], label))
        rows = tuple(
            BudgetRow(rank, label, means[label], until < epochs and depends_on_budget(schedules[label]))
            for rank, label in enumerate(order, 1)
        )
        tau = kendall_tau(list(means.values()), list(full.values()))
        found[until] = BudgetRanking(share, until, rows, tau, len(next(iter(complete.values()))))
    return tuple(found.values())


def epochs_to_close(
    histories: Histories, chance: float, part: float = CLOSE, *, share_of_all: bool = True
) -> tuple[EpochsTo, ...]:
    """For each schedule the median epoch at which its runs came close to the best schedule's validation score.

    The threshold is `part` of the mean, over the runs of the first schedule, of the best validation score. Where scores
    have no zero that means nothing (not `share_of_all`: a loss, an error, a reward) it is `part` of the way to there
    from the mean of the same runs' first evaluation.
    """
    histories = {label: [history for history in runs if history.known] for label, runs in histories.items()}
    best = next(iter(histories.values()), [])
    if not best:
        return ()
    threshold = part * fmean(history.best_until(history.run.epochs, chance) for history in best)
    if not share_of_all:
        start = fmean(history.val_scores[0][1] if history.val_scores else chance for history in best)
        end = fmean(history.best_until(history.run.epochs, chance) for history in best)
        threshold = start + part * (end - start)
    found = []
    for label, runs in histories.items():
        reached = sorted(epoch for history in runs if (epoch := history.first_at(threshold)) is not None)
        found.append(EpochsTo(label, threshold, _median(reached, len(runs)), len(reached), len(runs)))
    return tuple(found)


def depends_on_budget(schedule: Schedule) -> bool:
    """Whether the schedule was bound to the length of the budget, so that for another it would have had other LRs."""
    if schedule.table is not None:
        return True  # a person's own function is told the length
    return any(_follows_the_length(bound, schedule.scheduler.follow_base_lr) for bound in schedule.parameters)


def _follows_the_length(bound: Bound, follow_base_lr: Sequence[str]) -> bool:
    if isinstance(bound.value, str):
        return bool(_LENGTHS.search(bound.value))
    return bound.source is Source.FITTED and bound.name not in follow_base_lr


_LENGTHS = re.compile(r"\b[ES]\b")  # as an expression calls the epochs of the budget, and the steps per epoch


def kendall_tau(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Kendall's tau-b (1945, Biometrika 33(3)): agreement of two orders, ties allowed; None where one ties everything."""
    a, b = (np.asarray(values) for values in (x, y))
    signs = []
    for values in (a, b):
        difference = values[:, np.newaxis] - values
        signs.append(np.where(np.abs(difference) <= ROUNDING, 0.0, np.sign(difference)))
    untied = sqrt(float(np.abs(signs[0]).sum()) * float(np.abs(signs[1]).sum()))
    return float((signs[0] * signs[1]).sum()) / untied if untied else None


def _on_shared_seeds(histories: Histories) -> Histories:
    if not histories:
        return {}
    shared = set.intersection(*({history.run.seed for history in runs if history.known} for runs in histories.values()))
    if not shared:
        return {}
    return {label: [history for history in runs if history.run.seed in shared] for label, runs in histories.items()}


def _means(histories: Histories, epochs: int, chance: float) -> dict[str, float]:
    return {label: fmean(history.best_until(epochs, chance) for history in runs) for label, runs in histories.items()}


def _median(reached: Sequence[int], n: int) -> float | None:
    """The median of n numbers of which only the smallest are known."""
    middle = [(n - 1) // 2, n // 2]
    return fmean(reached[place] for place in middle) if n and middle[1] < len(reached) else None
