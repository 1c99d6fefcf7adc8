"""The two seams around an engine: the runs it is given, and the sink that their rows leave through."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from lrtui.comparison.records import EvaluationRow, Provenance, RunResult
from lrtui.comparison.spec import PlannedRun, Spec

Request = Literal["go", "pause", "stop"]


@dataclass(frozen=True)
class Job:
    """One run to train.

    `checkpoint` is the path its checkpoint has, whether or not one is there; its folder exists. `data_dir` is where
    the data set's files are looked for (None: the cache and the system's folder).
    """

    run_id: int
    spec: Spec
    planned: PlannedRun
    checkpoint: Path
    data_dir: Path | None = None


class Sink(Protocol):
    """Where an engine reports. Called on the training thread, so `epoch` and `request` must not wait for a disk."""

    def provenance(self, run_id: int, provenance: Provenance) -> None:
        """The run is about to train its first epoch, or its next one after a resume."""

    def epoch(self, run_id: int, row: EvaluationRow) -> None:
        """One epoch has ended. After a resume all epochs in the checkpoint come again: a row known by then is the same.

        So a row that was lost between here and the disk when a worker was killed is not missing afterwards.
        """

    def finish(self, run_id: int, result: RunResult) -> None:
        """The run has ended. Durable when this returns: the checkpoint is removed next."""

    def paused(self, run_id: int, reason: str | None = None) -> None:
        """The run rests at its last checkpoint, as asked (None), or because a checkpoint cannot be written."""

    def notice(self, run_id: int, message: str) -> None:
        """Something a person may want to know happened; the run goes on."""

    def request(self, run_id: int) -> Request:
        """What is wanted of the run. `stop` is obeyed before the next batch, `pause` at the epoch's end."""
