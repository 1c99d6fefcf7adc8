import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from lrtui.analysis.confidence_set import Floats, confidence_set
from lrtui.analysis.effects import effects


def test_by_hand() -> None:
    # Differences -1, -2, 0, -3 points: mean -1.5, standard deviation sqrt(5 / 3).
    best = np.array([0.90, 0.92, 0.91, 0.95])
    other = best - np.array([0.01, 0.02, 0.0, 0.03])
    _, effect = effects(np.column_stack([best, other]), ("a", "b"))
    assert effect.dz == pytest.approx(-1.5 / np.sqrt(5 / 3), abs=1e-9)
    # 0.90, 0.92, 0.91, 0.95 and 0.89, 0.90, 0.91, 0.92: variances 14 / 3 and 5 / 3 square points.
    assert effect.d == pytest.approx(-1.5 / np.sqrt((14 / 3 + 5 / 3) / 2), abs=1e-9)
    assert (effect.n, effect.wins, effect.ties, effect.losses) == (4, 0, 1, 3)


def test_the_paired_t_and_its_sign_flips_by_hand_for_six_seeds() -> None:
    # Differences in points: 3, 1, 2, 2, -1, 2: sum 9, Σd² = 23, t = 1.5 / (sqrt(9.5 / 5) / sqrt(6)).
    points = np.array([3, 1, 2, 2, -1, 2])
    best = 0.9 + points / 100
    scores = np.column_stack([best, np.full(6, 0.9)])
    t = 1.5 / np.sqrt(9.5 / 5 / 6)
    _, effect = effects(scores, ("a", "b"))
    assert effect.dz is not None
    assert -effect.dz * np.sqrt(6) == pytest.approx(t, abs=1e-9)
    assert t == pytest.approx(stats.ttest_rel(scores[:, 0], scores[:, 1]).statistic, abs=1e-9)
    # |sum| >= 9 needs flips that take at most 1 off the 11 of all alike: none, 1 (two seeds): 3 patterns and their mirrors.
    assert confidence_set(scores).p[1] == pytest.approx(6 / 64, abs=1e-12)
    expected = stats.permutation_test((points,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert expected.pvalue == pytest.approx(6 / 64, abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(arrays(np.int64, (6, 3), elements=st.integers(0, 30)))
def test_dz_is_scipys_paired_t_over_sqrt_n(correct: Floats) -> None:
    scores = correct / 30
    for column, effect in enumerate(effects(scores, ("a", "b", "c"))):
        assert effect.wins + effect.ties + effect.losses == 6
        difference = correct[:, column] - correct[:, 0]
        if np.ptp(difference) == 0:
            assert effect.dz is None
        else:
            t = stats.ttest_rel(scores[:, column], scores[:, 0]).statistic
            assert effect.dz == pytest.approx(t / np.sqrt(6), abs=1e-9)


def test_a_constant_difference_has_no_dz_but_a_d() -> None:
    best = np.array([0.91, 0.93, 0.90])
    _, effect = effects(np.column_stack([best, best - 0.1]), ("a", "b"))
    assert effect.dz is None
    assert effect.d == pytest.approx(-0.1 / np.std(best, ddof=1))


def test_one_seed_has_only_a_loser() -> None:
    _, effect = effects(np.array([[0.9, 0.8]]), ("a", "b"))
    assert (effect.d, effect.dz, effect.losses) == (None, None, 1)
