"""Requests for several runs together, carried out by a real supervisor."""

import subprocess
import sys

import pytest

from lrtui.errors import OperationFailed
from lrtui.machine.process_identity import ProcessIdentity
from lrtui.supervisor import control
from tests.processes.lab import Lab
from tests.store import fakes


def test_several_runs_are_asked_for_together_and_answered_as_one(lab: Lab) -> None:
    lab.create(schedulers=["constant", "step"], seeds=3, device="cuda:63")  # no machine trains it: it stays queued
    answer = control.ask_for_runs(lab.connection, lab.files, "pause", 1, [1, 3, 5], "constant")
    assert answer == "paused 3 runs of constant"
    assert [run.status for run in lab.runs()] == ["paused", "queued"] * 3
    assert control.ask_for_runs(lab.connection, lab.files, "pause", 1, [1, 2], "these") == "paused 1 run of these"
    assert control.ask_for_runs(lab.connection, lab.files, "retry", 1, [1, 2], "these") == "nothing to retry in these"


def test_who_is_to_be_ended_may_leave_by_itself_in_that_moment(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    identity = ProcessIdentity("boot", gone.pid, "start")
    looks = iter([True, False])  # it left between the look and the signal
    monkeypatch.setattr(control, "supervisor_identity", lambda _: identity)
    monkeypatch.setattr(control, "is_alive", lambda _: next(looks))
    assert control.stop(lab.files) == identity


def test_a_start_that_nobody_takes_up_says_that_it_is_queued(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/bin/false")
        with pytest.raises(
            OperationFailed, match=r"^comparison 1 is queued, but nobody works on it: .*`lrtui resume 1`"
        ):
            control.start(
                lab.connection, lab.files, fakes.spec(schedulers=["constant"], device="cpu", splits=[100, 50, 50])
            )
    assert [run.status for run in lab.runs()] == ["queued"] * len(lab.runs()) != []
    lab.supervise()
    lab.ends()


def test_resuming_where_nobody_worked_says_that_somebody_does(lab: Lab) -> None:
    lab.create(device="cuda:63")  # no machine trains it: it stays queued
    answer = control.ask(lab.connection, lab.files, "resume", 1, 1)
    assert answer == "training goes on: nothing was paused in comparison 1, but nobody worked on it"
    assert lab.run().status == "queued"
