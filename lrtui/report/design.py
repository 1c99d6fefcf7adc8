"""Section 3-1 of the report: what was set up, where every parameter's value comes from, and on what it ran."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lrtui.analysis.result import Ranking
from lrtui.comparison.snapshot import ComparisonView, RunView
from lrtui.comparison.spec import Choice, Spec
from lrtui.formats import NONE
from lrtui.report.document import Block, Heading, Paragraph, Table
from lrtui.report.texts import Said, Texts
from lrtui.schedules.parameters import format_value
from lrtui.schedules.schedule import Bound


def design(comparison: ComparisonView, ranking: Ranking, runs: Sequence[RunView], words: Texts) -> Iterator[Block]:
    """The section's blocks."""
    spec = comparison.spec
    yield Heading(3, words.say("headings.design"))
    counts = {"schedules": len(spec.schedules), "lrs": spec.base_lrs_each, "seeds": len(spec.seeds), "runs": spec.size}
    yield Paragraph(words.say("design.intro", **counts))
    typed = any(choice.parameters for choice in spec.schedules)
    by_hand = f" {words.say('design.by_hand')}" if typed else ""
    yield Paragraph(f"{words.say(f'design.profile_{spec.profile}')}{by_hand}")
    yield Table((words.say("design.settings"), words.say("design.value")), tuple(_settings(spec, words)))
    yield Heading(4, words.say("headings.schedules"))
    header = ("schedule", "torch_class", "steps_every", "parameters")
    rows = tuple(_schedules(comparison, ranking, words))
    yield Table(tuple(words.say(f"design.{column}") for column in header), rows)
    yield Heading(4, words.say("headings.machine"))
    facts: list[tuple[str, str]] = [(words.say("design.created"), comparison.created_at)]
    facts += _trained_with(runs, words)
    facts += [(name, _plain(value)) for name, value in comparison.environment.items()]
    yield Table((words.say("design.settings"), words.say("design.value")), tuple(facts))


def _trained_with(runs: Sequence[RunView], words: Texts) -> Iterator[tuple[str, str]]:
    """What the runs themselves were trained with; nothing where that was not recorded."""

    def each(values: Iterable[str | None]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for value in values if value is not None)) or (NONE,)

    if any(run.torch for run in runs):
        versions, devices = each(run.torch for run in runs), each(run.device_name for run in runs)
        facts = {"torch": versions, "devices": devices, "precision": each(run.precision for run in runs)}
        yield words.say("design.trained_with"), words.say("design.trained_with_value", **facts)


def _settings(spec: Spec, words: Texts) -> Iterator[tuple[str, str]]:
    classes = round(1 / spec.chance) if spec.chance else 0

    def row(name: str, value: str) -> tuple[str, str]:
        return words.say(f"design.{name}"), value

    if classes and not spec.own:
        yield row("task", words.say("design.task_value", dataset=spec.dataset, classes=classes))
    else:
        yield row("task", spec.dataset)
    if not spec.metric.is_accuracy:
        yield row("score", words.say("design.score_value"))
    known = spec.info.sizes if spec.info else {}
    names = ("train", "validation", "selection", "test")
    sizes = {name: NONE if (size := known.get(name)) is None else f"{size:,}" for name in names}
    yield row("examples" if spec.own else "images", words.say("design.images_value", **sizes))
    yield row("augmentation", words.say("design.yes" if spec.augment else "design.no"))
    yield row("model", spec.model)
    kind = "design.optimizer_sgd" if spec.optimizer == "sgd" else "design.optimizer_other"
    decay, momentum = f"{spec.weight_decay:g}", f"{spec.momentum:g}"
    yield row("optimizer", words.say(kind, name=spec.optimizer, momentum=momentum, decay=decay))
    budget = {"epochs": spec.epochs, "steps": spec.steps_per_epoch, "batch": spec.batch_size}
    yield row("budget", words.say("design.budget_value", **budget))
    stopping = words.say("design.no")
    if spec.early_stopping:
        stopping = words.say("design.early_stopping_value", patience=spec.early_stopping)
    yield row("early_stopping", stopping)
    yield row("precision", spec.precision)
    yield row("base_lrs", _base_lrs(spec, words))
    yield row("seeds", words.say("design.seeds_value", n=len(spec.seeds), listed=_seeds(spec.seeds, words)))


def _base_lrs(spec: Spec, words: Texts) -> str:
    if spec.search == "grid":
        return ", ".join(f"{lr:g}" for lr in spec.base_lrs)
    low, high = (f"{lr:g}" for lr in spec.base_lrs)
    return words.say(f"design.base_lrs_{spec.search}", n=spec.trials, low=low, high=high)


def _seeds(seeds: Sequence[int], words: Texts) -> Said:
    """Consecutive seeds as a range."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))):
        return words.say("design.range", first=f"{seeds[0]}", last=f"{seeds[-1]}")
    return Said(", ".join(map(str, seeds)))


def _schedules(comparison: ComparisonView, ranking: Ranking, words: Texts) -> Iterator[tuple[str, ...]]:
    """Each schedule's parameters at its ranked base LR, or at the first where it is not ranked, as they were trained with."""
    spec = comparison.spec
    ranked = {row.label: row.base_lr for row in ranking.rows}
    for choice in spec.schedules:
        cell = comparison.cell(choice.label, ranked.get(choice.label))
        base_lr, schedule = cell.base_lr, cell.schedule
        listed = Said("; ".join(_bound(bound, words) for bound in schedule.parameters))
        if listed and len(spec.base_lrs) > 1:
            listed = words.say("design.at_base_lr", base_lr=f"{base_lr:g}", parameters=listed)
        torch_class = schedule.scheduler.torch_class
        every = words.say(f"design.step_{schedule.steps_every}") if torch_class else NONE
        yield _title(choice), torch_class or words.say("design.none"), every, listed or words.say("design.none")


def _bound(bound: Bound, words: Texts) -> str:
    source = words.say(f"sources.{bound.source.name.lower()}")
    return words.say("design.bound", name=bound.name, value=format_value(bound.value), source=source)


def _title(choice: Choice) -> str:
    return choice.label if choice.label == choice.scheduler else f"{choice.label} ({choice.scheduler})"


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or NONE
    return str(value)
