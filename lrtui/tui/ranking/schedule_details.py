"""One schedule's result in detail, as blocks of a report. Imports numpy and scipy: it is made in the ranking process."""

from collections.abc import Iterator, Mapping

from lrtui.analysis.result import RankRow
from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.comparison.spec import Spec
from lrtui.formats import (
    NONE,
    counted,
    difference,
    equals_p,
    in_unit,
    level,
    rate,
    score,
    share,
    with_unit,
)
from lrtui.report.document import Block, Bullets, Heading, Paragraph, Table
from lrtui.report.evidence import threshold_of
from lrtui.schedules.parameters import format_value
from lrtui.tasks.info import Metric
from lrtui.terminal_text import clean

_ERRORS = 20


def about_schedule(
    comparison: ComparisonView, runs: tuple[RunView, ...], curves: Mapping[int, Curve], label: str
) -> tuple[Block, ...]:
    """Its place and how firm it is, why, its parameters, its base LRs, its runs. Nothing where it is not ranked."""
    from lrtui.report.ranked import analyse_comparison
    from lrtui.report.reasons import sentence
    from lrtui.report.texts import texts_of

    analysis = analyse_comparison(comparison, runs, curves)
    row = next((row for row in analysis.ranking.rows if row.label == label), None)
    if row is None:
        return ()
    words = texts_of(comparison.spec, "en")
    reasons = sorted((r for r in analysis.reasons if r.scheduler == label), key=lambda reason: -reason.weight)
    why: list[Block] = []
    if reasons:
        why = [Heading(2, "Why"), Bullets(tuple(sentence(reason, words) for reason in reasons))]
    own = sorted((r for r in runs if r.label == label), key=lambda r: (r.base_lr != row.base_lr, r.base_lr, r.seed))
    return (
        Bullets(tuple(_place(comparison.spec, analysis, row))),
        *why,
        *_parameters(comparison, row),
        *_base_lrs(comparison.spec, analysis, row),
        *_runs(comparison.spec, own, row),
    )


def _place(spec: Spec, analysis: Analysis, row: RankRow) -> Iterator[str]:
    ranking, metric = analysis.ranking, spec.metric
    name, unit = clean(metric.name, 60), clean(metric.unit, 20)
    sure = level(ranking.alpha)
    within = (
        ""
        if row.score_low is None
        else f", {sure} interval {score(row.score_low, metric)} to {score(row.score_high, metric)}"
    )
    mean = with_unit(score(row.score, metric), unit)
    yield f"Rank {row.rank} of {len(ranking.rows)}; mean {spec.ranked_split} {name} {mean}{within} (n = {counted(row.n, 'seed')})."
    inside = "in" if row.leads else "not in"
    if row.p_mcs is not None:
        yield f"It is {inside} the leading group: p {equals_p(row.p_mcs)} (model confidence set, α = {ranking.alpha:g}, n = {row.n})."
    if row.rank > 1:
        low, high = (difference(end, metric) for end in (row.delta_low, row.delta_high))
        delta = "" if row.delta_low is None else f", {sure} interval {low} to {high}"
        apart = with_unit(difference(row.delta_to_best, metric), "points" if metric.percent else unit)
        yield f"Difference to {ranking.rows[0].label}: {apart}, paired by seed{delta}."
        yield from _effect(analysis, row, ranking.rows[0].label)
    placed = next((entry for entry in analysis.placements if entry.scheduler == row.label), None)
    if placed is not None:
        yield (
            f"Bootstrap over {counted(row.n, 'seed')}: {_first(metric)} mean in {share(placed.p_best, 1)} of the resamples (not the probability that "
            f"it is the best), rank {placed.rank_low:g} to {placed.rank_high:g} in 95 % of them."
        )
    if row.diverged:
        instead = "chance" if metric.chance is not None else "the worst score of the comparison"
        yield f"{row.diverged} of its {counted(row.n, 'ranked run')} diverged: each counts with its best epoch before, or with {instead}."
    speed = next((entry for entry in analysis.epochs_to_95 if entry.scheduler == row.label), None)
    if speed is not None:
        median = "not reached by most runs" if speed.median is None else f"epoch {speed.median:g}, median"
        yield f"{threshold_of(speed, metric)} validation {name}: {median} (reached by {speed.reached} of {speed.n} runs)."


