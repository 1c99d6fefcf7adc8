"""How each setting of a spec is checked: plain data in, a value of the right type out, or one sentence about the mistake."""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, get_args

from lrtui.comparison.search import SEARCHES
from lrtui.errors import UserError, unknown
from lrtui.schedules.parameters import shown
from lrtui.schedules.profiles import profile_name
from lrtui.tasks.catalogue import MODELS, OPTIMIZERS, dataset
from lrtui.tasks.references import check_reference

Precision = Literal["fp32", "bf16", "auto"]


def as_list(name: str, value: object) -> list[Any]:
    """The items of a list.

    Raises:
        UserError: it is not one.
    """
    if not isinstance(value, list | tuple):
        raise UserError(f"{name}={shown(value)}: expected a list")
    return list(value)


def as_text(name: str, value: object) -> str:
    """A text that people read and the database can hold.

    Raises:
        UserError: not a text, blank, or too long.
    """
    if not isinstance(value, str) or not value.strip() or len(value) > 200 or not _encodable(value):
        raise UserError(f"{name}={shown(value)}: expected a text of 1 to 200 characters")
    return value


def _encodable(text: str) -> bool:
    """Whether SQLite can hold it: JSON and command lines can bring halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _whole(low: int, high: int) -> Any:
    def check(name: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise UserError(f"{name}={shown(value)}: expected a whole number from {low} to {high}")
        return value

    return check


def _number(low: float, high: float) -> Any:
    def check(name: str, value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value < high:
            raise UserError(f"{name}={shown(value)}: expected a number >= {low:g} and < {high:g}")
        return float(value)

    return check


def _name(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise UserError(f"{name}={shown(value)}: expected a name")
    return value


def _one_of(what: str, names: tuple[str, ...]) -> Any:
    def check(name: str, value: object) -> str:
        if _name(name, value) not in names:
            raise unknown(what, value, names)
        return str(value)

    return check


def _base_lrs(name: str, value: object) -> tuple[float, ...]:
    rates = as_list(name, value)
    for rate in rates:
        if not isinstance(rate, int | float) or isinstance(rate, bool) or not 0 < rate <= 1000:
            raise UserError(f"{name}: {shown(rate)}: expected learning rates > 0 and <= 1000")
    if not rates or len(set(rates)) != len(rates):
        raise UserError(f"{name}={shown(value)}: expected at least one learning rate, each once")
    return tuple(float(rate) for rate in rates)


def _seeds(name: str, value: object) -> tuple[int, ...]:
    wrong = UserError(
        f"{name}={shown(value)}: expected a number of seeds (1 to 10000) or a list of different whole numbers >= 0"
    )
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= 10_000:
            raise wrong
        return tuple(range(value))
    if not isinstance(value, list | tuple) or not value:
        raise wrong
    if not all(isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < 2**31 for seed in value):
        raise wrong
    if len(set(value)) != len(value):
        raise wrong
    return tuple(value)


def _splits(name: str, value: object) -> tuple[int, ...]:
    sizes = as_list(name, value)
    if len(sizes) != 3 or not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in sizes):
        raise UserError(f"{name}={shown(value)}: expected three numbers of images > 0: train, validation, selection")
    return tuple(sizes)


def _boolean(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise UserError(f"{name}={shown(value)}: expected true or false")
    return value


def _device(name: str, value: object) -> str:
    if isinstance(value, str):
        kind, _, index = value.partition(":")
        if value in ("auto", "cpu", "cuda") or (kind == "cuda" and re.fullmatch("[0-9]{1,3}", index)):
            return value
    raise UserError(f"{name}={shown(value)}: expected auto, cpu, cuda or cuda:N")


def _optional(check: Any) -> Any:
    return lambda name, value: None if value is None else check(name, value)


def _options(name: str, value: object) -> dict[str, Any]:
    try:
        if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            options: dict[str, Any] = json.loads(json.dumps(dict(value), allow_nan=False))
            return options
    except (TypeError, ValueError):
        pass
    raise UserError(f"{name}={shown(value)}: expected a table of names and texts, numbers, lists or tables")


CHECKS: dict[str, Any] = {
    "name": as_text,
    "profile": lambda name, value: profile_name(_name(name, value)),
    "task": _optional(check_reference),
    "loop": _optional(check_reference),
    "task_options": _options,
    "dataset": lambda name, value: dataset(_name(name, value)).key,
    "model": _one_of("model", MODELS),
    "optimizer": _one_of("optimizer", OPTIMIZERS),
    "momentum": _number(0, 1),
    "weight_decay": _number(0, 100),
    "epochs": _whole(1, 100_000),
    "steps": _optional(_whole(1, 10**9)),
    "eval_every": _optional(_whole(1, 10**7)),
    "batch_size": _whole(1, 1_000_000),
    "base_lrs": _base_lrs,
    "search": _one_of("search", SEARCHES),
    "trials": _whole(1, 1000),
    "seeds": _seeds,
    "early_stopping": _optional(_whole(1, 100_000)),
    "splits": _splits,
    "augment": _boolean,
    "precision": _one_of("precision", get_args(Precision)),
    "device": _device,
}
