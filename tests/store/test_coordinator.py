"""The coordinator: rows leave the training thread at once, are seen soon, and an end is acknowledged only when it is committed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lrtui.comparison.job import Job
from lrtui.comparison.status import RunStatus
from lrtui.machine.paths import Files
from lrtui.store import claims, events, runs, transactions, workers
from lrtui.store import coordinator as coordinators
from lrtui.store.connection import open_read_only
from lrtui.store.coordinator import SQLiteCoordinator
from lrtui.store.sqlite import Connection, OperationalError
from lrtui.store.transactions import transaction
from tests.store import fakes
from tests.waiting import eventually


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def coordinator(files: Files, warnings: list[str]) -> Iterator[SQLiteCoordinator]:
    with SQLiteCoordinator(files, "cpu:0", "cpu", warn=warnings.append) as opened:
        yield opened


def _claimed(connection: Connection, coordinator: SQLiteCoordinator) -> Job:
    fakes.create(connection)
    (taken,) = coordinator.claim(1, fakes.ACCEPTS)
    return taken


def test_a_row_becomes_visible_by_itself(
    connection: Connection, database: Path, coordinator: SQLiteCoordinator
) -> None:
    """Within half a second: `benchmarks/store.py` measures it, and the period is at most half of that."""
    assert coordinators.FLUSH_SECONDS <= 0.25
    taken, reader = _claimed(connection, coordinator), open_read_only(database)
    coordinator.evaluated(taken.run_id, fakes.row(taken.run_id, 1))
    eventually(lambda: runs.epochs(reader, taken.run_id))
    assert runs.epochs(reader, taken.run_id) == [fakes.row(taken.run_id, 1)]
    reader.close()


def test_rows_are_committed_in_batches(
    connection: Connection, coordinator: SQLiteCoordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = _claimed(connection, coordinator)
    batches: list[int] = []
    write = claims.write_epochs

    def counting(*arguments: Any) -> None:
        batches.append(len(arguments[3]))
        write(*arguments)

    monkeypatch.setattr(claims, "write_epochs", counting)
    for epoch in range(1, 1001):
        coordinator.evaluated(taken.run_id, fakes.row(taken.run_id, epoch))
    coordinator.finish(taken.run_id, fakes.result(epochs_run=1000))
    assert sum(batches) == 1000
    assert len(batches) < 20
    assert len(runs.epochs(connection, taken.run_id)) == 1000


def test_the_end_is_committed_with_its_last_rows_when_finish_returns(
    connection: Connection, coordinator: SQLiteCoordinator
) -> None:
    taken = _claimed(connection, coordinator)
    coordinator.provenance(taken.run_id, fakes.PROVENANCE)
    coordinator.evaluated(taken.run_id, fakes.row(taken.run_id, 1))
    coordinator.finish(taken.run_id, fakes.result(epochs_run=1))
    assert runs.get(connection, 1, 1).status is RunStatus.DONE
    assert runs.epochs(connection, taken.run_id) == [fakes.row(taken.run_id, 1)]
    assert coordinator.requested(taken.run_id) == "stop"


@pytest.mark.parametrize(("verb", "expected"), [("pause_wanted = 1", "pause"), ("status = 'cancelled'", "stop")])
def test_what_is_wanted_of_a_run_reaches_the_training_thread(
    connection: Connection, coordinator: SQLiteCoordinator, verb: str, expected: str
) -> None:
    taken = _claimed(connection, coordinator)
    assert coordinator.requested(taken.run_id) == "go"
    connection.execute(f"UPDATE runs SET {verb} WHERE id = ?", (taken.run_id,))
    eventually(lambda: coordinator.requested(taken.run_id) == expected)


def test_rows_of_a_lost_claim_go_nowhere(connection: Connection, coordinator: SQLiteCoordinator) -> None:
    taken = _claimed(connection, coordinator)
    with transaction(connection):
        claims.move(connection, 1, None, RunStatus.CANCELLED)
    coordinator.evaluated(taken.run_id, fakes.row(taken.run_id, 1))
    eventually(lambda: coordinator.requested(taken.run_id) == "stop")
    coordinator.finish(taken.run_id, fakes.result())
    assert runs.epochs(connection, taken.run_id) == []
    assert runs.get(connection, 1, 1).status is RunStatus.CANCELLED


def test_a_failure_in_a_deleted_comparison_is_nobody_s_and_the_coordinator_goes_on(
    connection: Connection, coordinator: SQLiteCoordinator
) -> None:
    taken = _claimed(connection, coordinator)
    connection.execute("DELETE FROM comparisons")
    coordinator.notice(taken.run_id, "training failed", "a traceback")
    assert coordinator.requested(taken.run_id) == "stop"
    coordinator.finish(taken.run_id, fakes.result())
    assert events.tail(connection) == ()


def test_a_stop_is_not_undone_by_a_look_at_the_database(connection: Connection, coordinator: SQLiteCoordinator) -> None:
    taken = _claimed(connection, coordinator)
    coordinator.stop_all()
    assert coordinator.requested(taken.run_id) == "stop"
    coordinator._look_for_requests()
    assert coordinator.requested(taken.run_id) == "stop"
    coordinator.stopped(taken.run_id)
    assert coordinator.claim(1, fakes.ACCEPTS) == []
    assert coordinator.requested(taken.run_id) == "stop"


def test_a_paused_run_says_why_and_leaves_the_worker(connection: Connection, coordinator: SQLiteCoordinator) -> None:
    taken = _claimed(connection, coordinator)
    coordinator.evaluated(taken.run_id, fakes.row(taken.run_id, 1))
    coordinator.paused(taken.run_id, "no space left")
    run = runs.get(connection, 1, 1)
    assert (run.status, run.epoch, run.attempt) == (RunStatus.PAUSED, 1, 0)
    assert events.of_run(connection, 1, 1)[0][0].message == "paused: no space left"
    assert all(worker.idle for worker in workers.living(connection))


def test_a_stopped_run_is_queued_again(connection: Connection, coordinator: SQLiteCoordinator) -> None:
    taken = _claimed(connection, coordinator)
    coordinator.stopped(taken.run_id)
    assert runs.get(connection, 1, 1).status is RunStatus.QUEUED


def test_heartbeats_are_written(
    connection: Connection, files: Files, monkeypatch: pytest.MonkeyPatch, warnings: list[str]
) -> None:
    monkeypatch.setattr(coordinators, "HEARTBEAT_SECONDS", 0.0)
    coordinator = SQLiteCoordinator(files, "cpu:1", "cpu", warn=warnings.append)
    long_ago = "2020-01-01T00:00:00.000Z"
    connection.execute("UPDATE workers SET heartbeat_at = ?", (long_ago,))
    with coordinator:
        eventually(lambda: connection.execute("SELECT heartbeat_at > ? FROM workers", (long_ago,)).fetchone()[0])


def _full(connection: Connection, is_full: bool) -> None:
    """SQLite's own answer to a full disk, without filling one."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages if is_full else 1_000_000_000}")


