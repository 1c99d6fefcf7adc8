"""The tables and figures behind the ranking: mean ranks, bootstrap, base LRs, shorter budgets."""

from collections.abc import Iterator, Sequence

from lrtui.analysis.values import Analysis, BudgetRanking, EpochsTo, Sensitivity
from lrtui.comparison.snapshot import RunView
from lrtui.comparison.spec import Spec
from lrtui.formats import NONE, equals_p, exact_rate, percent, rate, score, share, with_unit
from lrtui.report import pictures
from lrtui.report.document import Block, Chart, Heading, Paragraph, Table
from lrtui.report.texts import Texts
from lrtui.tasks.info import Metric

COLUMNS = 12  # base LRs, or seeds, beside each other in a table, at most


def ranks(analysis: Analysis, words: Texts) -> Iterator[Block]:
    """Friedman's test and the critical-difference diagram."""
    test = analysis.friedman
    if test is None:
        return
    yield Heading(4, words.say("headings.ranks"))
    yield Chart(pictures.critical_difference(test, words))
    yield Paragraph(
        words.say(
            "results.friedman",
            chi_square=test.chi_square,
            p_chi_square=equals_p(test.p_chi_square),
            f=words.say("results.infinite") if test.f is None else f"{test.f:.2f}",
            p_f=equals_p(test.p_f),
            distance=test.critical_difference,
            alpha=test.alpha,
        )
    )


def firmness(analysis: Analysis, words: Texts) -> Iterator[Block]:
    """Bootstrap placements, effect sizes, speed, and what so many seeds can show."""
    if not analysis.placements and not analysis.effects and analysis.detectable is None:
        return
    yield Heading(4, words.say("headings.evidence"))
    placements = {placement.scheduler: placement for placement in analysis.placements}
    effects = {effect.scheduler: effect for effect in analysis.effects}
    speed = {epochs.scheduler: epochs for epochs in analysis.epochs_to_95}
    threshold = threshold_of(analysis.epochs_to_95[0], words.metric) if speed else ""
    columns = ["scheduler", "p_best", "rank_interval", "d", "dz", "record", *(["epochs_to"] if speed else [])]
    rows = []
    for row in analysis.ranking.rows:
        placed, effect, reached = placements.get(row.label), effects.get(row.label), speed.get(row.label)
        cells: list[str] = [row.label]
        cells += [share(placed.p_best, 1), f"{placed.rank_low:g}–{placed.rank_high:g}"] if placed else [NONE] * 2
        if effect and row.rank > 1:
            cells += [NONE if value is None else f"{value:+.2f}" for value in (effect.d, effect.dz)]
            cells.append(f"{effect.wins}–{effect.ties}–{effect.losses}")
        else:
            cells += [NONE] * 3
        if speed:
            never = words.say("columns.never")
            cells.append(NONE if reached is None else never if reached.median is None else f"{reached.median:g}")
        rows.append(tuple(cells))
    header = tuple(words.say(f"columns.{column}", threshold=threshold) for column in columns)
    yield Paragraph(words.say("results.evidence", n=len(analysis.ranking.seeds)))
    leaders = sum(row.leads for row in analysis.ranking.rows)
    if leaders > 1:
        yield Paragraph(words.say("results.evidence_tie", n=leaders))
    yield Table(header, tuple(rows), frozenset(range(1, len(columns))))
    if analysis.spread is not None:
        said = [words.say("results.spread", spread=analysis.spread)]
        if analysis.detectable is not None:
            n = len(analysis.ranking.seeds)
            said.append(words.say("results.detectable", n=n, detectable=analysis.detectable))
        yield Paragraph(" ".join(said))


def threshold_of(entry: EpochsTo, metric: Metric) -> str:
    """What had to be reached, with its unit; a percentage to a tenth."""
    return with_unit(percent(entry.threshold, 1) if metric.percent else score(entry.threshold, metric), metric.unit)


