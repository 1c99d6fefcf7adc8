"""A database with real processes at work on it, and nothing left of them afterwards."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from lrtui.comparison.records import EvaluationRow
from lrtui.comparison.snapshot import Event, RunView
from lrtui.machine.paths import Files
from lrtui.machine.process_identity import ProcessIdentity, is_alive
from lrtui.store import comparisons, events, runs, workers
from lrtui.store.connection import open_database
from lrtui.store.workers import WorkerRecord
from lrtui.supervisor import control
from tests.store import fakes
from tests.waiting import eventually


class Lab:
    """The processes of one database."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.files = Files(database)
        self.connection = open_database(database)

    def create(self, **settings: object) -> int:
        """Queue a comparison on the CPU, on few images: one run of the constant schedule, unless said otherwise."""
        chosen = {"schedulers": ["constant"], "device": "cpu", "splits": [100, 50, 50]} | settings
        return comparisons.create(self.connection, fakes.spec(**chosen), {"lrtui": "test"})

    def supervise(self) -> ProcessIdentity:
        """See to it that a supervisor is at work, the way the program does it."""
        control.ensure_supervisor(self.files)
        identity = control.supervisor_identity(self.files)
        assert identity is not None
        return identity

    def run(self, comparison_id: int = 1, number: int = 1) -> RunView:
        return runs.get(self.connection, comparison_id, number)

    def runs(self, comparison_id: int = 1) -> tuple[RunView, ...]:
        return runs.of_comparison(self.connection, comparison_id)

    def epochs(self, comparison_id: int = 1, number: int = 1) -> list[EvaluationRow]:
        return runs.epochs(self.connection, self.run(comparison_id, number).id)

    def events(self, comparison_id: int = 1, number: int | None = None) -> list[tuple[Event, str | None]]:
        return events.of_run(self.connection, comparison_id, number)

    def workers(self) -> list[WorkerRecord]:
        """Workers on record whose process lives."""
        return [worker for worker in workers.living(self.connection) if is_alive(worker.identity)]

    def worker_of(self, comparison_id: int = 1, number: int = 1) -> WorkerRecord:
        """The worker that holds a run, once there is one."""
        run_id = self.run(comparison_id, number).id

        def holders() -> list[WorkerRecord]:
            return [worker for worker in self.workers() if run_id in worker.runs]

        eventually(holders, why=self.story())
        return holders()[0]

    def trains_past(self, epoch: int, comparison_id: int = 1, number: int = 1) -> None:
        """Wait until the run has recorded more than so many epochs."""
        eventually(lambda: self.run(comparison_id, number).epoch > epoch, why=self.story())

    def ends(self, comparison_id: int = 1, seconds: float = 100.0) -> None:
        """Wait until every run of the comparison has ended."""
        eventually(lambda: comparisons.get(self.connection, comparison_id).ended, seconds, self.story())

    def processes(self, module: str) -> list[psutil.Process]:
        """Living processes that run a module of lrtui on this database."""
        found = []
        for process in psutil.process_iter():
            try:
                command = process.cmdline()
            except psutil.Error:
                continue
            if module in command and str(self.database) in command and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found

    def story(self) -> str:
        """What happened, for a test that fails."""
        happened = [f"{event.message}\n{detail or ''}" for event, detail in self.events()]
        logs = [f"{path.name}:\n{path.read_text()[-2000:]}" for path in sorted(self.files.folder.glob("*.log"))]
        return "\n".join([*happened, *logs])

    def close(self) -> None:
        """End every process that works on this database, by who it is."""
        for module in ("lrtui.supervisor", "lrtui.training.worker"):  # in this order: it would start workers again
            while found := self.processes(module):
                for process in found:
                    with suppress(psutil.NoSuchProcess):
                        process.kill()  # psutil looks at the start time before it signals
                psutil.wait_procs(found, timeout=5)
        self.connection.close()


def kill(identity: ProcessIdentity, number: signal.Signals = signal.SIGKILL) -> None:
    """Signal that very process."""
    assert is_alive(identity)
    os.kill(identity.pid, number)
