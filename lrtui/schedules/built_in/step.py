"""The staircases: StepLR and MultiStepLR."""

from collections.abc import Callable, Iterator

from lrtui.schedules.base import Family, Scheduler, Values
from lrtui.schedules.faults import Fault, FaultCode, ends_high
from lrtui.schedules.parameters import Parameter, Source, format_value
from lrtui.schedules.profiles import Budget, at_least_one
from lrtui.schedules.schedule import Schedule, StepsEvery

_GAMMA = Parameter("gamma", "float", default=0.1, above=0, high=1)


class _Staircase(Scheduler):
    family: Family = "step decay"
    in_table = True
    steps_every: StepsEvery = "epoch"
    default_source = Source.PYTORCH_DEFAULT
    decays = True
    ends_low_by = ("gamma",)
    lowered_by: tuple[str, ...]
    """The parameters that decide how low it ends."""

    def stays_by(self, schedule: Schedule) -> tuple[str, ...]:
        return ("gamma",) if schedule.values["gamma"] == 1 else super().stays_by(schedule)

    def faults(self, schedule: Schedule) -> Iterator[Fault]:
        yield from super().faults(schedule)
        yield from self.not_reached(schedule)
        rates = schedule.lr_at_scheduler_steps()
        high = ends_high(self.lowered_by, rates[-1], max(rates))
        if high:
            yield high

    def not_reached(self, schedule: Schedule) -> Iterator[Fault]:
        """Drops that no epoch reaches, where others are."""
        yield from ()


class Step(_Staircase):
    """StepLR: base · gamma^⌊t / step_size⌋."""

    key = "step"
    name = "Step"
    torch_class = "StepLR"
    parameters = (Parameter("step_size", "int", low=1), _GAMMA)
    waits_by = "step_size"
    lowered_by = ("step_size", "gamma")

    def documented(self, budget: Budget) -> Values:
        return {"step_size": 30}

    def fitted(self, budget: Budget) -> Values:
        return {"step_size": at_least_one(budget.epochs / 3)}

    def study(self, budget: Budget) -> Values:
        return {"step_size": 10, "gamma": 0.5}

    def lr_at(self, schedule: Schedule) -> Callable[[int], float]:
        p, base_lr = schedule.values, schedule.budget.base_lr
        return lambda t: float(base_lr * p["gamma"] ** (t // p["step_size"]))


class MultiStep(_Staircase):
    """MultiStepLR: base · gamma^(milestones reached)."""

    key = "multistep"
    name = "Multi-Step"
    place = 1
    torch_class = "MultiStepLR"
    parameters = (Parameter("milestones", "ints", low=0), _GAMMA)
    waits_by = "milestones"
    lowered_by = ("gamma",)

    def documented(self, budget: Budget) -> Values:
        return {"milestones": (30, 80)}

    def fitted(self, budget: Budget) -> Values:
        return {"milestones": (max(1, budget.epochs // 2), max(1, 3 * budget.epochs // 4))}

    def study(self, budget: Budget) -> Values:
        return {"milestones": (15, 25, 30, 35, 45), "gamma": 0.5}

    def lr_at(self, schedule: Schedule) -> Callable[[int], float]:
        p, base_lr = schedule.values, schedule.budget.base_lr
        return lambda t: float(base_lr * p["gamma"] ** sum(m <= t for m in p["milestones"]))

    def not_reached(self, schedule: Schedule) -> Iterator[Fault]:
        beyond = [m for m in schedule.values["milestones"] if m >= schedule.budget.epochs]
        if beyond:
            yield Fault(FaultCode.MILESTONES, ("milestones",), f"{format_value(tuple(beyond))} never reached")


SCHEDULERS = (Step(), MultiStep())
