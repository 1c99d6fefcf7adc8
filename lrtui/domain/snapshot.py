"""The one frozen value that crosses from the store to everything that shows something."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lrtui.domain.ranking import Outcome
from lrtui.domain.spec import Spec
from lrtui.domain.status import RunStatus, summarise


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as stored. `number` is its place in the comparison (the RUN of `ID/RUN`); `scheduler` is its label.

    `epoch` is the last one finished; `lr`, `last_val_acc` are that epoch's. `stalled`: running, but its worker's
    heartbeat is old. Times are ISO 8601 UTC.
    """

    id: int
    comparison_id: int
    number: int
    scheduler: str
    scheduler_key: str
    parameters: Mapping[str, Any]
    base_lr: float
    seed: int
    status: RunStatus
    attempt: int
    epoch: int
    epochs: int
    device: str | None
    lr: float | None
    last_val_acc: float | None
    best_epoch: int | None
    val_acc: float | None
    selection_acc: float | None
    test_acc: float | None
    test_acc_last: float | None
    diverged_at: int | None
    seconds: float | None
    error: str | None
    started_at: str | None
    ended_at: str | None
    stalled: bool = False

    def outcome(self, chance: float) -> Outcome:
        """The part of it that the ranking reads."""
        return Outcome(
            self.scheduler, self.base_lr, self.seed, self.status, chance,
            self.selection_acc, self.test_acc, self.test_acc_last, self.best_epoch, self.seconds, self.number,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """A comparison with how many of its runs are in each status; `note` is what a person noted about it.

    `unproposed` of them have no base LR yet and are not among the runs: a search will propose it. They are counted under
    `unproposed_status`: queued, paused, cancelled or failed.
    """

    id: int
    name: str
    spec: Spec
    created_at: str
    environment: Mapping[str, Any]
    counts: Mapping[RunStatus, int]
    unproposed: int = 0
    unproposed_status: RunStatus = RunStatus.QUEUED
    note: str = ""

    @property
    def status(self) -> str:
        """One word for the whole: running, queued, paused, failed, cancelled or done."""
        return summarise(self.counts)

    @property
    def to_come(self) -> int:
        """How many runs a search will still propose, as things stand."""
        return 0 if self.unproposed_status.ended else self.unproposed

    @property
    def ended(self) -> bool:
        """Whether every run has ended."""
        return all(status.ended for status, n in self.counts.items() if n)


@dataclass(frozen=True, slots=True)
class Curve:
    """A run's history as parallel tuples, epoch by epoch; None where a loss was not finite."""

    epoch: tuple[int, ...] = ()
    lr: tuple[float, ...] = ()
    train_loss: tuple[float | None, ...] = ()
    val_loss: tuple[float | None, ...] = ()
    val_acc: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker process: the slot it fills and the run it holds, if any."""

    slot: str
    pid: int
    run_id: int | None
    heartbeat_age: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: a worker died, a run was requeued, a command was carried out."""

    at: str
    comparison_id: int | None
    run_number: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All the dashboard shows at one moment: every comparison, and the runs and curves of the one that is open."""

    comparisons: tuple[ComparisonView, ...] = ()
    open_id: int | None = None
    runs: tuple[RunView, ...] = ()
    curves: Mapping[int, Curve] = field(default_factory=dict)
    workers: tuple[WorkerView, ...] = ()
    events: tuple[Event, ...] = ()
    supervisor_pid: int | None = None

    @property
    def open(self) -> ComparisonView | None:
        """The comparison that is open."""
        return next((c for c in self.comparisons if c.id == self.open_id), None)
