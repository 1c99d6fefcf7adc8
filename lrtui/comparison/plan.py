"""What a comparison will take and can show, known or estimated before it starts."""

from dataclasses import dataclass
from math import ceil

from lrtui.comparison.checks.advice import Advice
from lrtui.comparison.spec import Spec


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a run was among as many at once as there were slots, as the finished runs of a comparison show.

    `images_per_second` are training images; validating and testing is in the seconds. `here`: on a machine like this one.
    """

    comparison: int
    images_per_second: float
    here: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long training will take, once it has started. `at_most`: early stopping may end runs sooner."""

    seconds: float
    slots: int
    pace: Pace
    at_most: bool


def estimate(spec: Spec, slots: int, pace: Pace | None) -> Estimate | None:
    """The time for all runs on so many slots at this pace; None where nothing tells, or there is no slot."""
    if pace is None or not slots:
        return None
    seconds = ceil(spec.size / slots) * spec.epochs * spec.examples_per_epoch / pace.images_per_second
    return Estimate(seconds, slots, pace, spec.early_stopping is not None)


@dataclass(frozen=True, slots=True)
class Plan:
    """A comparison in numbers. Differences and spreads are fractions of accuracy.

    `pilot` is the comparison that `spread` was measured in, None where it was stated. `detectable` is the difference that
    this many seeds can show with this power, None where they can show none. `seeds_needed` and `runs_needed` belong to
    the wanted difference `detect`; None where none was asked for, or no number of seeds up to 10,000 is enough.
    `estimate` is None before the first finished run of the task. `checks` are advice.
    """

    name: str
    schedules: int
    base_lrs: int
    seeds: int
    runs: int
    alpha: float
    power: float
    spread: float
    pilot: int | None
    detectable: float | None
    detect: float | None
    seeds_needed: int | None
    runs_needed: int | None
    estimate: Estimate | None
    checks: tuple[Advice, ...]
