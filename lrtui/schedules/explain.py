"""What each scheduler does and when to use it, in English and Korean; the texts are in explanations_*.toml."""

import inspect
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from lrtui.errors import unknown
from lrtui.schedules.base import Scheduler
from lrtui.schedules.registry import scheduler

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True)
class Explanation:
    """One scheduler explained: plain text without markup; `formula` may have several lines, the others have none.

    `parameters` has a phrase for every parameter of the scheduler, in its order.
    """

    key: str
    what: str
    formula: str
    when: str
    parameters: Mapping[str, str]
    source: str


_NO_WORDS: dict[str, Any] = {"what": "", "formula": "", "when": "", "source": ""}


@dataclass(frozen=True)
class Introduction:
    """Why schedulers exist, the outline's section 1."""

    title: str
    text: str


def explain(key: str, lang: str = "en") -> Explanation:
    """The explanation of a scheduler.

    Raises:
        UserError: there is no such scheduler or language.
    """
    return explanation(scheduler(key), lang)


def explanation(entry: Scheduler, lang: str = "en") -> Explanation:
    """The explanation of a scheduler that is at hand.

    Raises:
        UserError: there is no such language.
    """
    words = _NO_WORDS | _words(entry, "en") | _words(entry, _language(lang))
    phrases = words.get("parameters", {})
    return Explanation(
        entry.key,
        words["what"].strip(),
        words["formula"].strip(),
        words["when"].strip(),
        {parameter.name: phrases.get(parameter.name, "") for parameter in entry.parameters},
        words["source"],
    )


def _words(entry: Scheduler, lang: Language) -> dict[str, Any]:
    """The scheduler's texts in a language; where its author wrote none at all, its docstring."""
    if entry.texts is not None:
        return dict(entry.texts.get(lang, {}))
    return _texts(lang).get(entry.key) or {"what": inspect.getdoc(type(entry)) or ""}


def why(lang: str = "en") -> Introduction:
    """Why the learning rate is scheduled at all.

    Raises:
        UserError: there is no such language.
    """
    words = _texts(_language(lang))["why"]
    return Introduction(words["title"], words["text"].strip())


def _language(lang: str) -> Language:
    for known in LANGUAGES:
        if lang == known:
            return known
    raise unknown("language", lang, LANGUAGES)


@cache
def _texts(lang: Language) -> dict[str, Any]:
    return tomllib.loads(files("lrtui.schedules").joinpath(f"explanations_{lang}.toml").read_text(encoding="utf-8"))
