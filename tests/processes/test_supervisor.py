"""Promises 4, 8, 9, 11 and 12 with workers that do not train: a real supervisor's code over real processes."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import cast

import pytest

from lrtui.comparison.status import RunStatus, Verb
from lrtui.machine.process_identity import ProcessIdentity, identify, is_alive
from lrtui.machine.slots import Slot
from lrtui.store import claims, commands, comparisons, runs, workers
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import now
from lrtui.store.workers import WorkerRecord
from lrtui.supervisor import supervise
from lrtui.supervisor.supervise import Supervisor
from lrtui.supervisor.terminate import kill_group
from tests.processes import tasks
from tests.processes.lab import Lab
from tests.waiting import eventually

pytestmark = pytest.mark.processes

StandIn = Callable[..., tuple[BaseProcess, int, int | None]]


@pytest.fixture
def supervisor(lab: Lab) -> Supervisor:
    """It looks after workers that are there and starts none: it has no slots."""
    return Supervisor(lab.files, lab.connection, [])


@pytest.fixture
def stand_in(lab: Lab, forks: ForkServerContext) -> Iterator[StandIn]:
    """Starts a process that is on record as a worker and holds the next run. Returns it, its worker id, its child's pid."""
    started: list[tuple[BaseProcess, int | None]] = []

    def start(*, stubborn: bool = False) -> tuple[BaseProcess, int, int | None]:
        reading, writing = forks.Pipe(duplex=False)
        process = forks.Process(
            target=tasks.hold_a_run, args=(lab.database, f"cpu:{len(started)}", writing), kwargs={"stubborn": stubborn}
        )
        process.start()
        worker_id, child = reading.recv()
        started.append((cast(BaseProcess, process), child))
        return cast(BaseProcess, process), worker_id, child

    yield start
    for process, child in started:
        process.kill()
        process.join()
        if child and (identity := identify(child)):
            kill_group(identity)


def _ask(lab: Lab, verb: Verb, comparison_id: int = 1, number: int | None = None) -> None:
    commands.ask(lab.connection, verb, comparison_id, number)


def test_12_a_worker_that_ignores_sigterm_is_gone_with_its_children(
    lab: Lab, supervisor: Supervisor, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "GRACE_SECONDS", 0.5)
    lab.create()
    process, _, child = stand_in(stubborn=True)
    assert process.pid is not None
    assert child is not None
    _ask(lab, "cancel")
    began = monotonic()

    def gone() -> bool:
        supervisor.tick()
        return identify(cast(int, process.pid)) is None and identify(child) is None

    eventually(gone, seconds=2.5)
    assert monotonic() - began >= 0.5, "no grace was given"
    assert lab.run().status is RunStatus.CANCELLED
    supervisor.tick()
    assert workers.living(lab.connection) == []


def test_11_cancelling_a_run_ends_its_worker_and_no_other(lab: Lab, supervisor: Supervisor, stand_in: StandIn) -> None:
    lab.create(seeds=2)
    first, _, _ = stand_in()
    second, _, _ = stand_in()
    _ask(lab, "cancel", number=1)
    eventually(lambda: supervisor.tick() and not first.is_alive(), seconds=5)
    assert second.is_alive()
    assert [run.status for run in runs.of_comparison(lab.connection, 1)] == [RunStatus.CANCELLED, RunStatus.RUNNING]
    lab.trains_past(lab.run(number=2).epoch, number=2)


def _is_ended(supervisor: Supervisor, process: BaseProcess) -> None:
    def gone() -> bool:
        supervisor.tick()
        return not process.is_alive()

    eventually(gone, seconds=5)


def test_a_worker_that_loses_one_of_two_runs_is_left_alone(lab: Lab, supervisor: Supervisor, stand_in: StandIn) -> None:
    lab.create(seeds=2)
    process, worker_id, _ = stand_in()
    assert claims.claim_next(lab.connection, worker_id, "cpu", ("cpu", "auto")) is not None
    _ask(lab, "cancel", number=1)
    until = monotonic() + 4 * supervise.HEED_SECONDS
    while monotonic() < until:
        supervisor.tick()
    assert process.is_alive()
    assert [run.status for run in lab.runs()] == [RunStatus.CANCELLED, RunStatus.RUNNING]
    _ask(lab, "cancel", number=2)
    _is_ended(supervisor, process)


def test_a_worker_is_ended_though_what_it_holds_was_deleted(
    lab: Lab, supervisor: Supervisor, stand_in: StandIn
) -> None:
    lab.create()
    process, _, _ = stand_in()
    _ask(lab, "cancel")
    commands.carry_out(lab.connection, *commands.unhandled(lab.connection))
    comparisons.delete(lab.connection, 1, lab.files)
    _is_ended(supervisor, process)


def test_4_the_third_death_of_a_worker_fails_the_run(lab: Lab, supervisor: Supervisor, stand_in: StandIn) -> None:
    lab.create()
    for attempt in (1, 2, 3):
        process, _, _ = stand_in()
        assert lab.run().attempt == attempt
        process.kill()
        process.join()
        supervisor.tick()
    run = lab.run()
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert "in each of 3 attempts" in run.error
    assert len(lab.events(1, 1)) == 3


def test_8_a_stopped_worker_is_stalled_not_failed(
    lab: Lab, supervisor: Supervisor, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "STALLED_AFTER_SECONDS", 2.0)
    lab.create()
    process, _, _ = stand_in()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        eventually(lambda: lab.run().stalled, seconds=10)
        supervisor.tick()
        assert lab.run().status is RunStatus.RUNNING
    finally:
        os.kill(process.pid, signal.SIGCONT)
    eventually(lambda: not lab.run().stalled, seconds=10)
    lab.trains_past(lab.run().epoch)
    assert (lab.run().status, lab.run().attempt) == (RunStatus.RUNNING, 1)


