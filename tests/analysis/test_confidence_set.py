from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lrtui.analysis import confidence_set as module
from lrtui.analysis.confidence_set import Floats, confidence_set

Whole = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
INFINITE = Fraction(10**30)

# Correct answers out of 20 images: so few that ties, equal schedules and constant differences are common.
few_images = st.tuples(st.integers(2, 7), st.integers(2, 4)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 20))
)
accuracies = few_images.map(lambda correct: correct / 20)


def t_squared(differences: list[int]) -> Fraction:
    n = len(differences)
    mean = Fraction(sum(differences), n)
    variance = sum((d - mean) ** 2 for d in differences) / Fraction(n - 1)
    if variance == 0:
        return Fraction(0) if mean == 0 else INFINITE
    return mean**2 * n / variance


def by_enumeration(correct: Whole, alpha: Fraction) -> tuple[list[Fraction], list[bool]]:
    """The set in exact arithmetic, straight from its definition: one loop a pattern, a pair and a seed."""
    n, k = correct.shape
    rows = correct.tolist()
    alive = list(range(k))
    p = [Fraction(1)] * k
    leads = [True] * k
    largest = Fraction(0)

    def statistic(signs: tuple[int, ...], i: int, j: int) -> Fraction:
        return t_squared([sign * (row[i] - row[j]) for sign, row in zip(signs, rows, strict=True)])

    def total(column: int) -> int:
        return sum(row[column] for row in rows)

    while len(alive) > 1:
        pairs = list(combinations(alive, 2))
        observed = {pair: statistic((1,) * n, *pair) for pair in pairs}
        top = max(observed.values())
        patterns = list(product((1, -1), repeat=n))
        reached = sum(max(statistic(signs, *pair) for pair in pairs) >= top for signs in patterns)
        largest = max(largest, Fraction(reached, len(patterns)))
        if largest >= alpha:
            for column in alive:
                p[column] = largest
            break
        losers = [min(pair, key=total) for pair in pairs if observed[pair] == top]
        loser = min(losers, key=lambda column: (total(column), -column))
        p[loser], leads[loser] = largest, False
        alive.remove(loser)
    return p, leads


@settings(max_examples=40, deadline=None)
@given(few_images, st.sampled_from([Fraction(1, 20), Fraction(1, 5), Fraction(1, 2)]))
def test_it_is_the_set_that_plain_enumeration_finds(correct: Whole, alpha: Fraction) -> None:
    expected_p, expected_leads = by_enumeration(correct, alpha)
    found = confidence_set(correct / 20, float(alpha))
    assert found.p == pytest.approx([float(p) for p in expected_p], abs=1e-12)
    assert list(found.leads) == expected_leads


@pytest.mark.parametrize("draw", range(30))
def test_it_is_the_same_set_where_noise_differs_and_many_are_dropped(draw: int) -> None:
    # A high alpha gives several rounds; a noisy schedule is often last by its mean, but in no pair with the largest |t|.
    generator = np.random.default_rng(draw)
    correct = np.round(generator.normal([500, 520, 540, 500], [10, 10, 10, 150], (5, 4))).astype(np.int64)
    expected_p, expected_leads = by_enumeration(correct, Fraction(1, 2))
    found = confidence_set(correct / 1000, 0.5)
    assert found.p == pytest.approx([float(p) for p in expected_p], abs=1e-12)
    assert list(found.leads) == expected_leads


def test_the_noisy_one_stays_though_its_mean_is_lowest() -> None:
    generator = np.random.default_rng(0)
    best, worse = 0.95 + 0.001 * generator.normal(size=(2, 8))
    noisy = 0.9 + 0.2 * np.array([1, -1, 1, -1, 1, -1, 1, -1.5])
    scores = np.column_stack([best, worse - 0.02, noisy])
    assert scores.mean(axis=0).argmin() == 2
    assert confidence_set(scores).leads == (True, False, True)


def test_six_seeds_all_in_favour_give_two_patterns_of_64() -> None:
    better = np.array([0.91, 0.93, 0.90, 0.95, 0.92, 0.96])
    found = confidence_set(np.column_stack([better, better - [0.01, 0.02, 0.03, 0.01, 0.02, 0.04]]))
    assert found.p == (1.0, 2 / 64)
    assert found.leads == (True, False)


