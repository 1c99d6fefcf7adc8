"""The coordinator of workers on the machine of `runs.db` (the protocol is in `training/coordinator.py`).

Rows go into a queue, one writer thread commits them in batches. The training thread never waits for the disk, except at
the beginning and the end of a run, which are acknowledged only once committed. The writer thread also writes the worker's
heartbeat and brings back what is wanted of the runs (go, pause, stop).
"""

import threading
from collections.abc import Callable, Sequence
from time import monotonic, sleep
from types import TracebackType
from typing import Self, TypeVar

from lrtui.comparison.job import Job, Request
from lrtui.comparison.records import EvaluationRow, Provenance, RunResult
from lrtui.comparison.status import RunStatus
from lrtui.machine.paths import Files
from lrtui.store import claims, events, workers
from lrtui.store.claims import Claim, ClaimLost
from lrtui.store.connection import open_database
from lrtui.store.sqlite import Connection, OperationalError
from lrtui.store.transactions import transaction

_T = TypeVar("_T")

FLUSH_SECONDS = 0.25
HEARTBEAT_SECONDS = 1.0


class SQLiteCoordinator:
    """Claims runs for the worker of a slot and writes what is reported about them. Use as a context manager.

    This process is on record as the slot's worker from the constructor on, until the context ends without an exception.
    Any report may find that the claim is lost: it then does nothing, and `requested` answers "stop" from there on.
    """

    def __init__(self, files: Files, slot: str, device: str, warn: Callable[[str], None] = print) -> None:
        self._files = files
        self._device = device
        self._warn = warn
        self._claims: dict[int, Claim] = {}
        self._requests: dict[int, Request] = {}
        self._rows: dict[int, list[EvaluationRow]] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._closing = threading.Event()
        self._stopping = False
        self._connection = open_database(files.database)
        self.worker_id = workers.register(self._connection, slot)
        self._thread = threading.Thread(target=self._write_until_closed, name="coordinator", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._thread.join()
        self._flush()
        if kind is None:  # else the supervisor finds out how it ended
            workers.record_end(self._connection, self.worker_id, "left")
        self._connection.close()

    def claim(self, n: int, accepts: Sequence[str]) -> list[Job]:
        """Take up to `n` queued runs of one comparison that ask for one of the devices in `accepts`."""

        def take() -> list[Claim]:
            return [] if self._stopping else claims.claim_several(self._connection, self.worker_id, self._device, accepts, n)  # fmt: skip

        with self._writing:
            taken = self._with_patience(take)
            with self._lock:
                for claim in taken:
                    self._claims[claim.run_id] = claim
                    self._requests[claim.run_id] = "go"
                    self._rows[claim.run_id] = []
        return [self._job(claim) for claim in taken]

    def _job(self, claim: Claim) -> Job:
        checkpoint = self._files.checkpoint(claim.run_id)
        return Job(claim.run_id, claim.spec, claim.planned, checkpoint, claim.data_dir, claim.comparison_id)

    def evaluated(self, run_id: int, row: EvaluationRow) -> None:
        """Queue a row; it is visible to readers within `FLUSH_SECONDS` and a little."""
        with self._lock:
            if run_id in self._rows:
                self._rows[run_id].append(row)

    def requested(self, run_id: int) -> Request:
        """What is wanted of the run, as of the last heartbeat or flush: "go", "pause" or "stop"."""
        return "stop" if self._stopping else self._requests.get(run_id, "stop")

    def stop_all(self) -> None:
        """Ask every run to stop, for good (the process was asked to end). Called from a signal handler: takes no lock."""
        self._stopping = True

    def provenance(self, run_id: int, provenance: Provenance) -> None:
        """Record what makes the run comparable to others."""
        self._commit(run_id, lambda db, claim: claims.write_provenance(db, run_id, claim.claim, provenance))

    def notice(self, run_id: int, message: str, detail: str | None = None) -> None:
        """Record an event; the run goes on."""

        def write(db: Connection, claim: Claim) -> None:
            claims.ensure_held(db, run_id, claim.claim)  # the comparison may have been deleted
            _event(db, claim, message, detail)

        self._commit(run_id, write)

    def finish(self, run_id: int, result: RunResult) -> None:
        """Record the end of the run, in one transaction with its last rows."""
        self._commit(run_id, lambda db, claim: claims.finish(db, run_id, claim.claim, result), close=True)

    def paused(self, run_id: int, reason: str | None = None) -> None:
        """The run rests: because it was asked to, or for a reason that is recorded."""

        def write(db: Connection, claim: Claim) -> None:
            claims.give_back(db, run_id, claim.claim, RunStatus.PAUSED)
            if reason:
                _event(db, claim, f"paused: {reason}")

        self._commit(run_id, write, close=True)

    def stopped(self, run_id: int) -> None:
        """Put the run back into the queue, if the claim still stands."""
        self._commit(run_id, lambda db, claim: claims.give_back(db, run_id, claim.claim, RunStatus.QUEUED), close=True)

    def _commit(self, run_id: int, write: Callable[[Connection, Claim], None], *, close: bool = False) -> None:
        with self._writing:
            claim = self._claims.get(run_id)
            if claim is not None:
                self._with_patience(lambda: self._commit_now(claim, write, close))
            if close:
                self._forget(run_id)

    def _commit_now(self, claim: Claim, write: Callable[[Connection, Claim], None], close: bool) -> None:
        rows = self._take_rows(claim.run_id)
        try:
            with transaction(self._connection) as db:
                if rows:
                    claims.write_epochs(db, claim.run_id, claim.claim, rows)
                write(db, claim)
        except ClaimLost:
            self._requests[claim.run_id] = "stop"
            if close:
                claims.let_go(self._connection, claim.run_id, self.worker_id)
        except OperationalError:
            self._put_back(claim.run_id, rows)
            raise

    def _with_patience(self, attempt: Callable[[], _T]) -> _T:
        """A full disk or a lock held for long is waited out: what is in the queue is all there is of it."""
        warned = False
        while True:
            try:
                return attempt()
            except OperationalError as error:
                if not warned:
                    self._warn(f"{self._files.database.name}: cannot write ({error}); trying again every second")
                    warned = True
                sleep(1)

    def _write_until_closed(self) -> None:
        next_beat = 0.0
        while not self._closing.wait(FLUSH_SECONDS):
            try:
                with self._writing:
                    self._flush()
                    if monotonic() >= next_beat:
                        workers.beat(self._connection, self.worker_id)
                        next_beat = monotonic() + HEARTBEAT_SECONDS
                    self._look_for_requests()
            except OperationalError as error:
                self._warn(f"{self._files.database.name}: cannot write ({error}); trying again")
                sleep(1)

    def _flush(self) -> None:
        for run_id, claim in list(self._claims.items()):
            rows = self._take_rows(run_id)
            if not rows:
                continue
            try:
                with transaction(self._connection) as db:
                    claims.write_epochs(db, run_id, claim.claim, rows)
            except ClaimLost:
                self._requests[run_id] = "stop"
                self._rows.pop(run_id, None)
            except OperationalError:
                self._put_back(run_id, rows)
                raise

    def _look_for_requests(self) -> None:
        for run_id, claim in list(self._claims.items()):
            answer = claims.request(self._connection, run_id, claim.claim)
            if run_id in self._requests and self._requests[run_id] != "stop":
                self._requests[run_id] = answer

    def _take_rows(self, run_id: int) -> list[EvaluationRow]:
        with self._lock:
            rows, self._rows[run_id] = self._rows.get(run_id, []), []
        return rows

    def _put_back(self, run_id: int, rows: list[EvaluationRow]) -> None:
        with self._lock:
            self._rows[run_id] = rows + self._rows.get(run_id, [])

    def _forget(self, run_id: int) -> None:
        with self._lock:
            for table in (self._claims, self._requests, self._rows):
                table.pop(run_id, None)


def _event(db: Connection, claim: Claim, message: str, detail: str | None = None) -> None:
    events.record(db, message, claim.comparison_id, claim.planned.number, detail)
