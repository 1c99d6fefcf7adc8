"""What charts show: curves as plain numbers, and the means of runs that make them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, zip_longest
from math import dist, sqrt
from typing import Literal

from lrtui.comparison.snapshot import Curve
from lrtui.tasks.info import ACCURACY, Metric
from lrtui.terminal_text import clean

Quantity = Literal["score", "loss", "lr"]
QUANTITIES: tuple[Quantity, ...] = ("score", "loss", "lr")
LATE: frozenset[Quantity] = frozenset({"score", "loss"})
"""Whose axes at first fit all but the start: the climb out of chance would press what differs into one line."""
_COLUMNS: dict[Quantity, Literal["score", "val_loss", "lr"]] = {"score": "score", "loss": "val_loss", "lr": "lr"}


def titles(metric: Metric) -> dict[Quantity, str]:
    """What stands above the charts. Scores that are called loss are told from the loss that is trained on by what they are."""
    scores = f"validation {clean(metric.name, 40)}{'' if metric.percent else ','} {clean(metric.unit, 20)}".rstrip(" ,")
    if metric.name == "loss":
        scores = f"{scores} (score)"
    return {"score": scores, "loss": "validation loss", "lr": "learning rate"}


@dataclass(frozen=True, slots=True)
class Series:
    """A curve. `index` gives its colour and letter; y is None where there is no finite value.

    `spread` is one standard deviation over `n` runs at each point, None where fewer than two have one. `epochs` are those
    of the points where x does not tell them. `fewer_after` is the last epoch that all of the runs
    have, None where that is the last one of all.
    """

    label: str
    index: int
    x: tuple[float, ...]
    y: tuple[float | None, ...]
    spread: tuple[float | None, ...] = ()
    n: int = 1
    diverged: int = 0
    epochs: tuple[float, ...] = ()
    fewer_after: int | None = None


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
    return replace(series, x=series.x[part], y=series.y[part], spread=series.spread[part], epochs=series.epochs[part])


def mean_series(
    label: str, index: int, curves: Sequence[Curve], quantity: Quantity, diverged: int = 0, metric: Metric = ACCURACY
) -> Series:
    """The mean at each epoch of the curves that have a value there; of a percentage in percent, as tables have it."""
    unit = 100 if quantity == "score" and metric.percent else 1
    epochs, values = _by_epoch(curves, _COLUMNS[quantity])
    means: list[float | None] = []
    spread: list[float | None] = []
    for at in values:
        mean = sum(at) / max(1, len(at))
        means.append(unit * mean if at else None)
        # Not `statistics.stdev`: its exact fractions take a second for 5,000 runs.
        spread.append(unit * dist(at, [mean] * len(at)) / sqrt(len(at) - 1) if len(at) > 1 else None)
    shared = min((curve.epoch[-1] for curve in curves if curve), default=0)
    return Series(
        label, index, tuple(map(float, epochs)), tuple(means), tuple(spread), len(curves), diverged,
        fewer_after=shared if epochs and shared < epochs[-1] else None,
    )  # fmt: skip


def on_axis(
    means: Mapping[Quantity, Series], curves: Sequence[Curve], axis: Literal["epoch", "step", "second"], steps: int
) -> Mapping[Quantity, Series]:
    """Means of the same curves against epochs, steps or seconds of training.

    Args:
        means: what to draw, against epochs.
        curves: what they are the means of.
        axis: what they are to be drawn against. A mean takes as long for an epoch as its curves do on average.
        steps: optimizer steps an epoch.
    """
    epochs = means["lr"].x
    match axis:
        case "epoch":
            return means
        case "step":
            x = tuple(epoch * steps for epoch in epochs)
            return {metric: replace(mean, x=x) for metric, mean in means.items()}
        case "second":
            _, took = _by_epoch(curves, "seconds")
            x = tuple(accumulate(sum(at) / max(1, len(at)) for at in took))
            return {metric: replace(mean, x=x, epochs=epochs) for metric, mean in means.items()}


def _by_epoch(
    curves: Sequence[Curve], name: Literal["score", "val_loss", "lr", "seconds"]
) -> tuple[Sequence[int], Iterator[list[float]]]:
    """The epochs that any of the curves has, and for each the values there; of one epoch at a time, for there may be many."""
    columns: list[Sequence[float | None]] = [getattr(curve, name) for curve in curves]
    epochs = max((curve.epoch for curve in curves), key=len, default=())
    if any(curve.epoch != epochs[: len(curve)] for curve in curves):  # a row is missing, which hardly ever happens
        epochs = sorted({epoch for curve in curves for epoch in curve.epoch})
        known = [dict(zip(curve.epoch, column, strict=True)) for curve, column in zip(curves, columns, strict=True)]
        columns = [[there.get(epoch) for epoch in epochs] for there in known]
    return epochs, ([value for value in at if value is not None] for at in zip_longest(*columns))
