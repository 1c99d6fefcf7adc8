"""The report's figures, from the ranking, the analysis and the curves."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from statistics import fmean

from lrtui import formats
from lrtui.analysis.result import Ranking
from lrtui.analysis.values import Analysis, Friedman
from lrtui.comparison.snapshot import Curve, RunView
from lrtui.formats import drawn, level, on_axis, rate
from lrtui.report.figures import CriticalDifference, Dot, Intervals, Lines, Series
from lrtui.report.texts import Texts
from lrtui.tasks.info import Metric


def intervals(ranking: Ranking, words: Texts) -> Intervals:
    """Each schedule's mean test score with its interval, best first."""
    metric = words.metric

    def place(value: float | None) -> float | None:
        return None if value is None else drawn(value, metric)

    dots = tuple(
        Dot(row.label, drawn(row.score, metric), place(row.score_low), place(row.score_high), row.leads)
        for row in ranking.rows
    )
    caption = words.say("captions.intervals", n=len(ranking.seeds), level=level(ranking.alpha))
    return Intervals(caption, words.say("captions.x_score"), dots, metric.percent)


def critical_difference(test: Friedman, words: Texts) -> CriticalDifference:
    """The diagram of Demšar 2006."""
    entries = tuple(zip(test.schedulers, test.mean_ranks, strict=True))
    groups = tuple((first, last) for first, last in test.groups if last > first)
    return CriticalDifference(words.say("captions.ranks", n=test.n), entries, test.critical_difference, groups)


def score(ranking: Ranking, runs: Sequence[RunView], curves: Mapping[int, Curve], words: Texts) -> Lines | None:
    """Mean validation score in each epoch; None without curves."""
    metric = words.metric
    series = tuple(
        Series(label, epochs, tuple(drawn(y, metric) for y in means), formats.score(means[-1], metric))
        for label, epochs, means in _means(ranking, runs, curves, "score")
    )
    if not series:
        return None
    last = max(line.x[-1] for line in series)
    settled = [y for line in series for x, y in zip(line.x, line.y, strict=True) if x > last / 4]
    say = words.say
    return Lines(
        say("captions.score", n=len(ranking.seeds)),
        say("captions.x_epoch"),
        say("captions.y_score"),
        series,
        y_low=min(settled) if metric.better == "higher" else None,
        y_high=max(settled) if metric.better == "lower" else None,
        percents=metric.percent,
    )


def learning_rate(ranking: Ranking, runs: Sequence[RunView], curves: Mapping[int, Curve], words: Texts) -> Lines | None:
    """The learning rate in each epoch, a small chart each; None without curves."""
    series = tuple(
        Series(label, epochs, means, f"{rate(means[0])} → {rate(means[-1])}")
        for label, epochs, means in _means(ranking, runs, curves, "lr")
    )
    if not series:
        return None
    say = words.say
    return Lines(
        say("captions.learning_rate"), say("captions.x_epoch"), say("captions.y_lr"), series, panels=True, y_low=0.0
    )


def sensitivity(analysis: Analysis, words: Texts) -> Lines | None:
    """Mean test score against base LR; None where no schedule has it at two base LRs."""
    metric = words.metric
    series = []
    for entry in analysis.sensitivity:
        points = [(p.base_lr, drawn(p.test_acc, metric)) for p in entry.points if p.test_acc is not None]
        if len(points) > 1:
            xs, ys = zip(*points, strict=True)
            series.append(Series(entry.scheduler, xs, ys, f"{_written(min(ys), metric)}…{_written(max(ys), metric)}"))
    if not series:
        return None
    say, most = words.say, max(point.n for entry in analysis.sensitivity for point in entry.points)
    return Lines(
        say("captions.sensitivity", n=most),
        say("captions.x_base_lr"),
        say("captions.y_test"),
        tuple(series),
        log_x=True,
        percents=metric.percent,
    )


def search_history(analysis: Analysis, runs: Sequence[RunView], words: Texts) -> Lines | None:
    """The best mean selection score so far, by base LR in the order they were tried; None without results."""
    metric = words.metric
    series = []
    for entry in analysis.sensitivity:
        first: dict[float, int] = {}
        for run in runs:
            if run.label == entry.scheduler:
                first[run.base_lr] = min(run.number, first.get(run.base_lr, run.number))
        tried = sorted((p for p in entry.points if p.selection_acc is not None), key=lambda p: first[p.base_lr])
        scores = (drawn(p.selection_acc or 0.0, metric) for p in tried)
        best = tuple(accumulate(scores, max if metric.better == "higher" else min))
        if best:
            xs = tuple(float(place) for place in range(1, len(best) + 1))
            series.append(Series(entry.scheduler, xs, best, _written(best[-1], metric)))
    if not series:
        return None
    say, most = words.say, max(point.n for entry in analysis.sensitivity for point in entry.points)
    return Lines(
        say("captions.search", n=most),
        say("captions.x_trial"),
        say("captions.y_selection"),
        tuple(series),
        percents=metric.percent,
    )


def _written(value: float, metric: Metric) -> str:
    return on_axis(value, percents=metric.percent)


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
