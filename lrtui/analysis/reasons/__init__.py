"""Why the ranking came out as it did: rules over the schedules' LR and the stored curves, each with its evidence.

A rule is a small pure function of a `Case` (one ranked schedule), of the `Evidence` around it, or of both. It yields
reasons whose facts `lrtui.analysis.reason_codes.FACTS` names, and nothing where it has no data. Rules that compare noisy
accuracies ask for two standard errors, which is enough to be mentioned: with a dozen schedules some will be
mentioned by chance. The test of who leads is the confidence set, not these.
"""

from collections.abc import Iterator

from lrtui.analysis.reason_codes import Reason, ReasonCode
from lrtui.analysis.reasons import course, ending, idle, start
from lrtui.analysis.reasons.evidence import Case, Evidence

_CODES = list(ReasonCode)


def reasons(evidence: Evidence) -> tuple[Reason, ...]:
    """Every reason that the evidence gives, the weightiest first (see `weights`); equal ones by code, then by rank."""
    found = [*_about_all(evidence)]
    for case in evidence.cases:
        found += _about_one(case, evidence)
    return tuple(sorted(found, key=lambda reason: (-reason.weight, _CODES.index(reason.code))))


def _about_all(evidence: Evidence) -> Iterator[Reason]:
    for rule in (idle.idle, idle.identical, ending.final_lr, start.warmup_saved):
        yield from rule(evidence)


def _about_one(case: Case, evidence: Evidence) -> Iterator[Reason]:
    for rule in (
        idle.never_changed, ending.tiny_at_once, ending.ended_mid_cycle, ending.noisy_end, start.lr_at_edge,
        course.restart_drops, course.plateau_fired, course.overfitting,
    ):  # fmt: skip
        yield from rule(case)
    for with_evidence in (
        ending.reached_zero, start.diverged, start.momentum_moved, course.early_stop, course.best_epoch_early,
    ):  # fmt: skip
        yield from with_evidence(case, evidence)
