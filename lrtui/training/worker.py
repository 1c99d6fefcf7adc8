"""A worker process: it claims queued runs one after the other and trains them on one device.

`python -m lrtui.training.worker --db FILE --slot cpu:0 --device cpu --accepts auto,cpu`; the supervisor starts it. It
outlives the supervisor and the terminal, imports torch and loads a data set once, and leaves when nothing is queued.
"""

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from lrtui.comparison.records import RunResult
from lrtui.comparison.status import RunStatus
from lrtui.errors import sentence_of
from lrtui.machine.locks import try_lock
from lrtui.machine.own_code import mark_process
from lrtui.machine.paths import Files
from lrtui.store import claims, workers
from lrtui.store.claims import Claim
from lrtui.store.connection import open_database
from lrtui.store.sink import DatabaseSink
from lrtui.store.sqlite import Connection

if TYPE_CHECKING:
    from lrtui.training.engine import Engine

IDLE_SECONDS = 2.0
POLL_SECONDS = 0.1


class Worker:
    """The loop of one worker process."""

    def __init__(self, files: Files, connection: Connection, worker_id: int, sink: DatabaseSink, device: str) -> None:
        self.files = files
        self.connection = connection
        self.worker_id = worker_id
        self.sink = sink
        self.device = device
        self.stopping = False

    def stop(self) -> None:
        """End soon: the run in hand goes back into the queue, to be resumed from its last checkpoint."""
        self.stopping = True
        self.sink.stop_all()

    def work(self, accepts: Sequence[str]) -> None:
        """Claim and train until nothing has been queued for a while."""
        engine = self._engine()
        idle_since = monotonic()
        while not self.stopping and monotonic() - idle_since < IDLE_SECONDS:
            claim = claims.claim_next(self.connection, self.worker_id, self.device, accepts)
            if claim is None:
                sleep(POLL_SECONDS)
                continue
            self._train(engine, claim)
            idle_since = monotonic()

    def _engine(self) -> "Engine":
        # torch is imported here, after the worker is on record: a supervisor that starts meanwhile adopts it.
        from lrtui.training.engine import Engine

        return Engine(self.device, checkpoint_seconds=float(os.environ.get("LRTUI_CHECKPOINT_SECONDS", "5")))

    def _train(self, engine: "Engine", claim: Claim) -> None:
        from lrtui.training.jobs import Job

        self.sink.open_claim(claim)
        started = monotonic()
        print(f"{workers.run_heading(claim.comparison_id, claim.planned.number)}{claim.planned.label}, base LR {claim.planned.base_lr:g}, seed {claim.planned.seed}", flush=True)  # fmt: skip
        try:
            job = Job(claim.run_id, claim.spec, claim.planned, self.files.checkpoint(claim.run_id), claim.data_dir)
            engine.train([job], self.sink)
        except Exception as error:
            traceback.print_exc()
            message = sentence_of(error)
            self.sink.notice(claim.run_id, f"training failed: {message}", traceback.format_exc())
            failure = RunResult(RunStatus.FAILED, epochs_run=0, seconds=monotonic() - started, error=message)
            self.sink.finish(claim.run_id, failure)
            if "CUDA error" in message:  # the process's CUDA context cannot be trusted any more
                raise SystemExit(1) from None
        else:
            self.sink.stopped(claim.run_id)  # nothing is left to do unless the engine stopped on request


def main(argv: Sequence[str] | None = None) -> int:
    """Run a worker. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m lrtui.training.worker", description=__doc__)
    parser.add_argument("--db", required=True, type=Path)
    parser.add_argument("--slot", required=True)
    parser.add_argument("--device", required=True)
    parser.add_argument("--accepts", required=True, help="device settings to serve, separated by commas")
    options = parser.parse_args(argv)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core a worker; read when torch and numpy are loaded
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the loop below can do better
    files = Files(options.db.absolute())
    lock = try_lock(files.slot_lock(options.slot), {"pid": os.getpid()})
    if lock is None:
        print(f"slot {options.slot} is taken")
        return 0
    connection = open_database(files.database)
    worker_id = workers.register(connection, options.slot)
    with DatabaseSink(files.database, worker_id, warn=lambda text: print(text, flush=True)) as sink:
        worker = Worker(files, connection, worker_id, sink, options.device)
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        worker.work(options.accepts.split(","))
    workers.record_end(connection, worker_id, "left")
    connection.close()
    return 0


if __name__ == "__main__":
    mark_process()
    status = main()
    sys.stdout.flush()
    os._exit(status)  # all is written: unloading torch takes long, and may hang on a device that is not well
