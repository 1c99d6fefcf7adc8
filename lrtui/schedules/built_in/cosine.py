"""CosineAnnealingLR (Loshchilov & Hutter 2017): half a cosine down over T_max, then up again."""

import math
from collections.abc import Callable, Iterator

from lrtui.schedules.base import Family, Scheduler, Values
from lrtui.schedules.faults import Fault, FaultCode, ends_high
from lrtui.schedules.parameters import Parameter, Source
from lrtui.schedules.profiles import Budget
from lrtui.schedules.schedule import Schedule, StepsEvery


class Cosine(Scheduler):
    """Half a cosine over T_max epochs."""

    key = "cosine"
    name = "Cosine-Annealing"
    family: Family = "cosine"
    in_table = True
    torch_class = "CosineAnnealingLR"
    steps_every: StepsEvery = "epoch"
    default_source = Source.PYTORCH_DEFAULT
    decays = True
    cycles = True
    parameters = (Parameter("T_max", "int", low=1), Parameter("eta_min", "float", default=0.0, low=0))
    ends_low_by = ("eta_min",)

    def tied(self, budget: Budget) -> Values:
        return {"T_max": budget.epochs}

    def study(self, budget: Budget) -> Values:
        return {"T_max": 10}

    def lr_at(self, schedule: Schedule) -> Callable[[int], float]:
        p, base_lr = schedule.values, schedule.budget.base_lr
        span = base_lr - p["eta_min"]
        return lambda t: float(p["eta_min"] + span * (1 + math.cos(math.pi * t / p["T_max"])) / 2)

    def stays_by(self, schedule: Schedule) -> tuple[str, ...]:
        return ("T_max",)

    def faults(self, schedule: Schedule) -> Iterator[Fault]:
        yield from super().faults(schedule)
        p, epochs = schedule.values, schedule.budget.epochs
        if p["T_max"] != epochs:
            consequence = "cut off before its end" if p["T_max"] > epochs else "the LR rises again after it"
            yield Fault(FaultCode.T_MAX, ("T_max",), consequence)
        high = ends_high(("eta_min",), p["eta_min"], max(schedule.budget.base_lr, p["eta_min"]))
        if high:
            yield high

    def cycles_within(self, schedule: Schedule, epochs: int) -> tuple[float, float]:
        t_max = schedule.values["T_max"]
        return epochs / (2 * t_max), 2.0 * t_max


SCHEDULERS = (Cosine(),)
