"""What the report and the dashboard show beyond the ranking: figures and evidence, no sentences.

Scores are as stored, epochs count from 1, schedules go by their label. A figure that the data do not allow is None.
"""

from dataclasses import dataclass

from lrtui.analysis.reason_codes import Reason
from lrtui.analysis.result import Ranking


@dataclass(frozen=True, slots=True)
class Friedman:
    """Friedman's test of mean ranks over seeds, and what a critical-difference diagram draws (Demšar 2006).

    `schedulers` and `mean_ranks` come best (lowest mean rank) first; ties share their mean rank. `f` is Iman and
    Davenport's, None where it is infinite (every seed orders the schedules alike). `groups` are the bars of the diagram:
    (first, last) places in `schedulers`, counted from 0, of the largest sets within `critical_difference`.
    """

    n: int
    alpha: float
    schedulers: tuple[str, ...]
    mean_ranks: tuple[float, ...]
    chi_square: float
    p_chi_square: float
    f: float | None
    p_f: float
    critical_difference: float
    groups: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a schedule lands when the seeds are drawn anew: how often first (ties share), and its rank's interval."""

    scheduler: str
    p_best: float
    rank_low: float
    rank_high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """A schedule against the best of the ranking: this one minus the best, negative where it is worse if higher is better.

    `d` is the mean difference in standard deviations of the scores, `dz` in standard deviations of the seed-wise
    differences; None where that deviation is zero or n < 2. `wins`, `ties`, `losses` count seeds.
    """

    scheduler: str
    n: int
    d: float | None
    dz: float | None
    wins: int
    ties: int
    losses: int


@dataclass(frozen=True, slots=True)
class LrPoint:
    """A schedule at one base LR: means over `n` seeds. `diverged` counts runs; `n` is 0 where no run has a result.

    `trial` is its place, from 1, in the order in which the schedule's base LRs were tried.
    """

    base_lr: float
    n: int
    selection_acc: float | None
    test_acc: float | None
    diverged: int
    trial: int = 1


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How a schedule depends on its base LR; `points` in growing order of base LR.

    The robust range runs from `robust_low` to `robust_high` without a gap: the base LRs around the best one whose mean
    selection score is within `tolerance` of its (one standard error of the best's mean; of a percentage 0.5 points at least).
    """

    scheduler: str
    best_base_lr: float
    points: tuple[LrPoint, ...]
    robust_low: float
    robust_high: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A schedule after a part of the epochs. `val_acc` is the mean of each run's best validation score until then.

    `depends_on_budget`: planned for this budget from the start, its LR would have been another.
    """

    rank: int
    scheduler: str
    val_acc: float
    depends_on_budget: bool


@dataclass(frozen=True, slots=True)
class BudgetRanking:
    """The order after the first `epochs` epochs, by validation score at the base LR that the ranking chose, over `n` seeds.

    `tau` is Kendall's tau-b between this order's scores and the full budget's: 1 is the same order.
    """

    share: float
    epochs: int
    rows: tuple[BudgetRow, ...]
    tau: float | None
    n: int


@dataclass(frozen=True, slots=True)
class EpochsTo:
    """How soon a schedule's validation score reached `threshold`: see `budgets.epochs_to_close`.

    `median` is over all `n` runs, a run that never got there counting as later than any; None where it is one of those.
    """

    scheduler: str
    threshold: float
    median: float | None
    reached: int
    n: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything computed from a comparison. What goes by schedule comes in the order of `ranking.rows`.

    `sensitivity` also holds schedules that are not ranked, after the others. `spread` is the pooled standard deviation
    of seed-wise differences and `detectable` the difference that this many seeds could show at 80 % power with it.
    """

    ranking: Ranking
    friedman: Friedman | None = None
    placements: tuple[Placement, ...] = ()
    effects: tuple[Effect, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    budgets: tuple[BudgetRanking, ...] = ()
    epochs_to_95: tuple[EpochsTo, ...] = ()
    reasons: tuple[Reason, ...] = ()
    spread: float | None = None
    detectable: float | None = None
