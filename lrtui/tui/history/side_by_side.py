"""Two comparisons beside each other: what they share and what they differ in, as values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lrtui.analysis.result import Ranking, RankRow
from lrtui.comparison.snapshot import ComparisonView
from lrtui.comparison.spec import Spec
from lrtui.schedules.parameters import format_value
from lrtui.tui.settings import typed

_LEFT_OUT = ("early_stopping", "search")  # by a spec's `to_dict` where they are as usual


@dataclass(frozen=True, slots=True)
class Side:
    """A comparison with its ranking."""

    comparison: ComparisonView
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Apart:
    """Something that differs: its name and both values, as a person reads them."""

    name: str
    left: str
    right: str


def shared(left: Ranking, right: Ranking) -> tuple[tuple[RankRow, RankRow], ...]:
    """The rows of the schedules that both rank, in the order of the left one. Schedules are the same by their label."""
    there = {row.label: row for row in right.rows}
    return tuple((row, there[row.label]) for row in left.rows if row.label in there)


def only_in(left: Ranking, right: Ranking) -> tuple[str, ...]:
    """The labels that the left one ranks and the right one does not."""
    there = {row.label for row in right.rows}
    return tuple(row.label for row in left.rows if row.label not in there)


def apart(left: ComparisonView, right: ComparisonView) -> tuple[Apart, ...]:
    """The settings, parameters and versions that differ, in the order of a spec."""
    return (*_settings(left.spec, right.spec), *_parameters(left.spec, right.spec), *_environments(left, right))


def _settings(left: Spec, right: Spec) -> Iterator[Apart]:
    ours, theirs = (spec.to_dict() | {name: getattr(spec, name) for name in _LEFT_OUT} for spec in (left, right))
    for name in dict.fromkeys([*ours, *theirs]):
        if name in ("name", "schedulers", "schedules"):
            continue
        if ours.get(name) != theirs.get(name):
            yield Apart(name.replace("_", " "), _text(name, ours), _text(name, theirs))


def _text(name: str, settings: Mapping[str, Any]) -> str:
    if name not in settings:
        return "–"
    value = settings[name]
    if name == "seeds" and value == list(range(len(value))):
        return f"{len(value)} (0 to {len(value) - 1})"
    return typed(value)


def _parameters(left: Spec, right: Spec) -> Iterator[Apart]:
    """Of the schedules that both hold, at one base LR, so that only what was chosen differs."""
    base_lr = left.base_lrs[0]
    theirs = {choice.label: choice for choice in right.schedules}
    for choice in left.schedules:
        other = theirs.get(choice.label)
        if other is None:
            continue
        if choice.scheduler != other.scheduler:
            yield Apart(choice.label, choice.scheduler, other.scheduler)
            continue
        a, b = left.schedule(choice, base_lr).values, right.schedule(other, base_lr).values
        for name in a:
            if a[name] != b.get(name):
                yield Apart(f"{choice.label}: {name}", format_value(a[name]), format_value(b.get(name)))


def _environments(left: ComparisonView, right: ComparisonView) -> Iterator[Apart]:
    for name in dict.fromkeys([*left.environment, *right.environment]):
        a, b = left.environment.get(name), right.environment.get(name)
        if a != b:
            yield Apart(name, _plain(a), _plain(b))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "–" if value is None else str(value)
