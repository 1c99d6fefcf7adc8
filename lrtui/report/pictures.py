"""The report's figures, from the ranking, the analysis and the curves."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from statistics import fmean

from lrtui.analysis.result import Ranking
from lrtui.analysis.values import Analysis, Friedman
from lrtui.comparison.snapshot import Curve, RunView
from lrtui.report.figures import CriticalDifference, Dot, Intervals, Lines, Series
from lrtui.report.texts import Texts


def intervals(ranking: Ranking, words: Texts) -> Intervals:
    """Each schedule's mean test accuracy with its interval, best first."""

    def percent(value: float | None) -> float | None:
        return None if value is None else 100 * value

    dots = tuple(
        Dot(row.label, 100 * row.score, percent(row.score_low), percent(row.score_high), row.leads)
        for row in ranking.rows
    )
    level = f"{100 * (1 - ranking.alpha):g} %"
    return Intervals(
        words.say("captions.intervals", n=len(ranking.seeds), level=level), words.say("captions.x_accuracy"), dots
    )


def critical_difference(test: Friedman, words: Texts) -> CriticalDifference:
    """The diagram of Demšar 2006."""
    entries = tuple(zip(test.schedulers, test.mean_ranks, strict=True))
    groups = tuple((first, last) for first, last in test.groups if last > first)
    return CriticalDifference(words.say("captions.ranks", n=test.n), entries, test.critical_difference, groups)


def accuracy(ranking: Ranking, runs: Sequence[RunView], curves: Mapping[int, Curve], words: Texts) -> Lines | None:
    """Mean validation accuracy in each epoch; None without curves."""
    series = tuple(
        Series(label, epochs, tuple(100 * y for y in means), f"{100 * means[-1]:.2f}")
        for label, epochs, means in _means(ranking, runs, curves, "score")
    )
    if not series:
        return None
    last = max(line.x[-1] for line in series)
    settled = [y for line in series for x, y in zip(line.x, line.y, strict=True) if x > last / 4]
    say = words.say
    return Lines(
        say("captions.accuracy", n=len(ranking.seeds)),
        say("captions.x_epoch"),
        say("captions.y_accuracy"),
        series,
        y_low=min(settled),
    )


def learning_rate(ranking: Ranking, runs: Sequence[RunView], curves: Mapping[int, Curve], words: Texts) -> Lines | None:
    """The learning rate in each epoch, a small chart each; None without curves."""
    series = tuple(
        Series(label, epochs, means, f"{means[0]:.3g} → {means[-1]:.3g}")
        for label, epochs, means in _means(ranking, runs, curves, "lr")
    )
    if not series:
        return None
    say = words.say
    return Lines(
        say("captions.learning_rate"), say("captions.x_epoch"), say("captions.y_lr"), series, panels=True, y_low=0.0
    )


def sensitivity(analysis: Analysis, words: Texts) -> Lines | None:
    """Mean test accuracy against base LR; None where no schedule has it at two base LRs."""
    series = []
    for entry in analysis.sensitivity:
        points = [(p.base_lr, 100 * p.test_acc) for p in entry.points if p.test_acc is not None]
        if len(points) > 1:
            xs, ys = zip(*points, strict=True)
            series.append(Series(entry.scheduler, xs, ys, f"{min(ys):.2f}…{max(ys):.2f}"))
    if not series:
        return None
    say, most = words.say, max(point.n for entry in analysis.sensitivity for point in entry.points)
    return Lines(
        say("captions.sensitivity", n=most),
        say("captions.x_base_lr"),
        say("captions.y_test"),
        tuple(series),
        log_x=True,
    )


def search_history(analysis: Analysis, runs: Sequence[RunView], words: Texts) -> Lines | None:
    """The best mean selection accuracy so far, by base LR in the order they were tried; None without results."""
    series = []
    for entry in analysis.sensitivity:
        first: dict[float, int] = {}
        for run in runs:
            if run.label == entry.scheduler:
                first[run.base_lr] = min(run.number, first.get(run.base_lr, run.number))
        tried = sorted((p for p in entry.points if p.selection_acc is not None), key=lambda p: first[p.base_lr])
        best = tuple(accumulate((100 * (p.selection_acc or 0.0) for p in tried), max))
        if best:
            xs = tuple(float(place) for place in range(1, len(best) + 1))
            series.append(Series(entry.scheduler, xs, best, f"{best[-1]:.2f}"))
    if not series:
        return None
    say, most = words.say, max(point.n for entry in analysis.sensitivity for point in entry.points)
    return Lines(say("captions.search", n=most), say("captions.x_trial"), say("captions.y_selection"), tuple(series))


def _means(
    ranking: Ranking, runs: Sequence[RunView], curves: Mapping[int, Curve], column: str
) -> Iterator[tuple[str, tuple[float, ...], tuple[float, ...]]]:
    """Label, epochs and means over the ranked seeds that got that far, for every ranked schedule that has curves."""
    for row in ranking.rows:
        ranked = (
            run.id
            for run in runs
            if run.label == row.label and run.base_lr == row.base_lr and run.seed in ranking.seeds
        )
        by_epoch: dict[int, list[float]] = {}
        for curve in (curves[run_id] for run_id in ranked if run_id in curves):
            for epoch, value in zip(curve.epoch, getattr(curve, column), strict=True):
                by_epoch.setdefault(epoch, []).append(value)
        if by_epoch:
            epochs = sorted(by_epoch)
            yield row.label, tuple(map(float, epochs)), tuple(fmean(by_epoch[epoch]) for epoch in epochs)
