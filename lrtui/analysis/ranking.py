"""The ranking: from the runs' outcomes to rows, intervals, the leading group and the sentence on top."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from lrtui.analysis.confidence_set import EXACT_UP_TO, RANDOM_PATTERNS, ConfidenceSet, confidence_set
from lrtui.analysis.intervals import RESAMPLES, Interval, interval_method, mean_intervals
from lrtui.analysis.orientation import Orientation, turned
from lrtui.analysis.result import Fact, Ranking, RankRow, Sentence
from lrtui.analysis.selection import Selection, last_score, ranked_score, select
from lrtui.analysis.verdict import nothing_to_rank, verdict
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.spec import Spec
from lrtui.comparison.status import RunStatus
from lrtui.tasks.info import ACCURACY, Metric


def metric_sentence(metric: Metric) -> str:
    """What is ranked by, and at which moment."""
    return f"test {metric.name} at the best validation epoch"


def of_spec(ranking: Ranking, spec: Spec) -> Ranking:
    """The ranking, with what it ranks by where the task has no test examples."""
    if not spec.lacks("test"):
        return ranking
    return replace(ranking, metric_sentence=f"validation {spec.metric.name} at the last evaluation")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A schedule with its ranked runs and their scores, both in the order of the seeds."""

    label: str
    base_lr: float
    runs: tuple[Outcome, ...]
    scores: tuple[float, ...]
    mean: float


def rank(outcomes: Sequence[Outcome], alpha: float = 0.05, to_come: int = 0, *, metric: Metric = ACCURACY) -> Ranking:
    """Rank schedules by mean test score at their chosen base LR, on the seeds they share; ties go by label.

    `selection` says which runs count and what a diverged one scores, `confidence_set` who leads, `intervals` how sure
    each figure is (confidence 1 - alpha). With runs `to_come` it is provisional. The order of `outcomes` does not matter. Every figure is finite or None.

    Raises:
        ValueError: two outcomes have the same label, base LR and seed, or alpha is not between 0 and 1.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha={alpha}: expected a number between 0 and 1")
    inside, how = turned(outcomes, metric)
    return how.ranking(ranked_inside(inside, how, alpha, to_come))


def ranked_inside(outcomes: Sequence[Outcome], how: Orientation, alpha: float, to_come: int = 0) -> Ranking:
    """The same of outcomes that are turned so that more is better, and so is what comes out."""
    metric = how.metric
    selection = select(outcomes, to_come, metric, chance_known=how.chance_known)
    entries = _entries(selection)
    if not entries:
        sentence = nothing_to_rank(scored=bool(selection.chosen), provisional=selection.provisional)
        return Ranking(
            metric_sentence(metric), (), alpha, _method(0, alpha), sentence, (), selection.notes, selection.provisional, metric
        )  # fmt: skip
    n = len(selection.seeds)
    scores = np.array([entry.scores for entry in entries]).T
    differences = scores - scores[:, [0]]
    intervals = mean_intervals(np.hstack([scores, differences]), 1 - alpha)
    members = confidence_set(scores, alpha)
    rows = tuple(
        _row(place, entries, intervals[place], intervals[len(entries) + place], members)
        for place in range(len(entries))
    )
    sentence = verdict(rows, alpha, provisional=selection.provisional)
    return Ranking(
        metric_sentence(metric), selection.seeds, alpha, _method(n, alpha), sentence, rows, selection.notes,
        selection.provisional, metric,
    )  # fmt: skip


def _entries(selection: Selection) -> list[_Entry]:
    """The schedules, best first; none where they share no seed. fmean rounds once, so equal scores have equal means."""
    entries = []
    for chosen in selection.chosen if selection.seeds else ():
        runs = tuple(chosen.runs[seed] for seed in selection.seeds)
        scores = tuple(_present(map(ranked_score, runs)))
        entries.append(_Entry(chosen.label, chosen.base_lr, runs, scores, fmean(scores)))
    return sorted(entries, key=lambda entry: (-entry.mean, entry.label))


def _row(
    place: int, entries: Sequence[_Entry], mean: Interval | None, difference: Interval | None, members: ConfidenceSet
) -> RankRow:
    entry, best = entries[place], entries[0]
    return RankRow(
        rank=place + 1,
        label=entry.label,
        base_lr=entry.base_lr,
        n=len(entry.runs),
        score=entry.mean,
        score_low=mean.low if mean else None,
        score_high=mean.high if mean else None,
        delta_to_best=fmean(own - top for own, top in zip(entry.scores, best.scores, strict=True)),
        delta_low=difference.low if difference else None,
        delta_high=difference.high if difference else None,
        p_mcs=members.p[place],
        leads=members.leads[place],
        best_epoch=_mean(run.best_epoch for run in entry.runs),
        score_last=_mean(map(last_score, entry.runs)),
        diverged=sum(run.status is RunStatus.DIVERGED for run in entry.runs),
        seconds=_mean(run.seconds for run in entry.runs),
    )


def _present(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean(values: Iterable[float | None]) -> float | None:
    present = _present(values)
    return fmean(present) if present else None


def _method(n: int, alpha: float) -> Sentence:
    level = f"{100 * (1 - alpha):g} %"
    if n < 2:
        text = f"model confidence set at {level}; needs at least 2 seeds for a test or an interval"
        return Sentence("method_none", text, level=1 - alpha)
    exact = n <= EXACT_UP_TO
    patterns = 2**n if exact else RANDOM_PATTERNS
    method = interval_method(n)
    how = f"BCa bootstrap, {RESAMPLES:,} resamples" if method == "BCa bootstrap" else "Student's t"
    text = (
        f"model confidence set at {level}, {'all ' if exact else ''}{patterns:,}{'' if exact else ' random'} sign flips "
        f"of {n} seeds; {level} intervals: {how}"
    )
    facts: dict[str, Fact] = {"level": 1 - alpha, "patterns": patterns, "n": n, "resamples": RESAMPLES}
    code = f"method_{'exact' if exact else 'random'}_{'bca' if method == 'BCa bootstrap' else 't'}"
    return Sentence(code, text, **facts)
