"""From a scheduler and what was typed for it to a schedule: every parameter gets its value, and the values are checked."""

from collections.abc import Mapping, Sequence

from lrtui.errors import UserError
from lrtui.schedules.parameters import Source
from lrtui.schedules.profiles import Budget, ProfileName
from lrtui.schedules.registry import scheduler
from lrtui.schedules.schedule import Bound, Schedule


def bind(
    key: str,
    profile: ProfileName,
    budget: Budget,
    overrides: Mapping[str, object] | None = None,
    table: Sequence[float] | None = None,
) -> Schedule:
    """Bind every parameter of a scheduler: overrides first, then the profile's values, then the parameters' defaults.

    Args:
        key: the scheduler.
        profile: whose values hold where nothing is typed.
        budget: what the schedule has to spend.
        overrides: what was typed, by parameter.
        table: the LR table of a person's own function, where it is known for this budget.

    Raises:
        UserError: unknown scheduler or parameter, a value of the wrong type or outside its limits, or values that
            do not go together.
    """
    schedule = bind_each(key, profile, budget, overrides, table)
    schedule.scheduler.check(schedule)
    return schedule


def bind_each(
    key: str,
    profile: ProfileName,
    budget: Budget,
    overrides: Mapping[str, object] | None = None,
    table: Sequence[float] | None = None,
) -> Schedule:
    """Bind every parameter as `bind` does, also to values that do not go together: to show them.

    Raises:
        UserError: unknown scheduler or parameter, a value of the wrong type or outside its limits.
    """
    entry, typed = scheduler(key), overrides or {}
    parameters = entry.parameters_for(typed)
    values, source = entry.defaults(profile, budget)
    bound = []
    for parameter in parameters:
        if parameter.name in typed:
            bound.append(Bound(parameter.name, parameter.check(typed[parameter.name]), Source.YOURS))
        elif parameter.name in values:
            bound.append(Bound(parameter.name, parameter.check(values[parameter.name]), source))
        elif parameter.required:
            raise UserError(f"{parameter.name} of {key}: the profile {profile} has no value; type one")
        else:
            bound.append(Bound(parameter.name, parameter.check(parameter.default), entry.default_source))
    if table is not None and len(table) != budget.steps:
        table = None  # of another budget
    return Schedule(entry, tuple(bound), entry.steps_every_in(profile), budget, table)
