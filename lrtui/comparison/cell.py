"""A cell: one schedule at one base LR, bound once. Its runs, one per seed, are trained with exactly this, and shown with it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lrtui.schedules.parameters import Source, Value
from lrtui.schedules.profiles import Budget
from lrtui.schedules.registry import stored_scheduler
from lrtui.schedules.schedule import Bound, Schedule, StepsEvery


@dataclass(frozen=True, slots=True)
class Cell:
    """A schedule's label, its base LR, and the schedule as it was bound when the comparison was planned.

    A later `revision` takes the place of an earlier one for runs that begin after it, where a person's task file changed.
    `id` is its place in the database, None before it is stored.
    """

    label: str
    base_lr: float
    schedule: Schedule
    revision: int = 1
    id: int | None = None


Cells = Mapping[tuple[str, float], Cell]
"""The cells of a comparison by label and base LR, the latest revision of each."""


def by_place(cells: Iterable[Cell]) -> dict[tuple[str, float], Cell]:
    """Cells by label and base LR; of several revisions the latest."""
    return {(cell.label, cell.base_lr): cell for cell in sorted(cells, key=lambda cell: cell.revision)}


def parameters_to_json(parameters: Sequence[Bound]) -> str:
    """Bound parameters as they are stored: name, value, source."""
    return json.dumps([[bound.name, bound.value, bound.source] for bound in parameters])


def schedule_from_stored(
    key: str, steps_every: StepsEvery, budget: Budget, parameters: str, table: Sequence[float] | None = None
) -> Schedule:
    """The schedule that was stored. Nothing is checked against the rules of today; the scheduler may be unknown by now."""
    bound = tuple(Bound(name, _value(value), _source(source)) for name, value, source in json.loads(parameters))
    scheduler = stored_scheduler(key, [one.name for one in bound])
    return Schedule(scheduler, bound, steps_every, budget, table)


def _value(stored: object) -> Value:
    return tuple(stored) if isinstance(stored, list) else stored  # type: ignore[return-value]


def _source(stored: str) -> Source:
    try:
        return Source(stored)
    except ValueError:
        return Source.LRTUI_DEFAULT
