"""The stored curves of the ranked runs, epoch by epoch, with the rules that training follows.

An epoch whose loss was not finite counts for nothing, as in training: it is never the best one.
"""

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from lrtui.analysis.result import Ranking
from lrtui.comparison.snapshot import Curve, RunView
from lrtui.comparison.status import RunStatus


@dataclass(frozen=True)
class RunHistory:
    """A ranked run with its curve, empty where none is stored."""

    run: RunView
    curve: Curve

    @property
    def known(self) -> bool:
        """Whether it can be said how the run went: it has a curve, or it diverged."""
        return bool(self.curve.epoch) or self.run.status is RunStatus.DIVERGED

    @cached_property
    def val_scores(self) -> tuple[tuple[int, float], ...]:
        """(epoch, validation score) of the epochs that count."""
        curve = self.curve
        return tuple(
            (epoch, score)
            for epoch, score, train, val in zip(curve.epoch, curve.score, curve.train_loss, curve.val_loss, strict=True)
            if train is not None and val is not None
        )

    def best_until(self, epoch: int, chance: float) -> float:
        """The best validation score of the first `epoch` epochs; chance where there is none."""
        epochs, best = self._best_so_far
        place = bisect(epochs, epoch)
        return best[place - 1] if place else chance

    @cached_property
    def _best_so_far(self) -> tuple[list[int], list[float]]:
        epochs = [epoch for epoch, _ in self.val_scores]
        return epochs, list(accumulate((score for _, score in self.val_scores), max))

    def first_at(self, threshold: float) -> int | None:
        """The first epoch that reached `threshold`; None if none did."""
        return next((epoch for epoch, score in self.val_scores if score >= threshold), None)


def ranked_histories(
    ranking: Ranking, runs: Sequence[RunView], curves: Mapping[int, Curve]
) -> dict[str, tuple[RunHistory, ...]]:
    """For each ranked schedule, best first, its runs at its base LR in the order of the ranked seeds."""
    by_cell = {(run.label, run.base_lr, run.seed): run for run in runs}
    found = {}
    for row in ranking.rows:
        ranked = [by_cell[row.label, row.base_lr, seed] for seed in ranking.seeds]
        found[row.label] = tuple(RunHistory(run, curves.get(run.id, Curve())) for run in ranked)
    return found
