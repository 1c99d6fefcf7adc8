"""Which runs are ranked: each schedule's base LR, and the seeds that all of them have.

What a run scores:
- done: its scores at the best validation epoch;
- diverged: the same, from the epochs before it diverged; where it has none chance, or the worst score of the comparison
  where chance is not known;
- failed, cancelled, or without a test score: nothing, and `notes` says so; not ended: nothing yet.

A schedule's base LR is the one with the best mean selection score on the seeds that have a score at every base LR it
was run at (on each base LR's own seeds where they share none); of equals, the smaller. A base LR without any score
takes no part. Schedules need not have had the same base LRs, only as many: where they have not, `notes` says so. A
schedule without any score is left out. The rest are ranked on the seeds that all of them have, so that
every difference is paired and every schedule has had the same budget.

Here, and wherever the analysis computes, more is better: `orientation` turns scores on their way in and out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import fmean

from lrtui.analysis.result import Sentence
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.status import RunStatus
from lrtui.tasks.info import ACCURACY, Metric
from lrtui.terminal_text import clean


@dataclass(frozen=True, slots=True)
class Chosen:
    """A schedule at its chosen base LR: its runs that have a score, by seed."""

    label: str
    base_lr: float
    runs: Mapping[int, Outcome]


@dataclass(frozen=True, slots=True)
class Selection:
    """The schedules to rank, by label, and the seeds all of them have; `notes` say what that leaves out."""

    chosen: tuple[Chosen, ...]
    seeds: tuple[int, ...]
    notes: tuple[Sentence, ...]
    provisional: bool


Cells = Mapping[float, Mapping[int, Outcome]]


def ranked_score(run: Outcome) -> float | None:
    """What the run counts for in the ranking; None where it has no score."""
    return _score(run, run.test)


def last_score(run: Outcome) -> float | None:
    """The test score after the last epoch; chance where the run diverged."""
    return _score(run, run.test_last)


def select(
    outcomes: Sequence[Outcome], to_come: int = 0, metric: Metric = ACCURACY, *, chance_known: bool = True
) -> Selection:
    """Choose base LRs and seeds. The order of `outcomes` does not matter. `to_come` runs a search has still to propose.

    `metric` and `chance_known` are for the words of the notes.

    Raises:
        ValueError: two outcomes have the same label, base LR and seed.
    """
    chosen = []
    by_label = cells_by_label(outcomes)
    notes = _trial_notes(by_label)
    for label, cells in by_label.items():
        scored = _scored(cells)
        base_lr = chosen_base_lr(cells)
        if base_lr is None:
            left_out = f"{clean(label)} is left out: none of its runs has ended with a result"
            notes.append(Sentence("left_out", left_out, label=label))
            continue
        if len(scored) < len(cells):
            missing = tuple(lr for lr in cells if lr not in scored)
            listed = ", ".join(f"{lr:g}" for lr in missing)
            no_part = f"{clean(label)}: base LR {listed} took no part in the choice, no run there has a result"
            notes.append(Sentence("lr_without_result", no_part, label=label, base_lrs=missing))
        chosen.append(Chosen(label, base_lr, scored[base_lr]))
    shared = set.intersection(*(set(c.runs) for c in chosen)) if chosen else set()
    seeds = tuple(sorted(shared))
    notes += _seed_notes(chosen, seeds, {run.seed for run in outcomes})
    notes += _status_notes(outcomes, to_come, metric, chance_known)
    provisional = to_come > 0 or any(not run.status.ended for run in outcomes)
    return Selection(tuple(chosen), seeds, tuple(notes), provisional)


def cells_by_label(outcomes: Sequence[Outcome]) -> dict[str, dict[float, dict[int, Outcome]]]:
    """Runs by label, base LR and seed, each in growing order.

    Raises:
        ValueError: two outcomes have the same label, base LR and seed.
    """
    by_label: dict[str, dict[float, dict[int, Outcome]]] = {}
    for run in sorted(outcomes, key=lambda run: (run.label, run.base_lr, run.seed)):
        cell = by_label.setdefault(run.label, {}).setdefault(run.base_lr, {})
        if run.seed in cell:
            raise ValueError(f"two outcomes of {run.label!r} at base LR {run.base_lr:g}, seed {run.seed}")
        cell[run.seed] = run
    return by_label


def selection_scores(cells: Cells) -> dict[float, dict[int, float]]:
    """What a schedule's base LRs are compared by: selection scores by seed, on the seeds they share if they share any.

    A run without a test score has none here either; a base LR without any is left out.
    """
    scores: dict[float, dict[int, float]] = {}
    for lr, runs in cells.items():
        for seed, run in runs.items():
            score = _score(run, run.selection)
            if score is not None and ranked_score(run) is not None:
                scores.setdefault(lr, {})[seed] = score
    shared = set.intersection(*(set(by_seed) for by_seed in scores.values())) if scores else set()
    return {
        lr: {seed: score for seed, score in by_seed.items() if seed in shared or not shared}
        for lr, by_seed in scores.items()
    }


def _score(run: Outcome, score: float | None) -> float | None:
    if run.status not in (RunStatus.DONE, RunStatus.DIVERGED):
        return None
    if score is not None and isfinite(score):
        return score
    return run.chance if run.status is RunStatus.DIVERGED else None


def _scored(cells: Cells) -> dict[float, dict[int, Outcome]]:
    """The runs that have a score; a base LR without any is left out."""
    scored = {lr: {s: run for s, run in runs.items() if ranked_score(run) is not None} for lr, runs in cells.items()}
    return {lr: runs for lr, runs in scored.items() if runs}


def chosen_base_lr(cells: Cells) -> float | None:
    """The base LR that a schedule is ranked at; None where no run of it has a score. Whoever says "best" asks here."""
    scored = _scored(cells)
    if len(scored) < 2:
        return next(iter(scored), None)
    means = mean_selection(scored)
    return min(means, key=lambda lr: (-means[lr], lr)) if means else min(scored)


def mean_selection(cells: Cells) -> dict[float, float]:
    """The mean of what base LRs are compared by, for each that has any."""
    return {lr: fmean(by_seed.values()) for lr, by_seed in selection_scores(cells).items()}


def _seed_notes(chosen: Sequence[Chosen], seeds: tuple[int, ...], all_seeds: set[int]) -> list[Sentence]:
    if not chosen or len(seeds) == len(all_seeds):
        return []
    lacking = [c for c in chosen if len(c.runs) < len(all_seeds)]
    counts = [len(all_seeds - set(c.runs)) for c in lacking]
    names = [f"{clean(c.label)} ({_counted(n, 'seed')})" for c, n in zip(lacking, counts, strict=True)]
    text = (
        f"ranked on {len(seeds)} of {len(all_seeds)} seeds, those that every schedule has a result for; "
        f"results are lacking from {enumeration(names)}"
    )
    labels = tuple(c.label for c in lacking)
    return [Sentence("seeds_lacking", text, n=len(seeds), of=len(all_seeds), labels=labels, counts=tuple(counts))]


def _trial_notes(by_label: Mapping[str, Cells]) -> list[Sentence]:
    counts = {label: len(cells) for label, cells in by_label.items()}
    most = max(counts.values(), default=0)
    fewer = tuple(label for label, count in counts.items() if count < most)
    if not fewer:
        return []
    fewest = min(counts.values())
    text = (
        f"not every schedule was tried at {_counted(most, 'base LR')}: "
        f"{enumeration([clean(label) for label in fewer])} had fewer, at least {fewest}, and with them less of a chance"
    )
    return [Sentence("fewer_base_lrs", text, labels=fewer, fewest=fewest, most=most)]


def _status_notes(outcomes: Sequence[Outcome], to_come: int, metric: Metric, chance_known: bool) -> list[Sentence]:
    notes = []
    for status in (RunStatus.FAILED, RunStatus.CANCELLED):
        count = sum(run.status is status for run in outcomes)
        if count:
            notes.append(Sentence(status.value, f"{_counted(count, 'run')} {status}: not scored", count=count))
    silent = sum(run.status is RunStatus.DONE and ranked_score(run) is None for run in outcomes)
    if silent:
        text = f"{_counted(silent, 'run')} ended without a test {metric.name}: not scored"
        notes.append(Sentence("no_test_score", text, count=silent))
    diverged = sum(run.status is RunStatus.DIVERGED for run in outcomes)
    if diverged:
        instead = "chance" if chance_known else "the worst score of this comparison, for chance is not known,"
        text = (
            f"{_counted(diverged, 'run')} diverged: each scores the test {metric.name} of its best validation epoch "
            f"before that, or {instead} where it has none; the table counts those at the ranked base LRs"
        )
        notes.append(Sentence("diverged" if chance_known else "diverged_worst", text, count=diverged))
    waiting = to_come + sum(not run.status.ended for run in outcomes)
    if waiting:
        planned = to_come + len(outcomes)
        text = (
            f"provisional: {_counted(waiting, 'run')} of {planned} not ended; the confidence stated holds for one "
            "look at the finished comparison, not for the best of many looks"
        )
        notes.append(Sentence("provisional", text, count=waiting, of=planned))
    return notes


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def enumeration(names: Sequence[str], limit: int = 4) -> str:
    """Names as a person lists them; beyond `limit` only how many more there are.

    >>> enumeration(["a", "b", "c", "d", "e", "f"])
    'a, b, c, d and 2 more'
    """
    shown = list(names) if len(names) <= limit else [*names[:limit], f"{len(names) - limit} more"]
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)
