"""TPE with a real supervisor and real workers: every trial once, whoever is killed, and none after a cancel."""

import json
import subprocess
import sys
from functools import partial

import pytest

from lrtui.comparison.spec import Spec
from lrtui.comparison.status import RunStatus
from lrtui.store import comparisons
from lrtui.supervisor import control
from lrtui.supervisor.search import history, next_base_lr
from tests.processes.lab import Lab, kill
from tests.waiting import eventually

pytestmark = pytest.mark.processes
_TPE = {
    "search": "tpe",
    "base_lrs": [0.001, 1],
    "trials": 4,
    "schedulers": ["constant", "step"],
    "seeds": 1,
    "epochs": 2,
}


def _spec(lab: Lab) -> Spec:
    return comparisons.get(lab.connection, 1).spec


def _tried(lab: Lab) -> dict[str, list[float]]:
    """Every schedule's base LRs in the order they were tried, a seed each."""
    return {label: [run.base_lr for run in lab.runs() if run.label == label] for label in ("constant", "step")}


def _every_trial_was_trained_once(lab: Lab) -> None:
    spec = _spec(lab)
    assert {run.status for run in lab.runs()} == {RunStatus.DONE}
    for label, rates in _tried(lab).items():
        assert len(set(rates)) == len(rates) == spec.trials
        own = [run for run in lab.runs() if run.label == label]
        seen = history(spec, own)
        for number in range(len(spec.first_base_lrs), spec.trials):  # what anyone would have proposed then
            assert rates[number] == next_base_lr(spec, seen[:number])


def test_run_waits_for_every_trial_and_ranks(lab: Lab) -> None:
    arguments = ["--search", "tpe", "--trials", "4", "--base-lrs", "0.001,1", "--schedulers", "constant,step"]
    arguments += ["--seeds", "2", "--epochs", "2", "--device", "cpu", "--json"]
    command = [sys.executable, "-m", "lrtui", "--db", str(lab.database), "run", *arguments]
    outcome = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=110, check=False
    )
    assert outcome.returncode == 0, outcome.stderr + lab.story()
    assert "16/16 runs" in outcome.stderr
    ranked = json.loads(outcome.stdout)
    cells = {(run.label, run.base_lr) for run in lab.runs()}
    assert len(cells) == 8
    assert {(row["scheduler"], row["base_lr"]) for row in ranked["rows"]} < cells
    assert {run.status for run in lab.runs()} == {RunStatus.DONE}


def _has(lab: Lab, runs: int, ended: int) -> bool:
    return len(lab.runs()) >= runs and sum(run.status.ended for run in lab.runs()) >= ended


def test_a_killed_supervisor_repeats_no_trial_and_forgets_none(lab: Lab) -> None:
    lab.create(**_TPE)
    drawn = len(_spec(lab).first_base_lrs) * 2
    for there in (drawn, drawn + 1):  # in the middle of the drawn trials, and when the first was proposed
        supervisor = lab.supervise()
        eventually(partial(_has, lab, there, there - drawn + 1), seconds=100, why=lab.story())
        kill(supervisor)
        # Not when the process is gone: a thread may hold the lock for a moment longer.
        eventually(lambda: control.supervisor_identity(lab.files) is None)
    lab.supervise()
    lab.ends()
    _every_trial_was_trained_once(lab)


def test_after_a_cancel_nothing_is_proposed(lab: Lab) -> None:
    lab.create(**_TPE | {"trials": 300})
    lab.supervise()
    eventually(lambda: len(lab.runs()) > len(_spec(lab).first_base_lrs) * 2, seconds=100, why=lab.story())
    assert control.ask(lab.connection, lab.files, "cancel", 1).startswith("cancelled")
    there = [(run.number, run.base_lr) for run in lab.runs()]
    comparison = comparisons.get(lab.connection, 1)
    assert (comparison.status, comparison.ended) == ("cancelled", True)
    eventually(lambda: control.supervisor_identity(lab.files) is None, why="it has something left to do")
    assert [(run.number, run.base_lr) for run in lab.runs()] == there
