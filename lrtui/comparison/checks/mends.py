"""Parameter values that would put a faulty schedule right: tried one after the other, gentlest first, until one does."""

from collections.abc import Mapping
from dataclasses import replace

from lrtui.comparison.spec import Choice, Spec
from lrtui.errors import UserError
from lrtui.schedules.faults import Fault
from lrtui.schedules.parameters import Value
from lrtui.schedules.schedule import Schedule

Values = Mapping[str, Value]


def first_fault(spec: Spec, choice: Choice) -> tuple[Fault, Schedule] | None:
    """What is wrong with a choice at the lowest or the highest base LR, with the schedule at it."""
    for base_lr in sorted({min(spec.base_lrs), max(spec.base_lrs)}):
        schedule = spec.schedule(choice, base_lr)
        fault = schedule.fault()
        if fault is not None:
            return fault, schedule
    return None


def mend_of(spec: Spec, choice: Choice, schedule: Schedule) -> Values:
    """The parameters to type in so that nothing is wrong with the choice; empty where no value within the budget helps."""
    for candidate in schedule.scheduler.mends(schedule, choice.parameters):
        changed = {name: value for name, value in candidate.items() if schedule.values[name] != value}
        try:
            if changed and first_fault(spec, with_values(choice, changed)) is None:
                return changed
        except UserError:  # they do not go together with the rest
            continue
    return {}


def with_values(choice: Choice, values: Values) -> Choice:
    """The choice with these parameters typed for it."""
    return replace(choice, parameters={**choice.parameters, **values})
