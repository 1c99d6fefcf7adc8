"""What charts show: curves as plain numbers, and the means of runs that make them."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import sqrt
from typing import Literal

from lrtui.domain.snapshot import Curve

Metric = Literal["val_acc", "loss", "lr"]
METRICS: tuple[Metric, ...] = ("val_acc", "loss", "lr")
TITLES: dict[Metric, str] = {"val_acc": "validation accuracy", "loss": "validation loss", "lr": "learning rate"}
_COLUMNS: dict[Metric, Literal["val_acc", "val_loss", "lr"]] = {"val_acc": "val_acc", "loss": "val_loss", "lr": "lr"}


@dataclass(frozen=True, slots=True)
class Series:
    """A curve. `index` gives its colour and letter; y is None where there is no finite value.

    `spread` is one standard deviation over `n` runs at each point, None where fewer than two have one.
    """

    label: str
    index: int
    x: tuple[float, ...]
    y: tuple[float | None, ...]
    spread: tuple[float | None, ...] = ()
    n: int = 1
    diverged: int = 0


def smoothed(series: Series, weight: float) -> Series:
    """The exponential moving average of a curve, with the start corrected for as in Adam; gaps stay gaps.

    Args:
        series: the curve.
        weight: of what came before, 0 (the curve as it is) to below 1.
    """
    if not weight:
        return series
    total, share = 0.0, 0.0
    values: list[float | None] = []
    for y in series.y:
        if y is None:
            values.append(None)
            continue
        total, share = weight * total + (1 - weight) * y, weight * share + (1 - weight)
        values.append(total / share)
    return replace(series, y=tuple(values))


def within(series: Series, window: tuple[float, float] | None) -> Series:
    """The part of a curve over a part of the x axis (None: all of it)."""
    if window is None:
        return series
    part = slice(bisect_left(series.x, window[0]), bisect_right(series.x, window[1]))
    return replace(series, x=series.x[part], y=series.y[part], spread=series.spread[part])


def mean_series(label: str, index: int, curves: Sequence[Curve], metric: Metric, diverged: int = 0) -> Series:
    """The mean at each epoch of the curves that have a value there."""
    at: dict[int, list[float]] = {}
    for curve in curves:
        column: Sequence[float | None] = getattr(curve, _COLUMNS[metric])
        for epoch, value in zip(curve.epoch, column, strict=True):
            values = at.setdefault(epoch, [])
            if value is not None:
                values.append(value)
    epochs = sorted(at)
    means = [_mean(at[epoch]) for epoch in epochs]
    spread = tuple(_deviation(at[epoch], mean) for epoch, mean in zip(epochs, means, strict=True))
    return Series(label, index, tuple(map(float, epochs)), tuple(means), spread, len(curves), diverged)


def on_axis(series: Series, curves: Sequence[Curve], axis: Literal["epoch", "step", "second"], steps: int) -> Series:
    """A mean of curves against epochs, steps or seconds of training.

    Args:
        series: the mean, against epochs.
        curves: what it is the mean of.
        axis: what it is to be drawn against. A mean takes as long for an epoch as its curves do on average.
        steps: optimizer steps an epoch.
    """
    if axis == "epoch":
        return series
    if axis == "step":
        return replace(series, x=tuple(x * steps for x in series.x))
    took: dict[float, list[float]] = {}
    for curve in curves:
        for epoch, seconds in zip(curve.epoch, curve.seconds, strict=True):
            took.setdefault(epoch, []).append(seconds)
    return replace(series, x=tuple(accumulate(sum(took[x]) / len(took[x]) for x in series.x)))


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _deviation(values: list[float], mean: float | None) -> float | None:
    """The standard deviation. Not `statistics.stdev`: its exact fractions take a second for 5,000 runs."""
    if mean is None or len(values) < 2:
        return None
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
