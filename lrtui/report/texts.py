"""The report's words in each language: templates from `texts_*.toml`, filled with facts."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from lrtui.errors import unknown
from lrtui.schedules.explain import LANGUAGES
from lrtui.terminal_text import clean

_NAMES_SHOWN = 8
_NAME_LENGTH = 60
_PHRASE_LENGTH = 400


class Count(int):
    """A whole number that knows its noun: `{n:seed|seeds}` is "1 seed" or "6 seeds"; else as an int."""

    def __format__(self, spec: str) -> str:
        if "|" in spec:
            return f"{int(self):,} {spec.split('|')[self != 1]}"
        return format(int(self), spec)


class Number(float):
    """A fraction or another figure: `pc` is a percentage, `pt` signed points, `p` points, `sh` a rounded share.

    A percentage keeps two decimals, a share none. Without any of these as a float, by default in `g`.
    """

    def __format__(self, spec: str) -> str:
        match spec:
            case "pc":
                return f"{100 * self:.2f} %"
            case "pt":
                return f"{100 * self:+.2f}"
            case "p":
                return f"{100 * self:.2f}"
            case "sh":
                return f"{100 * self:.0f} %" if not self or self >= 0.005 else f"{100 * self:.1g} %"
        return format(float(self), spec or ".4g")


class Said(str):
    """A sentence or phrase that is finished: safe to print, and put into another one whole."""

    __slots__ = ()


class Items(tuple[Any, ...]):
    """Several facts: the format holds for each; names are joined as a person lists them, numbers by commas."""

    final: str
    more: str

    def __format__(self, spec: str) -> str:
        shown = [format(item, spec) for item in self[:_NAMES_SHOWN]]
        if len(self) > _NAMES_SHOWN:
            shown.append(self.more.format(count=len(self) - _NAMES_SHOWN))
        if len(shown) > 1 and isinstance(self[0], str):
            return f"{', '.join(shown[:-1])}{self.final}{shown[-1]}"
        return ", ".join(shown)


class Texts:
    """One language's templates, by dotted key."""

    def __init__(self, lang: str, data: Mapping[str, Any]) -> None:
        self.lang = lang
        self._flat = dict(_flatten(data))

    @property
    def keys(self) -> frozenset[str]:
        """Every template's key."""
        return frozenset(self._flat)

    def say(self, key: str, /, **facts: object) -> Said:
        """The template filled in. Names are made safe to print and cut; they are never read as templates themselves.

        Raises:
            KeyError: there is no such template, or it asks for a fact that is not given.
        """
        return Said(self._flat[key].format(**{name: self._fact(value) for name, value in facts.items()}))

    def phrase(self, text: str) -> Said:
        """A stored text as a fact that is longer than a name."""
        return Said(clean(text, _PHRASE_LENGTH))

    def _fact(self, value: object) -> object:
        match value:
            case bool() | None | Said():
                return value
            case int():
                return Count(value)
            case float():
                return Number(value)
            case str():
                return clean(value, _NAME_LENGTH)
            case tuple():
                items = Items(self._fact(item) for item in value)
                items.final, items.more = self._flat["list.final"], self._flat["list.more"]
                return items
        raise TypeError(f"{type(value).__name__} is no fact")


def _flatten(data: Mapping[str, Any], prefix: str = "") -> Sequence[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in data.items():
        if isinstance(value, Mapping):
            found += _flatten(value, f"{prefix}{key}.")
        else:
            found.append((prefix + key, value))
    return found


@cache
def texts(lang: str) -> Texts:
    """The words of a language.

    Raises:
        UserError: there is no such language.
    """
    if lang not in LANGUAGES:
        raise unknown("language", lang, LANGUAGES)
    source = files("lrtui.report").joinpath(f"texts_{lang}.toml").read_text(encoding="utf-8")
    return Texts(lang, tomllib.loads(source))
