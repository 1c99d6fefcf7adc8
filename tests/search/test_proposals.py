"""What Optuna is asked and what it answers: from the stored runs alone, the same for whoever asks."""

import math
import subprocess
import sys
from dataclasses import replace

import pytest

from lrtui.comparison.snapshot import RunView
from lrtui.comparison.spec import Spec
from lrtui.comparison.status import RunStatus
from lrtui.store import claims, comparisons, events, runs, trials
from lrtui.store.sqlite import Connection
from lrtui.supervisor import search
from lrtui.supervisor.search import Trial, history, next_base_lr
from tests.conftest import Cli
from tests.store import fakes

_TPE = {"search": "tpe", "base_lrs": [0.001, 1]}


def _accuracy(lr: float) -> float:
    """Best at 0.1."""
    return 1 - abs(math.log10(lr) + 1) / 3


def _search(spec: Spec) -> list[float]:
    tried = [Trial(lr, _accuracy(lr)) for lr in spec.first_base_lrs]
    while len(tried) < spec.trials:
        lr = next_base_lr(spec, tried)
        tried.append(Trial(lr, _accuracy(lr)))
    return [trial.base_lr for trial in tried]


def test_it_draws_near_what_was_good_and_the_same_again() -> None:
    spec = fakes.spec(**_TPE, trials=20)
    tried = _search(spec)
    assert tried == _search(spec)
    assert tried != _search(fakes.spec(**_TPE, trials=20, seeds=[5]))
    assert len(set(tried)) == 20
    assert all(0.001 <= lr <= 1 for lr in tried)
    proposed = tried[len(spec.first_base_lrs) :]
    assert sum(_accuracy(lr) > 0.8 for lr in proposed) > len(proposed) / 2  # a draw would have 40 % there


def test_equal_schedules_are_proposed_equal_rates(connection: Connection) -> None:
    """Else luck in the search would tell apart what does the same: a step that never comes, and the baseline."""
    fakes.create(connection, **_TPE, trials=5)
    for _ in range(4):
        search.propose_trials(connection)
        while claims.claim_next(connection, 1, "cpu", fakes.ACCEPTS):
            pass
        accuracy = "0.9 - abs(base_lr - 0.1)"
        connection.execute(
            f"UPDATE runs SET status = 'done', selection = {accuracy}, test = {accuracy} WHERE status = 'running'"
        )
    assert comparisons.get(connection, 1).ended
    constant, step = (
        [run.base_lr for run in runs.of_comparison(connection, 1) if run.label == label]
        for label in ("constant", "step")
    )
    assert constant == step
    assert len(set(step)) == 5


def test_a_rate_that_was_tried_is_not_proposed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = fakes.spec(search="tpe", base_lrs=[0.1, 0.101], trials=1000)
    tried = [Trial(round(0.1 + i / 1e6, 6), 0.5) for i in range(999)]
    lr = next_base_lr(spec, tried)
    assert 0.1 <= lr <= 0.101
    assert lr not in {trial.base_lr for trial in tried}


def test_optuna_brings_no_second_sqlite() -> None:
    code = """
import sys
from lrtui.store import sqlite
from lrtui.supervisor.search import Trial, next_base_lr
from tests.store import fakes
assert "optuna" not in sys.modules
next_base_lr(fakes.spec(search="tpe", base_lrs=[0.001, 1]), [Trial(0.1, 0.5)])
assert not {"pysqlite3", "_sqlite3"} <= set(sys.modules)
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_trials_without_a_score_are_told_as_failed() -> None:
    spec = fakes.spec(**_TPE)
    assert 0.001 <= next_base_lr(spec, [Trial(lr, None) for lr in spec.first_base_lrs]) <= 1


@pytest.fixture
def done(connection: Connection) -> RunView:
    fakes.trained(connection)
    return runs.get(connection, 1, 1)


def test_a_trial_scores_what_the_choice_of_the_base_lr_will_use(done: RunView) -> None:
    spec = fakes.spec(**_TPE, seeds=2)

    def trial(lr: float, *scores: tuple[RunStatus, float | None]) -> list[RunView]:
        return [
            replace(done, base_lr=lr, seed=seed, status=status, selection=accuracy, test=accuracy)
            for seed, (status, accuracy) in enumerate(scores)
        ]

    own = [
        *trial(0.3, (RunStatus.DONE, 0.8), (RunStatus.DONE, 0.9)),
        *trial(0.5, (RunStatus.DONE, 0.8), (RunStatus.DIVERGED, None)),
        *trial(0.7, (RunStatus.DIVERGED, None), (RunStatus.DIVERGED, None)),
        *trial(0.2, (RunStatus.DONE, 0.8), (RunStatus.FAILED, None)),
        *trial(0.1, (RunStatus.CANCELLED, None), (RunStatus.DONE, 0.9)),
    ]
    found = history(spec, own)
    assert [trial.base_lr for trial in found] == [0.3, 0.5, 0.7, 0.2, 0.1]
    assert [trial.score for trial in found] == [
        pytest.approx(0.85),
        pytest.approx(0.45),
        pytest.approx(0.1),
        None,
        None,
    ]


def test_without_optuna_tpe_is_refused_before_anything_is_made(
    lrtui: Cli, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "find_spec", lambda name: None)
    outcome = lrtui("run", "--search", "tpe", "--base-lrs", "0.001,1", "--detach")
    assert outcome.status == 2
    assert outcome.err == "lrtui: --search tpe needs Optuna, which is not installed: pip install 'lrtui[search]'\n"
    assert comparisons.list_all(connection) == ()


def test_where_optuna_is_gone_meanwhile_the_search_has_failed_and_says_so(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.trained(connection, **_TPE, trials=3)
    with monkeypatch.context() as patch:
        patch.setattr(search, "find_spec", lambda name: None)
        search.propose_trials(connection)
    comparison = comparisons.get(connection, 1)
    assert (comparison.status, comparison.ended) == ("failed", True)
    assert comparison.counts[RunStatus.FAILED] == comparison.unproposed == 2
    ((event, _),) = events.of_run(connection, 1, None)
    assert "the search ends here: --search tpe needs Optuna" in event.message
    assert trials.due(connection) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--search", "random"], "base_lrs=[0.1]: expected two ascending numbers"),
        (["--search", "random", "--base-lrs", "1,0.1"], "base_lrs=[1.0, 0.1]: expected two ascending numbers"),
        (["--search", "tpe", "--base-lrs", "0.1,1", "--trials", 0], "trials=0: expected a whole number from 1 to 1000"),
        (["--trials", 5], 'trials=5: expected only with search = "random" or "tpe"'),
        (["--search", "bayes"], "unknown search 'bayes'"),
    ],
)
def test_the_command_line_tells_mistakes_in_one_sentence(lrtui: Cli, arguments: list[object], words: str) -> None:
    outcome = lrtui("run", *arguments)
    assert outcome.status == 2
    assert outcome.err.count("\n") == 1
    assert words in outcome.err
