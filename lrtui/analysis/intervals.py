"""Intervals for means: bias-corrected and accelerated (BCa) bootstrap, Student's t where seeds are too few for it.

Source: Efron 1987, "Better Bootstrap Confidence Intervals", JASA 82(397). `scipy.stats.bootstrap` gives the same
numbers from the same resamples, and a test holds the two together. It is not used itself because a dashboard ranks
often: scipy.stats takes 0.5 s to import, and for the means and differences of 50 schedules × 100 seeds 180 ms where one
table of counts times one matrix takes 25 (`benchmarks/ranking.py`, two cores).

Assumption: seeds are independent draws. Every column is resampled with the same seeds.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lrtui.analysis.confidence_set import ROUNDING
from lrtui.analysis.product import product

IntervalMethod = Literal["BCa bootstrap", "t"]

RESAMPLES = 9_999
BCA_FROM = 5
_RESAMPLING_SEED = 1987
_NORMAL = NormalDist()

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of a mean in the unit of the values, and the method it comes from."""

    low: float
    high: float
    method: IntervalMethod


def interval_method(n: int) -> IntervalMethod | None:
    """What an interval of `n` values is computed with; None where there can be none."""
    if n < 2:
        return None
    return "BCa bootstrap" if n >= BCA_FROM else "t"


def mean_intervals(values: Floats, level: float = 0.95) -> list[Interval | None]:
    """The interval of each column's mean; values that are all equal give one of no width, one value gives None.

    Args:
        values: finite numbers, seeds × columns.
        level: the confidence, between 0 and 1.
    """
    n, k = values.shape
    method = interval_method(n)
    if method is None:
        return [None] * k
    means = values.mean(axis=0)
    low, high = means.copy(), means.copy()
    spread = np.ptp(values, axis=0) > ROUNDING
    if spread.any():
        compute = _bca if method == "BCa bootstrap" else _student_t
        low[spread], high[spread] = compute(values[:, spread], level)
    return [Interval(float(a), float(b), method) for a, b in zip(low, high, strict=True)]


def _student_t(values: Floats, level: float) -> tuple[Floats, Floats]:
    from scipy.special import stdtrit

    n = len(values)
    half = float(stdtrit(n - 1, (1 + level) / 2)) * values.std(axis=0, ddof=1) / np.sqrt(n)
    means = values.mean(axis=0)
    return means - half, means + half


def _bca(values: Floats, level: float) -> tuple[Floats, Floats]:
    """Both ends for every column; none of the columns may be constant."""
    means = values.mean(axis=0)
    centred = values - means
    resampled = np.sort(resampled_means(centred), axis=1)
    # The resamples that repeat the data give a deviation of 0 up to rounding, and count half.
    close = 1e-12 * np.abs(centred).max(axis=0)
    below = (np.searchsorted(row, -c) for row, c in zip(resampled, close, strict=True))
    up_to = (np.searchsorted(row, c, side="right") for row, c in zip(resampled, close, strict=True))
    acceleration = (centred**3).sum(axis=0) / (6 * (centred**2).sum(axis=0) ** 1.5)
    ends = np.empty((2, len(means)))
    for column, (a, less, not_more) in enumerate(zip(acceleration, below, up_to, strict=True)):
        # Half a resample away from 0 and 1, where the normal quantile is infinite.
        percentile = min(max((less + not_more) / 2, 0.5), RESAMPLES - 0.5) / RESAMPLES
        bias = _NORMAL.inv_cdf(float(percentile))
        for end, tail in enumerate(((1 - level) / 2, (1 + level) / 2)):
            z = bias + _NORMAL.inv_cdf(tail)
            ends[end, column] = _quantile(resampled[column], _NORMAL.cdf(float(bias + z / (1 - a * z))))
    return means + ends[0], means + ends[1]


def _quantile(ordered: Floats, probability: float) -> float:
    """Linear interpolation between order statistics (Hyndman & Fan's definition 7, numpy's and scipy's default)."""
    position = probability * (len(ordered) - 1)
    lower = min(int(position), len(ordered) - 2)
    part = position - lower
    return float(ordered[lower] * (1 - part) + ordered[lower + 1] * part)


def resampled_means(values: Floats) -> Floats:
    """Means of each column under every resample of the rows, columns × resamples."""
    n, k = values.shape
    generator = np.random.default_rng(_RESAMPLING_SEED)
    chunk = max(1, 1_000_000 // n)
    means = np.empty((k, RESAMPLES))
    for start in range(0, RESAMPLES, chunk):
        rows = min(chunk, RESAMPLES - start)
        drawn = generator.integers(0, n, (rows, n))
        drawn += n * np.arange(rows)[:, np.newaxis]
        counts = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        means[:, start : start + rows] = product(counts.astype(np.float64), values).T
    means /= n
    return means