def base_lrs(analysis: Analysis, spec: Spec, runs: Sequence[RunView], words: Texts) -> Iterator[Block]:
    """Scores at each base LR, as a table and, from two of them on, a chart; the course of a search."""
    tried = sorted({point.base_lr for entry in analysis.sensitivity for point in entry.points})
    if not tried:
        return
    yield Heading(4, words.say("headings.sensitivity"))
    if len(tried) == 1:
        yield Paragraph(words.say("results.sensitivity_one"))
        return
    if len(tried) <= COLUMNS:
        yield Paragraph(words.say("results.sensitivity", n=len(spec.seeds)))
        header = (words.say("columns.scheduler"), *_told_apart(tried), words.say("columns.robust"))
        rows = tuple(_by_base_lr(entry, tried, len(spec.seeds), words.metric) for entry in analysis.sensitivity)
    else:
        yield Paragraph(words.say("results.sensitivity_many", n=len(spec.seeds)))
        names = ("scheduler", "tried", "best_lr", "best_there", "worst", "robust")
        header = tuple(words.say(f"columns.{name}") for name in names)
        rows = tuple(_in_short(entry, words.metric) for entry in analysis.sensitivity)
    yield Table(header, rows, frozenset(range(1, len(header))))
    history = None if spec.search == "grid" else pictures.search_history(analysis, runs, words)
    yield from (Chart(figure) for figure in (pictures.sensitivity(analysis, words), history) if figure)


def _told_apart(base_lrs: Sequence[float]) -> list[str]:
    """With three digits, or more where they are needed: a search proposes many."""
    short = [rate(lr) for lr in base_lrs]
    return short if len(set(short)) == len(short) else [exact_rate(lr) for lr in base_lrs]


def _in_short(entry: Sensitivity, metric: Metric) -> tuple[str, ...]:
    found = [point.selection_acc for point in entry.points if point.selection_acc is not None]
    found.sort(key=metric.oriented)
    ends = [score(found[-1], metric), score(found[0], metric)] if found else [NONE] * 2
    return entry.scheduler, str(len(entry.points)), rate(entry.best_base_lr), *ends, _robust(entry)


def _robust(entry: Sensitivity) -> str:
    low, high = rate(entry.robust_low), rate(entry.robust_high)
    return low if low == high else f"{low}–{high}"


def _by_base_lr(entry: Sensitivity, tried: list[float], seeds: int, metric: Metric) -> tuple[str, ...]:
    points = {point.base_lr: point for point in entry.points}
    cells = [entry.scheduler]
    for lr in tried:
        point = points.get(lr)
        if point is None or point.selection_acc is None:
            cells.append(NONE)
        else:
            fewer = f" (n = {point.n})" if point.n < seeds else ""
            cells.append(f"{score(point.selection_acc, metric)}{fewer}")
    return (*cells, _robust(entry))


def budgets(analysis: Analysis, words: Texts) -> Iterator[Block]:
    """The ranking after parts of the budget."""
    if len(analysis.budgets) < 2:
        return
    yield Heading(4, words.say("headings.budgets"))
    yield Paragraph(words.say("results.budgets", n=analysis.budgets[-1].n))
    full = analysis.budgets[-1]
    header = [words.say("columns.scheduler"), *(_budget(budget, words) for budget in analysis.budgets)]
    rows = []
    for schedule in full.rows:
        own = [next((row for row in b.rows if row.scheduler == schedule.scheduler), None) for b in analysis.budgets]
        depends = any(row and row.depends_on_budget for row in own)
        name = words.say("columns.depends", name=schedule.scheduler) if depends else schedule.scheduler
        rows.append((name, *(f"{row.rank}: {score(row.val_acc, words.metric)}" if row else NONE for row in own)))
    agreement = (NONE if budget.tau is None else f"{budget.tau:.2f}" for budget in analysis.budgets)
    rows.append((words.say("columns.same_order"), *agreement))
    yield Table(tuple(header), tuple(rows), frozenset(range(1, len(header))))


def _budget(budget: BudgetRanking, words: Texts) -> str:
    return words.say("columns.after", share=share(budget.share), epochs=budget.epochs)
