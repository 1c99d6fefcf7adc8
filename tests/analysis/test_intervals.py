import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from lrtui.analysis import intervals as module
from lrtui.analysis.confidence_set import Floats
from lrtui.analysis.intervals import Interval, mean_intervals


def only(values: list[float], level: float = 0.95) -> Interval:
    (interval,) = mean_intervals(np.array(values)[:, np.newaxis], level)
    assert interval is not None
    return interval


@pytest.mark.parametrize("n", [5, 6, 10, 31])
@pytest.mark.parametrize("level", [0.95, 0.8])
def test_it_is_scipys_bca_from_the_same_resamples(n: int, level: float) -> None:
    # 1/1024ths add up without rounding, so that resamples equal to the data are ties in both.
    values = np.random.default_rng(n).integers(0, 1024, (n, 3)) / 1024
    values[:, 1] **= 4  # skewed
    values[:, 1] = np.round(values[:, 1] * 1024) / 1024
    for column, interval in enumerate(mean_intervals(values, level)):
        generator = np.random.default_rng(module._RESAMPLING_SEED)
        expected = stats.bootstrap(
            (values[:, column],), np.mean, vectorized=True, method="BCa", confidence_level=level, rng=generator
        ).confidence_interval
        assert interval is not None
        assert interval.method == "BCa bootstrap"
        assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize("values", [[0.91, 0.95], [0.91, 0.95, 0.9], [0.91, 0.95, 0.9, 0.97]])
def test_below_five_it_is_students_t(values: list[float]) -> None:
    expected = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    interval = only(values)
    assert (interval.low, interval.high) == pytest.approx(expected, rel=1e-12)
    assert interval.method == "t"


def test_one_value_has_no_interval() -> None:
    assert mean_intervals(np.array([[0.9, 0.8]])) == [None, None]


@pytest.mark.parametrize("n", [2, 4, 5, 40])
def test_equal_values_have_an_interval_of_no_width_and_do_not_disturb_others(n: int) -> None:
    varied = np.linspace(0.8, 0.9, n)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        constant, beside = mean_intervals(np.column_stack([np.full(n, 0.7), varied]))
    assert constant is not None
    assert constant.low == constant.high == pytest.approx(0.7)
    assert beside == only(varied.tolist())


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 12).flatmap(lambda n: arrays(np.int64, (n, 3), elements=st.integers(0, 20))))
def test_it_is_finite_and_holds_the_mean(correct: Floats) -> None:
    values = correct / 20
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        intervals = mean_intervals(values)
    for mean, interval in zip(values.mean(axis=0), intervals, strict=True):
        assert interval is not None
        assert interval.low <= mean + 1e-12
        assert mean - 1e-12 <= interval.high
        assert np.isfinite([interval.low, interval.high]).all()


def test_it_moves_and_stretches_with_the_values() -> None:
    values = [0.1, 0.15, 0.2, 0.5, 0.22, 0.3]
    base, moved = only(values), only([2 * value + 1 for value in values])
    assert (moved.low, moved.high) == pytest.approx((2 * base.low + 1, 2 * base.high + 1), rel=1e-12)


def test_one_far_value_pulls_only_its_own_end() -> None:
    interval = only([0.90, 0.91, 0.90, 0.91, 0.90, 0.91, 0.90, 0.30])
    mean = np.mean([0.90, 0.91, 0.90, 0.91, 0.90, 0.91, 0.90, 0.30])
    assert mean - interval.low > 1.5 * (interval.high - mean)
    assert interval.high <= 0.91


def test_memory_is_bounded_by_chunks_that_change_nothing() -> None:
    many = np.random.default_rng(0).normal(size=(300, 2))  # 300 × 9,999 draws take three chunks
    expected = stats.bootstrap(
        (many[:, 0],), np.mean, vectorized=True, batch=500, rng=np.random.default_rng(module._RESAMPLING_SEED)
    ).confidence_interval
    interval = mean_intervals(many)[0]
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
