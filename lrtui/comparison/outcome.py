"""A run as the ranking sees it."""

from dataclasses import dataclass

from lrtui.comparison.status import RunStatus


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run as the ranking sees it. `label` names the schedule; scores are those at the best validation epoch.

    `chance` is the score of guessing, which a run counts for that diverged before it had a best epoch; None where it is not known.
    `number` is the run's place in its comparison: it says in which order base LRs were tried.
    """

    label: str
    base_lr: float
    seed: int
    status: RunStatus
    chance: float | None
    selection: float | None = None
    test: float | None = None
    test_last: float | None = None
    best_epoch: int | None = None
    seconds: float | None = None
    number: int = 0
