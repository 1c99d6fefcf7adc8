"""Where the LR ended: too low too soon, or too high."""

from collections.abc import Iterator
from math import ceil
from statistics import fmean

import numpy as np

from lrtui.analysis.intervals import mean_intervals
from lrtui.analysis.reason_codes import Fact, Reason, ReasonCode
from lrtui.analysis.reasons.evidence import Case, Evidence, clearly_above_zero
from lrtui.analysis.reasons.weights import weigh
from lrtui.analysis.selection import ranked_score

TINY = 0.01  # of the base LR: steps of that size change little
LOW = 0.1  # of the base LR: where the usual decays end at the latest
HIGH = 0.2  # of the highest LR: noise in the weights keeps the loss up
LEAST_DROP = 0.001  # scores, of size 1 in here, that differ by less are not worth a sentence


def tiny_from(case: Case) -> int | None:
    """The first of the epochs whose LR is at or below `TINY` of the base LR until the end; None where there is none."""
    if case.watches or case.is_baseline:
        return None
    limit = TINY * case.base_lr * (1 + 1e-9)
    first = None
    for epoch in range(case.epochs, 0, -1):
        if case.highest_by_epoch[epoch - 1] > limit:
            break
        first = epoch
    return first


def tiny_at_once(case: Case) -> Iterator[Reason]:
    """The LR is tiny from the second epoch or within the first tenth of the epochs: there was hardly any training."""
    first = tiny_from(case)
    if first is None or not _at_once(case, first):
        return
    lr = case.highest_by_epoch[first - 1]
    facts: dict[str, Fact] = {
        "epoch": first,
        "lr": lr,
        "base_lr": case.base_lr,
        "share": lr / case.base_lr,
        "epochs_left": case.epochs - first + 1,
        "epochs": case.epochs,
    }
    yield weigh(ReasonCode.TINY_AT_ONCE, case.label, case.gap, facts)


def reached_zero(case: Case, evidence: Evidence) -> Iterator[Reason]:
    """The LR was tiny for at least two epochs and a tenth of the budget: what those brought is `gain`."""
    first = tiny_from(case)
    if first is None or _at_once(case, first):
        return
    left = case.epochs - first + 1
    if left < max(2.0, case.epochs / 10):
        return
    gains = [
        history.best_until(case.epochs, evidence.chance) - history.best_until(first - 1, evidence.chance)
        for history in case.histories
        if history.known
    ]
    facts: dict[str, Fact] = {
        "epoch": first,
        "epochs_left": left,
        "share_left": left / case.epochs,
        "lr": case.highest_by_epoch[first - 1],
        "base_lr": case.base_lr,
        "gain": fmean(gains) if gains else None,
    }
    yield weigh(ReasonCode.REACHED_ZERO, case.label, case.gap, facts)


def ended_mid_cycle(case: Case) -> Iterator[Reason]:
    """A cyclic schedule whose budget ended while the LR was still, or again, a fifth of its highest or more."""
    if case.watches or not case.rates:
        return
    cycles = case.schedule.scheduler.cycles_within(case.schedule, case.epochs)
    if cycles is None:
        return
    last, peak = case.rates[-1], max(case.rates)
    if last < HIGH * peak or peak <= 0:
        return
    facts: dict[str, Fact] = {
        "last_lr": last,
        "peak_lr": peak,
        "share": last / peak,
        "cycles": cycles[0],
        "cycle_epochs": cycles[1],
    }
    yield weigh(ReasonCode.ENDED_MID_CYCLE, case.label, case.gap, facts)


def noisy_end(case: Case) -> Iterator[Reason]:
    """The LR was high to the end, and the last epoch is clearly worse on the test images than the best epoch."""
    last_lr = case.last_lr
    if last_lr is None or last_lr < HIGH * case.base_lr:
        return
    ended = [
        (run.test, run.test_last)
        for history in case.histories
        if (run := history.run).test is not None and run.test_last is not None
    ]
    drops = [best - last for best, last in ended]
    if not clearly_above_zero(drops) or fmean(drops) < LEAST_DROP:
        return
    wobble = [
        float(np.std(curve.score[-last:], ddof=1))
        for curve in case.observed
        if len(curve.epoch) >= (last := max(3, case.epochs // 10))
    ]
    facts: dict[str, Fact] = {
        "last_lr": last_lr,
        "share": last_lr / case.base_lr,
        "test_acc": fmean(best for best, _ in ended),
        "test_acc_last": fmean(last for _, last in ended),
        "drop": fmean(drops),
        "wobble": fmean(wobble) if wobble else None,
        "n": len(ended),
    }
    yield weigh(ReasonCode.NOISY_END, case.label, case.gap, facts)


def final_lr(evidence: Evidence) -> Iterator[Reason]:
    """Schedules that ended low against those that ended high: fires where every one of one kind has a higher mean than every
    one of the other, and the 95 % interval of the difference of the two means leaves out 0.

    An association over the schedules at hand: they differ in more than their last LR. Those whose LR was tiny at once
    are left out, for they had no LR to come down from.
    """
    low: list[Case] = []
    high: list[Case] = []
    for case in evidence.cases:
        tiny = tiny_from(case)
        if case.last_lr is None or (tiny is not None and _at_once(case, tiny)):
            continue
        (low if case.last_lr <= LOW * case.base_lr * (1 + 1e-9) else high).append(case)
    if not low or not high or len(evidence.ranking.seeds) < 2:
        return
    of_low, of_high = (np.array([_scores(case, evidence) for case in group]) for group in (low, high))
    below, above = sorted((of_low.mean(axis=1), of_high.mean(axis=1)), key=np.mean)
    if below.max() >= above.min():
        return
    low_scores, high_scores = of_low.mean(axis=0), of_high.mean(axis=0)
    differences = low_scores - high_scores
    (interval,) = mean_intervals(differences[:, np.newaxis])
    if interval is None or interval.low <= 0 <= interval.high:
        return
    difference = float(differences.mean())
    widest = -min(row.delta_to_best for row in evidence.ranking.rows)
    facts: dict[str, Fact] = {
        "low": tuple(case.label for case in low),
        "high": tuple(case.label for case in high),
        "low_acc": float(low_scores.mean()),
        "high_acc": float(high_scores.mean()),
        "difference": difference,
        "diff_low": interval.low,
        "diff_high": interval.high,
        "n": len(differences),
    }
    yield weigh(ReasonCode.FINAL_LR, None, abs(difference) / widest if widest > 0 else 0.0, facts)


def _scores(case: Case, evidence: Evidence) -> list[float]:
    """The ranked accuracies, seed by seed."""
    scores = (ranked_score(history.run.outcome(evidence.chance)) for history in case.histories)
    return [score for score in scores if score is not None]


def _at_once(case: Case, first: int) -> bool:
    return first <= max(2, ceil(case.epochs / 10)) and case.epochs - first + 1 >= case.epochs / 2
