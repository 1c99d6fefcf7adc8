"""Straight to zero, and powers of that: LinearLR and PolynomialLR."""

from lrtui.schedules.base import Family, Values
from lrtui.schedules.factor import FactorScheduler
from lrtui.schedules.parameters import Parameter, Source
from lrtui.schedules.profiles import Budget
from lrtui.schedules.schedule import Schedule
from lrtui.schedules.torch_call import Call

_TOTAL_ITERS = Parameter("total_iters", "int", low=1)


def linear(step: int, total_iters: int) -> float:
    """Straight to zero over total_iters (Defazio et al. 2023, "When, Why and How Much? Adaptive Learning Rate Scheduling by Refinement")."""
    return max(0.0, 1 - step / total_iters)


def polynomial(step: int, total_iters: int, power: float) -> float:
    """(1 - t/T)^power (the "poly" policy of DeepLab, Chen et al. 2017; torch's PolynomialLR)."""
    return float(max(0.0, 1 - step / total_iters) ** power)


class Linear(FactorScheduler):
    """A straight line to zero."""

    key = "linear"
    name = "Linear to zero"
    family: Family = "beyond the table"
    torch_class = "LinearLR"
    default_source = Source.LRTUI_DEFAULT
    decays = True
    parameters = (_TOTAL_ITERS,)
    factor = staticmethod(linear)
    length = "total_iters"

    def tied(self, budget: Budget) -> Values:
        return {"total_iters": budget.steps}

    def torch_call(self, schedule: Schedule) -> Call:
        return Call(self.torch_class, {"start_factor": 1.0, "end_factor": 0.0, **schedule.passed})


class Polynomial(FactorScheduler):
    """A power of a straight line."""

    key = "polynomial"
    name = "Polynomial"
    family: Family = "beyond the table"
    place = 1
    torch_class = "PolynomialLR"
    default_source = Source.LRTUI_DEFAULT
    decays = True
    parameters = (_TOTAL_ITERS, Parameter("power", "float", default=2.0, above=0, high=10))
    factor = staticmethod(polynomial)
    length = "total_iters"

    def tied(self, budget: Budget) -> Values:
        return {"total_iters": budget.steps}

    def torch_call(self, schedule: Schedule) -> Call:
        return Call(self.torch_class, schedule.passed)


SCHEDULERS = (Linear(), Polynomial())
