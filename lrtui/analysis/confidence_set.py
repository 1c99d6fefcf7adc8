"""The model confidence set: which schedules cannot be told from the best one.

Source: Hansen, Lunde & Nason 2011, "The Model Confidence Set", Econometrica 79(2), with the range statistic T_R and,
in place of their block bootstrap, sign flips: seeds are independent blocks, and a seed's whole vector of differences
is flipped at once, which keeps unequal variances and correlations between schedules as they are.

Assumption: under the hypothesis that the schedules still in the set are equally good, a seed's vector of differences
is as likely as its mirror image.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrtui.analysis.product import product

EXACT_UP_TO = 14
RANDOM_PATTERNS = 9_999
# Accuracies are counts divided by thousands of images: a smaller difference is floating-point rounding.
ROUNDING = 1e-12
_TIE = 1e-9
_PATTERN_SEED = 20110
_CHUNK_SUMS = 1 << 15  # sums held at once: fits the processor's second-level cache

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ConfidenceSet:
    """One entry a schedule, in the order of the columns given.

    `p` is the largest p-value met up to the schedule's removal, the last one met for those never removed, 1 for one
    that is left alone (the paper's convention), None where fewer than two seeds allow no test. `leads` tells who was
    never removed; where there is a p, `leads` is `p >= alpha`.
    """

    p: tuple[float | None, ...]
    leads: tuple[bool, ...]


def confidence_set(scores: Floats, alpha: float = 0.05) -> ConfidenceSet:
    """The set of schedules that holds the best with confidence 1 - alpha.

    While p < alpha, the loser of the pair with the largest paired |t| is removed. A difference without variance counts
    as t = 0 when its mean is 0, else as infinite. Pairs that tie for the largest |t| give the loser with the lowest
    mean, then the last column. The best mean loses no pair, so it is always in the set.

    Args:
        scores: finite numbers, seeds × schedules; row s holds every schedule's score under seed s.
        alpha: one minus the confidence.
    """
    n, k = scores.shape
    if n < 2:
        return ConfidenceSet((None,) * k, (True,) * k)
    centred = scores - scores.mean(axis=1, keepdims=True)
    sums, scale = _pairs(scores)
    order, observed = _removals(np.square(sums * scale), sums)
    counts, patterns = _exceedances(centred[:, order], scale[np.ix_(order, order)], observed)
    p: list[float | None] = [1.0] * k
    leads = [True] * k
    largest = 0.0
    for removed, count in enumerate(counts):
        largest = max(largest, _p_value(int(count), patterns, n))
        if largest >= alpha:
            for column in order[removed:]:
                p[column] = largest
            break
        p[order[removed]] = largest
        leads[order[removed]] = False
    return ConfidenceSet(tuple(p), tuple(leads))


def _p_value(count: int, patterns: int, n: int) -> float:
    """Every pattern was tried up to `EXACT_UP_TO` seeds; among random ones the observed pattern counts as one more."""
    return count / patterns if n <= EXACT_UP_TO else (1 + count) / (1 + patterns)


def _pairs(scores: Floats) -> tuple[Floats, Floats]:
    """For each pair the sum of its differences d and 1 / sqrt(n Σd²), both k × k; 0 where every difference is 0.

    Their product squared is R = (Σd)² / (n Σd²), which lies in 0..1 and grows with |t|: t² = (n - 1) R / (1 - R).
    Signs leave Σd² as it is, so R stands in for |t| everywhere, and a difference without variance is R = 1, not ∞.
    """
    n, k = scores.shape
    sums = np.zeros((k, k))
    scale = np.zeros((k, k))
    for column in range(k):
        differences = scores[:, [column]] - scores
        differences[np.abs(differences) < ROUNDING] = 0.0
        sums[column] = differences.sum(axis=0)
        squares = np.square(differences).sum(axis=0)
        np.divide(1.0, np.sqrt(n * squares), out=scale[column], where=squares > 0)
    return sums, scale


def _removals(r: Floats, sums: Floats) -> tuple[list[int], list[float]]:
    """The order in which schedules leave if nothing stops them, and the largest R before each leaves.

    The order depends on the observed scores alone; the sign flips only decide where to stop.
    """
    alive = list(range(len(r)))
    strength = sums.sum(axis=1)  # k times the schedule's total, less the same number for everyone
    order, observed = [], []
    while len(alive) > 1:
        among = r[np.ix_(alive, alive)]
        top = float(among.max())
        loses = (among >= _threshold(top)) & (sums[np.ix_(alive, alive)] < 0)
        losers = [alive[place] for place in np.flatnonzero(loses.any(axis=1))] or alive
        weakest = min(strength[column] for column in losers)
        loser = max(column for column in losers if strength[column] <= weakest + ROUNDING)
        order.append(loser)
        observed.append(top)
        alive.remove(loser)
    return order + alive, observed


def _threshold(r: float) -> float:
    """What counts as reaching `r`: sums taken in another order differ in their last bits."""
    return r * (1 - _TIE) - ROUNDING


def _exceedances(centred: Floats, scale: Floats, observed: list[float]) -> tuple[NDArray[np.int64], int]:
    """How many sign patterns give, among those left at each removal, an R at least as large as the one observed.

    Columns come in the order of removal, so those left at removal q are q, q + 1, …: walking from the last to the
    first, each pair of schedules is looked at once for all removals together.
    """
    counts = np.zeros(len(observed), dtype=np.int64)
    patterns = 0
    n, k = centred.shape
    for signs in _sign_patterns(n, max(1, min(_CHUNK_SUMS // k, 1_000_000 // n))):
        sums = np.ascontiguousarray(product(signs, centred).T)
        largest = np.zeros(len(signs))
        for q in range(k - 2, -1, -1):
            r = sums[q + 1 :] - sums[q]
            r *= scale[q, q + 1 :, np.newaxis]
            np.square(r, out=r)
            np.maximum(largest, r.max(axis=0), out=largest)
            counts[q] += np.count_nonzero(largest >= _threshold(observed[q]))
        patterns += len(signs)
    return counts, patterns


def _sign_patterns(n: int, chunk: int) -> Iterator[Floats]:
    """Rows of n signs. All of them up to `EXACT_UP_TO` seeds (half: a pattern's negation has the same |t|), else random."""
    if n <= EXACT_UP_TO:
        total = 2 ** (n - 1)
        for start in range(0, total, chunk):
            numbers = np.arange(start, min(start + chunk, total))
            bits = numbers[:, np.newaxis] >> np.arange(n) & 1  # the last seed's bit is 0 in all of them
            yield 1.0 - 2.0 * bits.astype(np.float64)
        return
    generator = np.random.default_rng(_PATTERN_SEED)
    for start in range(0, RANDOM_PATTERNS, chunk):
        bits = generator.integers(0, 2, (min(chunk, RANDOM_PATTERNS - start), n), dtype=np.int8)
        yield 1.0 - 2.0 * bits.astype(np.float64)