def _register(lab: Lab, identity: ProcessIdentity) -> None:
    """A worker on record under that identity, holding the next run."""
    cursor = lab.connection.execute(
        "INSERT INTO workers (slot, boot_id, pid, process_start, started_at, heartbeat_at) VALUES ('cpu:0', ?, ?, ?, ?, ?)",
        (identity.boot_id, identity.pid, identity.start, now(), now()),
    )
    assert claims.claim_next(lab.connection, cast(int, cursor.lastrowid), "cpu", ("cpu", "auto")) is not None


@pytest.mark.parametrize("reaped", [True, False])
def test_a_dead_workers_children_are_not_left_behind(lab: Lab, supervisor: Supervisor, reaped: bool) -> None:
    """One that is not reaped is a zombie: so are workers whose supervisor died, under an init that reaps nothing."""
    lab.create()
    with subprocess.Popen(
        ["sh", "-c", "sleep 600 & echo $!; wait"], start_new_session=True, stdout=subprocess.PIPE, text=True
    ) as dead:
        assert dead.stdout is not None
        child = identify(int(dead.stdout.readline()))
        identity = identify(dead.pid)
        assert child is not None
        assert identity is not None
        _register(lab, identity)
        os.kill(dead.pid, signal.SIGKILL)
        if reaped:
            dead.wait()
        eventually(lambda: not is_alive(identity))
        assert is_alive(child)
        supervisor.tick()
        eventually(lambda: not is_alive(child), seconds=5)
    assert lab.run().status is RunStatus.QUEUED


@pytest.mark.parametrize("other", ["start", "boot"])
@pytest.mark.parametrize("cancelled", [False, True])
def test_9_a_reused_pid_is_never_signalled(lab: Lab, supervisor: Supervisor, other: str, cancelled: bool) -> None:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as innocent:
        now_there = identify(innocent.pid)
        assert now_there is not None
        was_there = (
            ProcessIdentity(now_there.boot_id, now_there.pid, "1")
            if other == "start"
            else ProcessIdentity("another boot", now_there.pid, now_there.start)
        )
        lab.create()
        _register(lab, was_there)
        if cancelled:
            _ask(lab, "cancel")
        for _ in range(3):
            supervisor.tick()
        assert is_alive(now_there)
        innocent.kill()
    assert lab.run().status is (RunStatus.CANCELLED if cancelled else RunStatus.QUEUED)
    if not cancelled:
        why = "was lost when the machine restarted" if other == "boot" else "vanished"
        assert lab.events(1, 1)[0][0].message == f"worker {why}: run requeued after attempt 1 of 3"
    assert workers.living(lab.connection) == []


class _Starting(Supervisor):
    """Starts a shell command in place of a worker."""

    command = "exit 0"

    def _start_worker(self, slot: Slot) -> None:
        log = self.files.worker_log(slot.name)
        with log.open("a") as out:
            child = subprocess.Popen(["sh", "-c", self.command], stdout=out, stderr=out, start_new_session=True)
        self.children[child.pid] = child
        self.starting[slot.name] = child.pid


_SLOTS = [Slot(f"cpu:{i}", "cpu", ("cpu", "auto")) for i in range(4)]


@pytest.mark.parametrize(("together", "started"), [("1", 4), ("2", 2), ("3", 2), ("9", 1)])
def test_no_more_workers_are_started_than_there_are_runs_for(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, together: str, started: int
) -> None:
    monkeypatch.setenv("LRTUI_RUNS_TOGETHER", together)
    lab.create(seeds=4)
    starting = _Starting(lab.files, lab.connection, _SLOTS)
    starting.command = "sleep 600"
    for _ in range(3):
        starting.tick()
    assert len(starting.children) == started
    for child in starting.children.values():
        child.kill()
        child.wait()


def test_workers_that_cannot_start_fail_the_runs_with_the_reason(lab: Lab) -> None:
    lab.create(seeds=4)
    starting = _Starting(lab.files, lab.connection, _SLOTS)
    starting.command = "echo 'ImportError: libcudart.so.12'; exit 1"
    eventually(lambda: not starting.tick(), seconds=10)
    failed = runs.of_comparison(lab.connection, 1)
    assert {run.status for run in failed} == {RunStatus.FAILED}
    assert failed[0].error is not None
    assert failed[0].error.startswith("no worker could start on cpu: ImportError: libcudart.so.12 (see worker-cpu-")


def test_slots_taken_by_workers_not_yet_on_record_fail_nothing(lab: Lab) -> None:
    lab.create(seeds=4)
    starting = _Starting(lab.files, lab.connection, _SLOTS)
    for _ in range(5):
        starting.tick()
        for child in starting.children.values():
            with suppress(ChildProcessError):
                child.wait(5)
    assert {run.status for run in runs.of_comparison(lab.connection, 1)} == {RunStatus.QUEUED}


def test_a_child_that_dies_during_a_look_is_known_by_its_exit_code(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.create()
    supervisor = Supervisor(lab.files, lab.connection, [])
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    identity = identify(child.pid)
    assert identity is not None
    supervisor.children[child.pid] = child
    _register(lab, identity)
    living = workers.living

    def dies_meanwhile(connection: Connection) -> list[WorkerRecord]:
        child.kill()
        eventually(lambda: not is_alive(identity))
        return living(connection)

    monkeypatch.setattr(workers, "living", dies_meanwhile)
    for _ in range(2):
        supervisor.tick()
    assert lab.events(1, 1)[0][0].message == "worker was killed by SIGKILL: run requeued after attempt 1 of 3"
