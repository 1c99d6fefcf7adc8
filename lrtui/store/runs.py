"""Reading runs and their epochs."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from sys import intern
from typing import Any

from lrtui.comparison.records import EVALUATION_COLUMNS, EvaluationRow
from lrtui.comparison.snapshot import RunView
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from lrtui.store.sqlite import Connection, Row
from lrtui.store.transactions import seconds_since

# A worker writes its heartbeat every second; one that is this old is stopped, swapped out or unreachable.
STALLED_AFTER_SECONDS = 10.0

_SELECT = """
SELECT r.*, k.parameters, w.heartbeat_at FROM runs r LEFT JOIN cells k ON k.id = r.cell_id
LEFT JOIN workers w ON r.status = 'running' AND w.id = r.worker_id
WHERE r.comparison_id = ?
"""
_STATES = "SELECT id, status, attempt, ended_at FROM runs WHERE comparison_id = ? ORDER BY number"


def of_comparison(connection: Connection, comparison_id: int, known: Iterable[RunView] = ()) -> tuple[RunView, ...]:
    """Every run of a comparison, in the order they are claimed.

    `known` are views of it that were read before: of runs that ended then and were not taken up since, they are returned
    again, the very same objects. In a long comparison that is nearly all of them. Call it in a transaction.
    """
    over = {(view.id, view.status.value, view.attempt, view.ended_at): view for view in known if view.status.ended}
    if not over:
        return tuple(_view(row) for row in connection.execute(_SELECT + " ORDER BY r.number", (comparison_id,)))
    states = connection.execute(_STATES, (comparison_id,)).fetchall()
    views = {state[0]: over.get(tuple(state)) for state in states}
    changed = json.dumps([run_id for run_id, view in views.items() if view is None])
    for row in connection.execute(_SELECT + " AND r.id IN (SELECT value FROM json_each(?))", (comparison_id, changed)):
        views[row["id"]] = _view(row)
    return tuple(view for view in views.values() if view is not None)


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


def epochs(connection: Connection, run_id: int) -> list[EvaluationRow]:
    """Every recorded epoch of a run, in order."""
    # The view knows the steps and examples of rows from before they were recorded.
    rows = connection.execute(
        f"SELECT {', '.join(_VIEW_OF.get(name, name) for name in EVALUATION_COLUMNS)} FROM epochs WHERE run_id = ? ORDER BY epoch",
        (run_id,),
    )
    return [EvaluationRow(*row) for row in rows]


def _view(row: Row) -> RunView:
    heartbeat, status = row["heartbeat_at"], RunStatus(row["status"])
    return RunView(
        **{name: _once(row[column]) for name, column in _PLAIN.items()},
        parameters=_parameters(row["parameters"]),
        status=status,
        stalled=heartbeat is not None and seconds_since(heartbeat) > STALLED_AFTER_SECONDS,
        pausing=status is RunStatus.RUNNING and bool(row["pause_wanted"]),
    )


def _once(value: Any) -> Any:
    """The same text for all runs that have it: 5,000 have a few schedulers and devices among them."""
    return intern(value) if type(value) is str else value


@lru_cache(maxsize=1024)
def _parameters(stored: str) -> Mapping[str, Any]:
    """One mapping for all runs of a cell: it is never changed."""
    return {name: value for name, value, _source in json.loads(stored)}


_COLUMN_OF = {
    "label": "scheduler", "scheduler": "scheduler_key",
}  # fmt: skip
_PLAIN = {
    name: _COLUMN_OF.get(name, name)
    for name in RunView.__slots__
    if name not in ("parameters", "status", "stalled", "pausing")
}
_VIEW_OF = {"examples_per_second": "images_per_second"}
