"""A schedule: a scheduler with every parameter bound, and the learning rates it will give."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lrtui.errors import UserError
from lrtui.schedules import curves
from lrtui.schedules.catalogue import Scheduler, StepsEvery, scheduler
from lrtui.schedules.expression import parse_expression
from lrtui.schedules.parameters import Source, Value
from lrtui.schedules.profiles import Budget, ProfileName, profile_values, steps_every

_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Bound:
    """One parameter's value in a schedule, and where it comes from."""

    name: str
    value: Value
    source: Source


@dataclass(frozen=True)
class Schedule:
    """A scheduler with its parameters bound to a budget. `parameters` holds all of them, in torch's order."""

    scheduler: Scheduler
    parameters: tuple[Bound, ...]
    steps_every: StepsEvery
    budget: Budget

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every parameter's value by name."""
        return {bound.name: bound.value for bound in self.parameters}

    @cached_property
    def passed(self) -> dict[str, Any]:
        """What is handed to the torch class: PyTorch's own defaults are left for PyTorch to fill in."""
        return {b.name: b.value for b in self.parameters if b.source is not Source.PYTORCH_DEFAULT}

    @property
    def metric(self) -> str | None:
        """The metric ReduceLROnPlateau watches: the one that its `mode` makes sense for; None for all others."""
        if self.scheduler.key != "plateau":
            return None
        return "val_loss" if self.values["mode"] == "min" else "val_acc"

    def multiplier(self) -> curves.Multiplier:
        """The factor function of a schedule that torch is given as a function of its step count.

        Raises:
            KeyError: the scheduler is not one of those.
        """
        if "lr_lambda" in self.values:
            expression = parse_expression(self.values["lr_lambda"])
            epochs, steps = self.budget.epochs, self.budget.steps_per_epoch
            return lambda epoch: expression(epoch, epochs=epochs, steps_per_epoch=steps)
        return curves.FACTORS[self.scheduler.key](self.values)

    def lr_at_scheduler_steps(self, metrics: Sequence[float] | None = None) -> list[float]:
        """The LR before each step of the scheduler: E values, or E·S for one stepped every batch.

        Args:
            metrics: for `plateau`, the metric after each epoch; a made-up curve where None.
        """
        budget = self.budget
        n = budget.epochs if self.steps_every == "epoch" else budget.steps
        key = self.scheduler.key
        if key == "constant":
            return curves.constant(budget.base_lr, n)
        if key == "multiplicative":
            return curves.multiplicative(self.multiplier(), budget.base_lr, n)
        if key == "lambda" or key in curves.FACTORS:
            return curves.lambda_(self.multiplier(), budget.base_lr, n)
        if key == "plateau":
            if metrics is None:
                metrics = made_up_metric(n, self.values["mode"])
            return curves.plateau(self.values, budget.base_lr, n, metrics)
        return curves.CURVES[key](self.values, budget.base_lr, n)

    def lr_at_some_scheduler_steps(self, about: int) -> tuple[list[int], list[float]]:
        """Some steps of the scheduler, and the LR before each: for a picture of a run of millions of batches.

        All of them up to `about`, and always those of a scheduler stepped every epoch. Else that many spread over the run,
        the first and last of them included, and about as many starts of epochs.
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
        """The LR before one step of a scheduler stepped every batch."""
        if self.scheduler.key == "cyclic":
            return curves.cyclic_at(self.values)
        if self.scheduler.key == "onecycle":
            return curves.onecycle_at(self.values)
        factor, base_lr = self.multiplier(), self.budget.base_lr
        return lambda t: base_lr * factor(t)

    def lr_at_steps(self, metrics: Sequence[float] | None = None) -> list[float]:
        """The LR in force at each optimizer step: E·S values."""
        rates = self.lr_at_scheduler_steps(metrics)
        if self.steps_every == "batch":
            return rates
        return [lr for lr in rates for _ in range(self.budget.steps_per_epoch)]


def made_up_metric(epochs: int, mode: str = "min") -> list[float]:
    """A plausible validation curve for previews of `plateau`: fast progress for a third of the budget, then none."""
    knee = max(1, epochs // 3)
    losses = [0.1 + 2.2 * 0.1 ** (min(t, knee) / knee) for t in range(epochs)]
    return losses if mode == "min" else [1 - loss / 4 for loss in losses]


def bind(key: str, profile: ProfileName, budget: Budget, overrides: Mapping[str, object] | None = None) -> Schedule:
    """Bind every parameter of a scheduler: overrides first, then the profile's values, then PyTorch's defaults.

    Raises:
        UserError: unknown scheduler or parameter, a value of the wrong type or outside its limits, or values that
            do not go together.
    """
    schedule = bind_each(key, profile, budget, overrides)
    _check_together(schedule)
    return schedule


def bind_each(
    key: str, profile: ProfileName, budget: Budget, overrides: Mapping[str, object] | None = None
) -> Schedule:
    """Bind every parameter as `bind` does, also to values that do not go together: to show them.

    Raises:
        UserError: unknown scheduler or parameter, a value of the wrong type or outside its limits.
    """
    entry = scheduler(key)
    overrides = overrides or {}
    for name in overrides:
        entry.parameter(name)
    values, source = profile_values(key, profile, budget)
    # Custom A and B, and the group beyond the table, are put together here: their defaults are not PyTorch's.
    own = entry.torch_class == "CosineAnnealingWarmupRestarts" or entry.family == "beyond the table"
    default_source = Source.LRTUI_DEFAULT if own else Source.PYTORCH_DEFAULT
    bound = []
    for parameter in entry.parameters:
        if parameter.name in overrides:
            value = parameter.check(overrides[parameter.name])
            bound.append(Bound(parameter.name, value, Source.YOURS))
        elif parameter.name in values:
            bound.append(Bound(parameter.name, parameter.check(values[parameter.name]), source))
        else:
            assert not parameter.required, f"profile {profile} leaves {key}.{parameter.name} unbound"
            bound.append(Bound(parameter.name, parameter.check(parameter.default), default_source))
    return Schedule(entry, tuple(bound), steps_every(key, profile), budget)


def _check_together(schedule: Schedule) -> None:
    """Limits that tie parameters to each other or to the budget."""
    key, p, budget = schedule.scheduler.key, schedule.values, schedule.budget
    if "warmup" in p and p["warmup"] >= p["T_0"]:
        raise UserError(f"warmup={p['warmup']}: expected less than T_0={p['T_0']}, the length of the first cycle")
    if key == "cyclic" and p["base_lr"] > p["max_lr"]:
        raise UserError(f"base_lr={p['base_lr']:g}: expected at most max_lr={p['max_lr']:g}")
    if key == "onecycle" and p["total_steps"] < budget.steps:
        raise UserError(
            f"total_steps={p['total_steps']}: expected at least {budget.steps}, the optimizer steps in the budget; "
            "OneCycleLR stops with an error after its last step"
        )
    for name in ("warmup_steps", "decay_steps"):
        if name in p and p[name] > p["total_iters"]:
            raise UserError(f"{name}={p[name]}: expected at most total_iters={p['total_iters']}")
    if key == "wsd" and p["warmup_steps"] + p["decay_steps"] > p["total_iters"]:
        raise UserError(
            f"warmup_steps={p['warmup_steps']} and decay_steps={p['decay_steps']}: "
            f"expected at most total_iters={p['total_iters']} together"
        )
    if key == "cyclic" and p["mode"] == "triangular2":
        _check_halvings(schedule)
    if key == "onecycle":
        curves.onecycle_at(p)(0)  # only a first phase can have no length within the budget
        if not math.isfinite(p["max_lr"] / p["div_factor"] / p["final_div_factor"]):
            raise UserError(
                f"div_factor={p['div_factor']:g} and final_div_factor={p['final_div_factor']:g}: "
                "expected factors that leave the learning rate finite"
            )
    if key in ("lambda", "multiplicative"):
        _check_expression(schedule)


def _check_halvings(schedule: Schedule) -> None:
    p, budget = schedule.values, schedule.budget
    cycle = p["step_size_up"] + (p["step_size_down"] or p["step_size_up"])
    if (budget.epochs if schedule.steps_every == "epoch" else budget.steps) >= 1024 * cycle:
        raise UserError(
            f"step_size_up={p['step_size_up']} with mode=triangular2: expected fewer than 1024 cycles within the budget; "
            "CyclicLR cannot compute the next"
        )


def _check_expression(schedule: Schedule) -> None:
    for epoch, lr in enumerate(schedule.lr_at_scheduler_steps()):
        if not 0 <= lr < math.inf:
            raise UserError(
                f"lr_lambda={schedule.values['lr_lambda']!r}: the learning rate becomes {lr:g} at epoch {epoch}; "
                "expected finite numbers >= 0 within the budget"
            )
