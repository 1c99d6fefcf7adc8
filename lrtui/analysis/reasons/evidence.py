"""What the rules look at: each ranked schedule with its LR and its runs, and the comparison around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isclose, sqrt
from statistics import fmean, stdev

from lrtui.analysis.history import RunHistory
from lrtui.analysis.orientation import Orientation
from lrtui.analysis.result import Ranking, RankRow
from lrtui.analysis.values import Sensitivity
from lrtui.comparison.cell import Cells
from lrtui.comparison.snapshot import Curve, RunView
from lrtui.comparison.spec import Spec
from lrtui.schedules.schedule import Schedule


@dataclass(frozen=True)
class Case:
    """One ranked schedule at its ranked base LR. `gap` is its distance to the best as a share of the last one's."""

    row: RankRow
    gap: float
    schedule: Schedule
    histories: tuple[RunHistory, ...]
    sensitivity: Sensitivity

    @property
    def label(self) -> str:
        """The schedule's label."""
        return self.row.label

    @property
    def key(self) -> str:
        """The scheduler's key."""
        return self.schedule.scheduler.key

    @property
    def is_baseline(self) -> bool:
        """Whether its scheduler leaves the learning rate alone."""
        return self.schedule.scheduler.baseline

    @property
    def base_lr(self) -> float:
        """The base LR it is ranked at."""
        return self.row.base_lr

    @cached_property
    def epochs(self) -> int:
        """The epochs of the run that trained longest: the budget, unless early stopping or divergence ended all of them."""
        return max((history.run.epoch for history in self.histories), default=0)

    @cached_property
    def rates(self) -> list[float]:
        """The LR at each scheduler step of the epochs trained; of no meaning where it `watches`, see `observed`."""
        if not self.schedule.known:
            return []
        return self.schedule.lr_at_scheduler_steps()[: self.epochs * self.schedule.scheduler_steps_per_epoch]

    @cached_property
    def highest_by_epoch(self) -> list[float]:
        """The highest LR of each epoch trained."""
        per_epoch = self.schedule.scheduler_steps_per_epoch
        return [max(self.rates[start : start + per_epoch]) for start in range(0, len(self.rates), per_epoch)]

    @cached_property
    def restarts(self) -> list[tuple[int, int]]:
        """The epochs trained, from 0, at which the LR began to rise again, and at which it was at its peak."""
        return self.schedule.scheduler.restarts_within(self.schedule, self.epochs)

    @cached_property
    def observed(self) -> tuple[Curve, ...]:
        """The stored curves that have an epoch."""
        return tuple(history.curve for history in self.histories if history.curve.epoch)

    @property
    def last_lr(self) -> float | None:
        """The LR of the last step, as stored (a mean over runs); None without curves."""
        return fmean(curve.lr[-1] for curve in self.observed) if self.observed else None

    @property
    def watches(self) -> bool:
        """Whether its LR is known from the stored rows alone: it depends on what happened in training, or on code not here."""
        return self.schedule.metric is not None or not self.schedule.known

    @property
    def moves_momentum(self) -> bool:
        """Whether it also changes the optimizer's momentum."""
        return self.schedule.momentum is not None

    @cached_property
    def idle(self) -> bool:
        """Whether the LR stayed at the base LR in every epoch trained; the baseline is not called idle."""
        if self.is_baseline or not self.epochs:
            return False
        if self.watches:
            rates = [lr for curve in self.observed for lr in curve.lr]
            return len(self.observed) == len(self.histories) and _all_close(rates, self.base_lr)
        return _all_close(self.rates, self.base_lr)

    @cached_property
    def warms_up(self) -> bool:
        """Whether it starts at half of its highest LR or below, and does not start by falling."""
        if self.watches or len(self.rates) < 2:
            return False
        return self.rates[0] <= max(self.rates) / 2 and self.rates[1] >= self.rates[0]


@dataclass(frozen=True)
class Evidence:
    """A comparison: its spec and cells, its ranking, the ranked schedules best first, and every run with its curve."""

    spec: Spec
    cells: Cells
    how: Orientation
    ranking: Ranking
    cases: tuple[Case, ...]
    runs: Sequence[RunView]
    curves: Mapping[int, Curve]

    @property
    def chance(self) -> float:
        """What a diverged run without a score counts for, turned as all scores are: see `Orientation.floor`."""
        return self.how.floor or 0.0

    @property
    def nothing_learned(self) -> float | None:
        """The score at or below which a run has learned nothing yet: 1.5 times chance of a percentage of which more is better,
        else a twentieth of the way from chance to the best ranked score; None where chance is not known.
        """
        if not self.how.chance_known:
            return None
        if self.how.metric.percent and self.how.metric.better == "higher":
            return 1.5 * self.chance
        best = max((row.score for row in self.ranking.rows), default=self.chance)
        return self.chance + 0.05 * (best - self.chance)

    def case(self, label: str) -> Case:
        """The ranked schedule called `label`."""
        return next(case for case in self.cases if case.label == label)


def collect(
    spec: Spec,
    cells: Cells,
    how: Orientation,
    ranking: Ranking,
    histories: Mapping[str, tuple[RunHistory, ...]],
    sensitivities: Sequence[Sensitivity],
    runs: Sequence[RunView],
    curves: Mapping[int, Curve],
) -> Evidence:
    """Put together what the rules look at. Runs come in the order of their numbers, whatever order they are given in."""
    by_label = {entry.scheduler: entry for entry in sensitivities}
    widest = -min((row.delta_to_best for row in ranking.rows), default=0.0)
    cases = tuple(
        Case(
            row=row,
            gap=-row.delta_to_best / widest if widest > 0 else 0.0,
            schedule=cells[row.label, row.base_lr].schedule,
            histories=histories[row.label],
            sensitivity=by_label[row.label],
        )
        for row in ranking.rows
    )
    return Evidence(spec, cells, how, ranking, cases, sorted(runs, key=lambda run: run.number), curves)


def clearly_above_zero(values: Sequence[float]) -> bool:
    """Whether the mean is more than two standard errors above zero: enough to mention, not a test. Never with n = 1."""
    if len(values) < 2:
        return False
    return fmean(values) > max(2 * stdev(values) / sqrt(len(values)), 1e-9)


def falls(rates: Sequence[float]) -> list[int]:
    """The places whose LR is below the one before, rounding aside."""
    return [place for place, (before, after) in enumerate(pairwise(rates), 1) if after < before * (1 - 1e-9)]


def _all_close(rates: Sequence[float], base_lr: float) -> bool:
    return bool(rates) and all(isclose(lr, base_lr, rel_tol=1e-9) for lr in rates)
