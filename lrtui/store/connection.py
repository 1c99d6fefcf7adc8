"""Opening `runs.db` safely, for one reader or one writer."""

import os
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, sleep

from lrtui.errors import OperationFailed, UserError
from lrtui.machine.locks import lock_holder, try_lock
from lrtui.machine.paths import Files, on_network
from lrtui.store import sqlite
from lrtui.store.sqlite import Connection
from lrtui.store.version import SCHEMA_VERSION

OUR_TABLES = ("comparisons", "runs", "workers", "commands", "events")
_ROWS = ("evaluations", "epochs")  # the table of evaluations, and what it was called before schema 4
_BUSY_MS = 30_000
_LOG_BYTES = 4 << 20  # a write-ahead log that a reader kept from being reset shrinks to this when it can be


def open_database(path: Path, *, locked: bool = False) -> Connection:
    """Open for reading and writing; the file, its folder and the newest schema are made where they are missing.

    Args:
        path: the database.
        locked: the caller holds the supervisor's lock, under which the schema is brought up to date.

    Raises:
        UserError: the folder does not exist, the file is not lrtui's, or it was written by a newer lrtui.
        OperationFailed: the file cannot be opened, or a supervisor of an older lrtui holds it.
    """
    _check_path(path)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise OperationFailed(f"--db {path}: cannot be opened for writing ({error.strerror})") from None
    connection = _connect(path, read_only=False)
    Files(path).create()
    if locked:
        _migrate(connection, path)
    else:
        _bring_up_to_date(connection, path)
    _use_wal(connection, path)
    return connection


def open_read_only(path: Path) -> Connection:
    """Open an existing database for reading.

    Raises:
        UserError: there is no such file, or it is not a database this program can read.
    """
    _check_path(path)
    if not path.is_file():
        raise UserError(f"--db {path}: there is no such file yet; `lrtui run` or `lrtui demo` makes it")
    connection = _connect(path, read_only=True)
    version = _version(connection, path)
    if version < SCHEMA_VERSION:  # empty, or older: the write path makes it current
        connection.close()
        open_database(path).close()
        connection = _connect(path, read_only=True)
    return connection


def damage(path: Path) -> str | None:
    """The first thing that SQLite finds broken in an existing database; None where it is whole.

    Raises:
        UserError: it is not a database this program can read.
        DatabaseError: it is too broken to be looked at.
    """
    with closing(open_read_only(path)) as connection:
        answer = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    return None if answer == "ok" else answer


def open_as_it_is(path: Path) -> Connection:
    """Open a database of this or an earlier schema for reading, and leave it as it is.

    Raises:
        UserError: it is not a database this program can read.
    """
    _check_path(path)
    connection = _connect(path, read_only=True)
    _version(connection, path)
    return connection


def _check_path(path: Path) -> None:
    if not path.parent.is_dir():
        raise UserError(f"--db {path}: expected a file in an existing folder, and {path.parent} is none")
    if path.is_dir():
        raise UserError(f"--db {path}: expected a file, and this is a folder")


def _connect(path: Path, *, read_only: bool) -> Connection:
    mode = "ro" if read_only else "rw"
    try:
        connection = sqlite.connect(
            f"{path.as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            timeout=_BUSY_MS / 1000,
            check_same_thread=False,
        )
        connection.row_factory = sqlite.Row
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        _refuse_foreign_schema(connection, path)
    except sqlite.DatabaseError as error:
        raise UserError(f"--db {path}: expected a database made by lrtui ({error})") from None
    return connection


def _refuse_foreign_schema(connection: Connection, path: Path) -> None:
    """Triggers, and views in place of our tables, would run somebody else's SQL whenever a row is written or read."""
    found = connection.execute("SELECT type, name FROM sqlite_master WHERE type != 'index'").fetchall()
    tables = {name for kind, name in found if kind == "table"}
    ours = {*OUR_TABLES, "cells", "lr_tables", next((name for name in _ROWS if name in tables), _ROWS[0])}
    for kind, name in found:
        if kind == "trigger" or (kind == "view" and name in ours):
            raise UserError(f"--db {path}: refused, it holds a {kind} named {name[:60]!r} that lrtui did not make")
    if tables and not (tables.issuperset(OUR_TABLES) and tables & set(_ROWS)):
        raise UserError(f"--db {path}: expected a database made by lrtui, and this one holds other tables")


def _version(connection: Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise UserError(
            f"--db {path}: its schema is version {version} and this lrtui knows version {SCHEMA_VERSION}: "
            "update lrtui, or choose another file with --db"
        )
    return version


def _bring_up_to_date(connection: Connection, path: Path) -> None:
    """Migrate under the supervisor's lock: no supervisor or worker is then at work on the old schema."""
    lock_path = Files(path).supervisor_lock
    deadline = monotonic() + 10
    while _version(connection, path) < SCHEMA_VERSION:
        lock = try_lock(lock_path, {"doing": "migrating"})
        if lock is None:
            if monotonic() > deadline:
                pid = (lock_holder(lock_path) or {}).get("pid")
                raise OperationFailed(
                    f"{path.name} needs a newer schema but the supervisor (pid {pid}) is using it: `lrtui stop` ends it"
                )
            sleep(0.02)
            continue
        try:
            _migrate(connection, path)
        finally:
            lock.release()


def _migrate(connection: Connection, path: Path) -> None:
    """Migrate if it is needed. The supervisor's lock is held."""
    version = _version(connection, path)
    if version == SCHEMA_VERSION:
        return
    from lrtui.store import schema  # costs sqlite-utils

    if version:
        _back_up(connection, path.with_name(f"{path.name}.v{version}.backup"))
    _use_wal(connection, path)
    schema.apply(connection)


def _use_wal(connection: Connection, path: Path) -> None:
    """Keep a write-ahead log from here on, where that is safe; a file may come without (the repository's does)."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "delete":
        return
    if sqlite.wal_is_safe() and not on_network(path):
        with suppress(sqlite.OperationalError):  # a reader holds it: the next writer will switch
            connection.execute("PRAGMA journal_mode = WAL")


def _back_up(connection: Connection, path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))  # SQLite would ask the umask
    backup = sqlite.connect(path)
    try:
        connection.backup(backup)
    finally:
        backup.close()
