"""Promises 1, 10 and 14: writers killed at any moment, supervisors and writers that start at the same moment."""

import random
import signal
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from lrtui.comparison.status import RunStatus
from lrtui.machine.locks import ANOTHER_AT_WORK, lock_holder
from lrtui.machine.paths import Files
from lrtui.store import claims, runs, sqlite, workers
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from lrtui.store.version import SCHEMA_VERSION
from tests.processes import tasks
from tests.store import fakes
from tests.waiting import eventually

pytestmark = pytest.mark.processes


def test_1_a_writer_killed_100_times_loses_tears_and_doubles_nothing(
    connection: Connection, database: Path, forks: ForkServerContext
) -> None:
    fakes.create(connection, schedulers=["constant"], epochs=100_000)
    chance = random.Random(1)
    for _ in range(100):
        reading, writing = forks.Pipe(duplex=False)
        writer = forks.Process(target=tasks.write_forever, args=(database, writing))
        writer.start()
        writing.close()
        for _ in range(chance.randint(1, 6)):
            run_id, acknowledged = reading.recv()
        reading.poll(chance.random() * 0.002)  # a moment anywhere in the next transaction
        writer.kill()
        writer.join()
        while reading.poll():
            try:
                run_id, acknowledged = reading.recv()
            except EOFError:
                break
        reading.close()
        assert writer.exitcode == -signal.SIGKILL
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        rows = runs.epochs(connection, run_id)
        assert len(rows) >= acknowledged
        assert rows == [fakes.row(run_id, epoch) for epoch in range(1, len(rows) + 1)]
        assert runs.get(connection, 1, 1).epoch == len(rows)
        (worker,) = workers.living(connection)
        with transaction(connection):
            connection.execute("DELETE FROM evaluations")
            connection.execute("UPDATE runs SET attempt = 0")
            claims.take_from_dead_worker(connection, worker.id, "was killed", "")
            workers.record_end(connection, worker.id, "was killed")


def test_10_of_two_supervisors_that_start_together_one_lives_50_times(tmp_path: Path, forks: ForkServerContext) -> None:
    for attempt in range(50):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        database, log = folder / "runs.db", folder / "log"
        together = forks.Barrier(2)
        pair = [forks.Process(target=tasks.be_supervisor, args=(database, together, log)) for _ in range(2)]
        for supervisor in pair:
            supervisor.start()
        eventually(lambda: any(supervisor.exitcode is not None for supervisor in pair))  # noqa: B023
        (ended,) = (supervisor for supervisor in pair if supervisor.exitcode is not None)
        (living,) = (supervisor for supervisor in pair if supervisor is not ended)
        assert ended.exitcode == ANOTHER_AT_WORK
        holder = lock_holder(Files(database).supervisor_lock)
        assert holder is not None
        assert holder["pid"] == living.pid
        eventually(lambda: _migrations(database) == SCHEMA_VERSION)  # noqa: B023
        living.kill()
        living.join()
        assert log.read_text() == "another supervisor is at work\n"


def _migrations(database: Path) -> int:
    connection = sqlite.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0])
    except sqlite.OperationalError:  # not yet
        return 0
    finally:
        connection.close()


def test_14_32_writers_at_once_never_meet_a_locked_database(
    connection: Connection, database: Path, forks: ForkServerContext
) -> None:
    fakes.create(connection, schedulers=["constant"], seeds=32, epochs=10)
    together = forks.Barrier(32)
    pipes = [forks.Pipe(duplex=False) for _ in range(32)]
    writers = [forks.Process(target=tasks.write_at_once, args=(database, together, pipe)) for _, pipe in pipes]
    for writer in writers:
        writer.start()
    said = [reading.recv() for reading, _ in pipes]
    for writer in writers:
        writer.join()
    assert said == [[]] * 32
    for run in runs.of_comparison(connection, 1):
        assert run.status is RunStatus.DONE
        assert runs.epochs(connection, run.id) == [fakes.row(run.id, epoch) for epoch in range(1, 11)]
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
