"""Warm-up, stable, linear decay to zero (Hu et al. 2024, MiniCPM; Hägele et al. 2024)."""

from lrtui.errors import UserError
from lrtui.schedules.base import Family, Values
from lrtui.schedules.factor import FactorScheduler
from lrtui.schedules.parameters import Parameter, Source
from lrtui.schedules.profiles import Budget, at_least_one
from lrtui.schedules.schedule import Schedule


def warmup_stable_decay(step: int, warmup_steps: int, decay_steps: int, total_iters: int) -> float:
    """The factor on the base LR."""
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return max(0.0, min(1.0, (total_iters - step) / decay_steps))


class Wsd(FactorScheduler):
    """Stable for most of the budget, so that it can be made longer without starting again."""

    key = "wsd"
    name = "Warm-up, stable, decay"
    family: Family = "beyond the table"
    place = 3
    default_source = Source.LRTUI_DEFAULT
    decays = True
    parameters = (
        Parameter("warmup_steps", "int", low=0),
        Parameter("decay_steps", "int", low=1),
        Parameter("total_iters", "int", low=1),
    )
    factor = staticmethod(warmup_stable_decay)
    length = "total_iters"

    def tied(self, budget: Budget) -> Values:
        steps = budget.steps
        return {"warmup_steps": steps // 20, "decay_steps": at_least_one(steps / 5), "total_iters": steps}

    def check(self, schedule: Schedule) -> None:
        p = schedule.values
        for name in ("warmup_steps", "decay_steps"):
            if p[name] > p["total_iters"]:
                raise UserError(f"{name}={p[name]}: expected at most total_iters={p['total_iters']}")
        if p["warmup_steps"] + p["decay_steps"] > p["total_iters"]:
            raise UserError(
                f"warmup_steps={p['warmup_steps']} and decay_steps={p['decay_steps']}: "
                f"expected at most total_iters={p['total_iters']} together"
            )


SCHEDULERS = (Wsd(),)
