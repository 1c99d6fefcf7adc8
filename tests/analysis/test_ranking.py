import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from math import isfinite
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.analysis.confidence_set import confidence_set
from lrtui.analysis.intervals import mean_intervals
from lrtui.analysis.ranking import rank
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.status import RunStatus

OutcomesOf = Callable[..., list[Outcome]]
STEP = [0.91, 0.93, 0.90, 0.95, 0.92, 0.96]
COSINE = [0.92, 0.95, 0.93, 0.96, 0.94, 0.99]
CONSTANT = [0.80, 0.85, 0.79, 0.81, 0.86, 0.82]


def test_rows_come_best_first_with_everything_about_each(outcomes_of: OutcomesOf) -> None:
    ranking = rank(outcomes_of({"constant": CONSTANT, "step": STEP, "cosine": COSINE}))
    assert [(row.rank, row.label) for row in ranking.rows] == [(1, "cosine"), (2, "step"), (3, "constant")]
    assert ranking.seeds == (0, 1, 2, 3, 4, 5)
    step = ranking.rows[1]
    assert step.score == fmean(STEP)
    assert step.delta_to_best == pytest.approx(fmean(STEP) - fmean(COSINE))
    assert (step.n, step.base_lr, step.best_epoch, step.seconds, step.diverged) == (6, 0.1, 12.5, 2.0, 0)
    assert step.score_last == pytest.approx(fmean(STEP) - 0.01)


def test_intervals_and_membership_are_those_of_their_modules(outcomes_of: OutcomesOf) -> None:
    rows = rank(outcomes_of({"cosine": COSINE, "step": STEP, "constant": CONSTANT})).rows
    scores = np.array([COSINE, STEP, CONSTANT]).T
    of_means, of_differences = mean_intervals(scores), mean_intervals(scores - scores[:, [0]])
    members = confidence_set(scores)
    for place, row in enumerate(rows):
        mean, difference = of_means[place], of_differences[place]
        assert mean is not None
        assert difference is not None
        assert (row.score_low, row.score_high) == pytest.approx((mean.low, mean.high))
        assert (row.delta_low, row.delta_high) == pytest.approx((difference.low, difference.high))
        assert (row.p_mcs, row.leads) == (members.p[place], members.leads[place])


def test_the_paired_interval_is_narrower_than_the_means_where_seeds_matter(outcomes_of: OutcomesOf) -> None:
    hard = np.linspace(0, 0.2, 10)
    step = rank(outcomes_of({"cosine": 0.7 + hard, "step": 0.69 + hard + 0.001 * np.arange(10) % 3})).rows[1]
    assert step.score_low is not None
    assert step.score_high is not None
    assert step.delta_low is not None
    assert step.delta_high is not None
    assert step.delta_high - step.delta_low < (step.score_high - step.score_low) / 5


def test_the_best_differs_from_itself_by_nothing(outcomes_of: OutcomesOf) -> None:
    best = rank(outcomes_of({"a": COSINE, "b": STEP})).rows[0]
    assert (best.delta_to_best, best.delta_low, best.delta_high) == (0, 0, 0)


def test_equal_means_are_ordered_by_label(outcomes_of: OutcomesOf) -> None:
    scores = [0.1, 0.2, 0.3]  # their sum depends on the order in floating point
    rows = rank(outcomes_of({"b": scores, "a": scores[::-1], "c": [0.2, 0.3, 0.1]})).rows
    assert [row.label for row in rows] == ["a", "b", "c"]


def test_a_confidence_of_80_percent_drops_more_and_narrows_intervals(outcomes_of: OutcomesOf) -> None:
    runs = outcomes_of({"cosine": COSINE[:4], "step": [0.91, 0.93, 0.90, 0.95]})
    usual, bold = rank(runs), rank(runs, alpha=0.2)
    assert [row.leads for row in usual.rows] == [True, True]
    assert [row.leads for row in bold.rows] == [True, False]
    assert (bold.rows[0].score_low or 0) > (usual.rows[0].score_low or 1)
    assert "80 %" in bold.method


@pytest.mark.parametrize("alpha", [0, 1, -0.1, float("nan")])
def test_an_impossible_alpha_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="expected a number between 0 and 1"):
        rank([], alpha)


