"""Checks before the start: what a comparison's schedules and seeds will do in its budget, and how to mend what they will not.

`check_spec` gives one piece of advice for each kind of fault, naming every schedule that has it, so that 13 schedules at
PyTorch's defaults are a few lines. What depends on the machine is in `supervisor.surroundings`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lrtui.comparison.checks.advice import Advice, Change, Code, Severity, remedy_of
from lrtui.comparison.checks.mends import Values, first_fault, mend_of
from lrtui.comparison.checks.sameness import same_lr
from lrtui.comparison.seeds import seeds_needed, too_few
from lrtui.comparison.spec import Choice, Spec
from lrtui.schedules.faults import NEAR_ZERO, Fault, FaultCode
from lrtui.schedules.schedule import Schedule

_TITLES: dict[Code, str] = {
    Code.NEVER_CHANGES: "LR never changes",
    Code.STEP_COUNT: "other step count",
    Code.T_MAX: "T_max is not the epochs",
    Code.CUT_OFF: "cut off mid-cycle",
    Code.PART_OF_A_CYCLE: "part of a cycle",
    Code.MILESTONES: "milestones not reached",
    Code.WAITS_LONG: "waits long",
    Code.ENDS_HIGH: "final LR not near zero",
}
_WARNINGS = (Code.NEVER_CHANGES, Code.STEP_COUNT, Code.T_MAX)


@dataclass(frozen=True, slots=True)
class _Found:
    """A choice with its fault and what would mend it."""

    choice: Choice
    schedule: Schedule
    fault: Fault
    mend: Values


def check_spec(spec: Spec) -> tuple[Advice, ...]:
    """Everything worth saying about a comparison before it starts, the weightiest first.

    Making the `changes` of a piece of advice makes it disappear.
    """
    seeds = few_seeds(spec)
    found = list(_found(spec))
    groups: dict[tuple[Code, bool], list[_Found]] = {}
    for one in found:
        groups.setdefault((Code(one.fault.code), bool(one.mend)), []).append(one)
    advice = [_advice(spec, code, group) for (code, _), group in groups.items()]
    # Those that never change are the same too, but for a reason that has a better remedy.
    still = {one.choice.label for one in found if one.fault.code is FaultCode.NEVER_CHANGES}
    same = same_lr(spec, [choice for choice in spec.schedules if choice.label not in still])
    advice += [same] if same else []
    order = list(Code)
    advice.sort(key=lambda one: (one.severity != "warning", order.index(one.code)))
    return (*((seeds,) if seeds else ()), *advice)


def few_seeds(spec: Spec) -> Advice | None:
    """Fewer seeds than can show any difference."""
    sentence = too_few(len(spec.seeds))
    if sentence is None or len(spec.schedules) < 2:
        return None
    seeds = list(spec.seeds)
    new = (seed for seed in range(2 * seeds_needed()) if seed not in seeds)
    wanted = tuple(seeds + [next(new) for _ in range(seeds_needed() - len(seeds))])
    counted = wanted == tuple(range(len(wanted)))
    change = Change("seeds", len(wanted) if counted else wanted)
    return Advice(Code.FEW_SEEDS, "warning", "too few seeds", sentence, remedy_of([change]), (change,))


def _found(spec: Spec) -> Iterator[_Found]:
    for choice in spec.schedules:
        wrong = first_fault(spec, choice)
        if wrong is not None:
            fault, schedule = wrong
            yield _Found(choice, schedule, fault, mend_of(spec, choice, schedule))


def _advice(spec: Spec, code: Code, group: list[_Found]) -> Advice:
    changes = tuple(Change(name, value, one.choice.label) for one in group for name, value in one.mend.items())
    intended = spec.profile != "fitted" and all(one.fault.intended(one.schedule) for one in group)
    severity: Severity = "warning" if code in _WARNINGS and not intended else "note"
    named = "; ".join(f"{one.choice.label} ({one.fault.told(one.schedule)})" for one in group)
    return Advice(
        code,
        severity,
        f"{_TITLES[code]}: {', '.join(one.choice.label for one in group)}",
        f"{_lead(spec, code, len(group))}: {named}",
        remedy_of(changes) or f"nothing within {spec.epochs} epochs would: give it more",
        changes,
        intended,
    )


def _lead(spec: Spec, code: Code, count: int) -> str:
    """What the schedules have in common, as the head of a sentence that names them."""
    epochs = f"{spec.epochs} {'epoch' if spec.epochs == 1 else 'epochs'}"
    s = "s" if count == 1 else ""
    of = f"{count} of {len(spec.schedules)} {'schedule' if len(spec.schedules) == 1 else 'schedules'}"
    match code:
        case Code.NEVER_CHANGES:
            return f"{of} never change{s} the LR in {epochs}"
        case Code.STEP_COUNT:
            return (
                f"{of} {'is' if s else 'are'} not made for the {spec.epochs * spec.steps_per_epoch} steps of the budget"
            )
        case Code.T_MAX:
            return f"{of} {'is' if s else 'are'} not made for {epochs}"
        case Code.CUT_OFF:
            return f"{of} end{s} within a cycle, with the LR still high"
        case Code.PART_OF_A_CYCLE:
            return f"{of} {'does' if s else 'do'} not end where a cycle does"
        case Code.MILESTONES:
            return f"{of} {'has' if s else 'have'} milestones beyond {epochs}"
        case Code.WAITS_LONG:
            return f"{of} wait{s} for a third of the {epochs} or more"
        case _:
            return f"{of} end{s} at more than {100 * NEAR_ZERO:.0f} % of the highest LR"
