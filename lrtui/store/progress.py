"""How far a comparison is, as a few numbers that are cheap to read."""

from dataclasses import replace

from lrtui.comparison.progress import Progress
from lrtui.comparison.status import RunStatus
from lrtui.store import trials
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import one_moment

_SUMS = """
SELECT count(*), sum(status IN ('done', 'diverged', 'failed', 'cancelled')), sum(status IN ('queued', 'running')),
    sum(status = 'failed'), sum(epoch), sum(epochs),
    sum(CASE WHEN status IN ('queued', 'running', 'paused') THEN epochs - epoch ELSE 0 END)
FROM runs WHERE comparison_id = ?
"""


def read_progress(connection: Connection, comparison_id: int) -> Progress:
    """The progress of a comparison; all zero when there is none with this id."""
    with one_moment(connection):  # a run leaves what is to come and is there, in one moment
        return _read(connection, comparison_id)


def _read(connection: Connection, comparison_id: int) -> Progress:
    progress = Progress(*(int(value or 0) for value in connection.execute(_SUMS, (comparison_id,)).fetchone()))
    to_come = connection.execute(
        "SELECT unproposed, unproposed_status, (SELECT max(epochs) FROM runs WHERE comparison_id = comparisons.id) AS epochs"
        " FROM comparisons WHERE id = ? AND unproposed > 0",
        (comparison_id,),
    ).fetchone()
    if to_come is None:
        return progress
    n, status = to_come["unproposed"], RunStatus(to_come["unproposed_status"])
    waits = status is RunStatus.QUEUED and bool(progress.active or trials.due(connection, comparison_id))
    return replace(
        progress,
        runs=progress.runs + n,
        ended=progress.ended + (n if status.ended else 0),
        active=progress.active + (n if waits else 0),
        failed=progress.failed + (n if status is RunStatus.FAILED else 0),
        epochs_planned=progress.epochs_planned + n * to_come["epochs"],
        epochs_left=progress.epochs_left + (0 if status.ended else n * to_come["epochs"]),
    )
