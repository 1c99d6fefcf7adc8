from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from lrtui.analysis.confidence_set import Floats
from lrtui.analysis.placements import placements

accuracies = st.tuples(st.integers(2, 7), st.integers(1, 5)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 16)).map(lambda correct: correct / 16)
)
LABELS = ("a", "b", "c", "d", "e")


def test_it_comes_close_to_all_resamples() -> None:
    scores = np.array([[0.9, 0.8, 0.85], [0.7, 0.8, 0.75], [0.8, 0.8, 0.9], [0.9, 0.7, 0.8]])
    best = np.zeros(3)
    ranks = []
    for rows in product(range(4), repeat=4):
        means = np.round(scores[list(rows)].mean(axis=0), 12)
        best += (means == means.max()) / (means == means.max()).sum()
        ranks.append(rankdata(-means))
    found = placements(scores, LABELS[:3])
    assert [entry.p_best for entry in found] == pytest.approx(
        best / 4**4, abs=0.015
    )  # 3 standard errors of 9,999 draws
    for entry, column in zip(found, np.array(ranks).T, strict=True):
        assert entry.rank_low == np.quantile(column, 0.025, method="inverted_cdf")
        assert entry.rank_high == np.quantile(column, 0.975, method="inverted_cdf")


@settings(deadline=None, max_examples=40)
@given(accuracies)
def test_probabilities_add_up_and_ranks_are_ranks(scores: Floats) -> None:
    k = scores.shape[1]
    found = placements(scores, LABELS[:k])
    assert sum(entry.p_best for entry in found) == pytest.approx(1, abs=1e-9)
    for entry in found:
        assert 1 <= entry.rank_low <= entry.rank_high <= k
        assert (2 * entry.rank_low).is_integer()


def test_copies_share_everything() -> None:
    first = np.array([0.9, 0.8, 0.95, 0.7])
    a, b, c = placements(np.column_stack([first, first, first - 0.1]), LABELS[:3])
    assert a.p_best == b.p_best == 0.5
    assert (a.rank_low, a.rank_high) == (b.rank_low, b.rank_high) == (1.5, 1.5)
    assert (c.p_best, c.rank_low, c.rank_high) == (0.0, 3.0, 3.0)


@settings(deadline=None, max_examples=20)
@given(accuracies)
def test_the_order_of_schedules_does_not_matter(scores: Floats) -> None:
    labels = LABELS[: scores.shape[1]]
    backwards = placements(scores[:, ::-1], labels[::-1])
    for entry, other in zip(placements(scores, labels), reversed(backwards), strict=True):
        assert (other.scheduler, other.rank_low, other.rank_high) == (entry.scheduler, entry.rank_low, entry.rank_high)
        assert other.p_best == pytest.approx(entry.p_best, abs=1e-9)


def test_one_seed_places_nobody() -> None:
    assert placements(np.array([[0.9, 0.8]]), LABELS[:2]) == ()
