"""How far a comparison is, as a few numbers that are cheap to ask for."""

from dataclasses import dataclass

from lrtui.store.sqlite import Connection


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of runs and epochs. `epochs_left` counts what runs that have not ended may still train."""

    runs: int
    ended: int
    active: int  # queued or running: something will happen to them by itself
    failed: int
    epochs_done: int
    epochs_planned: int
    epochs_left: int

    @property
    def over(self) -> bool:
        """Whether every run has ended."""
        return self.ended == self.runs


_SUMS = """
SELECT count(*), sum(status IN ('done', 'diverged', 'failed', 'cancelled')), sum(status IN ('queued', 'running')),
    sum(status = 'failed'), sum(epoch), sum(epochs),
    sum(CASE WHEN status IN ('queued', 'running', 'paused') THEN epochs - epoch ELSE 0 END)
FROM runs WHERE comparison_id = ?
"""


def read_progress(connection: Connection, comparison_id: int) -> Progress:
    """The progress of a comparison; all zero when there is none with this id."""
    return Progress(*(int(value or 0) for value in connection.execute(_SUMS, (comparison_id,)).fetchone()))
