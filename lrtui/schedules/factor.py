"""Schedulers that are a factor on the base LR, a function of the optimizer step: what most new ones are."""

from collections.abc import Callable, Iterator

from lrtui.schedules.base import Scheduler
from lrtui.schedules.faults import Fault, other_length
from lrtui.schedules.schedule import Schedule
from lrtui.schedules.torch_call import Call, factor_of


class FactorScheduler(Scheduler):
    """A scheduler that PyTorch is given as LambdaLR with `factor`, unless it has a class for it.

    `factor(step, **parameters)` is a function of a module's top level that uses nothing but its arguments and `math`:
    it is called for previews and in training, and its source is the code to paste.
    """

    torch_class = "LambdaLR"
    factor: Callable[..., float]
    """The multiple of the base LR at one step; write `factor = staticmethod(function)`."""
    length: str | None = None
    """The parameter that says for how many optimizer steps the schedule is made."""

    def lr_at(self, schedule: Schedule) -> Callable[[int], float]:
        """The base LR times the factor."""
        factor, base_lr, p = self.factor, schedule.budget.base_lr, schedule.values
        return lambda t: base_lr * factor(t, **p)

    def torch_call(self, schedule: Schedule) -> Call:
        """LambdaLR with the function."""
        return Call("LambdaLR", {"lr_lambda": factor_of(self.factor, schedule.values)})

    def faults(self, schedule: Schedule) -> Iterator[Fault]:
        """Also a length that is not the budget's."""
        yield from super().faults(schedule)
        fault = other_length(schedule, self.length) if self.length else None
        if fault:
            yield fault
