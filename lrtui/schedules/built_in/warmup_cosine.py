"""Linear warm-up, then one half cosine to zero (Goyal et al. 2017 with Loshchilov & Hutter 2017)."""

import math

from lrtui.errors import UserError
from lrtui.schedules.base import Family, Values
from lrtui.schedules.factor import FactorScheduler
from lrtui.schedules.parameters import Parameter, Source
from lrtui.schedules.profiles import Budget
from lrtui.schedules.schedule import Schedule


def warmup_cosine(step: int, warmup_steps: int, total_iters: int) -> float:
    """The factor on the base LR."""
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return (1 + math.cos(math.pi * min(1.0, (step - warmup_steps) / max(1, total_iters - warmup_steps)))) / 2


class WarmupCosine(FactorScheduler):
    """What most large models are trained with."""

    key = "warmup-cosine"
    name = "Warm-up, then cosine"
    family: Family = "beyond the table"
    place = 2
    default_source = Source.LRTUI_DEFAULT
    decays = True
    parameters = (Parameter("warmup_steps", "int", low=0), Parameter("total_iters", "int", low=1))
    factor = staticmethod(warmup_cosine)
    length = "total_iters"

    def tied(self, budget: Budget) -> Values:
        return {"warmup_steps": budget.steps // 20, "total_iters": budget.steps}

    def check(self, schedule: Schedule) -> None:
        p = schedule.values
        if p["warmup_steps"] > p["total_iters"]:
            raise UserError(f"warmup_steps={p['warmup_steps']}: expected at most total_iters={p['total_iters']}")


SCHEDULERS = (WarmupCosine(),)
