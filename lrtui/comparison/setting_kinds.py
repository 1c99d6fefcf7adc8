"""How each kind of setting is typed, checked and written: plain data in, a value of the right type out, or one sentence.

A reader turns a typed text into plain data, as TOML or JSON would hold it. A check turns plain data into the value.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lrtui.errors import UserError, unknown
from lrtui.schedules.parameters import format_value, shown, typed_list, yes_or_no

Reader = Callable[[str, str], Any]
Check = Callable[[str, object], Any]

_NONE_WORDS = ("", "none", "never")
_MOST_COUNTED_SEEDS = 10_000
_BARE_KEY = re.compile("[A-Za-z0-9_-]+")


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


def trimmed(check: Check) -> Check:
    """The same check of a text without the spaces around it."""
    return lambda name, value: check(name, (value.strip() or value) if isinstance(value, str) else value)


def _encodable(text: str) -> bool:
    """Whether SQLite can hold it: JSON and command lines can bring halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def whole(low: int, high: int) -> Check:
    """A whole number between two limits, both included."""

    def check(name: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise UserError(f"{name}={shown(value)}: expected a whole number from {low} to {high}")
        return value

    return check


def number(low: float, high: float) -> Check:
    """A number between two limits, the higher one excluded."""

    def check(name: str, value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value < high:
            raise UserError(f"{name}={shown(value)}: expected a number >= {low:g} and < {high:g}")
        return float(value)

    return check


def as_name(name: str, value: object) -> str:
    """A name of something.

    Raises:
        UserError: it is not a text.
    """
    if not isinstance(value, str):
        raise UserError(f"{name}={shown(value)}: expected a name")
    return value


def one_of(names: Sequence[str]) -> Check:
    """One of some names."""

    def check(name: str, value: object) -> str:
        if as_name(name, value) not in names:
            raise unknown(name, value, names)
        return str(value)

    return check


def optional(check: Check) -> Check:
    """None, or what passes the check."""
    return lambda name, value: None if value is None else check(name, value)


def base_lrs(name: str, value: object) -> tuple[float, ...]:
    """Learning rates, each once."""
    rates = as_list(name, value)
    for rate in rates:
        if not isinstance(rate, int | float) or isinstance(rate, bool) or not 0 < rate <= 1000:
            raise UserError(f"{name}: {shown(rate)}: expected learning rates > 0 and <= 1000")
    if not rates or len(set(rates)) != len(rates):
        raise UserError(f"{name}={shown(value)}: expected at least one learning rate, each once")
    return tuple(float(rate) for rate in rates)


def seeds(name: str, value: object) -> tuple[int, ...]:
    """Seeds: how many, from 0 on, or a list of them."""
    wrong = UserError(
        f"{name}={shown(value)}: expected a number of seeds (1 to {_MOST_COUNTED_SEEDS}) or a list of different whole numbers >= 0"
    )
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= _MOST_COUNTED_SEEDS:
            raise wrong
        return tuple(range(value))
    if not isinstance(value, list | tuple) or not value:
        raise wrong
    if not all(isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < 2**31 for seed in value):
        raise wrong
    if len(set(value)) != len(value):
        raise wrong
    return tuple(value)


def splits(name: str, value: object) -> tuple[int, ...]:
    """Three numbers of images."""
    sizes = as_list(name, value)
    if len(sizes) != 3 or not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in sizes):
        raise UserError(f"{name}={shown(value)}: expected three numbers of images > 0: train, validation, selection")
    return tuple(sizes)


def boolean(name: str, value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise UserError(f"{name}={shown(value)}: expected true or false")
    return value


def device(name: str, value: object) -> str:
    """Where to train; whether this machine has it is for the start to see."""
    if isinstance(value, str):
        kind, _, index = value.partition(":")
        if value in ("auto", "cpu", "cuda") or (kind == "cuda" and re.fullmatch("[0-9]{1,3}", index)):
            return value
    raise UserError(f"{name}={shown(value)}: expected auto, cpu, cuda or cuda:N")


def options(name: str, value: object) -> dict[str, Any]:
    """Options of a person's own task, as TOML can hold them."""
    if isinstance(value, Mapping) and _is_toml(value):
        plain: dict[str, Any] = json.loads(json.dumps(dict(value)))
        return plain
    raise UserError(f"{name}={shown(value)}: expected a table of names and texts, numbers, lists or tables")


def _is_toml(value: object) -> bool:
    match value:
        case Mapping():
            return all(isinstance(key, str) and _encodable(key) and _is_toml(item) for key, item in value.items())
        case list() | tuple():
            return all(map(_is_toml, value))
        case str():
            return _encodable(value)
        case bool():
            return True
        case int():
            return -(2**63) <= value < 2**63
        case float():
            return value - value == 0  # neither infinite nor NaN, which JSON does not have
    return False


def read_text(_name: str, text: str) -> str:
    """The text as it is."""
    return text


def read_name(_name: str, text: str) -> str:
    """A name without the spaces around it."""
    return text.strip()


def read_number(_name: str, text: str) -> Any:
    """A number; what is none is left for the check to refuse."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def read_optional(read: Reader) -> Reader:
    """`none`, `never`, nothing at all, or what the reader reads."""
    return lambda name, text: None if text.strip().lower() in _NONE_WORDS else read(name, text)


def read_numbers(kind: Callable[[str], Any]) -> Reader:
    """Numbers separated by commas, in brackets or not."""

    def read(name: str, text: str) -> list[Any]:
        try:
            return typed_list(text, kind)
        except ValueError:
            what = "whole numbers" if kind is int else "numbers"
            raise UserError(f"{name}={shown(text)}: expected {what} separated by commas") from None

    return read


def read_seeds(name: str, text: str) -> Any:
    """How many seeds, or a list: 3 is a number of seeds, 3, a list of one."""
    try:
        numbers = typed_list(text, int)
    except ValueError:
        raise UserError(
            f"{name}={shown(text)}: expected whole numbers separated by commas, or how many seeds"
        ) from None
    return numbers[0] if len(numbers) == 1 and "," not in text and "[" not in text else numbers


def read_yes_no(_name: str, text: str) -> Any:
    """Yes or no; anything else is left for the check to refuse."""
    try:
        return yes_or_no(text)
    except ValueError:
        return text


def read_options(name: str, text: str) -> Any:
    """`name = value` pairs as TOML spells them, separated by commas, in braces or not."""
    inner = text.strip()
    table = inner if inner.startswith("{") else f"{{ {inner} }}"
    try:
        return tomllib.loads(f"options = {table}")["options"]
    except (ValueError, RecursionError):
        raise UserError(
            f'{name}={shown(text)}: expected pairs as in TOML, for example width = 64, norm = "batch"'
        ) from None


def write_value(value: Any) -> str:
    """A value of a setting as a person types it, to the last bit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(format_value, value))
    return format_value(value)


def write_seeds(value: int | Sequence[int]) -> str:
    """How many seeds where they begin at 0 and go up by 1, else the list."""
    if isinstance(value, int):
        return str(value)
    if list(value) == list(range(len(value))) and len(value) <= _MOST_COUNTED_SEEDS:
        return str(len(value))
    return write_value(value) if len(value) > 1 else f"{value[0]},"


def write_options(value: Mapping[str, Any]) -> str:
    """Options as `name = value` pairs in TOML's spelling."""
    return ", ".join(f"{_toml_key(key)} = {_toml_value(item)}" for key, item in value.items())


def _toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{ {write_options(value)} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml_value, value))}]"
    return _toml_text(value) if isinstance(value, str) else json.dumps(value)


def _toml_text(text: str) -> str:
    """JSON's spelling of a text, which is TOML's too but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml_key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _toml_text(key)
