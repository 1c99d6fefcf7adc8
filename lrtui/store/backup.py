"""Copies of a database while others train into it: as one file that is complete by itself and that nobody works on."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from lrtui.errors import OperationFailed, UserError
from lrtui.store import sqlite
from lrtui.store.connection import open_read_only
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import now, transaction


def back_up(database: Path, target: Path, *, overwrite: bool = False) -> None:
    """Copy a database to a file, as it is at one moment; whoever writes to it meanwhile does not wait.

    Runs that train are queued in the copy: a supervisor of the copy must not take the workers of the original for its own.

    Raises:
        UserError: there is no such database, or the file is there already and not to be overwritten.
        OperationFailed: the file cannot be written.
    """
    with closing(open_read_only(database)) as connection:
        if target.exists() and database.samefile(target):
            raise UserError(f"{target}: expected another file than the database itself")
        with new_database(target, overwrite=overwrite) as copy:
            connection.backup(copy)
            put_to_rest(copy)


@contextmanager
def new_database(target: Path, *, overwrite: bool) -> Iterator[Connection]:
    """A connection to a new file, readable by its owner only, that takes the name `target` when all is written.

    Raises:
        UserError: there is such a file, which is not to be overwritten, or its folder is not there.
        OperationFailed: the file cannot be written; what was there is still there.
    """
    _check_target(target, overwrite)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(sqlite.connect(temporary, isolation_level=None)) as copy:
            copy.row_factory = sqlite.Row
            yield copy
            copy.execute("PRAGMA journal_mode = DELETE")  # so that the file is all there is
        _synchronise(temporary, os.O_RDONLY)
        _check_target(target, overwrite)
        temporary.replace(target)
        _synchronise(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OperationFailed(f"{target}: cannot be written ({error.strerror})") from None
    except sqlite.OperationalError as error:
        raise OperationFailed(f"{target}: cannot be written ({error})") from None
    finally:
        for part in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                os.unlink(f"{temporary}{part}")


def put_to_rest(copy: Connection) -> None:
    """Nobody works on a copy: what trains is queued, workers are gone, requests are not carried out."""
    with transaction(copy):
        moment = now()
        copy.execute(
            "UPDATE runs SET status = CASE WHEN pause_wanted THEN 'paused' ELSE 'queued' END, claim = claim + 1,"
            " attempt = max(0, attempt - 1), worker_id = NULL, pause_wanted = 0 WHERE status = 'running'"
        )
        copy.execute("UPDATE workers SET ended_at = ?, ending = 'not of this copy' WHERE ended_at IS NULL", (moment,))
        copy.execute(
            "UPDATE commands SET handled_at = ?, answer = 'not carried out in a copy' WHERE handled_at IS NULL",
            (moment,),
        )


def _check_target(target: Path, overwrite: bool) -> None:
    if not target.parent.is_dir():
        raise UserError(f"{target}: expected a file in an existing folder, and {target.parent} is none")
    if target.is_dir():
        raise UserError(f"{target}: expected a file, and this is a folder")
    if Path(f"{target}-wal").exists():  # SQLite would take it for the new file's
        raise UserError(
            f"{target}: a database that somebody works on ({target.name}-wal is there); expected another name"
        )
    if target.exists() and not overwrite:
        raise UserError(f"{target}: there is such a file already; expected a new name, or --force to write over it")


def _synchronise(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
