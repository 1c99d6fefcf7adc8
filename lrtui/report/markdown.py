"""The report a person keeps: Markdown as GitHub renders it. Accuracies are percentages, differences points."""

from collections.abc import Iterable, Sequence
from typing import Any

from lrtui.domain.parameters import format_value
from lrtui.domain.ranking import Ranking, RankRow
from lrtui.domain.snapshot import ComparisonView, RunView
from lrtui.domain.spec import Choice, Spec
from lrtui.domain.status import RunStatus
from lrtui.domain.tasks import dataset
from lrtui.report.escape import escape, escape_line

_ERRORS_SHOWN = 20
_NONE = "–"


def markdown(comparison: ComparisonView, ranking: Ranking, runs: Sequence[RunView]) -> str:
    """The whole report: verdict, results, notes, method, design, schedules, runs, environment."""
    environment = {"created": comparison.created_at, **comparison.environment}
    blocks = [
        f"# {escape(comparison.name)}",
        f"**{escape(ranking.verdict, limit=1_000)}**",
        *_results(ranking),
        "## Method",
        _method(comparison.spec, ranking),
        "## Design",
        _table(["setting", "value"], _design(comparison.spec)),
        "## Schedules",
        _table(["schedule", "PyTorch class", "stepped every", "parameters"], _schedules(comparison.spec, ranking)),
        *_runs(runs),
        "## Environment",
        _table(
            ["what", "value"],
            [[escape(name), escape(_plain(value))] for name, value in environment.items()],
        ),
    ]
    return "\n\n".join(blocks) + "\n"


def _results(ranking: Ranking) -> list[str]:
    blocks = []
    if ranking.rows:
        percent = f"{100 * (1 - ranking.alpha):g} %"
        header = [
            "rank", "scheduler", "base LR", "n", f"test accuracy, % [{percent} interval]",
            f"difference to best, points [{percent} interval]", "p_mcs", "leading group", "last epoch's accuracy, %",
            "best epoch", "diverged", "seconds",
        ]  # fmt: skip
        blocks += ["## Ranking", _table(header, map(_result, ranking.rows), text_columns=(1, 7))]
    if ranking.notes:
        blocks += ["## Notes", "\n".join(f"- {escape_line(note, limit=1_000)}" for note in ranking.notes)]
    return blocks


def _result(row: RankRow) -> list[str]:
    if row.rank == 1:
        difference = _NONE  # the best is not compared with itself
    else:
        difference = f"{100 * row.delta_to_best:+.2f}{_interval(row.delta_low, row.delta_high, '+.2f')}"
    return [
        str(row.rank),
        escape(row.scheduler),
        f"{row.base_lr:g}",
        str(row.n),
        f"{100 * row.test_acc:.2f}{_interval(row.ci_low, row.ci_high, '.2f')}",
        difference,
        _p(row.p_mcs),
        "leads" if row.leads else "",
        _NONE if row.test_acc_last is None else f"{100 * row.test_acc_last:.2f}",
        _NONE if row.best_epoch is None else f"{row.best_epoch:.1f}",
        str(row.diverged),
        _NONE if row.seconds is None else f"{row.seconds:.1f}",
    ]


def _interval(low: float | None, high: float | None, form: str) -> str:
    return "" if low is None or high is None else f" [{100 * low:{form}}, {100 * high:{form}}]"


def _p(p: float | None) -> str:
    if p is None:
        return _NONE
    return f"{p:.3f}" if p >= 0.001 else "< 0.001"


def _method(spec: Spec, ranking: Ranking) -> str:
    return (
        f"Every schedule was trained with the same seeds (the same initial weights, data order and augmentation), at "
        f"the same {len(spec.base_lrs)} base LR{'s' if len(spec.base_lrs) > 1 else ''}; the one with the best mean "
        f"selection accuracy is ranked. The ranking is by {ranking.metric}; no choice was made on the test set. "
        f"Statistics: {ranking.method}. The leading group holds the best schedule with "
        f"{100 * (1 - ranking.alpha):g} % confidence (Hansen, Lunde & Nason 2011); p_mcs below {ranking.alpha:g} means "
        "outside it. Each interval stands alone; only the leading group allows for the number of schedules. Best epoch, last epoch's accuracy and seconds are means over the ranked seeds. "
        "Seeds on one task support claims about that task only."
    )


