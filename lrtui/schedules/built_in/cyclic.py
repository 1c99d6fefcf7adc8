"""CyclicLR (Smith 2017): a triangle between base_lr and max_lr, constant, halved or shrunk by gamma^t."""

import math
from collections.abc import Callable, Iterator

from lrtui.errors import UserError
from lrtui.schedules.base import Family, Scheduler, Values
from lrtui.schedules.faults import Fault, FaultCode
from lrtui.schedules.parameters import Parameter, Source
from lrtui.schedules.profiles import Budget, ProfileName, at_least_one
from lrtui.schedules.schedule import Schedule, StepsEvery

WHOLE = 0.05  # of a cycle: as near to a whole number of cycles as rounding to steps allows
_CYCLES = (3, 2, 1)  # in the budget; three are what the fitted profile has


class Cyclic(Scheduler):
    """Up and down between two learning rates, and the momentum the other way."""

    key = "cyclic"
    name = "Cyclic"
    family: Family = "other"
    in_table = True
    torch_class = "CyclicLR"
    default_source = Source.PYTORCH_DEFAULT
    cycles = True
    follow_base_lr = ("base_lr", "max_lr")
    parameters = (
        Parameter("base_lr", "float", low=0),
        Parameter("max_lr", "float", above=0),
        Parameter("step_size_up", "int", default=2000, low=1),
        Parameter("step_size_down", "int", default=None, low=1, optional_none=True),
        Parameter("mode", "choice", default="triangular", choices=("triangular", "triangular2", "exp_range")),
        Parameter("gamma", "float", default=1.0, above=0, high=1),
        Parameter("cycle_momentum", "bool", default=True),
        Parameter("base_momentum", "float", default=0.8, low=0, below=1),
        Parameter("max_momentum", "float", default=0.9, low=0, below=1),
    )

    def documented(self, budget: Budget) -> Values:
        return {"base_lr": budget.base_lr / 10, "max_lr": budget.base_lr}

    def fitted(self, budget: Budget) -> Values:
        rates = {"base_lr": budget.base_lr / 10, "max_lr": budget.base_lr}
        return {**rates, "step_size_up": at_least_one(budget.steps / 6)}

    def study(self, budget: Budget) -> Values:
        return {"base_lr": 1e-5, "max_lr": budget.base_lr, "step_size_up": 5, "mode": "exp_range", "gamma": 0.92}

    def steps_every_in(self, profile: ProfileName) -> StepsEvery:
        """The study steps it once per epoch."""
        return "epoch" if profile == "study" else self.steps_every

    def check(self, schedule: Schedule) -> None:
        p = schedule.values
        if p["base_lr"] > p["max_lr"]:
            raise UserError(f"base_lr={p['base_lr']:g}: expected at most max_lr={p['max_lr']:g}")
        if p["mode"] == "triangular2" and schedule.scheduler_steps >= 1024 * _cycle(schedule):
            raise UserError(
                f"step_size_up={p['step_size_up']} with mode=triangular2: expected fewer than 1024 cycles within the budget; "
                "CyclicLR cannot compute the next"
            )

    def lr_at(self, schedule: Schedule) -> Callable[[int], float]:
        p = schedule.values
        low, up = p["base_lr"], float(p["step_size_up"])
        total = up + float(p["step_size_down"] or p["step_size_up"])
        ratio = up / total
        scales: dict[str, Callable[[int, int], float]] = {
            "triangular": lambda cycle, t: 1.0,
            "triangular2": lambda cycle, t: 1 / 2.0 ** (cycle - 1),
            "exp_range": lambda cycle, t: float(p["gamma"] ** t),
        }
        scale = scales[p["mode"]]

        def lr_at(t: int) -> float:
            cycle = math.floor(1 + t / total)
            x = 1 + t / total - cycle
            height = x / ratio if x <= ratio else (x - 1) / (ratio - 1)
            return float(low + (p["max_lr"] - low) * height * scale(cycle, t))

        return lr_at

    def momentum(self, schedule: Schedule) -> tuple[float, float] | None:
        p = schedule.values
        return (p["base_momentum"], p["max_momentum"]) if p["cycle_momentum"] else None

    def stays_by(self, schedule: Schedule) -> tuple[str, ...]:
        return ("base_lr", "max_lr")

    def never_changes(self, schedule: Schedule) -> bool:
        return bool(schedule.values["base_lr"] == schedule.values["max_lr"])

    def faults(self, schedule: Schedule) -> Iterator[Fault]:
        yield from super().faults(schedule)
        cycles = schedule.scheduler_steps / _cycle(schedule)
        if round(cycles) < 1 or abs(cycles - round(cycles)) > WHOLE:
            uneven = schedule.values["step_size_down"]
            names = ("step_size_up", "step_size_down") if uneven else ("step_size_up",)
            count = f"{cycles:.2g} cycles" if cycles < 100 else f"{cycles:.1f} cycles"
            yield Fault(FaultCode.PART_OF_A_CYCLE, names, count)

    def own_mends(self, schedule: Schedule) -> Iterator[Values]:
        """Three cycles, or fewer, as near to the whole budget as steps allow; then one that rises and falls by turns exactly."""
        steps = schedule.scheduler_steps
        for cycles in _CYCLES:
            yield {"step_size_up": -(-steps // (2 * cycles)), "step_size_down": None}
        for cycles in _CYCLES:
            length = steps // cycles
            if length >= 2:
                yield {"step_size_up": -(-length // 2), "step_size_down": length // 2}

    def mending_fitted(self, budget: Budget) -> Values:
        """None: what suits depends on how often the schedule is stepped, see `own_mends`."""
        return {}

    def cycles_within(self, schedule: Schedule, epochs: int) -> tuple[float, float]:
        length = _cycle(schedule) / schedule.scheduler_steps_per_epoch
        return epochs / length, length


def _cycle(schedule: Schedule) -> int:
    """The scheduler steps in a cycle."""
    p = schedule.values
    return int(p["step_size_up"] + (p["step_size_down"] or p["step_size_up"]))


SCHEDULERS = (Cyclic(),)
