"""Which curves the charts of Live show: of which runs, at which base LR, against what. No screen is needed for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal, get_args

from lrtui.comparison.snapshot import ComparisonView, Curve, RunView, Snapshot
from lrtui.formats import counted, rate
from lrtui.tasks.info import ACCURACY
from lrtui.tui.charts.series import QUANTITIES, Quantity, Series, mean_series, on_axis
from lrtui.tui.live.base_lrs import best_base_lr, best_base_lrs

Axis = Literal["epoch", "step", "second"]
AXES: tuple[Axis, ...] = get_args(Axis)
MOST_RUNS = 16  # more curves than that in one picture cannot be told apart


class Rates(Enum):
    """Whose base LR the curves are at, where there are several. The first is what the ranking compares."""

    OWN = "own"
    BEST = "best"
    SELECTED = "selected"


@dataclass(frozen=True, slots=True)
class CurveChoice:
    """What a person wants to see.

    `selected_lr` is the selected run's base LR, where `rates` asks for it. With `single` the runs in `rows` are drawn one
    by one, else the means over seeds. Schedulers in `hidden` are not drawn; runs in `pinned`, and their schedulers'
    means, come first.
    """

    axis: Axis = "epoch"
    rates: Rates = Rates.OWN
    selected_lr: float | None = None
    single: bool = False
    rows: tuple[int, ...] = ()
    hidden: frozenset[str] = frozenset()
    pinned: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """Runs whose mean is one curve; `index` gives its colour and letter."""

    label: str
    index: int
    runs: tuple[RunView, ...]
    pinned: bool


@dataclass(frozen=True, slots=True)
class Curves:
    """What the charts show: the series by metric, the front one first, and in words what they are."""

    series: Mapping[Quantity, tuple[Series, ...]]
    caption: str
    axis: Axis
    front: int | None
    """The index of the curve in front, whose spread is shown; None: none of them."""


class CurveMaker:
    """Makes the curves of a choice; remembers those of the choice before, so that only what changed is made again."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int, Axis], tuple[tuple[Curve, ...], Mapping[Quantity, Series]]] = {}
        self._made_before = self._made

    def make(self, snapshot: Snapshot, choice: CurveChoice) -> Curves:
        """The curves of the open comparison's runs."""
        comparison = snapshot.open
        assert comparison is not None
        if choice.single:
            groups, caption = _single_runs(snapshot.runs, choice)
        else:
            groups, caption = _schedules(comparison, snapshot.runs, choice)
        groups.sort(key=lambda group: not group.pinned)
        steps = comparison.spec.steps_per_epoch
        self._made_before, self._made = self._made, {}
        means = [self._means(snapshot, group, choice.axis, steps) for group in groups]
        series = {metric: tuple(made[metric] for made in means if made[metric].x) for metric in QUANTITIES}
        if not series["lr"]:
            caption = "no epoch measured yet" if groups else "nothing is shown"
        elif not choice.single:
            most = counted(max(one.n for one in series["lr"]), "seed")
            fewer = min((one.fewer_after for one in series["lr"] if one.fewer_after is not None), default=None)
            until = "" if fewer is None else f" (fewer after epoch {fewer})"
            caption = f"mean of {most}{until}{caption}"
        if choice.axis != "epoch":
            caption += f", x: {choice.axis}s"
        alone = len(groups) == 1 or (bool(groups) and groups[0].pinned)
        return Curves(series, caption, choice.axis, groups[0].index if alone else None)

    def _means(self, snapshot: Snapshot, group: Group, axis: Axis, steps: int) -> Mapping[Quantity, Series]:
        """A group's curve of each metric; without points where nothing is measured yet."""
        curves = tuple(snapshot.curves[run.id] for run in group.runs if run.id in snapshot.curves)
        key = (group.label, group.index, axis)
        diverged = sum(run.diverged_at is not None for run in group.runs)  # may be known after the last row
        known = self._made_before.get(key)
        if known is None or known[1]["lr"].diverged != diverged or not _same(known[0], curves):
            scored = ACCURACY if snapshot.open is None else snapshot.open.spec.metric
            means = {
                quantity: mean_series(group.label, group.index, curves, quantity, diverged, scored)
                for quantity in QUANTITIES
            }
            known = (curves, on_axis(means, curves, axis, steps))
        self._made[key] = known
        return known[1]


def _same(some: Sequence[Curve], others: Sequence[Curve]) -> bool:
    """Whether they are the very same curves: to compare what is in them would cost as much as making the mean."""
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))


def _schedules(comparison: ComparisonView, runs: Sequence[RunView], choice: CurveChoice) -> tuple[list[Group], str]:
    """A group a scheduler, at the base LR that is asked for."""
    by_label: dict[str, list[RunView]] = {}
    for run in runs:
        by_label.setdefault(run.label, []).append(run)
    several = len({run.base_lr for run in runs}) > 1
    rates, caption = _rates(comparison, by_label, choice) if several else ({}, "")
    groups = []
    for index, (label, all_runs) in enumerate(by_label.items()):
        if label in choice.hidden:
            continue
        at = rates.get(label)
        shown = tuple(run for run in all_runs if at is None or run.base_lr == at)
        name = f"{label} {rate(at)}" if at is not None and choice.rates is Rates.OWN else label
        pinned = any(run.id in choice.pinned for run in all_runs)
        groups.append(Group(name, index, shown, pinned))
    return groups, caption


def _rates(
    comparison: ComparisonView, by_label: Mapping[str, Sequence[RunView]], choice: CurveChoice
) -> tuple[dict[str, float], str]:
    """The base LR of each scheduler's curve, and which that is in words."""
    runs = [run for own in by_label.values() for run in own]
    metric = comparison.spec.metric
    so_far = "" if comparison.ended else " so far"
    if choice.rates is Rates.OWN:
        return best_base_lrs(runs, metric), f", each at its best base LR{so_far}"
    if choice.rates is Rates.SELECTED and choice.selected_lr is not None:
        return dict.fromkeys(by_label, choice.selected_lr), f", base LR {rate(choice.selected_lr)} (the selected run's)"
    best = best_base_lr(runs, metric)
    return dict.fromkeys(by_label, best), f", base LR {rate(best)} (the best{so_far})"


def _single_runs(runs: Sequence[RunView], choice: CurveChoice) -> tuple[list[Group], str]:
    """A group a run, for the first of the rows."""
    by_id = {run.id: run for run in runs}
    drawn = [by_id[run_id] for run_id in choice.rows[:MOST_RUNS] if run_id in by_id]
    several = len({run.base_lr for run in runs}) > 1
    groups = [
        Group(f"{run.number} {run.label}{f' {rate(run.base_lr)}' if several else ''} seed {run.seed}", i, (run,), run.id in choice.pinned)
        for i, run in enumerate(drawn)
    ]  # fmt: skip
    if len(choice.rows) > MOST_RUNS:
        return groups, f"one curve a run, the first {MOST_RUNS} of {len(choice.rows)} rows"
    return groups, "one curve a run"
