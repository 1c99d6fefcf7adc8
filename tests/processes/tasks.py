"""What the processes of these tests do. No torch: they start in milliseconds, forked from a server that has imported this."""

import os
import signal
import subprocess
import sys
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import sleep

import lrtui.store.schema  # noqa: F401  (imported once, by the fork server)
from lrtui.machine.paths import Files
from lrtui.store.coordinator import SQLiteCoordinator
from lrtui.supervisor.supervise import supervise
from tests.store import fakes


def write_forever(database: Path, acknowledged: Pipe) -> None:
    """Claim a run and write epochs to the end of time; tell each one that the coordinator has acknowledged as committed."""
    epoch = 0
    with SQLiteCoordinator(Files(database), "cpu:0", "cpu") as coordinator:
        (job,) = coordinator.claim(1, fakes.ACCEPTS)
        while True:
            for _ in range(3):
                epoch += 1
                coordinator.evaluated(job.run_id, fakes.row(job.run_id, epoch))
            coordinator.provenance(
                job.run_id, fakes.PROVENANCE
            )  # returns when it, and the rows before it, are committed
            acknowledged.send((job.run_id, epoch))


def write_at_once(database: Path, together: Barrier, complaints: Pipe) -> None:
    """Open the database, register, claim, write and finish a run at the same moment as all the others."""
    said: list[str] = []
    together.wait()
    try:
        slot = f"cpu:{os.getpid()}"
        with SQLiteCoordinator(Files(database), slot, "cpu", warn=said.append) as coordinator:
            (job,) = coordinator.claim(1, fakes.ACCEPTS)
            for epoch in range(1, 11):
                coordinator.evaluated(job.run_id, fakes.row(job.run_id, epoch))
                coordinator.provenance(job.run_id, fakes.PROVENANCE)
            coordinator.finish(job.run_id, fakes.result(epochs_run=10))
    except Exception as error:
        said.append(f"{type(error).__name__}: {error}")
    complaints.send(said)


def be_supervisor(database: Path, together: Barrier, log: Path) -> None:
    """Be one of several supervisors that start at the same moment."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    together.wait()
    sys.exit(supervise(Files(database)))


def hold_a_run(database: Path, slot: str, ready: Pipe, *, stubborn: bool) -> None:
    """Be a worker that claims a run and never ends it; a stubborn one ignores SIGTERM, and so does its child."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN if stubborn else signal.SIG_DFL)
    child = subprocess.Popen(["sleep", "600"]) if stubborn else None  # inherits that SIGTERM is ignored
    with SQLiteCoordinator(Files(database), slot, "cpu") as coordinator:
        (job,) = coordinator.claim(1, fakes.ACCEPTS)
        epoch = 0
        ready.send((coordinator.worker_id, child.pid if child else None))
        while True:
            epoch += 1
            coordinator.evaluated(job.run_id, fakes.row(job.run_id, epoch))
            sleep(0.05)
