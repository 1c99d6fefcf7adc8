"""Turns a person's own schedule into its LR table: a multiple of the base LR for each optimizer step of a run.

Only the helper process calls this: it runs their code. The function is called twice with the same arguments, so that one
that is not pure is found out before anything is trained; a factory's scheduler is driven by torch on an optimizer of its own.
"""

import inspect
import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from lrtui.schedules.parameters import Value
from lrtui.tasks.info import Source
from lrtui.training.references import FaultInFile, Loaded, load_reference
from lrtui.training.user_code import calling

HIGHEST = 100.0  # a larger multiple of the base LR is a mistake, or meant as something else
LOWEST_PEAK = 1e-4  # a schedule whose highest multiple is below this gives LRs, not multiples
_MOST_PURE_STEPS = 200  # at which a function is called once more


def lr_table(
    reference: str, total: int, parameters: Mapping[str, Value] | None = None, source: Source | None = None
) -> list[float]:
    """The multiple of the base LR at each of the `total` optimizer steps.

    Args:
        reference: `file.py:name` or `package.module:name` of `name(step, total, **parameters)`, or of a factory
            `name(optimizer, total, **parameters)` of a torch scheduler that is stepped after every optimizer step.
        total: the optimizer steps of a run.
        parameters: what was typed for the schedule.
        source: where the file was when it was first looked at.

    Raises:
        FaultInFile: what is wrong with the function, in one sentence with its file and line.
        UserError: the reference is none, or its file is not there.
    """
    loaded = load_reference("schedule", reference, source)
    typed = dict(parameters or {})
    _check_arguments(loaded, typed)
    made = _of_factory if _is_factory(loaded.function) else _of_function
    table = made(loaded, total, typed)
    _check_range(loaded, table)
    return table


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """What the helper process answers to `{"ask": "lr_tables", "schedules": [{"reference", "total", "parameters"}, …]}`.

    Raises:
        UserError: as `lr_table`.
    """
    wanted = request["schedules"]
    return {"tables": [lr_table(one["reference"], one["total"], one["parameters"]) for one in wanted]}


def _fault(loaded: Loaded, sentence: str, code: str) -> FaultInFile:
    """A fault of the function as a whole: the line is that of its definition."""
    try:
        line: int | None = inspect.getsourcelines(inspect.unwrap(loaded.function))[1]
    except (OSError, TypeError):
        line = None
    return FaultInFile(f"{_name(loaded)} {sentence}", loaded.source.path, line, code)


def _name(loaded: Loaded) -> str:
    return getattr(loaded.function, "__name__", type(loaded.function).__name__)


def _is_factory(function: Callable[..., Any]) -> bool:
    return next(iter(_signature(function)), None) == "optimizer"


def _signature(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


def _check_arguments(loaded: Loaded, typed: Mapping[str, Value]) -> None:
    if inspect.isclass(loaded.function):
        raise _fault(loaded, "is a class: expected a function (step, total), or (optimizer, total)", "no-function")
    try:
        signature = inspect.signature(loaded.function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(0, 1, **typed)
    except TypeError as error:
        first = "optimizer" if _is_factory(loaded.function) else "step"
        wanted = "".join(f", {name}" for name in typed)
        raise _fault(loaded, f"cannot be called as ({first}, total{wanted}): {error}", "arguments") from None


def _of_function(loaded: Loaded, total: int, typed: Mapping[str, Value]) -> list[float]:
    table = [_multiple(loaded, step, total, typed) for step in range(total)]
    every = max(1, total // _MOST_PURE_STEPS)
    for step in range(0, total, every):
        again = _multiple(loaded, step, total, typed)
        if again != table[step]:
            raise _fault(
                loaded,
                f"is not pure: at step {step} it gave {table[step]:g}, and {again:g} when called again; "
                "expected a function of its arguments alone",
                "impure",
            )
    return table


def _multiple(loaded: Loaded, step: int, total: int, typed: Mapping[str, Value]) -> float:
    with calling(loaded.source.path):
        value = loaded.function(step, total, **typed)
        number = _number(value)
    if isinstance(value, LRScheduler):
        raise _fault(
            loaded, "gives a scheduler: expected that the first argument of a factory is called `optimizer`", "value"
        )
    if number is None:
        kind = type(value).__name__
        raise _fault(
            loaded, f"gives {'nothing' if value is None else f'a {kind}'} at step {step}: expected a number", "value"
        )
    if not math.isfinite(number) or number < 0:
        raise _fault(loaded, f"gives {number:g} at step {step} of {total}: expected a finite number >= 0", "value")
    return number


def _number(value: object) -> float | None:
    """The value as a float; None where it is no single number."""
    if isinstance(value, bool | str | bytes) or value is None or isinstance(value, LRScheduler):
        return None
    try:
        return float(value)  # type: ignore[arg-type]  # also a tensor's or array's only number
    except (TypeError, ValueError, RuntimeError):
        return None


def _of_factory(loaded: Loaded, total: int, typed: Mapping[str, Value]) -> list[float]:
    table = _driven(loaded, total, typed, 1.0)
    half = _driven(loaded, total, typed, 0.5)
    for step, (whole, smaller) in enumerate(zip(table, half, strict=True)):
        if not math.isclose(whole, smaller, rel_tol=1e-6, abs_tol=1e-12):
            raise _fault(
                loaded,
                f"sets LRs of its own, whatever the base LR is: {whole:g} at step {step} for a base LR of 1, "
                f"and {smaller / 2:g} for one of 0.5; expected shares of `optimizer.param_groups[0]['lr']`",
                "absolute",
            )
    return table


def _driven(loaded: Loaded, total: int, typed: Mapping[str, Value], base_lr: float) -> list[float]:
    """The LR over the base LR at each step of the factory's scheduler, on an optimizer that has nothing to learn."""
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=base_lr, momentum=0.9)
    group, path = optimizer.param_groups[0], loaded.source.path
    table = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with calling(path):
            made = loaded.function(optimizer, total, **typed)
        if isinstance(made, ReduceLROnPlateau):
            raise _fault(
                loaded, "gives a scheduler that reacts to a metric, which no table can hold: pick plateau", "value"
            )
        if not isinstance(made, LRScheduler):
            raise _fault(loaded, f"gives a {type(made).__name__}: expected a scheduler of torch", "value")
        if getattr(made, "optimizer", None) is not optimizer:
            raise _fault(loaded, "gives a scheduler of another optimizer than it was handed", "value")
        for step in range(total):
            number = float(group["lr"]) / base_lr
            if not math.isfinite(number) or number < 0:
                raise _fault(
                    loaded, f"sets an LR of {number * base_lr:g} at step {step} of {total}: expected one >= 0", "value"
                )
            table.append(number)
            if group["momentum"] != 0.9:
                raise _fault(
                    loaded,
                    "moves the momentum too, which an LR table does not hold: pass cycle_momentum=False",
                    "momentum",
                )
            if step + 1 < total:
                optimizer.step()
                with calling(path):
                    made.step()
    return table


def _check_range(loaded: Loaded, table: list[float]) -> None:
    highest = max(table)
    if highest > HIGHEST:
        raise _fault(
            loaded,
            f"gives up to {highest:g} times the base LR: expected at most {HIGHEST:g}; 1 is the base LR itself",
            "range",
        )
    if highest < LOWEST_PEAK:
        raise _fault(
            loaded,
            f"gives at most {highest:g}, which looks like a learning rate: expected multiples of the base LR, near 1",
            "range",
        )
