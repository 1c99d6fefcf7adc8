"""The ranking as a value: its rows, its sentence, its notes."""

from dataclasses import dataclass
from typing import Self

from lrtui.tasks.info import ACCURACY, Metric

Fact = int | float | str | bool | tuple[str, ...] | tuple[float, ...]


class Sentence(str):
    """An English sentence that remembers what it says, as a code and named facts, so that a report can say it in Korean.

    Names in the facts are as they were stored: whoever shows them cleans them.
    """

    __slots__ = ("code", "facts")
    code: str
    facts: dict[str, Fact]

    def __new__(cls, code: str, text: str, **facts: Fact) -> Self:
        """`text` with its code and facts."""
        sentence = super().__new__(cls, text)
        sentence.code, sentence.facts = code, facts
        return sentence

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, Fact]]:
        """For copies and pickles."""
        return (self.code, str(self)), self.facts


@dataclass(frozen=True, slots=True)
class RankRow:
    """One schedule at its chosen base LR. Scores and differences are as stored; None where n does not allow a figure.

    `delta_*` is this schedule minus the best, paired by seed: above 0 where lower is better. `p_mcs` and `leads` are the model confidence set's.
    """

    rank: int
    label: str
    base_lr: float
    n: int
    score: float
    score_low: float | None
    score_high: float | None
    delta_to_best: float
    delta_low: float | None
    delta_high: float | None
    p_mcs: float | None
    leads: bool
    best_epoch: float | None
    score_last: float | None
    diverged: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """A comparison's answer. `verdict` is the sentence on top; `notes` are the stated exclusions and caveats.

    `metric` is what is ranked by, `metric_sentence` says at which moment. `seeds` are those every ranked schedule has finished; `provisional` says that some runs have not ended.
    """

    metric_sentence: str
    seeds: tuple[int, ...]
    alpha: float
    method: str
    verdict: str
    rows: tuple[RankRow, ...]
    notes: tuple[str, ...] = ()
    provisional: bool = False
    metric: Metric = ACCURACY
