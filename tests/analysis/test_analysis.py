import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrtui.analysis.analyse import analyse
from lrtui.analysis.power import detectable_difference
from lrtui.analysis.ranking import rank
from lrtui.comparison.snapshot import RunView
from lrtui.comparison.status import RunStatus

Made = Callable[..., Any]
SCHEDULES: dict[str, dict[str, Any]] = {
    "constant": {}, "step": {}, "cosine": {}, "plateau": {}, "cosine-restarts": {"T_0": 7}, "onecycle": {},
}  # fmt: skip


def accuracy(label: str, base_lr: float, seed: int) -> float:
    known = np.random.default_rng([seed, len(label), int(1000 * base_lr)])
    return 0.9 + 0.002 * len(label) + float(known.normal(0, 0.01))


def test_every_part_comes_in_the_order_of_the_ranking(made: Made) -> None:
    comparison, runs, curves = made(SCHEDULES, accuracy, base_lrs=[0.1, 0.3])
    analysis = analyse(comparison, runs, curves)
    order = [row.label for row in analysis.ranking.rows]
    assert analysis.ranking == rank([run.outcome(0.1) for run in runs], metric=comparison.spec.metric)
    for part in (analysis.placements, analysis.effects, analysis.sensitivity, analysis.epochs_to_95):
        assert [entry.scheduler for entry in part] == order
    assert analysis.friedman is not None
    assert set(analysis.friedman.schedulers) == set(order)
    assert [entry.best_base_lr for entry in analysis.sensitivity] == [row.base_lr for row in analysis.ranking.rows]
    assert [budget.share for budget in analysis.budgets] == [0.25, 0.5, 0.75, 1.0]
    assert analysis.spread is not None
    assert analysis.detectable == detectable_difference(6, analysis.spread, 6)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_order_of_runs_does_not_matter(made: Made, data: st.DataObject) -> None:
    gone = {(s, lr): data.draw(st.sampled_from([None, None, 1, 4])) for s in SCHEDULES for lr in (0.1, 1.0)}
    comparison, runs, curves = made(
        SCHEDULES, accuracy, diverged=lambda label, lr, seed: gone[label, lr] if seed < 3 else None, base_lrs=[0.1, 1.0]
    )
    unfinished = data.draw(st.sets(st.integers(0, len(runs) - 1), max_size=5))
    status = data.draw(st.sampled_from([RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.RUNNING]))
    runs = [replace(run, status=status, test=None) if i in unfinished else run for i, run in enumerate(runs)]
    shuffled = data.draw(st.permutations(runs))
    assert analyse(comparison, shuffled, dict(reversed(curves.items()))) == analyse(comparison, runs, curves)


def test_a_duplicate_of_the_best_is_tied_with_it(made: Made) -> None:
    schedules = {"best": {"scheduler": "cosine"}, "copy": {"scheduler": "cosine"}, "constant": {}}
    analysis = analyse(
        *made(schedules, lambda label, lr, seed: 0.9 + 0.003 * seed - (0.05 + 0.002 * seed) * (label == "constant"))
    )
    assert [row.leads for row in analysis.ranking.rows] == [True, True, False]
    assert analysis.ranking.verdict == "best and copy lead and cannot be told apart at n = 6"
    assert [entry.p_best for entry in analysis.placements] == [0.5, 0.5, 0.0]
    assert analysis.effects[1].ties == 6


def test_two_seeds_name_no_winner(made: Made) -> None:
    analysis = analyse(*made(SCHEDULES, accuracy, seeds=2))
    assert all(row.leads for row in analysis.ranking.rows)
    assert analysis.ranking.verdict == "2 seeds cannot show a difference: at least 6 are needed"
    assert analysis.detectable is None


def test_nothing_has_ended_yet(made: Made) -> None:
    comparison, runs, _ = made(SCHEDULES)
    waiting: list[RunView] = [replace(run, status=RunStatus.QUEUED, epoch=0, test=None) for run in runs]
    analysis = analyse(comparison, waiting, {})
    assert analysis.ranking.verdict == "nothing to rank yet: no run has ended"
    assert (analysis.friedman, analysis.placements, analysis.budgets, analysis.reasons) == (None, (), (), ())


def test_one_schedule_alone(made: Made) -> None:
    analysis = analyse(*made({"cosine": {}}))
    assert analysis.friedman is None
    assert analysis.spread is None
    assert [entry.p_best for entry in analysis.placements] == [1.0]


def test_an_interval_of_accuracies_stays_between_0_and_1_and_one_of_differences_need_not(made: Made) -> None:
    scores = {"constant": [0.98, 1.0, 0.999], "cosine": [0.01, 0.0, 0.9]}
    rows = analyse(
        *made({"constant": {}, "cosine": {}}, lambda label, lr, seed: scores[label][seed], seeds=3)
    ).ranking.rows
    assert rows[0].score_high == 1.0
    assert rows[1].score_low == 0.0
    assert rows[1].delta_low is not None
    assert rows[1].delta_low < -1


def test_the_same_run_twice_is_refused(made: Made) -> None:
    comparison, runs, curves = made({"cosine": {}})
    with pytest.raises(ValueError, match="two outcomes"):
        analyse(comparison, [*runs, runs[0]], curves)


def test_what_the_analysis_imports() -> None:
    script = "import sys, lrtui.analysis.analyse; print([n for n in sys.modules if n.split('.')[0] in ('scipy', 'torch', 'sqlite3')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