def test_one_seed_against_makes_it_14_of_64_patterns() -> None:
    # Differences 1, 1, 1, 1, 1, -1: |sum| >= 4 in 2 + 12 of 64 patterns.
    differences = np.array([0.01] * 5 + [-0.01])
    assert confidence_set(np.column_stack([0.9 + differences, np.full(6, 0.9)])).p == (14 / 64, 14 / 64)


@settings(deadline=None)
@given(arrays(np.float64, (5, 4), elements=st.floats(0, 1)))
def test_fewer_than_six_seeds_drop_nobody(scores: Floats) -> None:
    assert all(confidence_set(scores).leads)


@settings(deadline=None)
@given(accuracies)
def test_p_is_a_probability_and_agrees_with_leads_and_the_best_mean_leads(scores: Floats) -> None:
    found = confidence_set(scores)
    for p, leads in zip(found.p, found.leads, strict=True):
        assert p is not None
        assert 0 < p <= 1
        assert leads == (p >= 0.05)
    assert found.leads[int(np.argmax(np.round(scores.sum(axis=0), 9)))]


@settings(deadline=None)
@given(accuracies, st.randoms(use_true_random=False))
def test_the_order_of_columns_and_seeds_does_not_matter(scores: Floats, random: object) -> None:
    n, k = scores.shape
    columns, rows = list(range(k)), list(range(n))
    random.shuffle(columns)  # type: ignore[attr-defined]
    random.shuffle(rows)  # type: ignore[attr-defined]
    found, shuffled = confidence_set(scores), confidence_set(scores[np.ix_(rows, columns)])
    assert shuffled.p == tuple(found.p[column] for column in columns)


@settings(deadline=None)
@given(accuracies)
def test_a_copy_of_a_schedule_shares_its_fate(scores: Floats) -> None:
    found = confidence_set(np.hstack([scores, scores[:, [0]]]))
    assert found.p[0] == found.p[-1]


def test_what_all_schedules_share_under_a_seed_cancels() -> None:
    generator = np.random.default_rng(3)
    scores = generator.normal(0.9, 0.01, (8, 5)) + np.linspace(0, 0.02, 5)
    hard_and_easy_seeds = generator.normal(0, 0.3, (8, 1))
    assert confidence_set(scores + hard_and_easy_seeds) == confidence_set(scores)


def test_a_constant_difference_is_infinite_and_no_difference_is_zero() -> None:
    first = np.array([0.91, 0.93, 0.90, 0.95, 0.92, 0.96])
    found = confidence_set(np.column_stack([first, first, first - 0.1]))  # 0.91 - 0.81 is not 0.93 - 0.83 in binary
    assert found.p == (1.0, 1.0, 2 / 64)
    assert found.leads == (True, True, False)


def test_all_alike_all_lead() -> None:
    assert confidence_set(np.full((10, 4), 0.9)).p == (1.0,) * 4


def test_one_schedule_or_one_seed_is_no_contest() -> None:
    assert confidence_set(np.array([[0.9], [0.8], [0.7]])).p == (1.0,)
    alone = confidence_set(np.array([[0.9, 0.1]]))
    assert alone.p == (None, None)
    assert alone.leads == (True, True)


def scattered(n: int) -> Floats:
    return np.random.default_rng(n).normal(0.9, 0.01, (n, 6)) + np.linspace(0, 0.02, 6)


def test_random_patterns_come_close_to_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT_UP_TO", 13)
    random = confidence_set(scattered(14))
    monkeypatch.setattr(module, "EXACT_UP_TO", 14)
    exact = confidence_set(scattered(14))
    assert random.p == pytest.approx(exact.p, abs=0.015)  # 3 standard errors of 9,999 draws at p = 0.5
    assert len(set(exact.p)) > 2


def test_random_patterns_are_the_same_every_time_and_never_give_zero() -> None:
    scores = scattered(30)
    scores[:, 0] -= 1
    found = confidence_set(scores)
    assert found == confidence_set(scores)
    assert found.p[0] == 1 / 10_000


@pytest.mark.parametrize("n", [9, 20])
def test_memory_is_bounded_by_chunks_that_change_nothing(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = confidence_set(scattered(n))
    monkeypatch.setattr(module, "_CHUNK_SUMS", 100)
    assert confidence_set(scattered(n)) == whole