def test_a_full_disk_is_waited_out_and_no_row_is_lost(
    connection: Connection, coordinator: SQLiteCoordinator, warnings: list[str]
) -> None:
    taken = _claimed(connection, coordinator)
    with coordinator._writing:
        _full(coordinator._connection, True)
    rows = [fakes.row(taken.run_id, epoch) for epoch in range(1, 501)]
    for row in rows:
        coordinator.evaluated(taken.run_id, row)
    eventually(lambda: bool(warnings))
    assert "full" in warnings[0]
    assert "runs.db: cannot write" in warnings[0]
    with coordinator._writing:
        _full(coordinator._connection, False)
    coordinator.finish(taken.run_id, fakes.result(epochs_run=500))
    assert runs.epochs(connection, taken.run_id) == rows
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


class _FailingCommit:
    """A connection whose first COMMIT fails, as with a disk that is full only then."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._failed = connection, False

    def execute(self, sql: str, *parameters: Any) -> Any:
        if sql == "COMMIT" and not self._failed:
            self._failed = True
            raise OperationalError("disk I/O error")
        return self._connection.execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def test_a_commit_that_fails_leaves_no_transaction_open(connection: Connection) -> None:
    failing: Any = _FailingCommit(connection)
    with pytest.raises(OperationalError), transactions.transaction(failing):
        events.record(failing, "lost")
    assert not connection.in_transaction
    with transactions.transaction(failing):
        events.record(failing, "kept")
    assert [event.message for event in events.tail(connection)] == ["kept"]


def test_a_job_says_where_its_checkpoint_lies_and_how_people_name_it(
    connection: Connection, coordinator: SQLiteCoordinator, files: Files
) -> None:
    taken = _claimed(connection, coordinator)
    assert taken.checkpoint == files.checkpoint(taken.run_id)
    assert taken.checkpoint.parent.is_dir()
    assert (taken.comparison_id, taken.planned.number) == (1, 1)


def test_several_runs_of_one_comparison_are_claimed_together(
    connection: Connection, coordinator: SQLiteCoordinator
) -> None:
    fakes.create(connection)
    fakes.create(connection)
    assert [job.run_id for job in coordinator.claim(3, fakes.ACCEPTS)] == [1, 2]
    assert [job.run_id for job in coordinator.claim(3, fakes.ACCEPTS)] == [3, 4]
    assert coordinator.claim(3, fakes.ACCEPTS) == []


def test_one_of_several_is_cancelled_and_let_go_of(connection: Connection, coordinator: SQLiteCoordinator) -> None:
    fakes.create(connection)
    first, second = coordinator.claim(2, fakes.ACCEPTS)
    with transaction(connection):
        claims.move(connection, 1, 1, RunStatus.CANCELLED)
    eventually(lambda: coordinator.requested(first.run_id) == "stop")
    assert coordinator.requested(second.run_id) == "go"
    (worker,) = workers.living(connection)
    assert (worker.runs, worker.lost) == ((second.run_id,), (first.run_id,))
    coordinator.stopped(first.run_id)
    (worker,) = workers.living(connection)
    assert (worker.runs, worker.lost) == ((second.run_id,), ())
    assert [run.status for run in runs.of_comparison(connection, 1)] == [RunStatus.CANCELLED, RunStatus.RUNNING]


def test_only_who_leaves_in_good_order_is_recorded_as_left(connection: Connection, files: Files) -> None:
    with SQLiteCoordinator(files, "cpu:0", "cpu"):
        pass
    with pytest.raises(ZeroDivisionError), SQLiteCoordinator(files, "cpu:1", "cpu") as broken:
        raise ZeroDivisionError
    assert [worker.id for worker in workers.living(connection)] == [broken.worker_id]
    assert connection.execute("SELECT ending FROM workers WHERE slot = 'cpu:0'").fetchone()[0] == "left"
