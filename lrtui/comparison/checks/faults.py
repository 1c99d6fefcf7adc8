"""What can be wrong with a schedule in its budget: pure functions of its parameters, without training anything.

Each looks at one thing and returns a `Fault`, or None. Schedules that are stepped every batch are judged by arithmetic on
their parameters, because a budget may have millions of steps.
"""

from dataclasses import dataclass
from math import isclose

from lrtui.comparison.checks.advice import Code
from lrtui.schedules.parameters import Source, format_value
from lrtui.schedules.schedule import Schedule

# Of the highest LR: where the usual decays end at the latest. `analysis.reasons` calls the same share low.
NEAR_ZERO = 0.1
WHOLE = 0.05  # of a cycle: as near to a whole number of cycles as rounding to steps allows
LONG = 1 / 3  # of the epochs: a plateau that waits for so long acts once or twice at the most
_ROUNDING = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, the parameters behind it, and what comes of it in a few words."""

    code: Code
    names: tuple[str, ...]
    consequence: str = ""

    def told(self, schedule: Schedule) -> str:
        """The values and what comes of them: "T_0=20, ends at 73 %"."""
        values = [f"{name}={format_value(schedule.values[name])}" for name in self.names]
        return ", ".join([*values, *([self.consequence] if self.consequence else [])])

    def intended(self, schedule: Schedule) -> bool:
        """Whether all these values come from the profile, not from a person."""
        return all(b.source is not Source.YOURS for b in schedule.parameters if b.name in self.names)


def fault_of(schedule: Schedule) -> Fault | None:
    """The first thing that is wrong with a schedule; None where it suits its budget."""
    for look in (
        never_changes, other_step_count, other_t_max, cut_off, part_of_a_cycle, milestones_beyond, waits_long, ends_high,
    ):  # fmt: skip
        fault = look(schedule)
        if fault is not None:
            return fault
    return None


_CAUSES = {
    "lambda": ("lr_lambda",), "multiplicative": ("lr_lambda",), "exponential": ("gamma",), "step": ("step_size",),
    "multistep": ("milestones",), "plateau": ("patience",), "cyclic": ("base_lr", "max_lr"),
}  # fmt: skip


def never_changes(schedule: Schedule) -> Fault | None:
    """The LR is the same in every epoch, for `plateau` even if no epoch ever improves on the first."""
    key, p = schedule.scheduler.key, schedule.values
    if key == "constant":
        return None
    if key == "cyclic":
        still = p["base_lr"] == p["max_lr"]
    elif schedule.steps_every == "batch":
        return None
    else:
        rates = schedule.lr_at_scheduler_steps([0.0] * schedule.budget.epochs if key == "plateau" else None)
        still = all(isclose(rate, rates[0]) for rate in rates)
    causes = _CAUSES.get(key) or tuple(name for name in ("T_max", "T_0") if name in p)
    if key in ("step", "multistep") and p["gamma"] == 1:
        causes = ("gamma",)
    return Fault(Code.NEVER_CHANGES, causes) if still else None


def other_step_count(schedule: Schedule) -> Fault | None:
    """A schedule over a number of optimizer steps that is not the budget's."""
    steps = schedule.budget.steps
    for name in ("total_steps", "total_iters"):
        if schedule.values.get(name, steps) != steps:
            more = schedule.values[name] > steps
            return Fault(Code.STEP_COUNT, (name,), "cut off before its end" if more else "at its end too soon")
    return None


def other_t_max(schedule: Schedule) -> Fault | None:
    """A cosine that is cut off, or rises again."""
    t_max, epochs = schedule.values.get("T_max"), schedule.budget.epochs
    if t_max is None or t_max == epochs:
        return None
    return Fault(Code.T_MAX, ("T_max",), "cut off before its end" if t_max > epochs else "the LR rises again after it")


def cut_off(schedule: Schedule) -> Fault | None:
    """Restarts whose last cycle does not end with the budget and is still high then."""
    p, epochs = schedule.values, schedule.budget.epochs
    if "T_0" not in p or ends_with_a_cycle(epochs, p["T_0"], p["T_mult"], p.get("warmup", 0)):
        return None
    rates = schedule.lr_at_scheduler_steps()
    return _high(Code.CUT_OFF, ("T_0",), rates[-1], max(rates), p["eta_min"])


def ends_with_a_cycle(epochs: int, first: int, factor: int, warmup: int = 0) -> bool:
    """Whether cycles of `first` epochs and on, each but its warm-up `factor` times as long as the last, fill the epochs."""
    if factor == 1:
        return epochs % first == 0
    length, end = first, first
    while end < epochs:
        length = (length - warmup) * factor + warmup
        end += length
    return end == epochs


def part_of_a_cycle(schedule: Schedule) -> Fault | None:
    """A cyclic schedule that does not end where a cycle does."""
    if schedule.scheduler.key != "cyclic":
        return None
    p, budget = schedule.values, schedule.budget
    down = p["step_size_down"] or p["step_size_up"]
    steps = budget.epochs if schedule.steps_every == "epoch" else budget.steps
    cycles = steps / (p["step_size_up"] + down)
    if round(cycles) >= 1 and abs(cycles - round(cycles)) <= WHOLE:
        return None
    names = ("step_size_up", "step_size_down") if p["step_size_down"] else ("step_size_up",)
    return Fault(Code.PART_OF_A_CYCLE, names, f"{cycles:.2g} cycles" if cycles < 100 else f"{cycles:.1f} cycles")


def milestones_beyond(schedule: Schedule) -> Fault | None:
    """Milestones that no epoch reaches."""
    beyond = [m for m in schedule.values.get("milestones", ()) if m >= schedule.budget.epochs]
    if not beyond:
        return None
    return Fault(Code.MILESTONES, ("milestones",), f"{format_value(tuple(beyond))} never reached")


def waits_long(schedule: Schedule) -> Fault | None:
    """A plateau that acts after so many epochs without progress that it hardly can."""
    patience = schedule.values.get("patience")
    if patience is None or patience < LONG * schedule.budget.epochs:
        return None
    return Fault(Code.WAITS_LONG, ("patience",), f"acts after {patience + 1} epochs without progress")


def ends_high(schedule: Schedule) -> Fault | None:
    """A decay that has not come near zero by the end."""
    key, p = schedule.scheduler.key, schedule.values
    if key in _DECAYS:
        rates = schedule.lr_at_scheduler_steps()
        return _high(Code.ENDS_HIGH, _DECAYS[key], rates[-1], max(rates))
    if key == "cosine":
        return _high(Code.ENDS_HIGH, ("eta_min",), p["eta_min"], max(schedule.budget.base_lr, p["eta_min"]))
    if key == "onecycle":
        start = p["max_lr"] / p["div_factor"]
        last = start / p["final_div_factor"]
        return _high(Code.ENDS_HIGH, ("div_factor", "final_div_factor"), last, max(p["max_lr"], start, last))
    return None


_DECAYS = {
    "lambda": ("lr_lambda",), "multiplicative": ("lr_lambda",), "exponential": ("gamma",), "step": ("step_size", "gamma"),
    "multistep": ("gamma",),
}  # fmt: skip


def _high(code: Code, names: tuple[str, ...], last: float, highest: float, lowest: float = 0.0) -> Fault | None:
    if last - lowest <= NEAR_ZERO * (highest - lowest) * _ROUNDING:
        return None
    return Fault(code, names, f"ends at {100 * last / highest:.0f} %")
