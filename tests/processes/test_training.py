"""Promises 2, 4, 5 and 21 with real training: supervisors and workers killed in the middle of an epoch."""

import json
import signal
from dataclasses import astuple, replace
from time import monotonic

import pytest
import torch

from lrtui.comparison.records import EvaluationRow
from lrtui.comparison.status import RunStatus
from lrtui.machine.process_identity import is_alive
from lrtui.machine.slots import cores
from lrtui.store import events
from lrtui.supervisor import control
from tests.conftest import Cli
from tests.processes.lab import Lab, kill
from tests.waiting import eventually

pytestmark = pytest.mark.processes


def test_2_a_new_supervisor_adopts_the_workers_of_a_killed_one(lab: Lab) -> None:
    comparison_id = lab.create(schedulers=["constant", "cosine"], epochs=800)
    first = lab.supervise()
    lab.trains_past(5)
    before = lab.workers()
    kill(first)
    eventually(lambda: not is_alive(first))
    assert control.supervisor_identity(lab.files) is None
    lab.trains_past(lab.run().epoch + 5)

    second = lab.supervise()
    assert second != first
    adopted = f"adopted worker {before[0].slot} (pid {before[0].identity.pid})"
    eventually(lambda: adopted in [event.message for event in events.tail(lab.connection)])
    lab.ends(comparison_id)

    assert lab.connection.execute("SELECT count(*) FROM workers").fetchone()[0] == len(before), lab.story()
    for number in (1, 2):
        run = lab.run(number=number)
        assert (run.status, run.attempt, run.epoch) == (RunStatus.DONE, 1, 800), lab.story()
        assert [row.epoch for row in lab.epochs(number=number)] == list(range(1, 801))
    eventually(lambda: not lab.workers() and not is_alive(second), why="they leave when nothing is left to do")


def _numbers(rows: list[EvaluationRow]) -> list[tuple[object, ...]]:
    """What must be equal to the last bit: everything but how long it took."""
    return [astuple(row)[:-2] for row in rows]


def test_4_and_5_a_killed_worker_is_replaced_and_its_run_ends_as_if_nothing_had_happened(lab: Lab) -> None:
    settings = {"schedulers": ["cosine"], "epochs": 400}
    whole, killed = lab.create(**settings), lab.create(**settings)
    lab.supervise()
    lab.trains_past(20, killed)
    worker, other = lab.worker_of(killed), [w for w in lab.workers() if lab.run(whole).id in w.runs]
    kill(worker.identity)
    began = monotonic()
    eventually(lambda: lab.events(killed, 1), seconds=5)
    assert monotonic() - began < 5
    ((event, log_tail),) = lab.events(killed, 1)
    assert event.message == "worker was killed by SIGKILL: run requeued after attempt 1 of 3"
    assert log_tail is not None
    assert f"run {killed}/1: cosine, base LR 0.1, seed 0" in log_tail
    before = lab.epochs(killed)
    lab.ends(killed)
    lab.ends(whole)

    assert (lab.run(killed).status, lab.run(killed).attempt) == (RunStatus.DONE, 2), lab.story()
    assert (lab.run(whole).status, lab.run(whole).attempt) == (RunStatus.DONE, 1), lab.story()
    assert lab.events(whole) == []
    if other:
        left = lab.connection.execute("SELECT ending FROM workers WHERE id = ?", (other[0].id,)).fetchone()
        assert left[0] in (None, "left")
    after = lab.epochs(killed)
    # The seconds an epoch took never repeat: a row that was resumed, not trained again, still has the same.
    assert before[0].seconds == after[0].seconds, "it started over"
    assert _numbers(after) == _numbers(lab.epochs(whole))
    assert len(after) == 400
    results = [(run.best_epoch, run.score, run.selection, run.test) for run in map(lab.run, (killed, whole))]
    assert results[0] == results[1]


def test_21_a_run_that_diverges_ends_so_and_is_shown_so(lab: Lab, lrtui: Cli) -> None:
    comparison_id = lab.create(schedulers=["constant", "step"], base_lrs=[1000], epochs=50)
    lab.supervise()
    lab.ends(comparison_id)
    run = lab.run()
    assert (run.status, run.error) == (RunStatus.DIVERGED, None), lab.story()
    assert run.diverged_at == run.epoch
    last = lab.epochs()[-1]
    assert last.epoch == run.diverged_at
    assert last.train_loss is None or last.val_loss is None

    shown = lrtui("rank", comparison_id)
    assert shown.status == 0
    assert "diverged" in shown.out
    show = lrtui("show", f"{comparison_id}/1")
    assert "not finite" in show.out
    for form in ("md", "csv", "json"):
        exported = lrtui("export", comparison_id, "-f", form, "-o", "-")
        assert exported.status == 0
        assert "diverged" in exported.out
        assert "nan" not in exported.out.lower().replace("nano", "")
    assert lrtui("wait", comparison_id).status == 0


