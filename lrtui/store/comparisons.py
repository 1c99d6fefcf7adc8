"""Comparisons: make one with all its runs, read them, rename one, note something about it, delete it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from lrtui.comparison.settings import setting
from lrtui.comparison.snapshot import ComparisonView
from lrtui.comparison.spec import Spec
from lrtui.comparison.status import RunStatus
from lrtui.comparison.stored_spec import spec_from_stored
from lrtui.errors import UserError
from lrtui.formats import counted
from lrtui.machine.paths import Files
from lrtui.store import cells, events
from lrtui.store.sqlite import Connection, Row
from lrtui.store.transactions import now, transaction
from lrtui.tasks.info import TaskInfo

NOTE_LENGTH = 2000
FORMAT = 1
"""Version of what the JSON of a comparison holds (spec, task, environment); one that is newer is not to be imported."""


def create(connection: Connection, spec: Spec, environment: Mapping[str, Any], data_dir: Path | None = None) -> int:
    """Store a comparison and queue all its runs, or nothing at all; a search has some to propose later. Returns its id."""
    assert spec.info is not None, "an own task is resolved before it is stored"
    from uuid import uuid4  # listing comparisons needs none

    planned = list(spec.runs())
    with transaction(connection):
        cursor = connection.execute(
            "INSERT INTO comparisons (uid, format, name, created_at, spec, task, environment, data_dir, unproposed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                uuid4().hex, FORMAT, spec.name, now(), json.dumps(spec.to_dict()), json.dumps(spec.info.to_dict()),
                json.dumps(environment), data_dir and str(data_dir), spec.size - len(planned),
            ),
        )  # fmt: skip
        comparison_id = cursor.lastrowid
        assert comparison_id is not None
        cells.plan(connection, comparison_id, spec, planned)
    return comparison_id


def list_all(connection: Connection) -> tuple[ComparisonView, ...]:
    """Every comparison, oldest first."""
    # These first: a run that a search proposes meanwhile is then counted twice for a moment, and not taken for ended.
    rows = connection.execute(f"SELECT {_COLUMNS} FROM comparisons ORDER BY id").fetchall()
    counts: dict[int, dict[RunStatus, int]] = {}
    for comparison_id, status, n in connection.execute(
        "SELECT comparison_id, status, count(*) FROM runs GROUP BY comparison_id, status"
    ):
        counts.setdefault(comparison_id, {})[RunStatus(status)] = n
    cells_of = _cells_of(connection, "GROUP BY comparison_id")
    return tuple(_view(connection, row, counts.get(row["id"], {}), cells_of.get(row["id"], (0, 0))) for row in rows)


def _cells_of(connection: Connection, which: str, values: tuple[int, ...] = ()) -> dict[int, tuple[int, int]]:
    """How many cells comparisons have, and the highest of their ids."""
    rows = connection.execute(f"SELECT comparison_id, count(*), max(id) FROM cells {which}", values)
    return {comparison_id: (count, last) for comparison_id, count, last in rows}


def get(connection: Connection, comparison_id: int) -> ComparisonView:
    """One comparison.

    Raises:
        UserError: there is none with this id; the message says which there are.
    """
    row = connection.execute(f"SELECT {_COLUMNS} FROM comparisons WHERE id = ?", (comparison_id,)).fetchone()
    if row is None:
        raise _no_such(connection, comparison_id)
    counts = {
        RunStatus(status): n
        for status, n in connection.execute(
            "SELECT status, count(*) FROM runs WHERE comparison_id = ? GROUP BY status", (comparison_id,)
        )
    }
    cells_of = _cells_of(connection, "WHERE comparison_id = ? GROUP BY comparison_id", (comparison_id,))
    return _view(connection, row, counts, cells_of.get(comparison_id, (0, 0)))


def _no_such(connection: Connection, comparison_id: int) -> UserError:
    ids = [str(row[0]) for row in connection.execute("SELECT id FROM comparisons ORDER BY id DESC LIMIT 10")]
    known = f"the latest are {', '.join(ids)}" if ids else "there are none yet; `lrtui demo` makes one"
    return UserError(f"no comparison {comparison_id}: {known}")


def latest_id(connection: Connection) -> int:
    """The id of the newest comparison.

    Raises:
        UserError: there is none.
    """
    row = connection.execute("SELECT max(id) FROM comparisons").fetchone()
    if row[0] is None:
        raise UserError("no comparison yet: `lrtui demo` makes one")
    return int(row[0])


def data_dir(connection: Connection, comparison_id: int) -> Path | None:
    """The folder the comparison's data set was said to be in."""
    row = connection.execute("SELECT data_dir FROM comparisons WHERE id = ?", (comparison_id,)).fetchone()
    return Path(row[0]) if row and row[0] else None


