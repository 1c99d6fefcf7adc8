"""What a number of seeds can show, told before anything runs.

At 5 % and 80 % power, what everybody is shown, the figures are simulated with `confidence_set` itself: one schedule better
than k - 1 equal others, normal differences that all vary alike. No formula does as well: the paired t-test's power (Cohen
1988, "Statistical Power Analysis for the Behavioral Sciences", ch. 2) is right for two schedules from 8 seeds on, but 6
seeds have only 64 sign patterns, and dividing alpha by the number of pairs (Bonferroni) asks for a fifth too much with a
dozen schedules. It is what other levels fall back to. Noise that is far from normal, or far from alike, needs more.
"""

from bisect import bisect, bisect_left
from collections.abc import Sequence
from math import comb, log, sqrt

from lrtui.analysis.confidence_set import ROUNDING
from lrtui.analysis.orientation import turned
from lrtui.analysis.selection import ranked_score, select
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.seeds import seeds_needed, too_few
from lrtui.comparison.status import RunStatus
from lrtui.tasks.info import ACCURACY, Metric

# difference · sqrt(n) / sd of the differences, by number of seeds n (rows) and of schedules (columns), at which four of
# five comparisons leave the better one alone; `benchmarks/calibration.py --power-table` simulates it.
_KS = (2, 3, 5, 10, 20, 40)
_TABLE: dict[int, tuple[float, ...]] = {
    6: (4.39, 5.31, 6.69, 8.94, 12.31, 16.50),
    7: (3.53, 4.06, 4.81, 6.06, 7.69, 9.94),
    8: (3.37, 3.94, 4.56, 5.44, 6.56, 8.19),
    9: (3.26, 3.81, 4.44, 5.06, 6.06, 7.19),
    10: (3.17, 3.69, 4.19, 4.81, 5.69, 6.69),
    12: (3.07, 3.56, 3.94, 4.56, 5.31, 6.06),
    14: (3.03, 3.55, 3.90, 4.45, 5.01, 5.70),
    20: (2.95, 3.35, 3.77, 4.21, 4.71, 5.15),
    60: (2.85, 3.24, 3.58, 3.99, 4.33, 4.70),
    200: (2.80, 3.12, 3.49, 3.91, 4.17, 4.52),
}


def detectable_difference(
    n: int, sd: float, schedules: int = 2, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """By how much one of several schedules must be better for `n` seeds to tell it from the rest, with this power.

    In the unit of `sd`, the standard deviation of the seed-wise differences of two schedules: a guess, or a pilot's
    `pilot_spread`. None where n seeds, or one schedule, show nothing.
    """
    if too_few(n, alpha) or schedules < 2:
        return None
    simulated = alpha == 0.05 and power == 0.8
    return (_simulated(n, schedules) if simulated else _bonferroni(n, schedules, alpha, power)) * sd / sqrt(n)


def seeds_for(
    difference: float, sd: float, schedules: int = 2, alpha: float = 0.05, power: float = 0.8, most: int = 10_000
) -> int | None:
    """The fewest seeds that tell one schedule from the rest if it is `difference` better; None where `most` are too few.

    The inverse of `detectable_difference`, with the same unit, assumptions and limits. One schedule needs none: None.
    """

    def enough(n: int) -> bool:
        detectable = detectable_difference(n, sd, schedules, alpha, power)
        return detectable is not None and detectable <= difference

    few, many = 1, seeds_needed(alpha)
    while not enough(many):
        few, many = many, 2 * many
        if few >= most:
            return None
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(middle) else (middle, many)
    return many if many <= most else None


def pilot_spread(outcomes: Sequence[Outcome], metric: Metric = ACCURACY) -> float | None:
    """The spread to plan with: the pooled standard deviation of two schedules' seed-wise differences of test score.

    Pooled: the square root of the mean variance over all pairs of schedules, each at its chosen base LR, on the seeds
    that all share (`selection`). Left out are pairs that never differ (the same LR under two names) and schedules with a
    diverged run, whose spread says how often they diverge. None with fewer than two seeds or no pair. With n seeds
    and one pair its relative error is about 1 / sqrt(2 (n - 1)): a pilot of 3 seeds is a rough guide.
    """
    import numpy as np

    inside, how = turned(outcomes, metric)
    selection = select(inside)
    steady = [
        [chosen.runs[seed] for seed in selection.seeds]
        for chosen in selection.chosen
        if not any(chosen.runs[seed].status is RunStatus.DIVERGED for seed in selection.seeds)
    ]
    if len(selection.seeds) < 2 or len(steady) < 2:
        return None
    scores = np.array([[ranked_score(run) for run in runs] for runs in steady], dtype=float).T
    differences = scores[:, :, np.newaxis] - scores[:, np.newaxis, :]
    differences[np.abs(differences) < ROUNDING] = 0.0
    variances = differences.var(axis=0, ddof=1)[np.triu_indices(len(steady), 1)]
    differ = np.any(differences != 0, axis=0)[np.triu_indices(len(steady), 1)]
    if not differ.any() or not variances[differ].any():
        return None
    return how.size(float(np.sqrt(variances[differ].mean())))


def _simulated(n: int, schedules: int) -> float:
    """difference · sqrt(n) / sd at which four of five simulated comparisons left the better one alone.

    Between the table's entries linear in 1 / n and in the logarithm of the number of schedules; beyond the last number
    of schedules straight on, beyond the last number of seeds as for it.
    """
    seeds, ks = list(_TABLE), [log(k) for k in _KS]
    place = min(max(bisect(ks, log(schedules)) - 1, 0), len(ks) - 2)
    part = (log(schedules) - ks[place]) / (ks[place + 1] - ks[place])
    column = [row[place] + part * (row[place + 1] - row[place]) for row in _TABLE.values()]
    n = min(n, seeds[-1])
    above = max(bisect_left(seeds, n), 1)
    low, high = seeds[above - 1], seeds[above]
    weight = (1 / low - 1 / n) / (1 / low - 1 / high)
    return column[above - 1] + weight * (column[above] - column[above - 1])


def _bonferroni(n: int, schedules: int, alpha: float, power: float) -> float:
    """The same from the paired t-test's power under the noncentral t, alpha divided by the number of pairs."""
    from scipy.special import nctdtrinc, stdtrit

    critical = stdtrit(n - 1, 1 - alpha / comb(schedules, 2) / 2)
    return float(nctdtrinc(n - 1, 1 - power, critical))
