"""What can be wrong with a schedule in its budget: the kinds of fault, and looks that several schedulers share.

A scheduler says itself what is wrong with a schedule of its own (`Scheduler.faults`). Schedules that are stepped every
batch are judged by arithmetic on their parameters, because a budget may have millions of steps.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import isclose
from typing import TYPE_CHECKING

from lrtui.schedules.parameters import Source, format_value

if TYPE_CHECKING:
    from lrtui.schedules.schedule import Schedule

# Of the highest LR: where the usual decays end at the latest. `analysis.reasons` calls the same share low.
NEAR_ZERO = 0.1
_ROUNDING = 1 + 1e-9


class FaultCode(StrEnum):
    """The kinds of fault, the weightiest first."""

    NEVER_CHANGES = "never-changes"
    STEP_COUNT = "step-count"
    T_MAX = "t-max"
    CUT_OFF = "cut-off"
    PART_OF_A_CYCLE = "part-of-a-cycle"
    MILESTONES = "milestones"
    WAITS_LONG = "waits-long"
    ENDS_HIGH = "ends-high"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, the parameters behind it, and what comes of it in a few words."""

    code: FaultCode
    names: tuple[str, ...]
    consequence: str = ""

    def told(self, schedule: "Schedule") -> str:
        """The values and what comes of them: "T_0=20, ends at 73 %"."""
        values = [f"{name}={format_value(schedule.values[name])}" for name in self.names]
        return ", ".join([*values, *([self.consequence] if self.consequence else [])])

    def intended(self, schedule: "Schedule") -> bool:
        """Whether all these values come from the profile, not from a person."""
        return all(b.source is not Source.YOURS for b in schedule.parameters if b.name in self.names)


def one_value(rates: list[float]) -> bool:
    """Whether a curve is a constant."""
    return all(isclose(rate, rates[0]) for rate in rates)


def ends_high(
    names: tuple[str, ...], last: float, highest: float, lowest: float = 0.0, code: FaultCode = FaultCode.ENDS_HIGH
) -> Fault | None:
    """The fault of an LR that ends at `last`, where that is not near the `lowest` it can reach; else None."""
    if last - lowest <= NEAR_ZERO * (highest - lowest) * _ROUNDING:
        return None
    return Fault(code, names, f"ends at {100 * last / highest:.0f} %")


def other_length(schedule: "Schedule", name: str) -> Fault | None:
    """The fault of a schedule made for another number of optimizer steps than the budget's; `name` holds that number."""
    made_for, steps = schedule.values[name], schedule.budget.steps
    if made_for == steps:
        return None
    consequence = "cut off before its end" if made_for > steps else "at its end too soon"
    return Fault(FaultCode.STEP_COUNT, (name,), consequence)
