"""The family of exponential decays: LambdaLR, MultiplicativeLR, ExponentialLR."""

import ast
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from lrtui.errors import UserError
from lrtui.schedules.base import Family, Scheduler, Values
from lrtui.schedules.expression import CONSTANTS, FUNCTIONS, parse_expression
from lrtui.schedules.faults import Fault, ends_high
from lrtui.schedules.parameters import Parameter, Source
from lrtui.schedules.profiles import Budget
from lrtui.schedules.schedule import Schedule, StepsEvery
from lrtui.schedules.torch_call import Call, Factor


class _Decay(Scheduler):
    """A decay epoch by epoch, as low at the end as its one parameter makes it."""

    family: Family = "exponential decay"
    in_table = True
    steps_every: StepsEvery = "epoch"
    default_source = Source.PYTORCH_DEFAULT
    decays = True

    def stays_by(self, schedule: Schedule) -> tuple[str, ...]:
        return tuple(schedule.values)

    def faults(self, schedule: Schedule) -> Iterator[Fault]:
        yield from super().faults(schedule)
        rates = schedule.lr_at_scheduler_steps()
        high = ends_high(tuple(schedule.values), rates[-1], max(rates))
        if high:
            yield high


class _OfAFunction(_Decay):
    """What PyTorch is handed as a function of the epoch, and a person types as an expression."""

    parameters = (Parameter("lr_lambda", "expression"),)

    def factor(self, schedule: Schedule) -> Callable[[int], float]:
        """The expression as a function of the epoch."""
        expression = parse_expression(schedule.values["lr_lambda"])
        epochs, steps = schedule.budget.epochs, schedule.budget.steps_per_epoch
        return lambda epoch: expression(epoch, epochs=epochs, steps_per_epoch=steps)

    def check(self, schedule: Schedule) -> None:
        for epoch, lr in enumerate(schedule.lr_at_scheduler_steps()):
            if not 0 <= lr < math.inf:
                raise UserError(
                    f"lr_lambda={schedule.values['lr_lambda']!r}: the learning rate becomes {lr:g} at epoch {epoch}; "
                    "expected finite numbers >= 0 within the budget"
                )

    def torch_call(self, schedule: Schedule) -> Call:
        text = schedule.values["lr_lambda"]
        names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        used = sorted(names & {*CONSTANTS, *FUNCTIONS} - {"abs", "min", "max"})
        imports = (f"from math import {', '.join(used)}",) if used else ()
        before = "E, S = epochs, steps_per_epoch"
        factor = Factor(self.factor(schedule), f"lambda epoch: {text}", before, imports)
        return Call(self.torch_class or "", {"lr_lambda": factor})

    def has_value_after_the_end(self, schedule: Schedule) -> bool:
        try:
            self.factor(schedule)(schedule.budget.epochs)
        except UserError:
            return False
        return True


class Lambda(_OfAFunction):
    """LambdaLR: the base LR times a function of the epoch."""

    key = "lambda"
    name = "Lambda"
    torch_class = "LambdaLR"

    def documented(self, budget: Budget) -> Values:
        return {"lr_lambda": "0.95 ** epoch"}

    def fitted(self, budget: Budget) -> Values:
        return {"lr_lambda": "0.01 ** (epoch / E)"}

    def study(self, budget: Budget) -> Values:
        return {"lr_lambda": "0.95 ** epoch"}

    def lr_at(self, schedule: Schedule) -> Callable[[int], float]:
        factor, base_lr = self.factor(schedule), schedule.budget.base_lr
        return lambda t: base_lr * factor(t)


class Multiplicative(_OfAFunction):
    """MultiplicativeLR: each epoch's LR is the last one times a function of the epoch."""

    key = "multiplicative"
    name = "Multiplicative"
    place = 1
    torch_class = "MultiplicativeLR"

    def documented(self, budget: Budget) -> Values:
        return {"lr_lambda": "0.95"}

    def fitted(self, budget: Budget) -> Values:
        return {"lr_lambda": "0.01 ** (1 / E)"}

    def study(self, budget: Budget) -> Values:
        return {"lr_lambda": "0.98 ** epoch"}

    def rates(self, schedule: Schedule, n: int, metrics: Sequence[float] | None = None) -> list[float]:
        factors = map(self.factor(schedule), range(1, n))
        return list(accumulate(factors, lambda lr, factor: lr * factor, initial=schedule.budget.base_lr))[:n]


class Exponential(_Decay):
    """ExponentialLR: base · gamma^t."""

    key = "exponential"
    name = "Exponential"
    place = 2
    torch_class = "ExponentialLR"
    parameters = (Parameter("gamma", "float", above=0, high=1),)

    def documented(self, budget: Budget) -> Values:
        return {"gamma": 0.95}

    def fitted(self, budget: Budget) -> Values:
        return {"gamma": 0.01 ** (1 / budget.epochs)}

    def study(self, budget: Budget) -> Values:
        return {"gamma": 0.95}

    def lr_at(self, schedule: Schedule) -> Callable[[int], float]:
        gamma, base_lr = schedule.values["gamma"], schedule.budget.base_lr
        return lambda t: float(base_lr * gamma**t)


SCHEDULERS = (Lambda(), Multiplicative(), Exponential())
