"""A plan in sentences: the same on Compare and on the command line."""

from collections.abc import Iterable

from lrtui.comparison.checks.advice import Advice
from lrtui.comparison.plan import Plan
from lrtui.comparison.seeds import too_few
from lrtui.comparison.spec import Spec
from lrtui.formats import counted, duration

MARKS = {"warning": "!", "note": "·"}


def size_sentence(spec: Spec) -> str:
    """How many runs: "13 schedules × 3 base LRs × 10 seeds = 390 runs"."""
    return (
        f"{counted(len(spec.schedules), 'schedule')} × {counted(spec.base_lrs_each, 'base LR')} × "
        f"{counted(len(spec.seeds), 'seed')} = {counted(spec.size, 'run')}"
    )


def time_sentence(plan: Plan) -> str:
    """How long it will take, and where that is known from."""
    estimate = plan.estimate
    if estimate is None:
        return "time: not known before a first run of this data set, model and batch size"
    time = f"{'at most' if estimate.at_most else 'about'} {duration(estimate.seconds)}"
    if estimate.seconds < 10:
        time = "10 s or less"
    elsewhere = "" if estimate.pace.here else " on another machine"
    return f"time: {time} ({estimate.slots} at once, as fast as comparison {estimate.pace.comparison}{elsewhere})"


def difference_sentence(plan: Plan) -> str:
    """What these seeds can show."""
    if plan.schedules < 2:
        return "one schedule alone cannot be compared: pick at least two"
    if plan.detectable is None:
        return too_few(plan.seeds, plan.alpha) or "these seeds can show no difference"
    return (
        f"{plan.seeds} seeds tell one schedule from the others in {100 * plan.power:.0f} % of such comparisons "
        f"if it is {100 * plan.detectable:.2f} points better"
    )


def spread_sentence(plan: Plan) -> str:
    """What that is computed from."""
    source = "stated; a pilot in this database would measure it"
    if plan.pilot is not None:
        source = f"measured in comparison {plan.pilot}"
    return f"spread: seed-wise differences vary by {100 * plan.spread:.2f} points (standard deviation, {source})"


def intent_sentence(spec: Spec, checks: Iterable[Advice]) -> str | None:
    """That notes on a profile's own values may be what the comparison asks about; None where there are none."""
    if not any(advice.intended for advice in checks):
        return None
    return (
        f"the profile {spec.profile} has these values whatever the budget, which may be the question; "
        "the profile fitted has others for each budget"
    )
