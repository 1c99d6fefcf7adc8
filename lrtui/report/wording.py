"""The ranking's own sentences: English as `lrtui.analysis` wrote them, Korean from the facts they remember."""

import tomllib
from functools import cache
from importlib.resources import files

from lrtui.analysis.result import Ranking, Sentence
from lrtui.comparison.spec import Spec
from lrtui.report.texts import Said, Texts
from lrtui.tasks.info import Metric
from lrtui.terminal_text import clean

_LONG = 1_000


def verdict(ranking: Ranking, words: Texts) -> str:
    """The sentence on top."""
    return _said("verdict", ranking.verdict, words)


def notes(ranking: Ranking, words: Texts) -> tuple[str, ...]:
    """The stated exclusions and caveats."""
    return tuple(_said("notes", note, words) for note in ranking.notes)


def method(ranking: Ranking, spec: Spec, words: Texts) -> tuple[str, ...]:
    """What was done and what it rests on, as paragraphs."""
    choices = Said("") if spec.lacks("test") else words.say("method.no_choice_on_test")
    kind = "method.choice_each" if spec.search == "tpe" else "method.choice"
    return (
        words.say(kind, lrs=spec.base_lrs_each, choices=choices),
        *(words.say(f"method.no_{split}") for split in ("selection", "test") if spec.lacks(split)),
        words.say("method.leading", level=1 - ranking.alpha, alpha=ranking.alpha),
        statistics(ranking, words),
        words.say("method.means"),
        words.say("method.claim"),
    )


def statistics(ranking: Ranking, words: Texts) -> str:
    """The names of the test and of the intervals, with what they were computed from."""
    return words.say("method.statistics", statistics=_said("method", ranking.method, words))


def _said(section: str, sentence: str, words: Texts) -> Said:
    if words.lang == "en" or not isinstance(sentence, Sentence):
        return Said(clean(sentence, _LONG))
    korean = _korean(words.metric, words.split)
    facts: dict[str, object] = dict(sentence.facts)
    provisional = facts.pop("provisional", False)
    if isinstance(labels := facts.get("labels"), tuple):
        facts["labels_count"] = len(labels)
    counts = facts.get("counts")
    if isinstance(labels, tuple) and isinstance(counts, tuple):
        pairs = zip(labels, counts, strict=True)
        facts["lacking"] = tuple(korean.say("notes.lacking", label=label, count=n) for label, n in pairs)
    text = korean.say(f"{section}.{sentence.code}", **facts)
    return korean.say("verdict.so_far", sentence=text) if provisional else text


@cache
def _korean(metric: Metric, split: str) -> Texts:
    source = files("lrtui.report").joinpath("sentences_ko.toml").read_text(encoding="utf-8")
    return Texts("ko", tomllib.loads(source), metric, split)
