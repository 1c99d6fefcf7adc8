"""A run as the ranking sees it."""

from dataclasses import dataclass

from lrtui.comparison.status import RunStatus


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
    selection: float | None = None
    test: float | None = None
    test_last: float | None = None
    best_epoch: int | None = None
    seconds: float | None = None
    number: int = 0
