"""The life of a run, as an enum with a table of legal moves, and of what a person may ask of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

Verb = Literal["pause", "resume", "cancel", "retry"]
"""What a person asks of runs."""


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


WORKS_ON: Mapping[Verb, frozenset[RunStatus]] = {
    "pause": frozenset({RunStatus.QUEUED, RunStatus.RUNNING}),
    "resume": frozenset({RunStatus.PAUSED}),
    "cancel": frozenset({RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED}),
    "retry": frozenset({RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.DIVERGED}),
}
"""The runs that a verb moves. A running one pauses only at the end of its epoch, and can be resumed until then."""


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
