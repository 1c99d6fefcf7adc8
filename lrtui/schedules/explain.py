"""What each scheduler does and when to use it, in English and Korean; the texts are in explanations_*.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from lrtui.errors import unknown
from lrtui.schedules.catalogue import scheduler

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True)
class Explanation:
    """One scheduler explained: plain text without markup; `formula` may have several lines, the others have none.

    `parameters` has a phrase for every parameter of the catalogue entry, in torch's order.
    """

    key: str
    what: str
    formula: str
    when: str
    parameters: Mapping[str, str]
    source: str


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
    entry = scheduler(key)
    words = _texts("en")[key] | _texts(_language(lang))[key]
    phrases = words.get("parameters", {})
    return Explanation(
        key,
        words["what"].strip(),
        words["formula"].strip(),
        words["when"].strip(),
        {parameter.name: phrases[parameter.name] for parameter in entry.parameters},
        words["source"],
    )


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
