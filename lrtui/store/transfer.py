"""One comparison from one database into another: out of this one into a file of its own, and in from another machine's.

Rows are read from one connection and written to another with new ids; nothing of the other database is attached, and none
of its SQL is run here. What comes in is checked as a whole before any of it is written.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lrtui.errors import UserError, sentence_of
from lrtui.machine.paths import Files
from lrtui.store import comparisons, events, schema
from lrtui.store.backup import new_database, put_to_rest
from lrtui.store.connection import open_as_it_is, open_database, open_read_only
from lrtui.store.reader import Reader
from lrtui.store.sqlite import Connection, Row
from lrtui.store.transactions import one_moment, transaction

# Tables in the order in which they are filled, each with the columns that name rows of another; the first says whose it is.
_TABLES: Mapping[str, Mapping[str, str]] = {
    "comparisons": {},
    "cells": {"comparison_id": "comparisons"},
    "runs": {"comparison_id": "comparisons", "cell_id": "cells"},
    "evaluations": {"run_id": "runs"},
    "events": {"comparison_id": "comparisons"},
}
_NEEDED_BY_OTHERS = {"comparisons", "cells", "runs"}
_STORED_AS = {"INTEGER": "'integer'", "REAL": "'real', 'integer'", "TEXT": "'text'", "BLOB": "'blob'"}
_UID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Imported:
    """A comparison that was looked at: the id it has there and here, and whether it was here already."""

    id: int
    name: str
    runs: int
    evaluations: int
    there: int
    known: bool


def take_out(database: Path, comparison_id: int, target: Path, *, overwrite: bool = False) -> None:
    """Write one comparison to a database of its own, where it is comparison 1; runs that train are queued in it.

    Raises:
        UserError: there is no such comparison, or the file is there already and not to be overwritten.
        OperationFailed: the file cannot be written.
    """
    with closing(open_read_only(database)) as source:
        comparisons.get(source, comparison_id)
        with new_database(target, overwrite=overwrite) as copy:
            schema.apply(copy)
            with one_moment(source), transaction(copy):
                _copy(source, copy, comparison_id)
            put_to_rest(copy)


def take_in(database: Path, file: Path) -> tuple[Imported, ...]:
    """Bring in the comparisons of another database that are not here yet. What had not ended there is paused here.

    Raises:
        UserError: the file is no database of lrtui's, is newer than this lrtui, or holds what lrtui cannot have written;
            nothing was brought in.
    """
    if not file.is_file():
        raise UserError(
            f"{file}: expected a database that `lrtui export -f db` or `lrtui backup` wrote, and there is none"
        )
    found = []
    with closing(open_database(database)) as here:
        if os.path.samefile(database, file):
            raise UserError(f"{file}: expected another database than the one to import into")
        with _copy_of(file, Files(database).folder, here) as there:
            known = {row["uid"]: row["id"] for row in here.execute("SELECT id, uid FROM comparisons")}
            for row in there.execute("SELECT id, uid, name FROM comparisons ORDER BY id").fetchall():
                runs, rows = _counts(there, row["id"])
                new = row["uid"] not in known
                if new:
                    with transaction(here):
                        known[row["uid"]] = _copy(there, here, row["id"])
                        _pause(here, known[row["uid"]], file)
                found.append(Imported(known[row["uid"]], row["name"], runs, rows, row["id"], not new))
    return tuple(found)


def _copy(source: Connection, target: Connection, comparison_id: int) -> int:
    """Copy a comparison and all that belongs to it. Part of a transaction of the target. Returns its id there."""
    new: dict[str, dict[int, int]] = {}
    for table, references in _TABLES.items():
        if table == "cells":
            _copy_lr_tables(source, target, comparison_id)
        names = [name for name, _ in _columns(target, table)]
        kept = [name for name in names if name != "id"]
        rows = _rows(source, table, references, kept, comparison_id, new)
        if table in _NEEDED_BY_OTHERS:
            first = 1 + target.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
            last = target.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", (table,))
            numbered = list(enumerate(rows, max(first, 1 + last.fetchone()[0])))
            new[table] = {row[0]: number for number, row in numbered}
            _insert(target, table, ["id", *kept], ((number, *row[1:]) for number, row in numbered))
        else:
            _insert(target, table, kept, (row[1:] for row in rows))
    return new["comparisons"][comparison_id]


def _rows(
    source: Connection,
    table: str,
    references: Mapping[str, str],
    kept: list[str],
    comparison_id: int,
    new: Mapping[str, Mapping[int, int]],
) -> Iterator[tuple[Any, ...]]:
    """The rows of a comparison in a table, the old id first, with the new ids of what they name."""
    places = {kept.index(column) + 1: new[other] for column, other in references.items()}
    owner = next(iter(references), "id")
    owners = [comparison_id] if references.get(owner, "comparisons") == "comparisons" else list(new[references[owner]])
    for number in owners:
        for row in source.execute(
            f"SELECT id, {', '.join(kept)} FROM {table} WHERE {owner} = ? ORDER BY id", (number,)
        ):
            values = list(row)
            for place, ids in places.items():
                values[place] = ids.get(values[place])
            yield tuple(values)


def _insert(target: Connection, table: str, names: list[str], rows: Iterable[tuple[object, ...]]) -> None:
    marks = ", ".join("?" for _ in names)
    target.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)


def _copy_lr_tables(source: Connection, target: Connection, comparison_id: int) -> None:
    """LR tables go by the hash of what they hold."""
    rows = source.execute(
        "SELECT sha256, multipliers FROM lr_tables WHERE sha256 IN (SELECT lr_table FROM cells WHERE comparison_id = ?)",
        (comparison_id,),
    )
    target.executemany("INSERT OR IGNORE INTO lr_tables (sha256, multipliers) VALUES (?, ?)", map(tuple, rows))


def _pause(here: Connection, comparison_id: int, file: Path) -> None:
    """What comes from elsewhere is not trained unasked. Part of a transaction."""
    here.execute(
        "UPDATE runs SET status = CASE WHEN status IN ('queued', 'running') THEN 'paused' ELSE status END,"
        " claim = 0, worker_id = NULL, pause_wanted = 0 WHERE comparison_id = ?",
        (comparison_id,),
    )
    here.execute(
        "UPDATE comparisons SET unproposed_status = 'paused' WHERE id = ? AND unproposed_status = 'queued'",
        (comparison_id,),
    )
    events.record(here, f"imported from {file}", comparison_id)


def _counts(there: Connection, comparison_id: int) -> tuple[int, int]:
    row = there.execute(
        "SELECT count(*), (SELECT count(*) FROM evaluations WHERE run_id IN (SELECT id FROM runs WHERE comparison_id = ?))"
        " FROM runs WHERE comparison_id = ?",
        (comparison_id, comparison_id),
    ).fetchone()
    return row[0], row[1]


@contextmanager
def _copy_of(file: Path, folder: Path, here: Connection) -> Iterator[Connection]:
    """A copy of another machine's database, of today's schema and checked; the file itself is only read."""
    with TemporaryDirectory(prefix="import-", dir=folder) as private:
        path = Path(private) / "copy.db"
        try:
            with closing(open_as_it_is(file)) as source, new_database(path, overwrite=False) as copy:
                source.backup(copy)
            open_database(path).close()  # of today's schema
            there = open_read_only(path)
        except UserError as error:
            raise UserError(str(error).removeprefix("--db ").replace(str(path), str(file))) from None
        except Exception as error:  # whatever SQLite or a migration stumbles over
            raise UserError(f"{file}: expected a database made by lrtui ({sentence_of(error)})") from None
        with closing(there):
            _check(there, here, path, file)
            yield there


def _check(there: Connection, here: Connection, path: Path, file: Path) -> None:
    """Refuse what lrtui cannot have written: it would be in the way of every command from then on."""
    try:
        wrong = _damage(there) or _wrong_type(there, here) or _wrong_name(there) or _unreadable(there, path)
    except Exception as error:  # whatever a decoder stumbles over
        wrong = f"it holds what lrtui cannot have written ({sentence_of(error)})"
    if wrong:
        raise UserError(f"{file}: refused, {wrong}")


def _damage(there: Connection) -> str:
    answer = there.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if answer != "ok":
        return f"it is damaged: {answer}"
    if there.execute("PRAGMA foreign_key_check").fetchone() is not None:
        return "it is damaged: a row belongs to nothing"
    return ""


def _wrong_type(there: Connection, here: Connection) -> str:
    """SQLite keeps any value in any column, and the other database declares what it likes: the types here count."""
    for table in (*_TABLES, "lr_tables"):
        tests = (f"typeof({name}) NOT IN ({_STORED_AS[kind]}, 'null')" for name, kind in _columns(here, table))
        if there.execute(f"SELECT 1 FROM {table} WHERE {' OR '.join(tests)} LIMIT 1").fetchone():
            return f"its table {table} holds values of another type than lrtui writes"
    return ""


def _wrong_name(there: Connection) -> str:
    """Names that others are told apart by, and the version of what is in the columns."""
    (newest,) = there.execute("SELECT coalesce(max(format), 0) FROM comparisons").fetchone()
    if newest > comparisons.FORMAT:
        return f"it is of a newer lrtui (format {newest}, and this one knows {comparisons.FORMAT}): update lrtui"
    if any(not _UID.fullmatch(row["uid"]) for row in there.execute("SELECT uid FROM comparisons")):
        return "a comparison's unique id is none that lrtui gives"
    for row in there.execute("SELECT sha256, multipliers FROM lr_tables"):
        if sha256(row["multipliers"]).hexdigest() != row["sha256"]:
            return "an LR table is not the one that it is called"
    return ""


def _unreadable(there: Connection, path: Path) -> str:
    """Nothing, where every comparison can be read as the dashboard will read it; the decoder's exception, where not."""
    with closing(Reader(path)) as reader:
        for row in there.execute("SELECT id FROM comparisons").fetchall():
            reader.read(row["id"])
    return ""


def _columns(of: Connection, table: str) -> list[tuple[str, str]]:
    """The names and declared types of a table's columns."""
    rows: list[Row] = of.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
    return [(row["name"], row["type"]) for row in rows]
