"""One schedule's result in detail, as blocks of a report. Imports numpy and scipy: it is made in the ranking process."""

from collections.abc import Iterator, Mapping

from lrtui.analysis.result import RankRow
from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.comparison.spec import Spec
from lrtui.report.document import Block, Bullets, Heading, Paragraph, Table
from lrtui.schedules.parameters import format_value
from lrtui.tui.figures import percent, points, rate

_NONE = "–"
_ERRORS = 20


def about_schedule(
    comparison: ComparisonView, runs: tuple[RunView, ...], curves: Mapping[int, Curve], label: str
) -> tuple[Block, ...]:
    """Its place and how firm it is, why, its parameters, its base LRs, its runs. Nothing where it is not ranked."""
    from lrtui.report.ranked import analyse_comparison
    from lrtui.report.reasons import sentence
    from lrtui.report.texts import texts

    analysis = analyse_comparison(comparison, runs, curves)
    row = next((row for row in analysis.ranking.rows if row.label == label), None)
    if row is None:
        return ()
    words = texts("en")
    reasons = sorted((r for r in analysis.reasons if r.scheduler == label), key=lambda reason: -reason.weight)
    why: list[Block] = []
    if reasons:
        why = [Heading(2, "Why"), Bullets(tuple(sentence(reason, words) for reason in reasons))]
    own = sorted((r for r in runs if r.label == label), key=lambda r: (r.base_lr != row.base_lr, r.base_lr, r.seed))
    return (
        Bullets(tuple(_place(analysis, row))),
        *why,
        *_parameters(comparison, row),
        *_base_lrs(comparison.spec, analysis, row),
        *_runs(own, row),
    )


def _place(analysis: Analysis, row: RankRow) -> Iterator[str]:
    ranking = analysis.ranking
    level = f"{100 * (1 - ranking.alpha):g} %"
    interval = (
        "" if row.score_low is None else f", {level} interval {percent(row.score_low)} to {percent(row.score_high)}"
    )
    yield f"Rank {row.rank} of {len(ranking.rows)}; mean test accuracy {percent(row.score)} %{interval} (n = {row.n} seeds)."
    inside = "in" if row.leads else "not in"
    if row.p_mcs is not None:
        yield f"It is {inside} the leading group: p = {row.p_mcs:.3f} (model confidence set, α = {ranking.alpha:g}, n = {row.n})."
    if row.rank > 1:
        delta = (
            "" if row.delta_low is None else f", {level} interval {points(row.delta_low)} to {points(row.delta_high)}"
        )
        yield f"Difference to {ranking.rows[0].label}: {points(row.delta_to_best)} points, paired by seed{delta}."
        yield from _effect(analysis, row, ranking.rows[0].label)
    placed = next((entry for entry in analysis.placements if entry.scheduler == row.label), None)
    if placed is not None:
        yield (
            f"Bootstrap over {row.n} seeds: highest mean in {100 * placed.p_best:.1f} % of the resamples (not the probability that "
            f"it is the best), rank {placed.rank_low:g} to {placed.rank_high:g} in 95 % of them."
        )
    if row.diverged:
        yield f"{row.diverged} of its {row.n} ranked runs diverged: each counts with its best epoch before, or with chance."
    speed = next((entry for entry in analysis.epochs_to_95 if entry.scheduler == row.label), None)
    if speed is not None:
        median = "not reached by most runs" if speed.median is None else f"epoch {speed.median:g}, median"
        yield f"{100 * speed.threshold:.1f} % validation accuracy: {median} (reached by {speed.reached} of {speed.n} runs)."


def _effect(analysis: Analysis, row: RankRow, best: str) -> Iterator[str]:
    effect = next((entry for entry in analysis.effects if entry.scheduler == row.label), None)
    if effect is not None:
        d, dz = (_NONE if value is None else f"{value:+.2f}" for value in (effect.d, effect.dz))
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
    near = f"within {percent(entry.tolerance)} points of that"
    yield Paragraph(
        f"{rate(row.base_lr)} has the highest mean selection accuracy of the {len(entry.points)} that were tried ({spec.search}); "
        + (
            f"from {rate(entry.robust_low)} to {rate(entry.robust_high)} it stays {near}."
            if entry.robust_low < entry.robust_high
            else f"no neighbour is {near}."
        )
    )
    rows = tuple(
        (
            rate(point.base_lr), percent(point.selection_acc), percent(point.test_acc), str(point.n), str(point.diverged),
            "chosen" if point.base_lr == row.base_lr else "",
        )
        for point in entry.points
    )  # fmt: skip
    yield Table(("base LR", "selection, %", "test, %", "n", "diverged", ""), rows, frozenset(range(5)))


def _runs(runs: list[RunView], row: RankRow) -> Iterator[Block]:
    ranked = sum(run.base_lr == row.base_lr for run in runs)
    yield Heading(2, "Runs")
    yield Paragraph(f"{len(runs)} runs, the {ranked} at the chosen base LR first.")
    header = ("run", "base LR", "seed", "status", "epoch", "best epoch", "validation, %", "selection, %", "test, %")
    rows = tuple(
        (
            str(run.number), rate(run.base_lr), str(run.seed),
            run.status.value if run.diverged_at is None else f"diverged at {run.diverged_at}", f"{run.epoch}/{run.epochs}",
            _NONE if run.best_epoch is None else str(run.best_epoch), percent(run.score), percent(run.selection),
            percent(run.test),
        )
        for run in runs
    )  # fmt: skip
    yield Table(header, rows, frozenset(range(9)) - {3})
    errors = tuple(f"run {run.number}: {run.error}" for run in runs if run.error)
    if errors:
        yield Bullets(errors[:_ERRORS])
