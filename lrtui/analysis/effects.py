"""How large the differences to the best are, in units of their noise.

Sources: Cohen 1988, "Statistical Power Analysis for the Behavioral Sciences"; Lakens 2013, Frontiers in Psychology 4,
for the names: d_av divides by the spread of the accuracies (comparable with unpaired studies), dz by that of the
seed-wise differences (what a paired test's power depends on). No correction for small samples: with 6 seeds both are
about a fifth too large. The best is the observed best, so every other looks a little worse than it is.
"""

from math import sqrt

import numpy as np

from lrtui.analysis.confidence_set import ROUNDING, Floats
from lrtui.analysis.values import Effect


def effects(scores: Floats, labels: tuple[str, ...]) -> tuple[Effect, ...]:
    """One entry a schedule, in the order of the columns; the first column is the best.

    Args:
        scores: finite numbers, seeds × schedules; more is better.
        labels: the schedules, in the order of the columns.
    """
    n = len(scores)
    found = []
    for column, label in enumerate(labels):
        difference = scores[:, column] - scores[:, 0]
        difference[np.abs(difference) < ROUNDING] = 0.0
        d = dz = None
        if n > 1:
            spread = sqrt((float(scores[:, column].var(ddof=1)) + float(scores[:, 0].var(ddof=1))) / 2)
            mean = float(difference.mean())
            mean = mean if abs(mean) > ROUNDING else 0.0
            d = _ratio(mean, spread)
            dz = _ratio(mean, float(difference.std(ddof=1)))
        wins, losses = int((difference > 0).sum()), int((difference < 0).sum())
        found.append(Effect(label, n, d, dz, wins, n - wins - losses, losses))
    return tuple(found)


def _ratio(mean: float, spread: float) -> float | None:
    return mean / spread if spread > ROUNDING else None
