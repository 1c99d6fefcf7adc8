from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lrtui.analysis.power import detectable_difference, pilot_spread, seeds_for
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.seeds import seeds_needed, too_few
from lrtui.comparison.status import RunStatus


@pytest.mark.parametrize(("alpha", "n"), [(0.05, 6), (0.0625, 6), (0.07, 5), (0.01, 8), (0.2, 4)])
def test_the_smallest_p_of_n_seeds_is_below_alpha_and_that_of_one_fewer_is_not(alpha: float, n: int) -> None:
    assert seeds_needed(alpha) == n
    assert 1 / 2 ** (n - 1) < alpha <= 1 / 2 ** (n - 2)


@pytest.mark.parametrize(("n", "effect"), [(10, 0.996), (34, 0.495), (199, 0.1995)])
def test_two_schedules_come_close_to_the_textbook_paired_t_test(n: int, effect: float) -> None:
    # Cohen's d_z at 80 % power and two-sided 5 %, from G*Power's tables; 1.5 % is what the table's rounding and draws allow.
    assert detectable_difference(n, 1.0) == pytest.approx(effect, rel=0.015)


def test_six_seeds_tell_two_schedules_apart_when_all_six_agree() -> None:
    # 2 of 64 patterns: no other outcome has p < 0.05, so the power is that of six differences above zero.
    difference = detectable_difference(6, 1.0) or 0.0
    assert stats.norm.cdf(difference) ** 6 == pytest.approx(0.8, abs=0.002)


@pytest.mark.parametrize(("n", "alpha", "power"), [(10, 0.05, 0.9), (20, 0.01, 0.8), (12, 0.1, 0.5)])
def test_other_levels_are_the_paired_t_tests(n: int, alpha: float, power: float) -> None:
    difference = detectable_difference(n, 1.0, alpha=alpha, power=power)
    assert difference is not None
    critical = stats.t.ppf(1 - alpha / 2, n - 1)
    assert stats.nct.sf(critical, n - 1, difference * np.sqrt(n)) == pytest.approx(
        power, abs=1e-7
    )  # what nctdtrinc searches to


def test_it_grows_with_spread_and_schedules_and_shrinks_with_seeds() -> None:
    def points(n: int, sd: float, schedules: int) -> float:
        return detectable_difference(n, sd, schedules) or 0.0

    assert points(10, 0.02, 13) == pytest.approx(2 * points(10, 0.01, 13))
    for schedules in (2, 3, 4, 13, 40, 100):
        assert all(points(n, 0.01, schedules) > points(n + 1, 0.01, schedules) for n in range(6, 300))
    for n in (6, 11, 50, 1_000):
        assert all(points(n, 0.01, k) < points(n, 0.01, k + 1) for k in range(2, 80))


def test_what_cannot_be_shown_has_no_figure() -> None:
    assert detectable_difference(5, 0.01) is None
    assert detectable_difference(10, 0.01, schedules=1) is None
    assert too_few(6) is None


@settings(deadline=None)
@given(st.floats(0.001, 0.1), st.integers(2, 40))
def test_seeds_for_is_the_fewest_that_detect(difference: float, schedules: int) -> None:
    n = seeds_for(difference, 0.01, schedules)
    assert n is not None
    assert (detectable_difference(n, 0.01, schedules) or 1.0) <= difference
    fewer = detectable_difference(n - 1, 0.01, schedules)
    assert fewer is None or fewer > difference


def test_seeds_for_gives_up() -> None:
    assert seeds_for(0.01, 0.01, 13) == 20
    assert seeds_for(0.0, 0.01) is None
    assert seeds_for(1e-5, 0.01) is None
    assert seeds_for(0.01, 0.01, schedules=1) is None


def outcomes(scores: dict[str, list[float]]) -> list[Outcome]:
    return [Outcome(k, 0.1, s, RunStatus.DONE, 0.1, 0.9, acc) for k, v in scores.items() for s, acc in enumerate(v)]


def test_the_pilots_spread_by_hand() -> None:
    # a - b: 1, 2, 3 points, variance 1; a - c: 0, 0, 3, variance 3; b - c: -1, -2, 0, variance 1. Mean 5 / 3.
    runs = outcomes({"a": [0.9, 0.92, 0.93], "b": [0.89, 0.90, 0.90], "c": [0.9, 0.92, 0.90]})
    assert pilot_spread(runs) == pytest.approx(0.01 * np.sqrt(5 / 3), abs=1e-9)
    assert pilot_spread(runs[::-1]) == pilot_spread(runs)


def test_a_second_name_for_a_schedule_and_diverged_ones_do_not_change_the_spread() -> None:
    runs = outcomes({"a": [0.9, 0.92, 0.93], "b": [0.89, 0.90, 0.90]})
    copy = [replace(run, label="also a") for run in runs[:3]]
    gone = [replace(run, label="gone", status=RunStatus.DIVERGED, test=None) for run in runs[:3]]
    assert pilot_spread(runs + copy + gone) == pytest.approx(pilot_spread(runs), abs=1e-12)


def test_what_gives_no_spread() -> None:
    runs = outcomes({"a": [0.9, 0.92], "b": [0.89, 0.90]})
    assert pilot_spread([]) is None
    assert pilot_spread(runs[:2]) is None  # one schedule
    assert pilot_spread([run for run in runs if run.seed == 0]) is None
    assert pilot_spread(runs[:2] + [replace(run, label="copy") for run in runs[:2]]) is None
