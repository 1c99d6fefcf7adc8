"""The way in and out of the analysis: inside, more is better and scores are of size 1, whatever people score by.

Scores in "%" are turned over at the most, so that figures of accuracies are the same to the last bit. Other scores are also
multiplied by a power of two, which loses nothing and puts the largest between 1/2 and 1: what counts as rounding
(`confidence_set.ROUNDING`) is then the same for losses of 1e-4 and for rewards of thousands.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import frexp, isfinite

from lrtui.analysis.reason_codes import DIFFERENCES, LEVELS, SIZES, Fact, Reason
from lrtui.analysis.result import Ranking, RankRow
from lrtui.analysis.values import Analysis, Effect
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.snapshot import Curve, RunView
from lrtui.comparison.status import RunStatus
from lrtui.tasks.info import Metric


@dataclass(frozen=True, slots=True)
class Orientation:
    """How scores of a metric are turned: multiplied by `scale` on the way in, divided by it on the way out.

    `floor` is what a diverged run without a score counts for, as it is inside: chance, or the worst score of the
    comparison where chance is not known; None where there is neither. `chance_known` says which of the two it is.
    """

    metric: Metric
    scale: float
    floor: float | None
    chance_known: bool = True

    def outcome(self, run: Outcome) -> Outcome:
        """An outcome on its way in."""
        chance = self.floor if run.chance is None else self.scale * run.chance
        if self.scale == 1.0 and chance == run.chance:
            return run
        turned = (None if score is None else self.scale * score for score in (run.selection, run.test, run.test_last))
        selection, test, test_last = turned
        return replace(run, chance=chance, selection=selection, test=test, test_last=test_last)

    def run(self, run: RunView) -> RunView:
        """A run on its way in."""
        if self.scale == 1.0:
            return run

        def turn(score: float | None) -> float | None:
            return None if score is None else self.scale * score

        return replace(
            run,
            last_score=turn(run.last_score),
            score=turn(run.score),
            selection=turn(run.selection),
            test=turn(run.test),
            test_last=turn(run.test_last),
        )

    def curve(self, curve: Curve) -> Curve:
        """A curve on its way in."""
        if self.scale == 1.0:
            return curve
        return replace(curve, score=array("d", [self.scale * score for score in curve.score]))

    def score(self, score: float) -> float:
        """A score, or a signed difference of two, on its way out; never -0.0."""
        return score / self.scale + 0.0

    def size(self, size: float) -> float:
        """A spread, or how much better or worse something is, on its way out."""
        return size / abs(self.scale)

    def interval(self, low: float | None, high: float | None) -> tuple[float | None, float | None]:
        """Both ends of an interval of scores or differences on their way out, the lower one first."""
        if low is None or high is None:
            return None, None
        first, last = self.score(low), self.score(high)
        return (first, last) if self.scale > 0 else (last, first)

    def ranking(self, ranking: Ranking) -> Ranking:
        """A ranking on its way out. Intervals of a percentage end at 0 and 1, where Student's t may reach beyond."""
        return replace(ranking, rows=tuple(map(self._row, ranking.rows)))

    def _row(self, row: RankRow) -> RankRow:
        low, high = self.interval(row.score_low, row.score_high)
        if self.metric.percent and low is not None and high is not None:
            low, high = max(low, 0.0), min(high, 1.0)
        delta_low, delta_high = self.interval(row.delta_low, row.delta_high)
        return replace(
            row,
            score=self.score(row.score),
            score_low=low,
            score_high=high,
            delta_to_best=self.score(row.delta_to_best),
            delta_low=delta_low,
            delta_high=delta_high,
            score_last=None if row.score_last is None else self.score(row.score_last),
        )

    def analysis(self, analysis: Analysis) -> Analysis:
        """Everything else on its way out; `spread` and `detectable` are not turned, they are computed outside."""
        if self.scale == 1.0:
            return replace(analysis, ranking=self.ranking(analysis.ranking))

        def each(score: float | None) -> float | None:
            return None if score is None else self.score(score)

        return replace(
            analysis,
            ranking=self.ranking(analysis.ranking),
            effects=tuple(map(self._effect, analysis.effects)),
            sensitivity=tuple(
                replace(
                    entry,
                    points=tuple(
                        replace(p, selection_acc=each(p.selection_acc), test_acc=each(p.test_acc)) for p in entry.points
                    ),
                    tolerance=self.size(entry.tolerance),
                )
                for entry in analysis.sensitivity
            ),
            budgets=tuple(
                replace(budget, rows=tuple(replace(row, val_acc=self.score(row.val_acc)) for row in budget.rows))
                for budget in analysis.budgets
            ),
            epochs_to_95=tuple(
                replace(entry, threshold=self.score(entry.threshold)) for entry in analysis.epochs_to_95
            ),
            reasons=tuple(map(self._reason, analysis.reasons)),
        )

    def _effect(self, effect: Effect) -> Effect:
        sign = 1 if self.scale > 0 else -1
        d, dz = (None if value is None else sign * value + 0.0 for value in (effect.d, effect.dz))
        return replace(effect, d=d, dz=dz)

    def _reason(self, reason: Reason) -> Reason:
        facts = dict(reason.facts)
        for name, value in facts.items():
            if name in LEVELS | DIFFERENCES:
                facts[name] = _mapped(self.score, value)
            elif name in SIZES:
                facts[name] = _mapped(self.size, value)
        if self.scale < 0 and "diff_low" in facts:
            facts["diff_low"], facts["diff_high"] = facts["diff_high"], facts["diff_low"]
        return replace(reason, facts=facts)


def orientation(outcomes: Iterable[Outcome], metric: Metric) -> Orientation:
    """How the scores of these runs, all of a comparison's, are turned."""
    outcomes = tuple(outcomes)
    seen = [
        score
        for run in outcomes
        if run.status in (RunStatus.DONE, RunStatus.DIVERGED)
        for score in (run.selection, run.test)
        if score is not None and isfinite(score)
    ]
    scale = float(metric.sign)
    largest = max(map(abs, seen), default=0.0)
    if not metric.percent and largest:
        scale *= 2.0 ** max(-1000, min(1000, -frexp(largest)[1]))
    if metric.chance is not None:
        return Orientation(metric, scale, scale * metric.chance)
    worst = min((scale * score for score in seen), default=None)
    return Orientation(metric, scale, worst, all(run.chance is not None for run in outcomes))


def turned(outcomes: Sequence[Outcome], metric: Metric) -> tuple[list[Outcome], Orientation]:
    """Outcomes on their way in, and how they were turned. Those that name a chance of their own keep it."""
    how = orientation(outcomes, metric)
    return [how.outcome(run) for run in outcomes], how


def turned_curves(curves: Mapping[int, Curve], how: Orientation) -> Mapping[int, Curve]:
    """Curves on their way in."""
    return curves if how.scale == 1.0 else {run_id: how.curve(curve) for run_id, curve in curves.items()}


def _mapped(turn: Callable[[float], float], value: Fact) -> Fact:
    if isinstance(value, tuple):
        return tuple(turn(item) for item in value if isinstance(item, int | float))
    return turn(value) if isinstance(value, int | float) else value
