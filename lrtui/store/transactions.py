"""Short writes, reads of one moment, and the time as the database holds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from lrtui.store.sqlite import Connection


def now() -> str:
    """The time in ISO 8601 UTC with milliseconds, as every column of times holds it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_since(moment: str) -> float:
    """How long ago a time that `now` wrote is, never negative (the clock may have been set back)."""
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds())


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """A short write: takes the write lock at once, so that two writers wait instead of failing half way."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk makes SQLite itself roll back
            connection.execute("ROLLBACK")
        raise


@contextmanager
def one_moment(connection: Connection) -> Iterator[Connection]:
    """Reads that belong together: each sees the database as it was at the first. Keep it short."""
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
