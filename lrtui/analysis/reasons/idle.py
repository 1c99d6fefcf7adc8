"""Schedules that were not what their name says: those that did nothing within the budget, and those that did the same."""

from collections.abc import Iterator, Sequence
from math import isclose

from lrtui.analysis.reason_codes import Fact, Reason, ReasonCode
from lrtui.analysis.reasons.evidence import Case, Evidence
from lrtui.analysis.reasons.weights import weigh
from lrtui.analysis.selection import ranked_score

_CAUSES = ("step_size", "milestones", "patience")  # what there is a sentence for


def idle(evidence: Evidence) -> Iterator[Reason]:
    """The LR of these schedules never left the base LR in the epochs trained: they are the baseline under other names."""
    still = [case for case in evidence.cases if case.idle]
    if not still:
        return
    baseline = next((case for case in evidence.cases if case.is_baseline), None)
    alike = [*still, baseline] if baseline else still
    facts: dict[str, Fact] = {
        "schedulers": tuple(case.label for case in still),
        "of": sum(not case.is_baseline for case in evidence.cases),
        "epochs": max(case.epochs for case in still),
        "baseline": baseline.label if baseline else None,
        "largest_difference": _largest_difference(evidence, alike)[0],
    }
    yield weigh(ReasonCode.IDLE, None, len(still) / len(evidence.cases), facts)


def never_changed(case: Case) -> Iterator[Reason]:
    """The same for one schedule, with the parameter that is too long for the budget."""
    if not case.idle:
        return
    waits_by = case.schedule.scheduler.waits_by
    cause = waits_by if waits_by in _CAUSES else "other"
    value = case.schedule.values.get(cause)
    if isinstance(value, tuple):
        value = min(value, default=None)
    facts = {"key": case.key, "epochs": case.epochs, "base_lr": case.base_lr, "cause": cause, "value": value}
    yield weigh(ReasonCode.NEVER_CHANGED, case.label, case.gap, facts)


def identical(evidence: Evidence) -> Iterator[Reason]:
    """Schedules with the same LR at every step trained, at one base LR, and nothing else that they change."""
    left = [
        case for case in evidence.cases
        if not (case.idle or case.watches or case.moves_momentum or case.is_baseline)
    ]  # fmt: skip
    rates = {case.label: _rates(evidence, case) for case in left}
    while left:
        first, *left = left
        same = [case for case in left if _alike(rates[first.label], rates[case.label])]
        if not same:
            continue
        left = [case for case in left if case not in same]
        group = [first, *same]
        difference, n = _largest_difference(evidence, group)
        facts: dict[str, Fact] = {
            "schedulers": tuple(case.label for case in group),
            "largest_difference": difference,
            "n": n,
        }
        yield weigh(ReasonCode.IDENTICAL, first.label, len(group) / len(evidence.cases), facts)


def _rates(evidence: Evidence, case: Case) -> list[float]:
    """The LR at every optimizer step of the epochs trained, at one base LR for all."""
    base_lr = evidence.cases[0].base_lr
    cell = evidence.cells.get((case.label, base_lr))  # a search may have given each its own
    schedule = case.schedule if cell is None else cell.schedule
    scale = base_lr / schedule.budget.base_lr
    return [scale * lr for lr in schedule.lr_at_steps()[: case.epochs * schedule.budget.steps_per_epoch]]


def _alike(rates: Sequence[float], others: Sequence[float]) -> bool:
    """Whether they agree as far as both go; of LRs near zero, that both are."""
    near_zero = 1e-9 * max(rates, default=0.0)
    pairs = zip(rates, others, strict=False)
    return bool(rates and others) and all(isclose(x, y, rel_tol=1e-9, abs_tol=near_zero) for x, y in pairs)


def _largest_difference(evidence: Evidence, cases: Sequence[Case]) -> tuple[float | None, int]:
    """The largest difference of test accuracy among runs of one seed at one ranked base LR, and how many such there are."""
    scores: dict[tuple[float, int], list[float]] = {}
    for case in cases:
        for history in case.histories:
            run = history.run
            score = ranked_score(run.outcome(evidence.chance))
            if score is not None:
                scores.setdefault((run.base_lr, run.seed), []).append(score)
    differences = [max(found) - min(found) for found in scores.values() if len(found) > 1]
    return max(differences, default=None), len(differences)