def rename(connection: Connection, comparison_id: int, name: str) -> None:
    """Call a comparison something else, in its spec, too.

    Raises:
        UserError: there is none with this id, or it is no name.
    """
    name = setting("name").check("name", name)
    with transaction(connection):
        spec = replace(get(connection, comparison_id).spec, name=name)
        connection.execute(
            "UPDATE comparisons SET name = ?, spec = ? WHERE id = ?", (name, json.dumps(spec.to_dict()), comparison_id)
        )


def annotate(connection: Connection, comparison_id: int, note: str) -> None:
    """Note something about a comparison; an empty note takes the old one away.

    Raises:
        UserError: there is none with this id, or the note is too long.
    """
    if len(note) > NOTE_LENGTH:
        raise UserError(f"note: expected at most {NOTE_LENGTH} characters, and these are {len(note)}")
    with transaction(connection):
        get(connection, comparison_id)
        connection.execute("UPDATE comparisons SET note = ? WHERE id = ?", (note, comparison_id))


def accept(connection: Connection, comparison_id: int, task: TaskInfo, files: Files) -> str:
    """Let the runs that have not ended start over with a task whose code has changed, as new revisions of their cells.

    Returns a sentence, which is recorded, too.

    Raises:
        UserError: there is none with this id, or none of its runs is waiting, or some are running.
    """
    with transaction(connection):
        before = get(connection, comparison_id).spec.info
        if connection.execute(
            "SELECT 1 FROM runs WHERE comparison_id = ? AND status = 'running'", (comparison_id,)
        ).fetchone():
            raise UserError(f"comparison {comparison_id} has running runs: `lrtui pause {comparison_id}` first")
        left = connection.execute(
            "SELECT id, cell_id FROM runs WHERE comparison_id = ? AND status IN ('queued', 'paused')", (comparison_id,)
        ).fetchall()
        if not left:
            raise UserError(f"comparison {comparison_id}: no run is left that could go on with the changed code")
        renewed = cells.renew(connection, comparison_id, {row["cell_id"] for row in left})
        connection.executemany(
            "UPDATE runs SET cell_id = ?, epoch = 0, lr = NULL, last_score = NULL, claim = claim + 1, attempt = 0 WHERE id = ?",
            [(renewed[row["cell_id"]], row["id"]) for row in left],
        )
        connection.executemany("DELETE FROM evaluations WHERE run_id = ?", [(row["id"],) for row in left])
        connection.execute("UPDATE comparisons SET task = ? WHERE id = ?", (json.dumps(task.to_dict()), comparison_id))
        was, now_is = (info.source.sha256[:12] if info and info.source else "unknown" for info in (before, task))
        name = Path(task.source.path).name if task.source else task.reference
        text = f"{counted(len(left), 'run')} of comparison {comparison_id} start over with {name} as it is now (SHA-256 {now_is}…, before {was}…)"  # fmt: skip
        events.record(connection, text, comparison_id)
    for row in left:
        files.checkpoint(row["id"]).unlink(missing_ok=True)
    return text


def delete(connection: Connection, comparison_id: int, files: Files) -> None:
    """Remove a comparison, its runs, epochs and checkpoints.

    Raises:
        UserError: there is none with this id, or some of its runs have not ended.
    """
    from lrtui.store import workers  # brings psutil

    with transaction(connection):
        comparison = get(connection, comparison_id)
        if not comparison.ended:
            raise UserError(
                f"comparison {comparison_id} is {comparison.status}: only an ended one can be deleted; `lrtui cancel {comparison_id}` ends it"
            )
        run_ids = [
            row[0] for row in connection.execute("SELECT id FROM runs WHERE comparison_id = ?", (comparison_id,))
        ]
        workers.tell_to_leave(connection, comparison_id)
        connection.execute("DELETE FROM comparisons WHERE id = ?", (comparison_id,))
    for run_id in run_ids:
        files.checkpoint(run_id).unlink(missing_ok=True)


_COLUMNS = "id, uid, name, created_at, spec, task, environment, unproposed, unproposed_status, note"


def _view(
    connection: Connection, row: Row, counts: Mapping[RunStatus, int], cells_of: tuple[int, int]
) -> ComparisonView:
    unproposed, status = row["unproposed"], RunStatus(row["unproposed_status"])
    if unproposed:
        counts = {**counts, status: counts.get(status, 0) + unproposed}
    return ComparisonView(
        row["id"], row["name"], spec_of(row["spec"], row["task"]), row["created_at"], json.loads(row["environment"]),
        counts, unproposed, status, row["note"], row["uid"], cells.of_comparison(connection, row["id"], row["uid"], *cells_of),
    )  # fmt: skip


@lru_cache(maxsize=1024)
def spec_of(spec: str, task: str) -> Spec:
    """The spec that was stored with a task, as it was stored."""
    return spec_from_stored(json.loads(spec), TaskInfo.from_dict(json.loads(task)))
