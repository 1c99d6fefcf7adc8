"""Cells in the database: written when runs are planned, read as they were written."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from sys import byteorder
from weakref import WeakValueDictionary

from lrtui.comparison.cell import Cell, Cells, by_place, parameters_to_json, schedule_from_stored
from lrtui.comparison.spec import PlannedRun, Spec
from lrtui.schedules.profiles import Budget
from lrtui.store.sqlite import Connection, Row

_COLUMNS = "id, label, scheduler, base_lr, revision, steps_every, epochs, steps_per_epoch, parameters, lr_table"
_MOST_KEPT = 200

_tables: "WeakValueDictionary[str, array[float]]" = WeakValueDictionary()  # one may be of a million steps
_kept: dict[tuple[str, int, int], Cells] = {}  # a cell never changes; a search adds some


def plan(connection: Connection, comparison_id: int, spec: Spec, planned: Iterable[PlannedRun]) -> None:
    """Queue runs, with the cells they are of. Part of a transaction."""
    ids: dict[tuple[str, float, int], int] = {}
    rows = []
    for run in planned:
        cell = run.cell
        place = cell.label, cell.base_lr, cell.revision
        if place not in ids:
            ids[place] = cell.id if cell.id is not None else insert(connection, comparison_id, cell)
        key = cell.schedule.scheduler.key
        rows.append((run.number, cell.label, key, cell.base_lr, run.seed, spec.device, spec.epochs, ids[place]))
    connection.executemany(
        "INSERT INTO runs (comparison_id, number, scheduler, scheduler_key, base_lr, seed, wanted_device, epochs, cell_id)"
        f" VALUES ({comparison_id}, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def insert(connection: Connection, comparison_id: int, cell: Cell) -> int:
    """Store a cell. Part of a transaction. Returns its id."""
    schedule = cell.schedule
    table = schedule.table
    cursor = connection.execute(
        "INSERT INTO cells (comparison_id, label, scheduler, base_lr, revision, steps_every, epochs, steps_per_epoch,"
        " parameters, lr_table) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            comparison_id, cell.label, schedule.scheduler.key, cell.base_lr, cell.revision, schedule.steps_every,
            schedule.budget.epochs, schedule.budget.steps_per_epoch, parameters_to_json(schedule.parameters),
            None if table is None else store_table(connection, table),
        ),
    )  # fmt: skip
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def renew(connection: Connection, comparison_id: int, cell_ids: Iterable[int]) -> dict[int, int]:
    """Make the next revision of some cells, bound as they are. Part of a transaction. Returns the new ids by the old ones."""
    renewed = {}
    for cell_id in sorted(cell_ids):
        cell = get(connection, cell_id)
        (last,) = connection.execute(
            "SELECT max(revision) FROM cells WHERE comparison_id = ? AND label = ? AND base_lr = ?",
            (comparison_id, cell.label, cell.base_lr),
        ).fetchone()
        renewed[cell_id] = insert(connection, comparison_id, replace(cell, revision=last + 1, id=None))
    return renewed


def get(connection: Connection, cell_id: int) -> Cell:
    """The cell with this id; there must be one."""
    return _cell(connection, connection.execute(f"SELECT {_COLUMNS} FROM cells WHERE id = ?", (cell_id,)).fetchone())


def of_comparison(connection: Connection, comparison_id: int, uid: str, count: int, last: int) -> Cells:
    """The cells of a comparison by label and base LR.

    `count` and `last` say how many there are and the highest id: cells that were read before are not read again.
    """
    found = _kept.get((uid, count, last))
    if found is None:
        rows = connection.execute(f"SELECT {_COLUMNS} FROM cells WHERE comparison_id = ? ORDER BY id", (comparison_id,))
        found = by_place([_cell(connection, row) for row in rows.fetchall()])
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[uid, count, last] = found
    return found


def _cell(connection: Connection, row: Row) -> Cell:
    budget = Budget.stored(row["epochs"], row["steps_per_epoch"], row["base_lr"])
    table = None if row["lr_table"] is None else read_table(connection, row["lr_table"])
    schedule = schedule_from_stored(row["scheduler"], row["steps_every"], budget, row["parameters"], table)
    return Cell(row["label"], row["base_lr"], schedule, row["revision"], row["id"])


def table_of(connection: Connection, comparison_id: int, label: str) -> "array[float] | None":
    """The LR table of a schedule, the same at every base LR; None where its scheduler needs none."""
    row = connection.execute(
        "SELECT lr_table FROM cells WHERE comparison_id = ? AND label = ? ORDER BY revision DESC, id LIMIT 1",
        (comparison_id, label),
    ).fetchone()
    return None if row is None or row["lr_table"] is None else read_table(connection, row["lr_table"])


def store_table(connection: Connection, table: Sequence[float]) -> str:
    """Store an LR table, once however many cells have it. Part of a transaction. Returns the SHA-256 it goes by."""
    blob = _little_endian(array("d", table)).tobytes()
    digest = sha256(blob).hexdigest()
    connection.execute("INSERT OR IGNORE INTO lr_tables (sha256, multipliers) VALUES (?, ?)", (digest, blob))
    return digest


def read_table(connection: Connection, digest: str) -> "array[float]":
    """The LR table of this SHA-256; there must be one."""
    table = _tables.get(digest)
    if table is None:
        (blob,) = connection.execute("SELECT multipliers FROM lr_tables WHERE sha256 = ?", (digest,)).fetchone()
        table = array("d")
        table.frombytes(blob)
        _tables[digest] = _little_endian(table)
    return table


def _little_endian(table: "array[float]") -> "array[float]":
    if byteorder == "big":
        table.byteswap()
    return table
