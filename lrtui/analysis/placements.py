"""How often each schedule would come first, and which ranks it would take, were the seeds drawn anew.

Source: the percentile bootstrap (Efron & Tibshirani 1993, "An Introduction to the Bootstrap", ch. 13) over whole seeds,
so that what schedules share under a seed stays shared. Base LRs stay as chosen.

Assumption: seeds are independent draws. Limits: the probability of being best is the bootstrap's, not a posterior or a
p-value, and among equals the one that was lucky once stays ahead in most resamples; with few seeds it is overconfident.
The model confidence set says who may be called best.
"""

import numpy as np

from lrtui.analysis.confidence_set import ROUNDING, Floats
from lrtui.analysis.intervals import resampled_means
from lrtui.analysis.values import Placement


def placements(scores: Floats, labels: tuple[str, ...], level: float = 0.95) -> tuple[Placement, ...]:
    """One entry a schedule, in the order of the columns; none with fewer than two seeds.

    `p_best` sums to 1: schedules that tie for the best mean of a resample share it. The rank interval is from the lower
    to the upper quantile of a schedule's ranks, ties at their mean rank.

    Args:
        scores: finite numbers, seeds × schedules; more is better.
        labels: the schedules, in the order of the columns.
        level: the confidence of the rank interval, between 0 and 1.
    """
    n, k = scores.shape
    if n < 2:
        return ()
    means = resampled_means(scores)
    at_top = means >= means.max(axis=0) - ROUNDING
    p_best = (at_top / at_top.sum(axis=0)).mean(axis=1)
    found = []
    for column in range(k):
        higher = (means > means[column] + ROUNDING).sum(axis=0)
        equal = (np.abs(means - means[column]) <= ROUNDING).sum(axis=0)
        ranks = higher + (equal + 1) / 2
        # Ranks that occurred, not a number between two: a quantile of ranks is a rank.
        low = np.quantile(ranks, (1 - level) / 2, method="inverted_cdf")
        high = np.quantile(ranks, (1 + level) / 2, method="inverted_cdf")
        found.append(Placement(labels[column], float(p_best[column]), float(low), float(high)))
    return tuple(found)
