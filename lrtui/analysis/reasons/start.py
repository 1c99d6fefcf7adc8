"""How training began, and what the base LR had to do with it."""

from collections.abc import Iterator, Sequence
from math import ceil
from statistics import median

from lrtui.analysis.confidence_set import ROUNDING
from lrtui.analysis.reason_codes import Fact, Reason, ReasonCode
from lrtui.analysis.reasons.ending import tiny_from
from lrtui.analysis.reasons.evidence import Case, Evidence
from lrtui.analysis.reasons.weights import weigh
from lrtui.comparison.snapshot import Curve, RunView
from lrtui.comparison.status import RunStatus

_BETA1 = 0.9  # torch's default for Adam and AdamW, which lrtui does not change


def diverged(case: Case, evidence: Evidence) -> Iterator[Reason]:
    """At which base LRs runs diverged, and how many; stronger where it touches the ranked ones."""
    own = [run for run in evidence.runs if run.label == case.label]
    gone = [run for run in own if run.status is RunStatus.DIVERGED]
    if not gone:
        return
    base_lrs = sorted({run.base_lr for run in gone})
    epochs = [run.diverged_at for run in gone if run.diverged_at is not None]
    facts: dict[str, Fact] = {
        "base_lrs": tuple(base_lrs),
        "diverged": tuple(sum(run.base_lr == lr for run in gone) for lr in base_lrs),
        "of": tuple(sum(run.base_lr == lr for run in own) for lr in base_lrs),
        "epoch": median(epochs) if epochs else None,
        "ranked": case.row.diverged,
    }
    yield weigh(ReasonCode.DIVERGED, case.label, case.row.diverged / case.row.n, facts)


def lr_at_edge(case: Case) -> Iterator[Reason]:
    """The best of three or more base LRs is the lowest or highest, and clearly no tie: a better one may lie beyond."""
    points = [point for point in case.sensitivity.points if point.selection_acc is not None]
    if len(points) < 3:
        return
    for edge, end, neighbour in (("low", points[0], points[1]), ("high", points[-1], points[-2])):
        gain = (end.selection_acc or 0.0) - (neighbour.selection_acc or 0.0)
        if end.base_lr == case.base_lr and gain > ROUNDING:
            facts: dict[str, Fact] = {
                "base_lr": end.base_lr,
                "edge": edge,
                "grid": tuple(point.base_lr for point in case.sensitivity.points),
                "gain": gain,
            }
            yield weigh(ReasonCode.LR_AT_EDGE, case.label, case.gap, facts)


def warmup_saved(evidence: Evidence) -> Iterator[Reason]:
    """At one base LR most runs without warm-up diverged or learned nothing at first, and none of this schedule's did.

    Silent where chance is not known: then it cannot be said that a run learned nothing.
    """
    if evidence.nothing_learned is None:
        return
    warm = [case for case in evidence.cases if case.warms_up]
    cold = {case.label for case in evidence.cases if not case.warms_up and tiny_from(case) is None}
    for case in warm:
        for base_lr in sorted({run.base_lr for run in evidence.runs}, reverse=True):
            at_lr = [run for run in evidence.runs if run.base_lr == base_lr and _ended(run)]
            own = [run for run in at_lr if run.label == case.label]
            others = [run for run in at_lr if run.label in cold]
            gone, lost = _failures(evidence, others)
            if len(own) < 2 or len(others) < 2 or any(_failures(evidence, own)) or gone + lost < len(others) / 2:
                continue
            facts: dict[str, Fact] = {
                "base_lr": base_lr,
                "first_lr": case.rates[0] * base_lr / case.base_lr,
                "n": len(own),
                "others": tuple(sorted({run.label for run in others})),
                "others_n": len(others),
                "others_diverged": gone,
                "others_lost": lost,
            }
            yield weigh(ReasonCode.WARMUP_SAVED, case.label, (gone + lost) / len(others), facts)
            break


def momentum_moved(case: Case, evidence: Evidence) -> Iterator[Reason]:
    """It changed the momentum along with the LR: the others were not given that."""
    momentum, optimizer = case.schedule.momentum, evidence.spec.optimizer
    if momentum is None:
        return
    facts: dict[str, Fact] = {
        "low": momentum[0],
        "high": momentum[1],
        "fixed": evidence.spec.momentum if optimizer == "sgd" else _BETA1,
        "optimizer": optimizer,
    }
    yield weigh(ReasonCode.MOMENTUM_MOVED, case.label, 1 - case.gap, facts)


def _ended(run: RunView) -> bool:
    return run.status in (RunStatus.DONE, RunStatus.DIVERGED)


def _failures(evidence: Evidence, runs: Sequence[RunView]) -> tuple[int, int]:
    """How many diverged, and how many others had learned nothing after a tenth of the epochs."""
    first = ceil(evidence.spec.epochs / 10)
    nothing = evidence.nothing_learned
    gone = lost = 0
    for run in runs:
        curve = evidence.curves.get(run.id, Curve())
        if run.status is RunStatus.DIVERGED:
            gone += 1
        elif nothing is not None and len(curve.epoch) >= first and max(curve.score[:first]) <= nothing:
            lost += 1
    return gone, lost