def _first(metric: Metric) -> str:
    return "highest" if metric.better == "higher" else "lowest"


def _effect(analysis: Analysis, row: RankRow, best: str) -> Iterator[str]:
    effect = next((entry for entry in analysis.effects if entry.scheduler == row.label), None)
    if effect is not None:
        d, dz = (NONE if value is None else f"{value:+.2f}" for value in (effect.d, effect.dz))
        yield (
            f"Effect size against {best}: d = {d}, d_z = {dz}; seeds won {effect.wins}, tied {effect.ties}, "
            f"lost {effect.losses} (n = {effect.n})."
        )


def _parameters(comparison: ComparisonView, row: RankRow) -> Iterator[Block]:
    schedule = comparison.cell(row.label, row.base_lr).schedule
    name = schedule.scheduler.torch_class or "No scheduler: the learning rate stays as it is"
    every = f", stepped every {schedule.steps_every}" if schedule.scheduler.torch_class else ""
    yield Heading(2, "Parameters")
    yield Paragraph(f"{name}{every}; profile {comparison.spec.profile}, base LR {rate(row.base_lr)}.")
    rows = tuple((bound.name, format_value(bound.value), bound.source.value) for bound in schedule.parameters)
    if rows:
        yield Table(("parameter", "value", "where it comes from"), rows)


def _base_lrs(spec: Spec, analysis: Analysis, row: RankRow) -> Iterator[Block]:
    entry = next(entry for entry in analysis.sensitivity if entry.scheduler == row.label)
    yield Heading(2, "Base LR")
    if len(entry.points) == 1:
        yield Paragraph(f"{rate(row.base_lr)} is the only one that was tried.")
        return
    metric = spec.metric
    name, unit = clean(metric.name, 60), clean(metric.unit, 20)
    near = f"within {with_unit(score(entry.tolerance, metric), 'points' if metric.percent else unit)} of that"
    yield Paragraph(
        f"{rate(row.base_lr)} has the {_first(metric)} mean selection {name} of the {len(entry.points)} that were tried ({spec.search}); "
        + (
            f"from {rate(entry.robust_low)} to {rate(entry.robust_high)} it stays {near}."
            if entry.robust_low < entry.robust_high
            else f"no neighbour is {near}."
        )
    )
    unit = clean(in_unit(metric), 22)
    rows = tuple(
        (
            rate(point.base_lr), score(point.selection_acc, metric), score(point.test_acc, metric), str(point.n), str(point.diverged),
            "chosen" if point.base_lr == row.base_lr else "",
        )
        for point in entry.points
    )  # fmt: skip
    yield Table(
        ("base LR", f"selection{unit}", f"{spec.ranked_split}{unit}", "n", "diverged", ""), rows, frozenset(range(5))
    )


def _runs(spec: Spec, runs: list[RunView], row: RankRow) -> Iterator[Block]:
    ranked = sum(run.base_lr == row.base_lr for run in runs)
    yield Heading(2, "Runs")
    yield Paragraph(f"{counted(len(runs), 'run')}, the {ranked} at the chosen base LR first.")
    metric, unit = spec.metric, clean(in_unit(spec.metric), 22)
    scores = tuple(f"{split}{unit}" for split in ("validation", "selection", spec.ranked_split))
    header = ("run", "base LR", "seed", "status", "epoch", "best epoch", *scores)
    rows = tuple(
        (
            str(run.number), rate(run.base_lr), str(run.seed),
            run.status.value if run.diverged_at is None else f"diverged at {run.diverged_at}", f"{run.epoch}/{run.epochs}",
            NONE if run.best_epoch is None else str(run.best_epoch), score(run.score, metric),
            score(run.selection, metric), score(run.test, metric),
        )
        for run in runs
    )  # fmt: skip
    yield Table(header, rows, frozenset(range(9)) - {3})
    errors = tuple(f"run {run.number}: {run.error}" for run in runs if run.error)
    if errors:
        yield Bullets(errors[:_ERRORS])
