"""A schedule: a scheduler with every parameter bound, and the learning rates it will give."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from lrtui.errors import UserError
from lrtui.schedules.faults import Fault
from lrtui.schedules.parameters import Source, Value
from lrtui.schedules.profiles import Budget
from lrtui.schedules.torch_call import Call, Factor

if TYPE_CHECKING:
    from lrtui.schedules.base import Scheduler

StepsEvery = Literal["epoch", "batch"]
Watched = Literal["val_loss", "score"]
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Bound:
    """One parameter's value in a schedule, and where it comes from."""

    name: str
    value: Value
    source: Source


@dataclass(frozen=True)
class Schedule:
    """A scheduler with its parameters bound to a budget. `parameters` holds all of them, in the scheduler's order.

    Nothing is checked: what was stored is made a schedule again whatever the rules of today are; `bind` checks what is
    typed. `table` is the learning rate of each optimizer step as a multiple of the base LR; where there is one, it is
    what the schedule is, and the scheduler is not asked.
    """

    scheduler: "Scheduler"
    parameters: tuple[Bound, ...]
    steps_every: StepsEvery
    budget: Budget
    table: Sequence[float] | None = field(default=None, repr=False)

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every parameter's value by name."""
        return {bound.name: bound.value for bound in self.parameters}

    @cached_property
    def passed(self) -> dict[str, Any]:
        """What is handed to the torch class: PyTorch's own defaults are left for PyTorch to fill in."""
        return {b.name: b.value for b in self.parameters if b.source is not Source.PYTORCH_DEFAULT}

    @property
    def identity(self) -> list[Any]:
        """All that tells it from other schedules of one budget, as plain data: a checkpoint of another is another run's."""
        tabled = [] if self.table is None else [sha256(array("d", self.table).tobytes()).hexdigest()]
        return [self.scheduler.key, self.steps_every, self.values, *tabled]

    @property
    def scheduler_steps_per_epoch(self) -> int:
        """How often the scheduler is stepped per epoch."""
        return 1 if self.steps_every == "epoch" else self.budget.steps_per_epoch

    @property
    def scheduler_steps(self) -> int:
        """How often the scheduler is stepped in the whole budget."""
        return self.budget.epochs * self.scheduler_steps_per_epoch

    @property
    def known(self) -> bool:
        """Whether the learning rates can be computed: not those of a person's own function without its table."""
        return self.table is not None or self.scheduler.known(self)

    @property
    def metric(self) -> Watched | None:
        """What the scheduler watches, where it reacts to training; None for all others."""
        return None if self.table is not None else self.scheduler.metric(self)

    @property
    def momentum(self) -> tuple[float, float] | None:
        """The lowest and highest momentum, where the schedule moves it along with the learning rate."""
        return None if self.table is not None else self.scheduler.momentum(self)

    def torch_call(self) -> Call | None:
        """What training builds in PyTorch; None where it needs no scheduler."""
        if self.table is None:
            return self.scheduler.torch_call(self)
        table, last = self.table, len(self.table) - 1
        return Call("LambdaLR", {"lr_lambda": Factor(lambda step: table[min(step, last)], "lambda step: table[step]")})

    def fault(self) -> Fault | None:
        """The weightiest thing that is wrong with the schedule in its budget; None where it suits, or where it is not known."""
        if self.table is not None or not self.known:
            return None
        return next(self.scheduler.faults(self), None)

    def lr_at_scheduler_steps(self, metrics: Sequence[float] | None = None) -> list[float]:
        """The LR before each step of the scheduler: E values, or E·S for one stepped every batch.

        Args:
            metrics: where the scheduler reacts, what it watches, after each epoch; a made-up curve where None.

        Raises:
            UserError: the learning rates are not `known`.
        """
        if self.table is not None:
            lr_at = self._lr_at()
            return [lr_at(t) for t in range(self.scheduler_steps)]
        self._refuse_unknown()
        return self.scheduler.rates(self, self.scheduler_steps, metrics)

    def lr_at_some_scheduler_steps(self, about: int) -> tuple[list[int], list[float]]:
        """Some steps of the scheduler, and the LR before each: for a picture of a run of millions of batches.

        All of them up to `about`, and always those of a scheduler stepped every epoch. Else that many spread over the run,
        the first and last of them included, and about as many starts of epochs.

        Raises:
            UserError: the learning rates are not `known`.
        """
        n = self.budget.steps
        if self.steps_every == "epoch" or n <= about:
            rates = self.lr_at_scheduler_steps()
            return list(range(len(rates))), rates
        # Uneven on purpose: at even distances a fast cycle would look like a slow one.
        spread = {int((i + i * _GOLDEN % 1) * n / about) for i in range(about)}
        every = -(-self.budget.epochs // about)
        starts = range(0, n, every * self.budget.steps_per_epoch)
        steps = sorted({*spread, *starts, n - 1})
        lr_at = self._lr_at()
        return steps, [lr_at(t) for t in steps]

    def _lr_at(self) -> Callable[[int], float]:
        """The LR before one step of the scheduler."""
        if self.table is None:
            self._refuse_unknown()
            return self.scheduler.lr_at(self)
        table, base_lr, last = self.table, self.budget.base_lr, len(self.table) - 1
        return lambda t: base_lr * table[min(t, last)]

    def _refuse_unknown(self) -> None:
        if not self.known:
            raise UserError(f"the learning rates of {self.scheduler.key} are not known")

    def lr_at_steps(self, metrics: Sequence[float] | None = None) -> list[float]:
        """The LR in force at each optimizer step: E·S values.

        Raises:
            UserError: the learning rates are not `known`.
        """
        rates = self.lr_at_scheduler_steps(metrics)
        if self.steps_every == "batch":
            return rates
        return [lr for lr in rates for _ in range(self.budget.steps_per_epoch)]


def made_up_metric(epochs: int, mode: str = "min") -> list[float]:
    """A plausible validation curve for previews of schedulers that react: fast progress for a third of the budget, then none."""
    knee = max(1, epochs // 3)
    losses = [0.1 + 2.2 * 0.1 ** (min(t, knee) / knee) for t in range(epochs)]
    return losses if mode == "min" else [1 - loss / 4 for loss in losses]
