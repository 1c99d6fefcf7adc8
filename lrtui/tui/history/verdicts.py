"""The winner of a comparison, or the tie, in a few words; remembered until its runs are in other states."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from lrtui.analysis.result import Ranking, Sentence
from lrtui.comparison.snapshot import ComparisonView
from lrtui.errors import sentence_of
from lrtui.terminal_text import clean


@dataclass(frozen=True, slots=True)
class Verdict:
    """`short` for a column, `sentence` in full (both safe to print); whether there is a single winner for good.

    `failed`: it could not be computed, and `sentence` says why.
    """

    short: str
    sentence: str = ""
    won: bool = False
    failed: bool = False


NONE = Verdict("–")


def verdict_of(ranking: Ranking) -> Verdict:
    """The ranking in a few words. It names a winner only where the ranking's sentence does; a question mark is for now."""
    sentence = ranking.verdict
    short = _short(sentence) if isinstance(sentence, Sentence) else ""
    if not short:
        return Verdict("–", clean(sentence, 600))
    won = isinstance(sentence, Sentence) and sentence.code == "one_leads" and not ranking.provisional
    return Verdict(short + ("?" if ranking.provisional else ""), clean(sentence, 600), won)


def no_verdict(error: Exception) -> Verdict:
    """What stands in place of a verdict that could not be computed."""
    return Verdict("?", clean(f"no verdict: {sentence_of(error)}", 600), failed=True)


def _short(sentence: Sentence) -> str:
    facts = sentence.facts
    label = clean(facts.get("label", ""), 60)
    labels = facts.get("labels", ())
    names = [clean(name, 60) for name in labels] if isinstance(labels, tuple) else []
    return {
        "one_leads": f"{label} leads",
        "only_one": f"only {label}",
        "all_alike": f"tie of all {facts.get('count')}",
        "both_alike": f"tie: {', '.join(names)}",
        "some_lead": f"tie of {len(names)}: {', '.join(names)}",
        "too_few_seeds": "too few seeds",
    }.get(sentence.code, "")


@dataclass(frozen=True, slots=True)
class Due:
    """A comparison whose verdict is to be computed, and the state it is then of."""

    comparison_id: int
    state: Hashable


class Verdicts:
    """What is known, and what was asked for and is not. For one thread: what computes posts its results."""

    def __init__(self) -> None:
        self._known: dict[int, Verdict] = {}
        self._asked: dict[int, Due] = {}
        self._due: list[Due] = []

    def of(self, comparison: ComparisonView) -> Verdict | None:
        """The latest verdict, which may be of an earlier state; None where none is known."""
        return self._known.get(comparison.id) if _outcomes(comparison) else NONE

    def ask(self, comparisons: Iterable[ComparisonView]) -> None:
        """Have the verdicts computed that were not asked for in this state. One that failed is not tried again by itself."""
        for comparison in comparisons:
            due = Due(comparison.id, (_outcomes(comparison), comparison.ended))
            if _outcomes(comparison) and self._asked.get(comparison.id) != due:
                self._asked[comparison.id] = due
                self._due.append(due)

    def try_again(self) -> None:
        """Whoever asks now also asks for what could not be computed."""
        for comparison_id in [key for key, verdict in self._known.items() if verdict.failed]:
            self._asked.pop(comparison_id, None)

    def take_due(self) -> tuple[Due, ...]:
        """What is to be computed; it is not handed out again."""
        due, self._due = tuple(self._due), []
        return due

    def learn(self, due: Due, verdict: Verdict) -> None:
        """Remember what was computed."""
        self._known[due.comparison_id] = verdict


def _outcomes(comparison: ComparisonView) -> Hashable:
    """How many runs ended how; nothing where none has."""
    return frozenset((status, n) for status, n in comparison.counts.items() if status.ended and n)
