import os
from pathlib import Path

import pytest

from lrtui.store import connection as module
from lrtui.store import sqlite
from lrtui.store.connection import open_database, open_read_only
from lrtui.store.transactions import one_moment


@pytest.fixture
def plain_file(tmp_path: Path) -> Path:
    """A database of the newest schema without a write-ahead log, as the repository's runs.db is."""
    path = tmp_path / "runs.db"
    connection = open_database(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return path


def mode(connection: sqlite.Connection) -> str:
    return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def test_reading_leaves_every_byte_as_it_was(plain_file: Path) -> None:
    before = plain_file.read_bytes()
    plain_file.chmod(0o400)
    reader = open_read_only(plain_file)
    assert reader.execute("SELECT count(*) FROM comparisons").fetchone()[0] == 0
    reader.close()
    assert plain_file.read_bytes() == before
    assert not [name for name in os.listdir(plain_file.parent) if name.endswith(("-wal", "-shm"))]


@pytest.mark.skipif(not sqlite.wal_is_safe(), reason="this SQLite has the WAL-reset bug")
def test_writing_switches_the_log_on(plain_file: Path) -> None:
    connection = open_database(plain_file)
    assert mode(connection) == "wal"
    connection.close()


def test_not_where_the_log_would_not_be_safe(plain_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "on_network", lambda path: True)
    connection = open_database(plain_file)
    assert mode(connection) == "delete"
    connection.close()


def test_a_reader_at_work_only_puts_it_off(plain_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BUSY_MS", 50)
    reader = open_read_only(plain_file)
    with one_moment(reader):
        reader.execute("SELECT count(*) FROM comparisons").fetchone()
        connection = open_database(plain_file)
        assert mode(connection) == "delete"
        connection.close()
    reader.close()
