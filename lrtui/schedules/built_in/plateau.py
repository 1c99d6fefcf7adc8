"""ReduceLROnPlateau: the one that reacts to what training brings."""

import math
from collections.abc import Iterator, Sequence

from lrtui.schedules.base import Family, Scheduler, Values
from lrtui.schedules.faults import Fault, FaultCode
from lrtui.schedules.parameters import Parameter, Source
from lrtui.schedules.profiles import Budget, at_least_one
from lrtui.schedules.schedule import Schedule, StepsEvery, Watched, made_up_metric

LONG = 1 / 3  # of the epochs: a plateau that waits for so long acts once or twice at the most


class Plateau(Scheduler):
    """The LR drops once the metric after each epoch has not improved for `patience` epochs."""

    key = "plateau"
    name = "Reduce-LR-On-Plateau"
    family: Family = "step decay"
    place = 2
    in_table = True
    torch_class = "ReduceLROnPlateau"
    steps_every: StepsEvery = "epoch"
    default_source = Source.PYTORCH_DEFAULT
    decays = True
    reacts = True
    waits_by = "patience"
    parameters = (
        Parameter("mode", "choice", default="min", choices=("min", "max")),
        Parameter("factor", "float", default=0.1, above=0, below=1),
        Parameter("patience", "int", default=10, low=0),
        Parameter("threshold", "float", default=1e-4, low=0),
        Parameter("threshold_mode", "choice", default="rel", choices=("rel", "abs")),
        Parameter("cooldown", "int", default=0, low=0),
        Parameter("min_lr", "float", default=0.0, low=0),
        Parameter("eps", "float", default=1e-8, low=0),
    )

    def fitted(self, budget: Budget) -> Values:
        return {"patience": at_least_one(budget.epochs / 10)}

    def study(self, budget: Budget) -> Values:
        return {"mode": "max", "patience": 5, "factor": 0.25}

    def metric(self, schedule: Schedule) -> Watched:
        """The one that `mode` makes sense for."""
        return "val_loss" if schedule.values["mode"] == "min" else "score"

    def rates(self, schedule: Schedule, n: int, metrics: Sequence[float] | None = None) -> list[float]:
        p = schedule.values
        if metrics is None:
            metrics = made_up_metric(n, p["mode"])
        sign = 1 if p["mode"] == "min" else -1
        lr, best, bad, cooling = schedule.budget.base_lr, math.inf * sign, 0, 0
        rates = []
        for t in range(n):
            rates.append(lr)
            metric = metrics[t]
            bar = best * (1 - sign * p["threshold"]) if p["threshold_mode"] == "rel" else best - sign * p["threshold"]
            if sign * metric < sign * bar:
                best, bad = metric, 0
            else:
                bad += 1
            if cooling > 0:
                cooling -= 1
                bad = 0
            if bad > p["patience"]:
                lower = max(lr * p["factor"], p["min_lr"])
                if lr - lower > p["eps"]:
                    lr = lower
                cooling, bad = p["cooldown"], 0
        return rates

    def faults(self, schedule: Schedule) -> Iterator[Fault]:
        yield from super().faults(schedule)
        patience = schedule.values["patience"]
        if patience >= LONG * schedule.budget.epochs:
            consequence = f"acts after {patience + 1} epochs without progress"
            yield Fault(FaultCode.WAITS_LONG, ("patience",), consequence)

    def own_mends(self, schedule: Schedule) -> Iterator[Values]:
        # where a tenth of the epochs, rounded up, is too many
        yield {"patience": max(0, (schedule.budget.epochs - 1) // 3)}


SCHEDULERS = (Plateau(),)
