"""Reading runs and their epochs."""

import json
from collections.abc import Iterable
from typing import Any

from lrtui.domain.errors import UserError
from lrtui.domain.records import EpochRow
from lrtui.domain.snapshot import RunView
from lrtui.domain.status import RunStatus
from lrtui.store.connection import seconds_since
from lrtui.store.sqlite import Connection, Row

# A worker writes its heartbeat every second; one that is this old is stopped, swapped out or unreachable.
STALLED_AFTER_SECONDS = 10.0

_SELECT = """
SELECT r.*, w.heartbeat_at FROM runs r LEFT JOIN workers w ON r.status = 'running' AND w.id = r.worker_id
WHERE r.comparison_id = ?
"""


def of_comparison(connection: Connection, comparison_id: int) -> tuple[RunView, ...]:
    """Every run of a comparison, in the order they are claimed."""
    return tuple(_view(row) for row in connection.execute(_SELECT + " ORDER BY r.number", (comparison_id,)))


def get(connection: Connection, comparison_id: int, number: int) -> RunView:
    """One run.

    Raises:
        UserError: the comparison has no run of that number.
    """
    row = connection.execute(_SELECT + " AND r.number = ?", (comparison_id, number)).fetchone()
    if row is None:
        count = connection.execute("SELECT count(*) FROM runs WHERE comparison_id = ?", (comparison_id,)).fetchone()[0]
        raise UserError(f"no run {number} in comparison {comparison_id}: it has runs 1 to {count}")
    return _view(row)


def epochs(connection: Connection, run_id: int) -> list[EpochRow]:
    """Every recorded epoch of a run, in order."""
    rows = connection.execute("SELECT * FROM epochs WHERE run_id = ? ORDER BY epoch", (run_id,))
    return [EpochRow(**{key: row[key] for key in EpochRow.__slots__}) for row in rows]


def _view(row: Row) -> RunView:
    heartbeat = row["heartbeat_at"]
    return RunView(
        **{key: row[key] for key in _PLAIN},
        parameters=_parameters(json.loads(row["parameters"])),
        status=RunStatus(row["status"]),
        stalled=heartbeat is not None and seconds_since(heartbeat) > STALLED_AFTER_SECONDS,
    )


def _parameters(stored: Iterable[tuple[str, Any, str]]) -> dict[str, Any]:
    return {name: value for name, value, _source in stored}


_PLAIN = tuple(name for name in RunView.__slots__ if name not in ("parameters", "status", "stalled"))
