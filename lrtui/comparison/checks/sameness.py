"""Schedules that are one under several names, so that a ranking compares it with itself."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isclose

from lrtui.comparison.checks.advice import Advice, Code, Removal, remedy_of
from lrtui.comparison.spec import Choice, Spec
from lrtui.schedules.schedule import Schedule

# Less than rounding a value to the digits that a person types makes of it, and far less than any number of seeds can show.
NEARLY = 0.01
_ALMOST_ZERO = 1e-9  # of the highest LR: where curves that end at zero end after rounding
_SAMPLES = 500  # of a schedule stepped every batch, which may have millions of steps; and every start of an epoch


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a schedule does to training at one base LR: `rates`, and whatever else has to be equal.

    Equal curves make two schedules one, not equal values: the optimizer is handed a learning rate and knows nothing of
    the scheduler behind it, so that `lambda` with 0.95 ** epoch is `exponential` with gamma 0.95, and values that never
    come into force make no difference. Only where the curve is not all that a scheduler does (it moves momentum too, or
    follows what training does) do its values have to be equal.
    """

    else_equal: object
    rates: Sequence[float]

    def same_as(self, other: "_Effect") -> bool:
        if self.else_equal != other.else_equal:
            return False
        nothing = _ALMOST_ZERO * max(self.rates, default=0.0)
        pairs = zip(self.rates, other.rates, strict=True)
        return all(isclose(one, two, rel_tol=NEARLY, abs_tol=nothing) for one, two in pairs)


def _effect(schedule: Schedule) -> _Effect:
    if schedule.metric is not None or schedule.momentum is not None or not schedule.known:
        return _Effect((schedule.scheduler.key, schedule.values), ())
    _, rates = schedule.lr_at_some_scheduler_steps(_SAMPLES)
    return _Effect((schedule.steps_every, len(rates)), array("d", rates))


def same_schedules(spec: Spec, among: Iterable[Choice]) -> list[list[Choice]]:
    """Groups of two or more choices that train alike at the lowest and at the highest base LR.

    Each is held against the first of its group, so that no two of what is left are the same once the others are gone.
    """
    groups: list[tuple[list[Choice], list[_Effect]]] = []
    for choice in among:
        effects = [_effect(spec.schedule(choice, lr)) for lr in sorted({min(spec.base_lrs), max(spec.base_lrs)})]
        for group, first in groups:
            if all(one.same_as(other) for one, other in zip(first, effects, strict=True)):
                group.append(choice)
                break
        else:
            groups.append(([choice], effects))
    return [group for group, _ in groups if len(group) > 1]


def same_lr(spec: Spec, among: Iterable[Choice]) -> Advice | None:
    """What to say of schedules that are the same as another: one of each group is enough.

    Where nobody typed anything, the profile's values make them so: the comparison of the whole table asks for that.
    """
    groups = same_schedules(spec, among)
    if not groups:
        return None
    named = "; ".join(", ".join(choice.label for choice in group) for group in groups)
    count = sum(len(group) for group in groups)
    given = not any(choice.parameters or choice.label != choice.scheduler for group in groups for choice in group)
    changes = tuple(Removal(choice.label) for group in groups for choice in group[1:])
    return Advice(
        Code.SAME_LR,
        "note" if given else "warning",
        f"same LR: {named}",
        f"{count} of {len(spec.schedules)} schedules have the same LR as another in every epoch (within {100 * NEARLY:.0f} %), "
        f"so that the ranking compares one with itself: {named}",
        remedy_of(changes),
        changes,
        given and spec.profile != "fitted",
    )
