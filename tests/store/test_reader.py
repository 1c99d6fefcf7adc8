"""The reader: what is new and nothing twice, of one moment, for the comparison that is open."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from lrtui.comparison.snapshot import RunView
from lrtui.comparison.status import RunStatus
from lrtui.machine.locks import try_lock
from lrtui.machine.paths import Files
from lrtui.store import claims, commands, comparisons, runs, workers
from lrtui.store.claims import Claim
from lrtui.store.reader import Reader
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from tests.store import fakes


@pytest.fixture
def reader(connection: Connection, database: Path) -> Iterator[Reader]:
    opened = Reader(database)
    yield opened
    opened.close()


def _write(connection: Connection, taken: Claim, *epochs: int) -> None:
    with transaction(connection):
        claims.write_epochs(connection, taken.run_id, taken.claim, [fakes.row(taken.run_id, e) for e in epochs])


def test_an_empty_database_gives_an_empty_snapshot(reader: Reader) -> None:
    snapshot = reader.read(None)
    assert (snapshot.comparisons, snapshot.runs, snapshot.curves, snapshot.supervisor_pid) == ((), (), {}, None)


def test_curves_grow_by_what_is_new(connection: Connection, reader: Reader) -> None:
    comparison_id = fakes.create(connection)
    taken = fakes.claim(connection)
    for last in (1, 2, 3):
        _write(connection, taken, last)
        curve = reader.read(comparison_id).curves[taken.run_id]
        assert list(curve.epoch) == list(range(1, last + 1))
        assert list(curve.score) == [fakes.row(taken.run_id, e).score for e in curve.epoch]


def test_curves_to_draw_grow_as_well(connection: Connection, database: Path) -> None:
    comparison_id = fakes.create(connection)
    taken = fakes.claim(connection)
    reader = Reader(database, to_draw=True)
    for last in (1, 2, 3):
        _write(connection, taken, last)
        curve = reader.read(comparison_id).curves[taken.run_id]
        assert list(curve.val_loss) == pytest.approx([fakes.row(taken.run_id, e).val_loss for e in range(1, last + 1)])
    assert not curve.train_loss
    reader.close()


def test_a_row_written_while_the_reader_reads_is_not_lost(
    connection: Connection, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison_id = fakes.create(connection)
    taken = fakes.claim(connection)
    _write(connection, taken, 1)
    read, epochs = runs.of_comparison, count(2)

    def read_then_write(own: Connection, wanted: int, known: Iterable[RunView] = ()) -> tuple[RunView, ...]:
        found = read(own, wanted, known)
        _write(connection, taken, next(epochs))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(runs, "of_comparison", read_then_write)
        first = reader.read(comparison_id)
    assert list(first.curves[taken.run_id].epoch) == list(range(1, first.runs[0].epoch + 1))
    assert reader.changed(comparison_id)
    last = next(epochs)
    assert first.runs[0].epoch < last - 1
    _write(connection, taken, last)
    assert list(reader.read(comparison_id).curves[taken.run_id].epoch) == list(range(1, last + 1))


def test_13_no_transaction_lasts_while_a_long_comparison_is_read(
    connection: Connection, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison_id = fakes.trained(connection)
    read_curve, within = Reader._read_curve, []

    def watched(self: Reader, run: RunView, first: int) -> None:
        within.append(self._connection.in_transaction)
        read_curve(self, run, first)

    monkeypatch.setattr(Reader, "_read_curve", watched)
    assert set(reader.read(comparison_id).curves) == {1, 2}
    assert within == [False, False]


def test_a_resumed_run_shows_its_rows_once_and_in_order(connection: Connection, reader: Reader) -> None:
    comparison_id = fakes.create(connection)
    worker_id = workers.register(connection, "cpu:0")
    taken = fakes.claim(connection, worker_id)
    _write(connection, taken, 1, 2, 3)
    assert list(reader.read(comparison_id).curves[taken.run_id].epoch) == [1, 2, 3]
    with transaction(connection):
        claims.take_from_dead_worker(connection, worker_id, "vanished", "")
    again = fakes.claim(connection)
    _write(connection, again, 1, 2)
    assert list(reader.read(comparison_id).curves[taken.run_id].epoch) == [1, 2]
    _write(connection, again, 3, 4)
    assert list(reader.read(comparison_id).curves[taken.run_id].epoch) == [1, 2, 3, 4]


def test_a_diverged_run_that_is_retried_loses_its_curve(connection: Connection, reader: Reader) -> None:
    comparison_id = fakes.put(connection, RunStatus.DIVERGED)
    assert any(curve.epoch for curve in reader.read(comparison_id).curves.values())
    commands.ask(connection, "retry", comparison_id, None)
    commands.carry_out(connection, commands.unhandled(connection)[0])
    assert not any(curve.epoch for curve in reader.read(comparison_id).curves.values())


def test_runs_that_ended_are_the_same_objects_until_they_are_taken_up_again(
    connection: Connection, reader: Reader
) -> None:
    comparison_id = fakes.trained(connection)
    before = reader.read(comparison_id)
    fakes.create(connection)
    again = reader.read(comparison_id)
    assert all(a is b for a, b in zip(before.runs, again.runs, strict=True))
    first = before.runs[0]
    connection.execute("UPDATE runs SET status = 'failed', error = 'disk full' WHERE id = ?", (first.id,))
    failed = reader.read(comparison_id).runs
    assert failed[0].error == "disk full"
    assert failed[1:] == before.runs[1:]
    commands.ask(connection, "retry", comparison_id, None)
    commands.carry_out(connection, commands.unhandled(connection)[0])
    assert reader.read(comparison_id).runs[0].status is RunStatus.QUEUED


def test_seeds_of_a_cell_share_their_learning_rates_where_they_have_the_same(
    connection: Connection, reader: Reader
) -> None:
    comparison_id = fakes.create(connection, schedulers=["constant"], seeds=3)
    taken = [fakes.claim(connection) for _ in range(3)]
    for run, lr in zip(taken, (0.1, 0.1, 0.2), strict=True):
        with transaction(connection):
            rows = [replace(fakes.row(run.run_id, epoch), lr_last=lr) for epoch in (1, 2)]
            claims.write_epochs(connection, run.run_id, run.claim, rows)
    curves = reader.read(comparison_id).curves
    first, second, third = (curves[run.run_id].lr for run in taken)
    assert first is second
    assert (list(first), list(third)) == ([0.1, 0.1], [0.2, 0.2])
    _write(connection, taken[0], 3)
    curves = reader.read(comparison_id).curves
    assert [len(curves[run.run_id].lr) for run in taken] == [3, 2, 2]


def test_another_comparison_has_other_runs_and_curves(connection: Connection, reader: Reader) -> None:
    first, second = fakes.trained(connection), fakes.trained(connection)
    curves = {opened: set(reader.read(opened).curves) for opened in (first, second, first)}
    assert curves == {first: {1, 2}, second: {3, 4}}
    assert reader.changed(second)
    assert not reader.changed(first)


def test_a_deleted_comparison_is_closed(connection: Connection, reader: Reader, files: Files) -> None:
    comparison_id = fakes.trained(connection)
    assert reader.read(comparison_id).open_id == comparison_id
    comparisons.delete(connection, comparison_id, files)
    snapshot = reader.read(comparison_id)
    assert (snapshot.open_id, snapshot.runs, snapshot.curves) == (None, (), {})
    assert not reader.changed(comparison_id)


def test_nothing_written_is_nothing_changed(connection: Connection, reader: Reader) -> None:
    comparison_id = fakes.trained(connection)
    assert reader.changed(comparison_id)
    reader.read(comparison_id)
    assert not reader.changed(comparison_id)
    fakes.create(connection)
    assert reader.changed(comparison_id)


def test_between_reads_no_transaction_is_open(connection: Connection, reader: Reader) -> None:
    reader.read(fakes.trained(connection))
    assert not reader._connection.in_transaction
    assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


def test_the_supervisor_is_known_by_its_lock(connection: Connection, reader: Reader, files: Files) -> None:
    lock = try_lock(files.supervisor_lock, {"pid": 81})
    assert lock is not None
    assert reader.read(None).supervisor_pid == 81
    lock.release()
    assert reader.read(None).supervisor_pid is None
