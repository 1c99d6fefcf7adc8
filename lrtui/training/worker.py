"""A worker process: it claims runs and trains them on one device.

`python -m lrtui.training.worker --db FILE --slot cpu:0 --device cpu --accepts auto,cpu`; the supervisor starts it. It
outlives the supervisor and the terminal, imports torch and loads a data set once, and leaves when nothing is queued.
"""

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from lrtui.comparison.job import Job, headings
from lrtui.config.trust import refusal
from lrtui.machine.locks import try_lock
from lrtui.machine.own_code import mark_process
from lrtui.machine.paths import Files
from lrtui.machine.slots import runs_together
from lrtui.store.coordinator import SQLiteCoordinator
from lrtui.training.coordinator import Coordinator

if TYPE_CHECKING:
    from lrtui.training.engine import Engine

IDLE_SECONDS = 2.0
POLL_SECONDS = 0.1


class Worker:
    """The loop of one worker process: it knows a coordinator and a device, and nothing of a database."""

    def __init__(self, coordinator: Coordinator, device: str, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self.coordinator = coordinator
        self.device = device
        self.idle_seconds = idle_seconds
        self.stopping = False

    def stop(self) -> None:
        """End soon: the runs in hand go back to the coordinator, to be resumed from their last checkpoints."""
        self.stopping = True
        self.coordinator.stop_all()

    def work(self, accepts: Sequence[str]) -> None:
        """Claim and train until nothing has been there to claim for a while.

        Raises:
            DeviceLost: a run broke the device for this process.
        """
        engine = self._engine()
        idle_since = monotonic()
        while not self.stopping and monotonic() - idle_since < self.idle_seconds:
            jobs = self.coordinator.claim(engine.capacity, accepts)
            if not jobs:
                sleep(POLL_SECONDS)
                continue
            for heading in headings(jobs):
                print(heading, flush=True)
            engine.train([job for job in jobs if self._permitted(job)], self.coordinator)
            idle_since = monotonic()

    def _permitted(self, job: Job) -> bool:
        """Whether the code that a run names may be run: as it was when the comparison began, and trusted. Else it pauses."""
        refused = refusal(job.spec, job.comparison_id)
        if refused is not None:
            print(refused, flush=True)
            self.coordinator.paused(job.run_id, refused)
        return refused is None

    def _engine(self) -> "Engine":
        # torch is imported here, after the worker is on record: a supervisor that starts meanwhile adopts it.
        from lrtui.training.engine import Engine

        seconds = float(os.environ.get("LRTUI_CHECKPOINT_SECONDS", "5"))
        return Engine(self.device, checkpoint_seconds=seconds, capacity=runs_together())


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
    try:
        with SQLiteCoordinator(files, options.slot, options.device, warn=partial(print, flush=True)) as coordinator:
            worker = Worker(coordinator, options.device)
            signal.signal(signal.SIGTERM, lambda *_: worker.stop())
            worker.work(options.accepts.split(","))
    except Exception:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    mark_process()
    status = main()
    sys.stdout.flush()
    os._exit(status)  # all is written: unloading torch takes long, and may hang on a device that is not well
