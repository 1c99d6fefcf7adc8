from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, special, stats

from lrtui.analysis.confidence_set import Floats
from lrtui.analysis.friedman import critical_difference, friedman, groups_within, ranks_within_rows

accuracies = st.tuples(st.integers(2, 8), st.integers(2, 6)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 12)).map(lambda correct: correct / 12)
)

# Demšar 2006, Table 6: AUC of C4.5 and three variants (with m, cf, m+cf tuned) on 14 data sets. On `voting` the paper
# prints 0.975 twice but ranks the third variant second and the fourth third: the 0.9751 stands for what was rounded.
DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798], [0.599, 0.591, 0.590, 0.569], [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657], [0.882, 0.888, 0.886, 0.898], [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685], [0.583, 0.583, 0.563, 0.625], [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000], [0.940, 0.962, 0.965, 0.962], [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.9751, 0.975], [0.957, 0.978, 0.946, 0.970],
    ]
)  # fmt: skip
NAMES = ("C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf")


def test_demsars_worked_example() -> None:
    found = friedman(DEMSAR, NAMES)
    assert found is not None
    ranks = dict(zip(found.schedulers, found.mean_ranks, strict=True))
    assert [ranks[name] for name in NAMES] == pytest.approx([3.143, 2.000, 2.893, 1.964], abs=5e-4)
    # The paper leaves ties uncorrected: 12 n / (k (k + 1)) · (Σ R² - k (k + 1)² / 4).
    uncorrected = 12 * 14 / 20 * (sum(rank**2 for rank in found.mean_ranks) - 25)
    assert uncorrected == pytest.approx(9.28, abs=5e-3)
    assert 13 * uncorrected / (14 * 3 - uncorrected) == pytest.approx(3.69, abs=5e-3)
    assert found.critical_difference == pytest.approx(1.25, abs=5e-3)
    assert found.groups == ((0, 3),)  # 3.143 - 1.964 = 1.18 is less than 1.25: the Nemenyi test finds nothing at 0.05
    at_10_percent = friedman(DEMSAR, NAMES, alpha=0.1)
    assert at_10_percent is not None
    assert at_10_percent.critical_difference == pytest.approx(1.12, abs=5e-3)
    # "C4.5 is significantly worse than C4.5+m and C4.5+m+cf", the latter two equal to cf; 3.143 - 2 = 1.14.
    assert at_10_percent.groups == ((0, 2), (2, 3))


def test_by_hand_without_ties() -> None:
    # Ranks 1 2 3 / 1 3 2 / 1 2 3 / 2 1 3: sums 5, 8, 11; 12 / (4·3·4) · (25 + 64 + 121) - 3·4·4 = 4.5.
    scores = np.array([[0.9, 0.8, 0.7], [0.9, 0.7, 0.8], [0.6, 0.5, 0.4], [0.8, 0.9, 0.7]])
    found = friedman(scores, ("a", "b", "c"))
    assert found is not None
    assert found.schedulers == ("a", "b", "c")
    assert found.mean_ranks == (1.25, 2.0, 2.75)
    assert found.chi_square == pytest.approx(4.5, abs=1e-12)
    assert found.f == pytest.approx(3 * 4.5 / (4 * 2 - 4.5), abs=1e-12)
    assert found.p_chi_square == pytest.approx(np.exp(-4.5 / 2), abs=1e-12)  # 2 degrees of freedom


@settings(deadline=None, max_examples=80)
@given(accuracies)
def test_it_is_scipys_test_with_ties(scores: Floats) -> None:
    n, k = scores.shape
    found = friedman(scores, tuple("abcdef"[:k]))
    assert found is not None
    everything_ties = (np.ptp(scores, axis=1) == 0).all()
    if everything_ties:
        assert (found.chi_square, found.p_chi_square, found.f) == (0, 1, 0)
        return
    if k > 2:
        expected = stats.friedmanchisquare(*scores.T)
        assert (found.chi_square, found.p_chi_square) == pytest.approx(tuple(expected), abs=1e-9)
    if found.f is not None:
        assert found.p_f == pytest.approx(stats.f.sf(found.f, k - 1, (k - 1) * (n - 1)), abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(accuracies)
def test_ranks_are_scipys(scores: Floats) -> None:
    assert (ranks_within_rows(scores) == stats.rankdata(-scores, axis=1)).all()


@settings(deadline=None, max_examples=40)
@given(accuracies, st.randoms(use_true_random=False))
def test_the_order_of_schedules_and_seeds_does_not_matter(scores: Floats, random: object) -> None:
    n, k = scores.shape
    columns, rows = list(range(k)), list(range(n))
    random.shuffle(columns)  # type: ignore[attr-defined]
    random.shuffle(rows)  # type: ignore[attr-defined]
    labels = tuple("abcdef"[:k])
    shuffled = friedman(scores[np.ix_(rows, columns)], tuple(labels[column] for column in columns))
    found = friedman(scores, labels)
    assert found is not None
    assert shuffled is not None
    assert (shuffled.schedulers, shuffled.mean_ranks, shuffled.groups) == (
        found.schedulers,
        found.mean_ranks,
        found.groups,
    )
    assert (shuffled.chi_square, shuffled.p_f) == pytest.approx((found.chi_square, found.p_f), abs=1e-9)


def test_seeds_that_all_agree_give_no_f_and_the_smallest_p() -> None:
    found = friedman(np.tile([0.9, 0.8, 0.7], (5, 1)), ("a", "b", "c"))
    assert found is not None
    assert (found.f, found.p_f, found.chi_square) == (None, 0.0, 10.0)


def range_cdf(q: float, k: int) -> float:
    """P(range of k standard normals < q), by quadrature from its definition."""

    def density(z: float) -> float:
        return float(k * np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * (special.ndtr(z) - special.ndtr(z - q)) ** (k - 1))

    return float(integrate.quad(density, -9, 9 + q, epsabs=1e-13, epsrel=1e-13, limit=200)[0])


@pytest.mark.parametrize(("k", "q"), [(2, 1.960), (3, 2.343), (4, 2.569), (5, 2.728), (10, 3.164)])
def test_the_critical_difference_is_nemenyis(k: int, q: float) -> None:
    distance = critical_difference(10, k)
    found = distance / np.sqrt(k * (k + 1) / 60)
    assert found == pytest.approx(q, abs=1e-3)  # Demšar 2006, Table 5a
    assert range_cdf(found * np.sqrt(2), k) == pytest.approx(0.95, abs=1e-9)


def test_groups_are_the_largest_within_the_distance() -> None:
    assert groups_within(np.array([1.0, 1.5, 2.4, 4.0, 4.1]), 1.0) == ((0, 1), (1, 2), (3, 4))
    assert groups_within(np.array([1.0, 2.0]), 1.0) == ()  # at the distance is told apart
    assert groups_within(np.array([1.0, 1.2, 1.4]), 1.0) == ((0, 2),)


@given(st.lists(st.floats(1, 20), min_size=1, max_size=12), st.floats(0.1, 10))
def test_no_group_lies_in_another_and_ends_are_close(ranks: list[float], distance: float) -> None:
    ordered = np.sort(ranks)
    groups = groups_within(ordered, distance)
    for first, last in groups:
        assert ordered[last] - ordered[first] < distance
        assert last + 1 == len(ordered) or ordered[last + 1] - ordered[first] >= distance
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(groups))


@pytest.mark.parametrize("shape", [(1, 3), (5, 1)])
def test_no_contest_no_test(shape: tuple[int, int]) -> None:
    assert friedman(np.full(shape, 0.9), tuple("abc"[: shape[1]])) is None
