"""The order of reasons: what explains more comes first.

A weight is a tier plus a strength between 0 and 1. The tier says what kind of thing it is: first that a schedule did
not do what it is named for, then what explains differences between all schedules, then how it failed, how it ended, what happened
on the way, and last what is good to know. Within a tier the strength orders: how far the schedule is behind the best, as
a share of the last one's distance, or what the rule says. A convention, not an estimate.
"""

from collections.abc import Mapping

from lrtui.analysis.reason_codes import Fact, Reason, ReasonCode

TIERS: Mapping[ReasonCode, int] = {
    ReasonCode.IDLE: 9,
    ReasonCode.NEVER_CHANGED: 8,
    ReasonCode.FINAL_LR: 7,
    ReasonCode.TINY_AT_ONCE: 6,
    ReasonCode.DIVERGED: 6,
    ReasonCode.WARMUP_SAVED: 6,
    ReasonCode.IDENTICAL: 5,
    ReasonCode.REACHED_ZERO: 4,
    ReasonCode.ENDED_MID_CYCLE: 4,
    ReasonCode.NOISY_END: 3,
    ReasonCode.RESTART_DROPS: 3,
    ReasonCode.LR_AT_EDGE: 3,
    ReasonCode.PLATEAU_FIRED: 2,
    ReasonCode.EARLY_STOP: 2,
    ReasonCode.BEST_EPOCH_EARLY: 2,
    ReasonCode.OVERFITTING: 1,
    ReasonCode.MOMENTUM_MOVED: 0,
}


def weigh(code: ReasonCode, scheduler: str | None, strength: float, facts: Mapping[str, Fact]) -> Reason:
    """A reason with its weight; `strength` is cut to 0..1."""
    return Reason(code, scheduler, TIERS[code] + min(max(strength, 0.0), 1.0), facts)
