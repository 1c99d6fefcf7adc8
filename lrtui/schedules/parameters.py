"""The parameters a scheduler takes: their kinds, limits and defaults, and how a typed text becomes a value."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeVar

from lrtui.errors import UserError
from lrtui.schedules.expression import parse_expression

T = TypeVar("T")
Value = bool | int | float | str | tuple[int, ...] | None
Kind = Literal["int", "float", "ints", "bool", "choice", "expression", "free"]


class Source(StrEnum):
    """Where a value comes from; shown beside every value."""

    PYTORCH_DEFAULT = "PyTorch default"
    DOCS_EXAMPLE = "PyTorch docs example"
    FITTED = "fitted to the budget"
    STUDY = "study"
    YOURS = "yours"
    LRTUI_DEFAULT = (
        "lrtui default"  # only for what PyTorch does not have: Custom A and B, and the group beyond the table
    )
    SCHEDULER_DEFAULT = "the scheduler's default"  # of a scheduler that a package brings


class _Required:
    """The default of a parameter that has none."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()


def shown(value: object) -> str:
    """A value as an error message names it: Python's spelling, cut to 60 characters."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print whole numbers of more than 4,300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else text[:59] + "…"


@dataclass(frozen=True)
class Parameter:
    """One parameter, spelt as in torch.

    `default` is the installed release's own (a test compares them with `inspect.signature`); it is never passed to
    torch, only used for the preview. Limits are inclusive for `low` and `high`, exclusive for `above` and `below`.
    """

    name: str
    kind: Kind
    default: Value | _Required = REQUIRED
    low: float | None = None
    above: float | None = None
    high: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    optional_none: bool = False

    @property
    def required(self) -> bool:
        """Whether torch has no default for it."""
        return self.default is REQUIRED

    @property
    def expected(self) -> str:
        """What a value must be, in words, for forms and error messages."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        words = {
            "int": "a whole number",
            "float": "a number",
            "ints": "whole numbers separated by commas",
            "bool": "true or false",
            "expression": "an expression over epoch, E and S",
            "free": "a number, true, false or a text",
        }[self.kind]
        limits = [
            f"{symbol} {limit:g}"
            for symbol, limit in ((">=", self.low), (">", self.above), ("<=", self.high), ("<", self.below))
            if limit is not None
        ]
        return " ".join([words, " and ".join(limits)]).strip() + (" or none" if self.optional_none else "")

    def parse(self, text: str) -> Value:
        """The value of a typed text.

        Raises:
            UserError: the text is not such a value, or outside the limits.
        """
        text = text.strip()
        if self.optional_none and text.lower() in {"none", ""}:
            return None
        try:
            value = _PARSERS[self.kind](text)
        except ValueError:
            raise self._wrong(text) from None
        return self.check(value)

    def check(self, value: object) -> Value:
        """The same value in the parameter's own type (TOML's `1` for a float, a list for a tuple).

        Raises:
            UserError: wrong type, or outside the limits.
        """
        if self.optional_none and (value is None or value == "none"):  # TOML has no null
            return None
        match self.kind:
            case "bool":
                if isinstance(value, bool):
                    return value
            case "choice":
                if isinstance(value, str) and value in self.choices:
                    return value
            case "expression":
                if isinstance(value, str):
                    return parse_expression(value).text
                if isinstance(value, int | float) and not isinstance(value, bool) and self._within(value):
                    return parse_expression(str(value)).text
            case "ints":
                if (
                    isinstance(value, list | tuple)
                    and value
                    and all(self._is_int(i) and self._within(i) for i in value)
                ):
                    return tuple(sorted(value))
            case "int":
                if self._is_int(value) and self._within(value):  # type: ignore[arg-type]
                    return int(value)  # type: ignore[call-overload, no-any-return]
            case "float":
                if isinstance(value, int | float) and not isinstance(value, bool) and self._within(value):
                    return float(value)
            case "free":
                if isinstance(value, bool) or self._is_int(value) or (isinstance(value, str) and len(value) <= 200):
                    return value  # type: ignore[return-value]  # _is_int has looked
                if isinstance(value, float) and self._within(value):
                    return value
        raise self._wrong(value)

    @staticmethod
    def _is_int(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 10**9

    def _within(self, value: float) -> bool:
        try:
            number = float(value)
        except OverflowError:  # a whole number that no float holds
            return False
        return (
            math.isfinite(number)
            and (self.low is None or value >= self.low)
            and (self.above is None or value > self.above)
            and (self.high is None or value <= self.high)
            and (self.below is None or value < self.below)
        )

    def _wrong(self, value: object) -> UserError:
        return UserError(f"{self.name}={shown(value)}: expected {self.expected}")


def yes_or_no(text: str) -> bool:
    """How people write yes and no, anywhere.

    Raises:
        ValueError: it is neither.
    """
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if text.strip().lower() not in words:
        raise ValueError(text)
    return words[text.strip().lower()]


def typed_list(text: str, kind: Callable[[str], T]) -> list[T]:
    """How people write lists, anywhere: items separated by commas, in brackets or not.

    Raises:
        ValueError: an item is not of the kind.
    """
    return [kind(part) for part in text.strip().strip("[]()").split(",") if part.strip()]


def _parse_ints(text: str) -> tuple[int, ...]:
    return tuple(typed_list(text, int))


def _parse_free(text: str) -> bool | int | float | str:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


_PARSERS: dict[Kind, Callable[[str], Value]] = {
    "int": int,
    "float": float,
    "ints": _parse_ints,
    "bool": yes_or_no,
    "choice": str,
    "expression": str,
    "free": _parse_free,
}


def format_value(value: Value) -> str:
    """A value as a person types it: what `Parameter.parse` reads back, to the last bit."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    if isinstance(value, float):
        short = f"{value:.10g}"
        return short if float(short) == value else repr(value)
    return str(value)
