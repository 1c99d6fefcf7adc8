"""Which base LR is the best so far: the ranking's choice, and before a schedule has any, the same rule on the last evaluations."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import inf

from lrtui.analysis.orientation import orientation
from lrtui.analysis.selection import cells_by_label, chosen_base_lr, mean_selection
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.snapshot import RunView
from lrtui.comparison.status import RunStatus
from lrtui.tasks.info import Metric

Cells = Mapping[float, Mapping[int, Outcome]]


def best_base_lrs(runs: Iterable[RunView], metric: Metric) -> dict[str, float]:
    """The best base LR of each schedule, by label; its first while nothing is measured."""
    return {label: base_lr for label, (base_lr, _) in _best(runs, metric).items()}


def best_base_lr(runs: Iterable[RunView], metric: Metric) -> float:
    """The base LR of the schedule that is the best at its own; the first one while nothing is measured."""
    best = _best(runs, metric)
    measured = {label: found for label, found in best.items() if found[1] is not None} or best
    return max(measured.values(), key=lambda found: -inf if found[1] is None else found[1])[0]


def _best(runs: Iterable[RunView], metric: Metric) -> dict[str, tuple[float, float | None]]:
    """By label the best base LR, and the mean that says so, turned so that more is better."""
    runs = list(runs)
    how = orientation([_so_far(run, metric.chance) for run in runs], metric)
    runs, chance = [how.run(run) for run in runs], how.floor
    by_label: dict[str, list[RunView]] = {}
    for run in runs:
        by_label.setdefault(run.label, []).append(run)
    found: dict[str, tuple[float, float | None]] = {}
    for label, own in by_label.items():
        cells = _cells(run.outcome(chance) for run in own)
        base_lr = chosen_base_lr(cells)
        if base_lr is None:
            cells = _cells(_so_far(run, chance) for run in own)
            base_lr = chosen_base_lr(cells)
        first = own[0].base_lr
        found[label] = (first, None) if base_lr is None else (base_lr, mean_selection(cells).get(base_lr))
    return found


def _cells(outcomes: Iterable[Outcome]) -> Cells:
    return next(iter(cells_by_label(list(outcomes)).values()))


def _so_far(run: RunView, chance: float | None) -> Outcome:
    """The run as if it ended here, with the score of its last evaluation."""
    if run.status.ended or run.last_score is None:
        return run.outcome(chance)
    ended = replace(run, status=RunStatus.DONE, selection=run.last_score, test=run.last_score)
    return ended.outcome(chance)
