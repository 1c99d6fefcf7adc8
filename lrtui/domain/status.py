"""The life of a run, as an enum with a table of legal moves."""

from collections.abc import Mapping
from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run stands. `stalled` is not a status: it is a running run whose worker's heartbeat is old."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    DIVERGED = "diverged"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether no worker will touch the run again unless somebody asks for it."""
        return self in ENDED


ENDED = frozenset({RunStatus.DONE, RunStatus.DIVERGED, RunStatus.FAILED, RunStatus.CANCELLED})

MOVES: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.QUEUED: frozenset({RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.CANCELLED}),
    RunStatus.RUNNING: frozenset(
        {
            RunStatus.DONE,
            RunStatus.DIVERGED,
            RunStatus.FAILED,
            RunStatus.CANCELLED,
            RunStatus.PAUSED,
            RunStatus.QUEUED,  # its worker died: it goes back to the queue
        }
    ),
    RunStatus.PAUSED: frozenset({RunStatus.QUEUED, RunStatus.CANCELLED}),
    RunStatus.FAILED: frozenset({RunStatus.QUEUED}),
    RunStatus.CANCELLED: frozenset({RunStatus.QUEUED}),
    RunStatus.DIVERGED: frozenset({RunStatus.QUEUED}),
    RunStatus.DONE: frozenset(),
}


class IllegalMove(Exception):
    """A run cannot go from where it is to where it was sent."""


def advance(current: RunStatus, to: RunStatus) -> RunStatus:
    """The status after the move.

    Raises:
        IllegalMove: the table of moves has no such arrow.
    """
    if to not in MOVES[current]:
        raise IllegalMove(f"a run that is {current} cannot become {to}")
    return to


def sources(to: RunStatus) -> frozenset[RunStatus]:
    """Every status from which `to` may be reached: what an UPDATE's WHERE clause must ask for."""
    return frozenset(status for status, targets in MOVES.items() if to in targets)


def summarise(counts: Mapping[RunStatus, int]) -> str:
    """One word for a whole comparison, from how many of its runs are in each status."""
    if counts.get(RunStatus.RUNNING, 0):
        return "running"
    for status in (RunStatus.QUEUED, RunStatus.PAUSED):
        if counts.get(status, 0):
            return status.value
    if counts.get(RunStatus.FAILED, 0):
        return "failed"
    if counts.get(RunStatus.CANCELLED, 0):
        return "cancelled"
    return "done"
