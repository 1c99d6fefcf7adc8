"""The one frozen value that crosses from the store to everything that shows something."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from itertools import repeat
from typing import Any

from lrtui.comparison.cell import Cell, Cells
from lrtui.comparison.losses import Losses
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.spec import Spec
from lrtui.comparison.status import WORKS_ON, RunStatus, Verb, summarise

Row = tuple[int, float, float | None, float | None, float, float]
"""An evaluation of a curve: its number, learning rate, training loss, validation loss, score, seconds."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as stored. `number` is its place in the comparison (the RUN of `ID/RUN`); `label` is the schedule's,
    `scheduler` the catalogue's key.

    `epoch` is the last one finished; `lr`, `last_score` are that epoch's. `stalled`: running, but its worker's
    heartbeat is old. `pausing`: running, but only to the end of its epoch. Times are ISO 8601 UTC. What it was trained on
    and with (`torch` to `order_hash`) is None where it was not recorded.
    """

    id: int
    comparison_id: int
    number: int
    label: str
    scheduler: str
    parameters: Mapping[str, Any]
    base_lr: float
    seed: int
    status: RunStatus
    attempt: int
    epoch: int
    epochs: int
    device: str | None
    lr: float | None
    last_score: float | None
    best_epoch: int | None
    score: float | None
    selection: float | None
    test: float | None
    test_last: float | None
    diverged_at: int | None
    seconds: float | None
    error: str | None
    started_at: str | None
    ended_at: str | None
    stalled: bool = False
    pausing: bool = False
    cell_id: int | None = None
    torch: str | None = None
    device_name: str | None = None
    precision: str | None = None
    init_hash: str | None = None
    order_hash: str | None = None

    @property
    def word(self) -> str:
        """Where it stands, for a person: its status, or stalled, or pausing."""
        return "stalled" if self.stalled else "pausing" if self.pausing else self.status.value

    def allows(self, verb: Verb) -> bool:
        """Whether the verb would change anything; a pause can be taken back until it happens."""
        if self.pausing:
            return verb in ("resume", "cancel")
        return self.status in WORKS_ON[verb]

    def outcome(self, chance: float | None) -> Outcome:
        """The part of it that the ranking reads."""
        return Outcome(
            self.label, self.base_lr, self.seed, self.status, chance,
            self.selection, self.test, self.test_last, self.best_epoch, self.seconds, self.number,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """A comparison with how many of its runs are in each status; `note` is what a person noted about it.

    `uid` tells it from the comparisons of other machines. `cells` are its schedules as they were bound when they were planned.

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
    uid: str = ""
    cells: Cells = field(default_factory=dict)

    @property
    def status(self) -> str:
        """One word for the whole: running, queued, paused, failed, cancelled or done."""
        return summarise(self.counts)

    @property
    def size(self) -> int:
        """How many runs it has, with those to be proposed."""
        return sum(self.counts.values())

    @property
    def ended_runs(self) -> int:
        """How many of them have ended."""
        return sum(n for status, n in self.counts.items() if status.ended)

    @property
    def to_come(self) -> int:
        """How many runs a search will still propose, as things stand."""
        return 0 if self.unproposed_status.ended else self.unproposed

    @property
    def ended(self) -> bool:
        """Whether every run has ended."""
        return self.ended_runs == self.size

    def cell(self, label: str, base_lr: float | None = None) -> Cell:
        """The cell of a schedule at a base LR; None: at the first that was planned. There must be one."""
        if base_lr is None:
            return next(cell for cell in self.cells.values() if cell.label == label)
        return self.cells[label, base_lr]


@dataclass(frozen=True, slots=True)
class Curve:
    """A run's history as parallel columns, evaluation by evaluation; losses are None where they were not finite.

    The columns are for reading only. `seconds` is what each evaluation took, with the training before it. Those of
    `Curve.of` and `Curve.to_draw` are flat arrays: a tuple of numbers takes four times the memory, and a dashboard may
    hold a million evaluations.
    """

    epoch: Sequence[int] = ()
    lr: Sequence[float] = ()
    train_loss: Sequence[float | None] = ()
    val_loss: Sequence[float | None] = ()
    score: Sequence[float] = ()
    seconds: Sequence[float] = ()

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Curve":
        """The curve of these rows, which are in the order of their epochs."""
        return cls._made(rows, _WHOLE)

    @classmethod
    def to_draw(cls, rows: Iterable[Row]) -> "Curve":
        """The same in a third less memory: without training losses, and scores have the seven digits of one in a million."""
        return cls._made(rows, _TO_DRAW)

    @classmethod
    def _made(cls, rows: Iterable[Row], how: Mapping[str, Callable[[Sequence[Any]], Sequence[Any]]]) -> "Curve":
        columns = tuple(zip(*rows, strict=True)) or ((),) * len(CURVE_COLUMNS)
        return cls(*(how[name](column) for name, column in zip(CURVE_COLUMNS, columns, strict=True)))

    def __len__(self) -> int:
        return len(self.epoch)

    def rows(self) -> Iterator[Row]:
        """What it was made of; None for what it does not keep."""
        columns = (getattr(self, name) or repeat(None) for name in CURVE_COLUMNS)
        return iter(()) if not self.epoch else zip(*columns, strict=False)

    def until(self, epoch: int) -> "Curve":
        """The part of it up to an epoch; the same object where nothing is beyond that."""
        length = bisect_right(self.epoch, epoch)
        if length == len(self):
            return self
        return Curve(*(getattr(self, name)[:length] for name in CURVE_COLUMNS))


CURVE_COLUMNS: tuple[str, ...] = tuple(item.name for item in fields(Curve))
"""The columns of a curve and of the rows that it is made of, in order."""


def _numbered(epochs: Sequence[int]) -> Sequence[int]:
    """The same numbers; a range, which takes no memory, where they follow each other, as they nearly always do."""
    if not epochs:
        return range(0)
    every = range(epochs[0], epochs[0] + len(epochs))
    return every if every[-1] == epochs[-1] else array("l", epochs)


_WHOLE: Mapping[str, Callable[[Sequence[Any]], Sequence[Any]]] = {
    "epoch": _numbered,
    "lr": partial(array, "d"),
    "train_loss": Losses,
    "val_loss": Losses,
    "score": partial(array, "d"),
    "seconds": partial(array, "f"),
}
_TO_DRAW: Mapping[str, Callable[[Sequence[Any]], Sequence[Any]]] = {
    **_WHOLE,
    "train_loss": lambda _: (),
    "score": partial(array, "f"),
}


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker process and the slot it fills."""

    slot: str
    pid: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: a worker died, a run was requeued, a command was carried out."""

    at: str
    comparison_id: int | None
    run_number: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All the dashboard shows at one moment: every comparison, and the runs and curves of the one that is open.

    Curves are by the ids of their runs, in the order in which the runs began, as far as that was seen.
    """

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

    @property
    def at_work(self) -> tuple[int, ...]:
        """The ids of comparisons that run; where none does, of those queued while there is a supervisor to see to them.

        One whose workers died unseen runs too: it is what a person comes back for.
        """
        running = tuple(c.id for c in self.comparisons if c.status == "running")
        if running or self.supervisor_pid is None:
            return running
        return tuple(c.id for c in self.comparisons if c.status == "queued")
