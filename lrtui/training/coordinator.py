"""The one seam between a worker and whatever gives it work: runs come through it, and all that is found out leaves through it."""

from collections.abc import Sequence
from typing import Protocol

from lrtui.comparison.job import Job, Request
from lrtui.comparison.records import EvaluationRow, Provenance, RunResult

__all__ = ["Coordinator", "Job", "Request"]


class Coordinator(Protocol):
    """Gives a worker its runs and takes what they yield. Plain values go in and out; a heartbeat is its own business.

    A job is held from `claim` until `finish`, `paused` or `stopped`, one of which is called exactly once per job. It may be
    taken away meanwhile (cancelled, given to another worker): `requested` then answers "stop", and nothing that is
    reported about it has an effect. Where its checkpoint lies is the coordinator's to say (`Job.checkpoint`).

    Called on the training thread: `evaluated` and `requested` must not wait for a disk or a network. Whatever else is
    reported is durable when the call returns.
    """

    def claim(self, n: int, accepts: Sequence[str]) -> list[Job]:
        """Take up to `n` runs that ask for one of the devices in `accepts`; none where none waits.

        Several are of one comparison, so that they can be trained together.
        """

    def provenance(self, run_id: int, provenance: Provenance) -> None:
        """The run is about to train its first epoch, or its next one after a resume."""

    def evaluated(self, run_id: int, row: EvaluationRow) -> None:
        """One evaluation is there. After a resume all those in the checkpoint come again: a row known by then is the same.

        So a row that was lost between here and the disk when a worker was killed is not missing afterwards.
        """

    def requested(self, run_id: int) -> Request:
        """What is wanted of the run. `stop` is obeyed before the next batch, `pause` at the next evaluation."""

    def finish(self, run_id: int, result: RunResult) -> None:
        """The run has ended. The checkpoint is removed next."""

    def paused(self, run_id: int, reason: str | None = None) -> None:
        """The run rests at its last checkpoint, as asked (None), or because a checkpoint cannot be written."""

    def stopped(self, run_id: int) -> None:
        """The run was abandoned in the middle, as asked: it can be given to the next worker, if it is not cancelled."""

    def notice(self, run_id: int, message: str, detail: str | None = None) -> None:
        """Something a person may want to know happened, with detail (a traceback) where there is some; the run goes on."""

    def stop_all(self) -> None:
        """From here on `requested` answers "stop", for every run. Called from a signal handler: must not wait for a lock."""
