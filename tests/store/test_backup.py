"""`backup`: a copy that is whole, private, of one moment, and that nobody works on; also while workers write."""

import os
import stat
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest

from lrtui.comparison.status import RunStatus
from lrtui.errors import OperationFailed, UserError
from lrtui.machine.paths import Files
from lrtui.machine.process_identity import is_alive
from lrtui.store import backup, comparisons, runs, sqlite, workers
from lrtui.store.backup import back_up
from lrtui.store.connection import open_as_it_is, open_database, open_read_only
from lrtui.store.sqlite import Connection
from tests.conftest import Cli
from tests.processes.lab import Lab
from tests.store import fakes


def test_a_copy_holds_everything_and_is_one_private_file(
    connection: Connection, database: Path, tmp_path: Path
) -> None:
    fakes.trained(connection)
    before = os.umask(0)
    try:
        back_up(database, tmp_path / "copy.db")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.db"]
    with closing(open_read_only(tmp_path / "copy.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert copy.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
        assert comparisons.list_all(copy) == comparisons.list_all(connection)
        assert runs.of_comparison(copy, 1) == runs.of_comparison(connection, 1)
        assert [runs.epochs(copy, n) for n in (1, 2)] == [runs.epochs(connection, n) for n in (1, 2)]


def test_nobody_works_on_a_copy(connection: Connection, database: Path, tmp_path: Path) -> None:
    fakes.create(connection)
    taken = fakes.claim(connection)
    connection.execute("INSERT INTO commands (at, verb, comparison_id) VALUES ('now', 'cancel', 1)")
    back_up(database, tmp_path / "copy.db")
    with closing(open_read_only(tmp_path / "copy.db")) as copy:
        assert workers.living(copy) == []
        assert runs.get(copy, 1, taken.planned.number).status is RunStatus.QUEUED
        assert copy.execute("SELECT count(*) FROM commands WHERE handled_at IS NULL").fetchone()[0] == 0
    assert runs.get(connection, 1, taken.planned.number).status is RunStatus.RUNNING
    assert len(workers.living(connection)) == 1


def test_what_is_there_is_not_written_over_unasked(
    connection: Connection, database: Path, tmp_path: Path, lrtui: Cli
) -> None:
    fakes.trained(connection)
    there = tmp_path / "notes.txt"
    there.write_text("mine")
    told = lrtui("backup", there)
    assert (told.status, there.read_text()) == (2, "mine")
    assert (
        told.err == f"lrtui: {there}: there is such a file already; expected a new name, or --force to write over it\n"
    )
    assert lrtui("backup", there, "--force").out == f"{there}\n"
    assert there.read_bytes().startswith(b"SQLite format 3")
    for wrong, sentence in {
        tmp_path: "this is a folder",
        tmp_path / "no" / "x.db": "expected a file in an existing folder",
        database: "expected another file than the database itself",
    }.items():
        told = lrtui("backup", wrong, "--force")
        assert told.status == 2
        assert sentence in told.err
    assert comparisons.get(connection, 1).ended


def test_a_database_in_use_is_not_written_over(connection: Connection, database: Path, tmp_path: Path) -> None:
    fakes.trained(connection)
    with closing(open_database(tmp_path / "other.db")) as other:
        fakes.create(other)
        with pytest.raises(UserError, match=r"somebody works on \(other.db-wal is there\)"):
            back_up(database, tmp_path / "other.db", overwrite=True)
        assert comparisons.get(other, 1).status == "queued"


def test_without_a_database_nothing_is_made(database: Path, tmp_path: Path, lrtui: Cli) -> None:
    told = lrtui("backup", tmp_path / "copy.db")
    assert told.status == 2
    assert "there is no such file yet" in told.err
    assert not list(tmp_path.glob("*.db*"))


def test_a_full_disk_leaves_what_was_there(
    connection: Connection, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.trained(connection)
    (tmp_path / "copy.db").write_text("mine")

    def full(_: Connection) -> None:
        raise sqlite.OperationalError("database or disk is full")

    monkeypatch.setattr(backup, "put_to_rest", full)
    with pytest.raises(OperationFailed, match=r"cannot be written \(database or disk is full\)"):
        back_up(database, tmp_path / "copy.db", overwrite=True)
    assert (tmp_path / "copy.db").read_text() == "mine"
    assert not list(tmp_path.glob(".copy*"))


@pytest.mark.processes
def test_during_training_each_copy_is_whole_and_a_prefix(lab: Lab, tmp_path: Path) -> None:
    lab.create(epochs=100_000, schedulers=["constant", "cosine"])
    lab.supervise()
    lab.trains_past(1)
    copies = [tmp_path / f"copy-{n}.db" for n in range(5)]
    for path in copies:
        back_up(lab.database, path)
        sleep(0.1)
    counts = []
    for path in copies:
        with closing(open_as_it_is(path)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            total = 0
            for number in (1, 2):
                view, rows = runs.get(copy, 1, number), runs.epochs(copy, runs.get(copy, 1, number).id)
                assert view.status is RunStatus.QUEUED
                assert view.epoch == len(rows)
                assert rows == lab.epochs(1, number)[: len(rows)]
                total += len(rows)
            counts.append(total)
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


@pytest.mark.processes
def test_a_supervisor_of_a_copy_leaves_the_workers_of_the_original_alone(lab: Lab, tmp_path: Path) -> None:
    lab.create(epochs=100_000)
    lab.supervise()
    holder = lab.worker_of()
    lab.trains_past(1)
    back_up(lab.database, tmp_path / "copy.db")
    other = Lab(tmp_path / "copy.db")
    try:
        other.supervise()
        assert other.worker_of().identity != holder.identity
        other.trains_past(1)
        assert other.epochs()[0].train_loss == lab.epochs()[0].train_loss  # it started over
    finally:
        other.close()
    assert is_alive(holder.identity)
    assert Files(tmp_path / "copy.db").folder.is_dir()
