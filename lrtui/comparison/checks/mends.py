"""Parameter values that would put a faulty schedule right: tried one after the other, gentlest first, until one does."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from math import log

from lrtui.comparison.checks.faults import Fault, ends_with_a_cycle, fault_of
from lrtui.comparison.spec import Choice, Spec
from lrtui.errors import UserError
from lrtui.schedules.parameters import Value
from lrtui.schedules.profiles import profile_values
from lrtui.schedules.schedule import Schedule

Values = Mapping[str, Value]
_CYCLES = (3, 2, 1)  # in the budget; three are what the fitted profile has
_MOST_LENGTHS = 200  # first cycles that are tried: the nearest ones
# These follow the base LR, of which a comparison may have many: never typed in.
_FOLLOW_THE_BASE_LR = ("base_lr", "max_lr")


def first_fault(spec: Spec, choice: Choice) -> tuple[Fault, Schedule] | None:
    """What is wrong with a choice at the lowest or the highest base LR, with the schedule at it."""
    for base_lr in sorted({min(spec.base_lrs), max(spec.base_lrs)}):
        schedule = spec.schedule(choice, base_lr)
        fault = fault_of(schedule)
        if fault is not None:
            return fault, schedule
    return None


def mend_of(spec: Spec, choice: Choice, schedule: Schedule) -> Values:
    """The parameters to type in so that nothing is wrong with the choice; empty where no value within the budget helps."""
    for candidate in _candidates(schedule, choice.parameters):
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


def _candidates(schedule: Schedule, typed: Values) -> Iterator[Values]:
    """Single values of the fitted profile, what suits the scheduler, then all that the fitted profile has."""
    key, budget = schedule.scheduler.key, schedule.budget
    fitted = {
        name: value
        for name, value in profile_values(key, "fitted", budget)[0].items()
        if name not in _FOLLOW_THE_BASE_LR and key != "cyclic"
    }
    for name, value in fitted.items():
        if isinstance(value, float):
            yield {name: float(f"{value:.4g}")}  # as a person would type it, where that is exact enough
        if name not in ("T_0", "T_mult", "warmup"):
            yield {name: value}
    if key == "plateau":
        yield {"patience": max(0, (budget.epochs - 1) // 3)}  # where a tenth of the epochs, rounded up, is too many
    if "T_0" in schedule.values:
        yield from _first_cycles(schedule)
    if key == "cyclic":
        yield from _cycle_lengths(schedule)
    defaults = {p.name: p.default for p in schedule.scheduler.parameters if not p.required}
    usual = {"step": ("gamma",), "multistep": ("gamma",), "cosine": ("eta_min",), "onecycle": ("div_factor", "final_div_factor")}  # fmt: skip
    for name in usual.get(key, ()):
        yield {name: defaults[name]}  # type: ignore[dict-item]
    others = {name: defaults[name] for name in typed if name in defaults and name not in _FOLLOW_THE_BASE_LR}
    yield {**others, **fitted}  # type: ignore[dict-item]


def _first_cycles(schedule: Schedule) -> Iterator[Values]:
    """Lengths of the first cycle that leave at least two cycles: those that end with the budget, then the nearest."""
    p, epochs = schedule.values, schedule.budget.epochs
    warmup = p.get("warmup", 0)

    def worse(first: int) -> tuple[bool, float]:
        return not ends_with_a_cycle(epochs, first, p["T_mult"], warmup), abs(log(first / p["T_0"]))

    lengths = sorted(range(warmup + 1, epochs), key=worse)
    yield from ({"T_0": length} for length in islice(lengths, _MOST_LENGTHS))
    yield {"T_0": epochs}


def _cycle_lengths(schedule: Schedule) -> Iterator[Values]:
    """Three cycles, or fewer, as near to the whole budget as steps allow; then one that rises and falls by turns exactly."""
    budget = schedule.budget
    steps = budget.epochs if schedule.steps_every == "epoch" else budget.steps
    for cycles in _CYCLES:
        yield {"step_size_up": -(-steps // (2 * cycles)), "step_size_down": None}
    for cycles in _CYCLES:
        length = steps // cycles
        if length >= 2:
            yield {"step_size_up": -(-length // 2), "step_size_down": length // 2}
