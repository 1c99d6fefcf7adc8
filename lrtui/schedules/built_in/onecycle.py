"""OneCycleLR (Smith & Topin 2018): up to max_lr, down to far below the start; three_phase splits the descent."""

import math
from collections.abc import Callable, Iterator

from lrtui.errors import UserError
from lrtui.schedules.base import Family, Scheduler, Values
from lrtui.schedules.faults import Fault, ends_high, other_length
from lrtui.schedules.parameters import Parameter, Source
from lrtui.schedules.profiles import Budget
from lrtui.schedules.schedule import Schedule


class OneCycle(Scheduler):
    """One rise and one fall over the budget, and the momentum the other way."""

    key = "onecycle"
    name = "One-Cycle"
    family: Family = "other"
    place = 1
    in_table = True
    torch_class = "OneCycleLR"
    default_source = Source.PYTORCH_DEFAULT
    decays = True
    cycles = True
    follow_base_lr = ("max_lr",)
    ends_low_by = ("div_factor", "final_div_factor")
    parameters = (
        Parameter("max_lr", "float", above=0),
        Parameter("total_steps", "int", low=1),
        Parameter("pct_start", "float", default=0.3, low=0, high=1),
        Parameter("anneal_strategy", "choice", default="cos", choices=("cos", "linear")),
        Parameter("cycle_momentum", "bool", default=True),
        Parameter("base_momentum", "float", default=0.85, low=0, below=1),
        Parameter("max_momentum", "float", default=0.95, low=0, below=1),
        Parameter("div_factor", "float", default=25.0, above=0),
        Parameter("final_div_factor", "float", default=1e4, above=0),
        Parameter("three_phase", "bool", default=False),
    )

    def tied(self, budget: Budget) -> Values:
        return {"max_lr": budget.base_lr, "total_steps": budget.steps}

    def check(self, schedule: Schedule) -> None:
        p, steps = schedule.values, schedule.budget.steps
        if p["total_steps"] < steps:
            raise UserError(
                f"total_steps={p['total_steps']}: expected at least {steps}, the optimizer steps in the budget; "
                "OneCycleLR stops with an error after its last step"
            )
        self.lr_at(schedule)(0)  # only a first phase can have no length within the budget
        if not math.isfinite(p["max_lr"] / p["div_factor"] / p["final_div_factor"]):
            raise UserError(
                f"div_factor={p['div_factor']:g} and final_div_factor={p['final_div_factor']:g}: "
                "expected factors that leave the learning rate finite"
            )

    def lr_at(self, schedule: Schedule) -> Callable[[int], float]:
        """The LR before one step; the function raises UserError where torch divides by the length of a phase that has none."""
        p = schedule.values
        total, peak = p["total_steps"], p["max_lr"]
        start = peak / p["div_factor"]
        floor = start / p["final_div_factor"]
        rise = p["pct_start"] * total - 1
        if p["three_phase"]:
            phases = [(rise, start, peak), (2 * p["pct_start"] * total - 2, peak, start), (total - 1, start, floor)]
        else:
            phases = [(rise, start, peak), (total - 1, peak, floor)]

        def lr_at(t: int) -> float:
            phase, begin = 0, 0.0
            while t > phases[phase][0] and phase < len(phases) - 1:
                phase, begin = phase + 1, phases[phase][0]
            end, from_lr, to_lr = phases[phase]
            if end == begin:
                raise UserError(
                    f"pct_start={p['pct_start']:g} with total_steps={total}: a phase of no length, which OneCycleLR cannot divide"
                )
            return _anneal(from_lr, to_lr, (t - begin) / (end - begin), p["anneal_strategy"])

        return lr_at

    def momentum(self, schedule: Schedule) -> tuple[float, float] | None:
        p = schedule.values
        return (p["base_momentum"], p["max_momentum"]) if p["cycle_momentum"] else None

    def has_value_after_the_end(self, schedule: Schedule) -> bool:
        try:
            self.lr_at(schedule)(schedule.budget.steps)
        except UserError:
            return False
        return True

    def faults(self, schedule: Schedule) -> Iterator[Fault]:
        yield from super().faults(schedule)
        length = other_length(schedule, "total_steps")
        if length:
            yield length
        p = schedule.values
        start = p["max_lr"] / p["div_factor"]
        last = start / p["final_div_factor"]
        high = ends_high(("div_factor", "final_div_factor"), last, max(p["max_lr"], start, last))
        if high:
            yield high

    def cycles_within(self, schedule: Schedule, epochs: int) -> tuple[float, float]:
        total, per_epoch = schedule.values["total_steps"], schedule.scheduler_steps_per_epoch
        return epochs * per_epoch / total, total / per_epoch


def _anneal(start: float, end: float, part: float, strategy: str) -> float:
    if strategy == "linear":
        return (end - start) * part + start
    return end + (start - end) / 2 * (1 + math.cos(math.pi * part))


SCHEDULERS = (OneCycle(),)
