"""Requests for several runs together, carried out by a real supervisor."""

from lrtui.supervisor import control
from tests.processes.lab import Lab


def test_several_runs_are_asked_for_together_and_answered_as_one(lab: Lab) -> None:
    lab.create(schedulers=["constant", "step"], seeds=3, device="cuda:63")  # no machine trains it: it stays queued
    answer = control.ask_for_runs(lab.connection, lab.files, "pause", 1, [1, 3, 5], "constant")
    assert answer == "paused 3 runs of constant"
    assert [run.status for run in lab.runs()] == ["paused", "queued"] * 3
    assert control.ask_for_runs(lab.connection, lab.files, "pause", 1, [1, 2], "these") == "paused 1 run of these"
    assert control.ask_for_runs(lab.connection, lab.files, "retry", 1, [1, 2], "these") == "nothing to retry in these"
