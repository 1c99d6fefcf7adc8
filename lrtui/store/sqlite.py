"""The one place SQLite is imported from.

SQLite 3.7.0 to 3.51.2 can corrupt a write-ahead log that one connection resets while another writes, which is how
lrtui uses it, and Python's own module is often that old. `pysqlite3` bundles a newer one and sqlite-utils picks it too.
A process must not hold both: one library's closing a file drops the other's locks on it.
"""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        import pysqlite3 as sqlite3

        sys.modules.setdefault("sqlite3", sqlite3)  # sqlite-utils and Optuna ask for it by this name
    except ImportError:
        import sqlite3

Connection = sqlite3.Connection
Row = sqlite3.Row
DatabaseError = sqlite3.DatabaseError
OperationalError = sqlite3.OperationalError
IntegrityError = sqlite3.IntegrityError
VERSION: tuple[int, ...] = tuple(int(part) for part in sqlite3.sqlite_version.split("."))
connect = sqlite3.connect


def wal_is_safe() -> bool:
    """Whether this SQLite is free of the WAL-reset bug (fixed in 3.51.3)."""
    return VERSION >= (3, 51, 3)