def _design(spec: Spec) -> list[list[str]]:
    train, validation, selection = spec.splits
    task = dataset(spec.dataset)
    momentum = f", momentum {spec.momentum:g}" if spec.optimizer == "sgd" else ""
    return [
        ["task", f"{spec.dataset} ({task.classes} classes), {spec.model}"],
        ["images", f"{train} train, {validation} validation, {selection} selection, {task.test} test"],
        ["augmentation", "yes" if spec.augment else "no"],
        ["optimizer", f"{spec.optimizer}{momentum}, weight decay {spec.weight_decay:g}"],
        ["budget", f"{spec.epochs} epochs of {spec.steps_per_epoch} steps, batch {spec.batch_size}"],
        [
            "early stopping",
            f"after {spec.early_stopping} epochs without a new best validation accuracy"
            if spec.early_stopping
            else "no",
        ],
        ["precision", spec.precision],
        ["base LRs", ", ".join(f"{lr:g}" for lr in spec.base_lrs)],
        ["seeds", f"{len(spec.seeds)}: {_seeds(spec.seeds)}"],
        ["profile", spec.profile],
    ]


def _seeds(seeds: Sequence[int]) -> str:
    """Consecutive seeds as a range."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))):
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds))


def _schedules(spec: Spec, ranking: Ranking) -> Iterable[list[str]]:
    """Each schedule's parameters at its ranked base LR, or at the first where it is not ranked; some depend on it."""
    ranked = {row.scheduler: row.base_lr for row in ranking.rows}
    for choice in spec.schedules:
        base_lr = ranked.get(choice.label, spec.base_lrs[0])
        schedule = spec.schedule(choice, base_lr)
        parameters = [f"{p.name} = {escape(format_value(p.value))} ({p.source})" for p in schedule.parameters]
        at = f"at base LR {base_lr:g}: " if parameters and len(spec.base_lrs) > 1 else ""
        yield [
            escape(_title(choice)),
            schedule.scheduler.torch_class or "none",
            schedule.steps_every if schedule.scheduler.torch_class else _NONE,
            at + ("; ".join(parameters) or "none"),
        ]


def _title(choice: Choice) -> str:
    return choice.label if choice.label == choice.scheduler else f"{choice.label} ({choice.scheduler})"


def _runs(runs: Sequence[RunView]) -> list[str]:
    if not runs:
        return []
    counts = ", ".join(f"{n} {status}" for status in RunStatus if (n := sum(run.status is status for run in runs)))
    seconds = sum(run.seconds or 0.0 for run in runs)
    blocks = ["## Runs", f"{len(runs)} runs: {counts}. {seconds:.0f} s of training in all."]
    errors = [run for run in runs if run.status is RunStatus.FAILED]
    if errors:
        lines = [
            f"- {escape(f'run {run.number}, {run.scheduler}, base LR {run.base_lr:g}, seed {run.seed}: {run.error}')}"
            for run in errors[:_ERRORS_SHOWN]
        ]
        if len(errors) > _ERRORS_SHOWN:
            lines.append(f"- and {len(errors) - _ERRORS_SHOWN} more failed")
        blocks.append("\n".join(lines))
    return blocks


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], text_columns: Sequence[int] | None = None) -> str:
    """A GitHub table of Markdown cells; columns that are not text are aligned to the right (None: all are text)."""
    rule = ["---" if text_columns is None or column in text_columns else "--:" for column in range(len(header))]
    return "\n".join("| " + " | ".join(line) + " |" for line in (header, rule, *rows))
