"""The ranking as a value: what goes into it, and the rows and the sentence that come out."""

from dataclasses import dataclass
from typing import Self

from lrtui.domain.status import RunStatus

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
class Outcome:
    """One run as the ranking sees it. `label` names the schedule; accuracies are fractions at the best validation epoch.

    `chance` is the accuracy of guessing (1 / classes): what a run scores that diverged before it had a best epoch.
    `number` is the run's place in its comparison: it says in which order base LRs were tried.
    """

    label: str
    base_lr: float
    seed: int
    status: RunStatus
    chance: float
    selection_acc: float | None = None
    test_acc: float | None = None
    test_acc_last: float | None = None
    best_epoch: int | None = None
    seconds: float | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class RankRow:
    """One schedule at its chosen base LR. Accuracies and differences are fractions; None where n does not allow a figure.

    `delta_*` is this schedule minus the best, paired by seed. `p_mcs` and `leads` are the model confidence set's.
    """

    rank: int
    scheduler: str
    base_lr: float
    n: int
    test_acc: float
    ci_low: float | None
    ci_high: float | None
    delta_to_best: float
    delta_low: float | None
    delta_high: float | None
    p_mcs: float | None
    leads: bool
    best_epoch: float | None
    test_acc_last: float | None
    diverged: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """A comparison's answer. `verdict` is the sentence on top; `notes` are the stated exclusions and caveats.

    `seeds` are those every ranked schedule has finished; `provisional` says that some runs have not ended.
    """

    metric: str
    seeds: tuple[int, ...]
    alpha: float
    method: str
    verdict: str
    rows: tuple[RankRow, ...]
    notes: tuple[str, ...] = ()
    provisional: bool = False
