"""What charts show: curves as plain numbers, and the means of runs that make them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Literal

from lrtui.domain.snapshot import Curve, RunView, Snapshot

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


class MeanCurves:
    """Means over seeds of a comparison's curves, one series a schedule; remembers what has not changed."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, float | None, Metric], tuple[tuple[Curve, ...], Series]] = {}

    def of(self, snapshot: Snapshot, base_lr: float | None) -> dict[Metric, tuple[Series, ...]]:
        """The curves by metric of all runs at one base LR (None: the only one there is)."""
        by_label: dict[str, list[RunView]] = {}
        for run in snapshot.runs:
            runs = by_label.setdefault(run.scheduler, [])
            if base_lr is None or run.base_lr == base_lr:
                runs.append(run)
        return {metric: tuple(self._mean(snapshot, by_label, base_lr, metric)) for metric in METRICS}

    def _mean(
        self, snapshot: Snapshot, by_label: dict[str, list[RunView]], base_lr: float | None, metric: Metric
    ) -> Iterable[Series]:
        for index, (label, runs) in enumerate(by_label.items()):
            curves = tuple(snapshot.curves[run.id] for run in runs if run.id in snapshot.curves)
            before = self._made.get((label, base_lr, metric))
            diverged = sum(run.diverged_at is not None for run in runs)
            fresh = before is None or len(before[0]) != len(curves)
            if fresh or before is None or any(a is not b for a, b in zip(before[0], curves, strict=True)):
                before = (curves, mean_series(label, index, curves, metric, diverged))
                self._made[label, base_lr, metric] = before
            yield before[1]


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


def mean_series(label: str, index: int, curves: Sequence[Curve], metric: Metric, diverged: int = 0) -> Series:
    """The mean at each epoch of the curves that have a value there."""
    at: dict[int, list[float]] = {}
    for curve in curves:
        column: tuple[float | None, ...] = getattr(curve, _COLUMNS[metric])
        for epoch, value in zip(curve.epoch, column, strict=True):
            values = at.setdefault(epoch, [])
            if value is not None:
                values.append(value)
    epochs = sorted(at)
    means = [_mean(at[epoch]) for epoch in epochs]
    spread = tuple(_deviation(at[epoch], mean) for epoch, mean in zip(epochs, means, strict=True))
    return Series(label, index, tuple(map(float, epochs)), tuple(means), spread, len(curves), diverged)


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _deviation(values: list[float], mean: float | None) -> float | None:
    """The standard deviation. Not `statistics.stdev`: its exact fractions take a second for 5,000 runs."""
    if mean is None or len(values) < 2:
        return None
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
