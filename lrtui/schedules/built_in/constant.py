"""The baseline: no scheduler at all."""

from collections.abc import Callable

from lrtui.schedules.base import Family, Scheduler
from lrtui.schedules.schedule import Schedule, StepsEvery


class Constant(Scheduler):
    """The learning rate stays at the base LR."""

    key = "constant"
    name = "Constant"
    family: Family = "baseline"
    steps_every: StepsEvery = "epoch"
    baseline = True

    def lr_at(self, schedule: Schedule) -> Callable[[int], float]:
        """The base LR."""
        base_lr = schedule.budget.base_lr
        return lambda t: base_lr


SCHEDULERS = (Constant(),)
