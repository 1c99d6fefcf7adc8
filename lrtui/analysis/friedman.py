"""Friedman's test and Nemenyi's critical difference: do the schedules' ranks differ from seed to seed by more than chance?

Sources: Friedman 1937, JASA 32(200), with the correction for ties that scipy uses; Iman & Davenport 1980, Communications in
Statistics 9(6), whose F is less conservative; Nemenyi 1963, and Demšar 2006, "Statistical Comparisons of Classifiers over
Multiple Data Sets", JMLR 7, for the diagram.

Assumption: seeds are independent; under the hypothesis every order of the schedules within a seed is as likely. Limits:
ranks ignore by how much, the chi-square is an approximation that is poor below about 10 seeds, and the critical
difference holds for all pairs at once, so it finds less than the model confidence set does. A secondary view.
"""

import numpy as np
from numpy.typing import NDArray

from lrtui.analysis.confidence_set import ROUNDING, Floats
from lrtui.analysis.values import Friedman


def friedman(scores: Floats, labels: tuple[str, ...], alpha: float = 0.05) -> Friedman | None:
    """The test and the diagram's data; None with fewer than two seeds or schedules. Equal mean ranks go by label.

    Args:
        scores: finite numbers, seeds × schedules; more is better.
        labels: the schedules, in the order of the columns.
        alpha: the level of the critical difference.
    """
    from scipy.special import chdtrc, fdtrc

    n, k = scores.shape
    if n < 2 or k < 2:
        return None
    ranks = ranks_within_rows(scores)
    means = ranks.mean(axis=0)
    # Σ over all ranks of the squared distance to the mean rank: n k (k² - 1) / 12 without ties, less with them.
    spread = float(np.square(ranks - (k + 1) / 2).sum())
    between = float(n * np.square(means - (k + 1) / 2).sum())
    share = between / spread if spread else 0.0  # Kendall's W; every seed ties everyone: no evidence
    chi_square = n * (k - 1) * share
    f = (n - 1) * share / (1 - share) if share < 1 - 1e-12 else None
    order = sorted(range(k), key=lambda column: (means[column], labels[column]))
    ordered = means[order]
    distance = critical_difference(n, k, alpha)
    return Friedman(
        n=n,
        alpha=alpha,
        schedulers=tuple(labels[column] for column in order),
        mean_ranks=tuple(ordered.tolist()),
        chi_square=chi_square,
        p_chi_square=float(chdtrc(k - 1, chi_square)),
        f=f,
        p_f=0.0 if f is None else float(fdtrc(k - 1, (k - 1) * (n - 1), f)),
        critical_difference=distance,
        groups=groups_within(ordered, distance),
    )


def ranks_within_rows(scores: Floats) -> Floats:
    """Each row's ranks, 1 for the highest; equal scores share the mean of their ranks."""
    higher = (scores[:, np.newaxis, :] > scores[:, :, np.newaxis] + ROUNDING).sum(axis=2)
    equal = (np.abs(scores[:, np.newaxis, :] - scores[:, :, np.newaxis]) <= ROUNDING).sum(axis=2)
    ranks: Floats = higher + (equal + 1) / 2
    return ranks


def critical_difference(n: int, k: int, alpha: float = 0.05) -> float:
    """By how much two mean ranks over `n` seeds must differ, any two of `k`: q_alpha · sqrt(k (k + 1) / 6n)."""
    from scipy.stats import studentized_range  # costs 0.6 s to import

    q = float(studentized_range.ppf(1 - alpha, k, np.inf)) / np.sqrt(2)
    return float(q * np.sqrt(k * (k + 1) / (6 * n)))


def groups_within(ordered: NDArray[np.float64], distance: float) -> tuple[tuple[int, int], ...]:
    """The largest runs of two or more neighbours whose ends are closer than `distance`, as (first, last) places."""
    groups: list[tuple[int, int]] = []
    for first in range(len(ordered)):
        last = int(np.flatnonzero(ordered - ordered[first] < distance)[-1])
        if last > first and (not groups or last > groups[-1][1]):
            groups.append((first, last))
    return tuple(groups)