def test_a_worker_asked_to_end_gives_its_run_back(lab: Lab) -> None:
    lab.create(epochs=100_000)
    lab.supervise()
    lab.trains_past(3)
    worker = lab.worker_of()
    ended = control.stop(lab.files)
    assert ended is not None
    assert not is_alive(ended)
    assert not is_alive(worker.identity)
    run = lab.run()
    assert (run.status, run.attempt) == (RunStatus.QUEUED, 0), lab.story()
    assert lab.files.checkpoint(run.id).exists()


def test_a_worker_outlives_hangup_and_interrupt(lab: Lab) -> None:
    lab.create(epochs=100_000)
    supervisor = lab.supervise()
    lab.trains_past(3)
    worker = lab.worker_of()
    for number in (signal.SIGHUP, signal.SIGINT):
        kill(worker.identity, number)
    kill(supervisor, signal.SIGHUP)
    lab.trains_past(lab.run().epoch + 20)
    assert is_alive(worker.identity)
    assert is_alive(supervisor)


def test_of_a_workers_two_runs_one_is_cancelled_and_the_other_ends_as_if_nothing_had_happened(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LRTUI_RUNS_TOGETHER", "2")
    lab.create(schedulers=["constant", "cosine"], epochs=1500)
    lab.supervise()
    lab.trains_past(3)
    worker = lab.worker_of(number=1)
    assert set(worker.runs) == {lab.run(number=1).id, lab.run(number=2).id}, "it holds both"
    assert lab.workers() == [worker], "there is nothing left for another worker"
    control.ask(lab.connection, lab.files, "cancel", 1, 1)
    lab.trains_past(3, number=2)
    assert lab.worker_of(number=2) == replace(worker, runs=(lab.run(number=2).id,)), "it has let go of the first"
    lab.ends()
    assert [(run.status, run.attempt) for run in lab.runs()] == [(RunStatus.CANCELLED, 1), (RunStatus.DONE, 1)], (
        lab.story()
    )
    everybody = lab.connection.execute("SELECT id FROM workers").fetchall()
    assert [row[0] for row in everybody] == [worker.id], "in the same process"
    assert lab.run(number=1).epoch < 1500


def test_28_a_worker_trains_what_is_stored_and_stores_what_it_trained_with(lab: Lab) -> None:
    """The stored cell, not today's profile; and a setting of another version is no reason to refuse the run."""
    comparison_id = lab.create(schedulers=["step"], profile="fitted", epochs=6)
    stored = json.dumps([["step_size", 2, "yours"], ["gamma", 0.5, "yours"]])
    lab.connection.execute("UPDATE cells SET parameters = ?", (stored,))
    lab.connection.execute("UPDATE comparisons SET spec = json_set(spec, '$.tempo', 'allegro')")
    lab.supervise()
    lab.ends(comparison_id)

    assert [row.lr_first for row in lab.epochs()] == [0.1, 0.1, 0.05, 0.05, 0.025, 0.025], lab.story()
    assert [row.step for row in lab.epochs()] == [4 * number for number in range(1, 7)]
    run = lab.run()
    assert run.parameters == {"step_size": 2, "gamma": 0.5}
    assert run.torch == torch.__version__
    assert run.precision == "fp32"
    assert all((run.device_name, run.init_hash, run.order_hash))


@pytest.mark.skipif(cores() > 4, reason="keeps every core busy")
def test_a_worker_whose_only_run_is_cancelled_takes_the_next_one(lab: Lab) -> None:
    """It notices before the supervisor has to end it, so that torch is not imported again."""
    busy = lab.create(epochs=100_000, seeds=cores())
    lab.supervise()
    for number in range(1, cores() + 1):
        lab.trains_past(3, number=number)
    before = lab.workers()
    last = lab.create(epochs=5)
    control.ask(lab.connection, lab.files, "cancel", busy, 1)
    lab.ends(last)
    assert (lab.run(last).status, lab.run(last).attempt) == (RunStatus.DONE, 1), lab.story()
    assert (lab.run(busy).status, lab.run(busy).attempt) == (RunStatus.CANCELLED, 1)
    everybody = [row[0] for row in lab.connection.execute("SELECT id FROM workers ORDER BY id")]
    assert everybody == [worker.id for worker in before], lab.story()
