"""The means that charts show: of what there is at each epoch, also where rows are missing."""

from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.comparison.snapshot import Curve
from lrtui.tui.charts.series import QUANTITIES, mean_series, on_axis

_RUN = st.dictionaries(st.integers(1, 12), st.none() | st.floats(-100, 100, width=32), max_size=12)


def _curve(losses: dict[int, float | None]) -> Curve:
    return Curve.of((epoch, 0.1, 1.0, losses[epoch], 0.5, float(epoch)) for epoch in sorted(losses))


@given(st.lists(_RUN, max_size=5))
def test_a_mean_is_of_the_values_there_are_at_its_epoch(runs: list[dict[int, float | None]]) -> None:
    series = mean_series("step", 3, [_curve(run) for run in runs], "loss")
    assert list(series.x) == sorted({epoch for run in runs for epoch in run})
    for x, y, spread in zip(series.x, series.y, series.spread, strict=True):
        values = [value for run in runs if (value := run.get(int(x))) is not None]
        assert y == (pytest.approx(fmean(values), abs=1e-5) if values else None)
        assert spread == (pytest.approx(stdev(values), abs=1e-4) if len(values) > 1 else None)


def test_runs_that_are_not_as_far_count_as_far_as_they_are() -> None:
    series = mean_series("step", 0, [_curve({1: 1.0, 2: 2.0, 3: 3.0}), _curve({1: 3.0})], "loss")
    assert (series.x, series.y) == ((1.0, 2.0, 3.0), (2.0, 2.0, 3.0))
    assert series.spread[0] == pytest.approx(2**0.5)
    assert series.spread[1:] == (None, None)


def test_against_seconds_a_mean_is_as_long_as_its_curves_take_on_average() -> None:
    curves = [_curve({1: 1.0, 2: 2.0}), Curve.of([(1, 0.1, 1.0, 1.0, 0.5, 3.0), (2, 0.1, 1.0, 1.0, 0.5, 4.0)])]
    means = {metric: mean_series("step", 0, curves, metric) for metric in QUANTITIES}
    by_second = on_axis(means, curves, "second", 10)
    assert {(series.x, series.epochs) for series in by_second.values()} == {((2.0, 5.0), (1.0, 2.0))}
    assert on_axis(means, curves, "step", 10)["loss"].x == (10.0, 20.0)