def test_diverged_runs_count_at_their_best_epoch_or_chance_and_the_last_epoch_at_chance(
    outcomes_of: OutcomesOf,
) -> None:
    runs = outcomes_of({"a": [0.8, 0.8, 0.8]})
    runs[1] = replace(runs[1], status=RunStatus.DIVERGED, test=0.5, test_last=None)
    runs[2] = replace(runs[2], status=RunStatus.DIVERGED, test=None, test_last=None, best_epoch=None)
    ranking = rank(runs)
    (row,) = ranking.rows
    assert row.score == pytest.approx((0.8 + 0.5 + 0.1) / 3)
    assert row.score_last == pytest.approx((0.79 + 0.1 + 0.1) / 3)
    assert row.diverged == 2
    assert row.best_epoch == 10.5
    assert any("2 runs diverged" in note for note in ranking.notes)


@pytest.mark.parametrize(
    ("n", "method"),
    [
        (1, "model confidence set at 95 %; needs at least 2 seeds for a test or an interval"),
        (4, "model confidence set at 95 %, all 16 sign flips of 4 seeds; 95 % intervals: Student's t"),
        (6, "model confidence set at 95 %, all 64 sign flips of 6 seeds; 95 % intervals: BCa bootstrap, 9,999 resamples"),
        (20, "model confidence set at 95 %, 9,999 random sign flips of 20 seeds; 95 % intervals: BCa bootstrap, 9,999 resamples"),
    ],
)  # fmt: skip
def test_the_method_names_what_was_computed(n: int, method: str, outcomes_of: OutcomesOf) -> None:
    scores = np.linspace(0.8, 0.9, n)
    assert rank(outcomes_of({"a": scores, "b": scores**2})).method == method


def test_one_seed_ranks_without_intervals_and_everyone_leads(outcomes_of: OutcomesOf) -> None:
    for row in rank(outcomes_of({"a": [0.9], "b": [0.5]})).rows:
        assert (row.score_low, row.score_high, row.delta_low, row.delta_high, row.p_mcs) == (None,) * 5
        assert row.leads


def test_nothing_at_all() -> None:
    ranking = rank([])
    assert ranking.rows == ()
    assert ranking.verdict == "nothing to rank: no run ended with a result"


def test_no_seed_in_common(outcomes_of: OutcomesOf) -> None:
    a, b = outcomes_of({"a": [0.9, 0.9]}), outcomes_of({"b": [0.8, 0.8]})
    failed = [replace(a[0], status=RunStatus.FAILED), a[1], b[0], replace(b[1], status=RunStatus.FAILED)]
    ranking = rank(failed)
    assert ranking.rows == ()
    assert ranking.verdict == "nothing to rank: no seed has a result for every schedule"
    queued = [replace(run, status=RunStatus.QUEUED) if run.status is RunStatus.FAILED else run for run in failed]
    assert rank(queued).verdict == "nothing to rank yet: no seed has ended for every schedule"
    assert rank(queued).provisional


@st.composite
def comparisons(draw: st.DrawFn) -> list[Outcome]:
    """Small comparisons with failures, divergences and ties."""
    accuracy = st.integers(0, 8).map(lambda correct: correct / 8)
    statuses: Sequence[RunStatus] = [RunStatus.DONE] * 12 + list(RunStatus)
    return [
        Outcome(label, lr, seed, draw(st.sampled_from(statuses)), 0.1, draw(accuracy), draw(accuracy | st.none()),
                draw(accuracy), draw(st.integers(1, 9)), 1.0)
        for label in "abc"[: draw(st.integers(1, 3))]
        for lr in (0.1, 0.3)
        for seed in range(draw(st.integers(1, 7)))
    ]  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(comparisons(), st.randoms(use_true_random=False))
def test_the_order_of_runs_does_not_matter_and_every_figure_is_finite(runs: list[Outcome], random: object) -> None:
    ranking = rank(runs)
    shuffled = list(runs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank(shuffled) == ranking
    assert not ranking.rows or any(row.leads for row in ranking.rows)
    for row in ranking.rows:
        assert all(isfinite(value) for value in astuple(row) if isinstance(value, float))


def test_ranking_does_not_import_scipy_from_five_seeds_on() -> None:
    script = """
import sys
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.status import RunStatus
from lrtui.analysis.ranking import rank
runs = [Outcome(l, 0.1, s, RunStatus.DONE, 0.1, 0.9, 0.8 + s / 100 + (l == "b") * s * s / 999) for l in "ab" for s in range(9)]
assert len(rank(runs).rows) == 2
print([name for name in sys.modules if name.split(".")[0] in ("scipy", "torch", "textual", "sqlite3")])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
