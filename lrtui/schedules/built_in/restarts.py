"""Cosine with restarts: SGDR (Loshchilov & Hutter 2017), and the outline's Custom A and B with a warm-up and a decaying peak."""

import math
from collections.abc import Iterator, Sequence
from itertools import islice

from lrtui.errors import UserError
from lrtui.schedules.base import Family, Scheduler, Values
from lrtui.schedules.faults import Fault, FaultCode, ends_high
from lrtui.schedules.parameters import Parameter, Source
from lrtui.schedules.profiles import Budget, at_least_one
from lrtui.schedules.schedule import Schedule, StepsEvery
from lrtui.schedules.torch_call import Call

_MOST_LENGTHS = 200  # first cycles that are tried to mend a schedule: the nearest ones
_RESTARTS = (
    Parameter("T_0", "int", low=1),
    Parameter("T_mult", "int", default=1, low=1),
    Parameter("eta_min", "float", default=0.0, low=0),
)
_CUSTOM = (
    *_RESTARTS,
    Parameter("warmup", "int", default=0, low=0),
    Parameter("gamma", "float", default=1.0, above=0, high=1),
)


def ends_with_a_cycle(epochs: int, first: int, factor: int, warmup: int = 0) -> bool:
    """Whether cycles of `first` epochs and on, each but its warm-up `factor` times as long as the last, fill the epochs."""
    if factor == 1:
        return epochs % first == 0
    length, end = first, first
    while end < epochs:
        length = (length - warmup) * factor + warmup
        end += length
    return end == epochs


class Restarts(Scheduler):
    """CosineAnnealingWarmRestarts at whole steps."""

    key = "cosine-restarts"
    name = "Cosine-Annealing-Warm-Restarts"
    family: Family = "cosine"
    place = 1
    in_table = True
    torch_class = "CosineAnnealingWarmRestarts"
    steps_every: StepsEvery = "epoch"
    default_source = Source.PYTORCH_DEFAULT
    decays = True
    cycles = True
    parameters: tuple[Parameter, ...] = _RESTARTS
    fitted_together = ("T_0", "T_mult", "warmup")

    def documented(self, budget: Budget) -> Values:
        return {"T_0": 20}

    def fitted(self, budget: Budget) -> Values:
        return {"T_0": at_least_one(budget.epochs / 7), "T_mult": 2}

    def study(self, budget: Budget) -> Values:
        return {"T_0": 5, "T_mult": 2, "eta_min": 1e-5}

    def check(self, schedule: Schedule) -> None:
        p = schedule.values
        if _warmup(schedule) >= p["T_0"]:
            raise UserError(f"warmup={p['warmup']}: expected less than T_0={p['T_0']}, the length of the first cycle")

    def rates(self, schedule: Schedule, n: int, metrics: Sequence[float] | None = None) -> list[float]:
        """Cycle by cycle.

        Cycle i has length T_i and peak base · gamma^i. In step t of a cycle the LR rises linearly from eta_min while
        t < warmup, then falls as half a cosine; T_{i+1} = (T_i - warmup) · T_mult + warmup.
        """
        p, warmup = schedule.values, _warmup(schedule)
        eta_min, gamma = p["eta_min"], p.get("gamma", 1.0)
        length, peak, t = p["T_0"], schedule.budget.base_lr, 0
        rates = []
        for _ in range(n):
            if t == length:
                length, peak, t = (length - warmup) * p["T_mult"] + warmup, peak * gamma, 0
            if t < warmup:
                rates.append(eta_min + (peak - eta_min) * t / warmup)
            else:
                progress = (t - warmup) / (length - warmup)
                rates.append(eta_min + (peak - eta_min) * (1 + math.cos(math.pi * progress)) / 2)
            t += 1
        return rates

    def stays_by(self, schedule: Schedule) -> tuple[str, ...]:
        return ("T_0",)

    def faults(self, schedule: Schedule) -> Iterator[Fault]:
        yield from super().faults(schedule)
        p = schedule.values
        if ends_with_a_cycle(schedule.budget.epochs, p["T_0"], p["T_mult"], _warmup(schedule)):
            return
        rates = schedule.lr_at_scheduler_steps()
        high = ends_high(("T_0",), rates[-1], max(rates), p["eta_min"], FaultCode.CUT_OFF)
        if high:
            yield high

    def own_mends(self, schedule: Schedule) -> Iterator[Values]:
        """Lengths of the first cycle that leave at least two cycles: those that end with the budget, then the nearest."""
        p, epochs, warmup = schedule.values, schedule.budget.epochs, _warmup(schedule)

        def worse(first: int) -> tuple[bool, float]:
            return not ends_with_a_cycle(epochs, first, p["T_mult"], warmup), abs(math.log(first / p["T_0"]))

        lengths = sorted(range(warmup + 1, epochs), key=worse)
        yield from ({"T_0": length} for length in islice(lengths, _MOST_LENGTHS))
        yield {"T_0": epochs}

    def cycles_within(self, schedule: Schedule, epochs: int) -> tuple[float, float] | None:
        p, warmup = schedule.values, _warmup(schedule)
        starts = _starts(schedule, epochs)
        if not starts:
            return None
        length = p["T_0"]
        for _ in starts[1:]:
            length = (length - warmup) * p["T_mult"] + warmup
        return len(starts) - 1 + (epochs - starts[-1]) / length, float(length)

    def restarts_within(self, schedule: Schedule, epochs: int) -> list[tuple[int, int]]:
        return [(start, start + _warmup(schedule)) for start in _starts(schedule, epochs)[1:]]


class _Custom(Restarts):
    """The class of lrtui's own, in `torch_restarts`."""

    torch_class = "CosineAnnealingWarmupRestarts"
    default_source = Source.LRTUI_DEFAULT
    parameters = _CUSTOM

    def torch_call(self, schedule: Schedule) -> Call:
        return Call(self.torch_class, schedule.passed, "lrtui.schedules.torch_restarts", pasted=True)


class RestartsWarmup(_Custom):
    """Custom A: every cycle begins with a warm-up."""

    key = "cosine-restarts-warmup"
    name = "Custom A: restarts with warm-up"
    place = 2

    def documented(self, budget: Budget) -> Values:
        return {"T_0": 20, "warmup": 5}

    def fitted(self, budget: Budget) -> Values:
        first = at_least_one(budget.epochs / 7)
        return {"T_0": first, "T_mult": 2, "warmup": min(at_least_one(first / 5), first - 1)}

    def study(self, budget: Budget) -> Values:
        return {**super().study(budget), "warmup": 1}


class RestartsDecay(_Custom):
    """Custom B: every peak is lower than the last."""

    key = "cosine-restarts-decay"
    name = "Custom B: restarts with decaying peak"
    place = 3

    def documented(self, budget: Budget) -> Values:
        return {"T_0": 20, "gamma": 0.5}

    def fitted(self, budget: Budget) -> Values:
        return {**super().fitted(budget), "gamma": 0.5}

    def study(self, budget: Budget) -> Values:
        return {**super().study(budget), "gamma": 0.5}


def _warmup(schedule: Schedule) -> int:
    return int(schedule.values.get("warmup", 0))


def _starts(schedule: Schedule, epochs: int) -> list[int]:
    """The epochs, from 0, at which a cycle begins."""
    p, warmup = schedule.values, _warmup(schedule)
    starts, length, step = [], p["T_0"], 0
    while step < epochs:
        starts.append(step)
        step += length
        length = (length - warmup) * p["T_mult"] + warmup
    return starts


SCHEDULERS = (Restarts(), RestartsWarmup(), RestartsDecay())
