"""Two comparisons beside each other: what they share and what they differ in, as values."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose
from typing import Any, Final

from lrtui.analysis.result import Ranking, RankRow
from lrtui.comparison.cell import Cell
from lrtui.comparison.setting_kinds import write_value
from lrtui.comparison.settings import SETTINGS, Setting
from lrtui.comparison.snapshot import ComparisonView
from lrtui.comparison.spec import Spec
from lrtui.schedules.parameters import format_value

_NONE: Final = "–"


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
    return (*_settings(left.spec, right.spec), *_parameters(left, right), *_environments(left, right))


def _settings(left: Spec, right: Spec) -> Iterator[Apart]:
    for setting in SETTINGS:
        ours, theirs = (_value(setting, spec) for spec in (left, right))
        if setting.name != "name" and ours != theirs:
            yield Apart(setting.name.replace("_", " "), _text(setting, ours), _text(setting, theirs))


def _value(setting: Setting, spec: Spec) -> Any:
    """The value that holds; `_NONE` where the setting means nothing beside the others."""
    return getattr(spec, setting.name) if setting.applies(vars(spec)) else _NONE


def _text(setting: Setting, value: Any) -> str:
    if value is _NONE:
        return _NONE
    if setting.name == "seeds" and value == tuple(range(len(value))):
        return f"{len(value)} (0 to {len(value) - 1})"
    return setting.format(value)


def _parameters(left: ComparisonView, right: ComparisonView) -> Iterator[Apart]:
    """Of the schedules that both hold, so that only what was chosen differs, and not what follows from the base LR."""
    theirs = {choice.label: choice for choice in right.spec.schedules}
    for choice in left.spec.schedules:
        other = theirs.get(choice.label)
        if other is None:
            continue
        if choice.scheduler != other.scheduler:
            yield Apart(choice.label, choice.scheduler, other.scheduler)
            continue
        ours_here, theirs_here = _comparable(left, right, choice.label)
        a, b = ours_here.schedule.values, theirs_here.schedule.values
        for name in a:
            if a[name] != b.get(name) and not _same_part(a[name], ours_here, b.get(name), theirs_here):
                yield Apart(f"{choice.label}: {name}", format_value(a[name]), format_value(b.get(name)))


def _comparable(left: ComparisonView, right: ComparisonView, label: str) -> tuple[Cell, Cell]:
    """A schedule's cells in both, at one base LR if there is such."""
    at = next((lr for its_label, lr in left.cells if its_label == label and (label, lr) in right.cells), None)
    return left.cell(label, at), right.cell(label, at)


def _same_part(a: Any, left: Cell, b: Any, right: Cell) -> bool:
    """Whether two values are the same part of two base LRs."""
    if left.base_lr == right.base_lr or not (isinstance(a, float) and isinstance(b, float)):
        return False
    return isclose(a / left.base_lr, b / right.base_lr)


def _environments(left: ComparisonView, right: ComparisonView) -> Iterator[Apart]:
    for name in dict.fromkeys([*left.environment, *right.environment]):
        a, b = left.environment.get(name), right.environment.get(name)
        if a != b:
            yield Apart(name, _fact(a), _fact(b))


def _fact(value: Any) -> str:
    return _NONE if value is None else write_value(value) or "none"
