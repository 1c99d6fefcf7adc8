"""`python benchmarks/store.py`: what the store costs, measured in one run on one machine.

Rows a second of batched writing against a commit a row, what an epoch's row costs the training thread while the writer
thread commits, and how long until a reader sees it. Budgets are printed beside the figures; nothing is asserted.
"""

import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from time import perf_counter, sleep

from lrtui.comparison.records import EvaluationRow, RunResult
from lrtui.comparison.spec import spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.machine.paths import Files
from lrtui.store import claims, comparisons, sqlite, workers
from lrtui.store.connection import open_database, open_read_only
from lrtui.store.coordinator import SQLiteCoordinator
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from lrtui.supervisor.control import environment

ROWS = 20_000
PLAIN_ROWS = 2_000
WATCHED_ROWS = 60
PACE_SECONDS = 0.002  # an epoch of a very small training


def _row(epoch: int) -> EvaluationRow:
    return EvaluationRow(epoch, 32 * epoch, 1000 * epoch, 0.1, 0.1, 0.1, 0.1, 1 / epoch, 1 / epoch, 0.9, 0.01, 1e5)


def _created(folder: Path, name: str) -> tuple[Path, Connection]:
    """A new database with one run."""
    database = folder / name
    connection = open_database(database)
    comparisons.create(connection, spec_from_dict({"schedulers": ["constant"], "seeds": 1, "epochs": ROWS}), {})
    return database, connection


def _coordinator(database: Path) -> SQLiteCoordinator:
    return SQLiteCoordinator(Files(database), "cpu:0", "cpu")


def _seconds(action: Callable[[], object]) -> float:
    started = perf_counter()
    action()
    return perf_counter() - started


def plain_loop(folder: Path) -> float:
    """Rows a second when each is a transaction of its own, on the thread that trains."""
    _, connection = _created(folder, "plain.db")
    claim = claims.claim_next(connection, workers.register(connection, "cpu:0"), "cpu", ("auto",))
    assert claim is not None

    def write() -> None:
        for epoch in range(1, PLAIN_ROWS + 1):
            with transaction(connection):
                claims.write_epochs(connection, claim.run_id, claim.claim, [_row(epoch)])

    return PLAIN_ROWS / _seconds(write)


def batched(folder: Path) -> float:
    """Rows a second through the coordinator, until the last is committed."""
    database, _ = _created(folder, "batched.db")

    def write() -> None:
        with _coordinator(database) as coordinator:
            (job,) = coordinator.claim(1, ("auto",))
            for epoch in range(1, ROWS + 1):
                coordinator.evaluated(job.run_id, _row(epoch))
            coordinator.finish(job.run_id, RunResult(RunStatus.DONE, ROWS, 1.0))

    return ROWS / _seconds(write)


def on_the_training_thread(folder: Path) -> list[float]:
    """Seconds that each call of `coordinator.evaluated` takes at the pace of a very small training."""
    database, _ = _created(folder, "thread.db")
    taken = []
    with _coordinator(database) as coordinator:
        (job,) = coordinator.claim(1, ("auto",))
        for epoch in range(1, 2_001):
            row = _row(epoch)
            taken.append(_seconds(lambda row=row: coordinator.evaluated(job.run_id, row)))  # type: ignore[misc]
            sleep(PACE_SECONDS)
    return taken


def until_visible(folder: Path) -> list[float]:
    """Seconds from `coordinator.evaluated` until another connection reads the row."""
    database, _ = _created(folder, "visible.db")
    reader = open_read_only(database)
    taken = []
    with _coordinator(database) as coordinator:
        (job,) = coordinator.claim(1, ("auto",))
        for epoch in range(1, WATCHED_ROWS + 1):
            started = perf_counter()
            coordinator.evaluated(job.run_id, _row(epoch))
            while reader.execute("SELECT max(epoch) FROM evaluations").fetchone()[0] != epoch:
                sleep(0.001)
            taken.append(perf_counter() - started)
            sleep(0.037 * (epoch % 7))  # at every phase of the writer's period
    reader.close()
    return taken


def _spread(seconds: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile, in milliseconds."""
    cuts = quantiles(seconds, n=100, method="inclusive")
    return 1000 * cuts[49], 1000 * cuts[98]


def main() -> None:
    """Measure and print."""
    machine = environment()
    print(f"{machine['cpu']}, {machine['cores']} cores, {platform.system()} {platform.release()}, Python {machine['python']}, SQLite {'.'.join(map(str, sqlite.VERSION))}")  # fmt: skip
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        folder = Path(name)
        plain, fast = plain_loop(folder), batched(folder)
        print(f"a commit a row        {plain:10,.0f} rows/s")
        print(f"written in batches   {fast:10,.0f} rows/s, {fast / plain:.1f} times as many")
        middle, high = _spread(on_the_training_thread(folder))
        print(f"evaluated             {middle:.4f} ms median, {high:.4f} ms p99 on the training thread (budget 0.2 ms)")
        middle, high = _spread(until_visible(folder))
        print(f"until a reader sees it {middle:.0f} ms median, {high:.0f} ms p99 (budget 500 ms)")


if __name__ == "__main__":
    main()
