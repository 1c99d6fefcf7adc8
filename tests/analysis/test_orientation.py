"""Whichever way is better: scores turned over give the same analysis, turned over."""

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrtui.analysis.analyse import analyse
from lrtui.analysis.ranking import rank
from lrtui.comparison.snapshot import Curve
from lrtui.comparison.status import RunStatus
from lrtui.tasks.info import Metric, TaskInfo
from tests.analysis.conftest import Comparison, Made, OutcomesOf

HIGHER = Metric("reward", "", "higher")
LOWER = Metric("loss", "", "lower")


def _of(found: Comparison, metric: Metric, sign: int) -> Comparison:
    comparison, runs, curves = found

    def turn(score: float | None) -> float | None:
        return None if score is None else sign * score

    info = TaskInfo("mine.py:task", metric, {"train": 1000, "test": 100, "selection": 100, "validation": 100}, 32)
    spec = replace(comparison.spec, info=info)
    runs = [
        replace(
            run,
            last_score=turn(run.last_score),
            score=turn(run.score),
            selection=turn(run.selection),
            test=turn(run.test),
            test_last=turn(run.test_last),
        )
        for run in runs
    ]
    turned: dict[int, Curve] = {key: replace(c, score=[sign * s for s in c.score]) for key, c in curves.items()}
    return replace(comparison, spec=spec), runs, turned


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.lists(st.floats(-1, 1), min_size=18, max_size=18), gone=st.booleans())
def test_turning_scores_and_their_direction_changes_nothing(made: Made, noise: list[float], gone: bool) -> None:
    labels = ["constant", "step", "cosine"]
    found = made(
        {label: {} for label in labels},
        lambda label, lr, seed: 0.5 + 0.1 * labels.index(label) + 0.05 * noise[3 * seed + labels.index(label)],
        diverged=lambda label, lr, seed: 1 if gone and (label, seed) == ("step", 0) else None,
        base_lrs=[0.1],
    )
    up, down = (analyse(*_of(found, metric, sign)) for metric, sign in ((HIGHER, 1), (LOWER, -1)))
    assert [row.label for row in up.ranking.rows] == [row.label for row in down.ranking.rows]
    for above, below in zip(up.ranking.rows, down.ranking.rows, strict=True):
        assert (above.p_mcs, above.leads, above.base_lr) == (below.p_mcs, below.leads, below.base_lr)
        assert (above.score, above.delta_to_best) == (-below.score, -below.delta_to_best)
        assert above.score_low is not None
        assert below.score_high is not None
        assert above.score_low == -below.score_high
        assert below.delta_to_best >= 0
    for name in ("friedman", "placements", "spread", "detectable"):
        assert getattr(up, name) == getattr(down, name)
    assert [(e.wins, e.ties, e.losses) for e in up.effects] == [(e.wins, e.ties, e.losses) for e in down.effects]
    assert [(r.code, r.scheduler, r.weight) for r in up.reasons] == [
        (r.code, r.scheduler, r.weight) for r in down.reasons
    ]
    assert [(e.median, e.reached) for e in up.epochs_to_95] == [(e.median, e.reached) for e in down.epochs_to_95]
    assert [[(r.rank, r.scheduler) for r in b.rows] for b in up.budgets] == [
        [(r.rank, r.scheduler) for r in b.rows] for b in down.budgets
    ]
    ranges: list[Any] = [[(s.robust_low, s.robust_high, s.tolerance) for s in a.sensitivity] for a in (up, down)]
    assert ranges[0] == ranges[1]


def test_the_lowest_comes_first_where_lower_is_better(outcomes_of: OutcomesOf) -> None:
    runs = [replace(run, chance=None) for run in outcomes_of({"a": [2.0, 2.1], "b": [1.0, 1.2], "c": [3.0, 3.3]})]
    ranking = rank(runs, metric=LOWER)
    assert [row.label for row in ranking.rows] == ["b", "a", "c"]
    assert [row.delta_to_best for row in ranking.rows] == pytest.approx([0.0, 0.95, 2.05])
    assert ranking.metric_sentence == "test loss at the best validation epoch"


def test_without_chance_a_diverged_run_counts_as_the_worst_score_and_a_note_says_so(outcomes_of: OutcomesOf) -> None:
    runs = [
        replace(run, chance=None, selection=1.0)
        for run in outcomes_of({"a": [2.0, 2.1], "b": [1.0, 1.2], "c": [3.0, 3.3]})
    ]
    runs[2] = replace(runs[2], status=RunStatus.DIVERGED, selection=None, test=None, test_last=None)
    ranking = rank(runs, metric=LOWER)
    scores = {row.label: row.score for row in ranking.rows}
    assert scores["b"] == pytest.approx((3.3 + 1.2) / 2)
    assert any("the worst score of this comparison" in note for note in ranking.notes)
    assert asdict(ranking)["metric"]["better"] == "lower"
