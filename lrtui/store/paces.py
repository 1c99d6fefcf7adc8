"""How fast a task was trained before, read from finished runs."""

from dataclasses import dataclass
from typing import Any

from lrtui.comparison.spec import Spec
from lrtui.store import comparisons
from lrtui.store.sqlite import Connection

_DONE = """
SELECT sum(epoch), sum(seconds) FROM runs
WHERE comparison_id = ? AND status = 'done' AND (device = ? OR device LIKE ? || ':%')
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Training images a second of a run, validation and tests in the time, and the machine it was measured on."""

    comparison: int
    images_per_second: float
    environment: dict[str, Any]


def newest_pace(connection: Connection, spec: Spec, device: str) -> Measured | None:
    """The pace of the newest comparison of this task (data set, model, batch size) that finished runs on such a device.

    Args:
        connection: to read from.
        spec: the comparison that is planned.
        device: "cpu" or "cuda".
    """
    task = (spec.dataset, spec.model, spec.batch_size)
    for comparison in reversed(comparisons.list_all(connection)):
        theirs = comparison.spec
        if (theirs.dataset, theirs.model, theirs.batch_size) != task:
            continue
        epochs, seconds = connection.execute(_DONE, (comparison.id, device, device)).fetchone()
        if epochs and seconds:
            return Measured(comparison.id, epochs * theirs.examples_per_epoch / seconds, dict(comparison.environment))
    return None
