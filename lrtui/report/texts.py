"""The report's words in each language: templates from `texts_*.toml`, filled with facts."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from lrtui.comparison.spec import Spec
from lrtui.errors import unknown
from lrtui.formats import difference, score, with_unit
from lrtui.schedules.explain import LANGUAGES
from lrtui.tasks.info import ACCURACY, Metric
from lrtui.terminal_text import clean

_NAMES_SHOWN = 8
_NAME_LENGTH = 60
_PHRASE_LENGTH = 400
_UNIT_LENGTH = 20


class Count(int):
    """A whole number that knows its noun: `{n:seed|seeds}` is "1 seed" or "6 seeds", `{n:~it is|they are}` the words alone."""

    def __format__(self, spec: str) -> str:
        if spec.startswith("~"):
            return spec[1:].split("|")[self != 1]
        if "|" in spec:
            return f"{int(self):,} {spec.split('|')[self != 1]}"
        return format(int(self), spec)


class Number(float):
    """A score or another figure: `pc` is a score with its unit, `pt` a signed difference, `p` one without sign, `sh` a share.

    `ptu` and `pu` are differences with their unit, which is "points" where the metric's is "%". A share has no decimals.
    Without any of these as a float, by default in `g`.
    """

    metric: Metric = ACCURACY
    points: str = "points"

    def __format__(self, spec: str) -> str:
        unit = self.points if self.metric.percent else clean(self.metric.unit, _UNIT_LENGTH)
        match spec:
            case "pc":
                return with_unit(score(self, self.metric), clean(self.metric.unit, _UNIT_LENGTH))
            case "pt":
                return difference(self, self.metric)
            case "ptu":
                return with_unit(difference(self, self.metric), unit)
            case "p":
                return score(self, self.metric)
            case "pu":
                return with_unit(score(self, self.metric), unit)
            case "sh":
                return f"{100 * self:.0f} %" if not self or self >= 0.005 else f"{100 * self:.1g} %"
        return format(float(self), spec or ".4g")


class Name(str):
    """The metric's name. In Korean a particle may follow: `{metric:가}` is "정확도가", or "loss 값이" after a foreign name."""

    def __format__(self, spec: str) -> str:
        if not spec:
            return str(self)
        korean = "가" <= self[-1:] <= "힣"
        closed = not korean or (ord(self[-1]) - ord("가")) % 28 > 0
        particle = _PARTICLES[spec] if closed else spec
        return f"{self}{'' if korean else ' 값'}{particle}"


_PARTICLES = {"가": "이", "는": "은", "를": "을", "와": "과"}


class Split(str):
    """The name of a split; `T` begins with a capital."""

    def __format__(self, spec: str) -> str:
        return self.capitalize() if spec == "T" else str(self)


class Way(str):
    """Which way is better: `{way:highest|lowest}` is the first of the two where higher is."""

    def __format__(self, spec: str) -> str:
        return spec.split("|")[self == "lower"]


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
    """One language's templates, by dotted key, for scores of one metric.

    Every template may name `metric`, `split` (the examples that schedules are ranked on: "test", or "validation" where there
    are none), `unit` and `points` (as they follow a heading: ", %" and ", points", or nothing), and `way` (see `Way`).
    """

    def __init__(
        self, lang: str, data: Mapping[str, Any], metric: Metric = ACCURACY, split: str = "test", points: str = "points"
    ) -> None:
        self.lang, self.metric, self.split = lang, metric, split
        self._flat = dict(_flatten(data))
        self._points = self._flat.get("metrics.points", points)
        name = self._flat.get(f"metrics.{metric.name}", clean(metric.name, _NAME_LENGTH))
        unit = clean(metric.unit, _UNIT_LENGTH)
        difference_unit = self._points if metric.percent else unit
        self._always: dict[str, object] = {
            "metric": Name(name),
            "split": Split(split),
            "unit": f", {unit}" if unit else "",
            "points": f", {difference_unit}" if difference_unit else "",
            "way": Way(metric.better),
        }

    @property
    def keys(self) -> frozenset[str]:
        """Every template's key."""
        return frozenset(self._flat)

    def say(self, key: str, /, **facts: object) -> Said:
        """The template filled in. Names are made safe to print and cut; they are never read as templates themselves.

        Raises:
            KeyError: there is no such template, or it asks for a fact that is not given.
        """
        return Said(
            self._flat[key].format(**self._always, **{name: self._fact(value) for name, value in facts.items()})
        )

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
                number = Number(value)
                number.metric, number.points = self.metric, self._points
                return number
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
def texts(lang: str, metric: Metric = ACCURACY, split: str = "test") -> Texts:
    """The words of a language, for scores of a metric on a split.

    Raises:
        UserError: there is no such language.
    """
    if lang not in LANGUAGES:
        raise unknown("language", lang, LANGUAGES)
    return Texts(lang, _templates(lang), metric, split)


def texts_of(spec: Spec, lang: str) -> Texts:
    """The words of a language for what a comparison is scored by.

    Raises:
        UserError: there is no such language.
    """
    return texts(lang, spec.metric, spec.ranked_split)


@cache
def _templates(lang: str) -> dict[str, Any]:
    source = files("lrtui.report").joinpath(f"texts_{lang}.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)
