"""REX (Chen, Wolfe & Kyrillidis 2021, "REX: Revisiting Budgeted Training")."""

from lrtui.schedules.base import Family, Values
from lrtui.schedules.factor import FactorScheduler
from lrtui.schedules.parameters import Parameter, Source
from lrtui.schedules.profiles import Budget


def rex(step: int, total_iters: int) -> float:
    """(1 - z) / (1/2 + (1 - z)/2) with z = t/T."""
    left = max(0.0, 1 - step / total_iters)
    return left / (0.5 + 0.5 * left)


class Rex(FactorScheduler):
    """Above the straight line all the way, and at zero with it."""

    key = "rex"
    name = "REX (reflected exponential)"
    family: Family = "beyond the table"
    place = 4
    default_source = Source.LRTUI_DEFAULT
    decays = True
    parameters = (Parameter("total_iters", "int", low=1),)
    factor = staticmethod(rex)
    length = "total_iters"

    def tied(self, budget: Budget) -> Values:
        return {"total_iters": budget.steps}


SCHEDULERS = (Rex(),)
