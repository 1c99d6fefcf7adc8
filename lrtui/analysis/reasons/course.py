"""What happened on the way: restarts, reductions, early ends."""

from collections.abc import Iterator
from statistics import fmean

from lrtui.analysis.history import RunHistory
from lrtui.analysis.reason_codes import Fact, Reason, ReasonCode
from lrtui.analysis.reasons.evidence import Case, Evidence, clearly_above_zero, falls
from lrtui.analysis.reasons.weights import weigh
from lrtui.comparison.status import RunStatus

OVERFIT = 1.1  # times the lowest validation loss


def restart_drops(case: Case) -> Iterator[Reason]:
    """The validation score got worse from the last epoch before a restart to the first at the new peak, clearly over the runs."""
    restarts = [(start, peak + 1) for start, peak in case.restarts if peak < case.epochs]
    scores = [dict(history.val_scores) for history in case.histories]
    whole = [run for run in scores if all(before in run and peak in run for before, peak in restarts)]
    if not restarts or not whole:
        return
    mean_by_run = [fmean(run[before] - run[peak] for before, peak in restarts) for run in whole]
    if not clearly_above_zero(mean_by_run):
        return
    drops = tuple(fmean(run[before] - run[peak] for run in whole) for before, peak in restarts)
    facts: dict[str, Fact] = {
        "epochs": tuple(peak for _, peak in restarts),
        "drops": drops,
        "mean_drop": fmean(drops),
        "n": len(whole),
    }
    yield weigh(ReasonCode.RESTART_DROPS, case.label, case.gap, facts)


def plateau_fired(case: Case) -> Iterator[Reason]:
    """When the metric stopped improving and the LR was reduced, as stored."""
    if not case.watches or not case.observed:
        return
    by_run = [[curve.epoch[place] for place in falls(curve.lr)] for curve in case.observed]
    most = max(map(len, by_run))
    if not most:
        return
    facts: dict[str, Fact] = {
        "fewest": min(map(len, by_run)),
        "most": most,
        "epochs": tuple(fmean(epochs[i] for epochs in by_run if len(epochs) > i) for i in range(most)),
        "last_share": fmean(curve.lr[-1] for curve in case.observed) / case.base_lr,
        "n": len(by_run),
    }
    yield weigh(ReasonCode.PLATEAU_FIRED, case.label, case.gap, facts)


def early_stop(case: Case, evidence: Evidence) -> Iterator[Reason]:
    """Early stopping ended runs before the budget was spent."""
    patience, budget = evidence.spec.early_stopping, evidence.spec.epochs
    stopped = [h.run.epoch for h in case.histories if h.run.status is RunStatus.DONE and h.run.epoch < budget]
    if patience is None or not stopped:
        return
    facts: dict[str, Fact] = {
        "stopped": len(stopped),
        "of": len(case.histories),
        "epoch": fmean(stopped),
        "patience": patience,
        "epochs": budget,
    }
    yield weigh(ReasonCode.EARLY_STOP, case.label, 1 - fmean(stopped) / budget, facts)


def best_epoch_early(case: Case, evidence: Evidence) -> Iterator[Reason]:
    """The best epoch came in the first third on average and in the first half always: the rest of the LR did not matter.

    Not said of runs that early stopping ended, for nobody knows their rest.
    """
    epochs, runs = evidence.spec.epochs, [history.run for history in case.histories]
    best = [run.best_epoch for run in runs if run.best_epoch is not None]
    if len(best) < 2 or any(run.epoch < epochs for run in runs) or fmean(best) > epochs / 3 or max(best) > epochs / 2:
        return
    facts: dict[str, Fact] = {"best_epoch": fmean(best), "latest": max(best), "epochs": epochs, "n": len(best)}
    yield weigh(ReasonCode.BEST_EPOCH_EARLY, case.label, 1 - fmean(best) / epochs, facts)


def overfitting(case: Case) -> Iterator[Reason]:
    """Validation loss ended clearly above its lowest, by a tenth or more, while training loss went below both."""
    ends = [end for history in case.histories if (end := _losses(history)) is not None]
    rises = [last - lowest for _, last, lowest, _ in ends]
    if not clearly_above_zero(rises):
        return
    train, last, lowest, epoch = (fmean(column) for column in zip(*ends, strict=True))
    if last < OVERFIT * lowest or train >= lowest:
        return
    facts: dict[str, Fact] = {
        "train_loss": train,
        "val_loss": last,
        "lowest_val_loss": lowest,
        "lowest_epoch": epoch,
        "n": len(ends),
    }
    yield weigh(ReasonCode.OVERFITTING, case.label, 1 - lowest / last, facts)


def _losses(history: RunHistory) -> tuple[float, float, float, int] | None:
    """Last training loss, last validation loss, lowest validation loss and its epoch; None for a run that diverged."""
    curve = history.curve
    losses = [(loss, epoch) for loss, epoch in zip(curve.val_loss, curve.epoch, strict=True) if loss is not None]
    if history.run.status is not RunStatus.DONE or len(losses) < len(curve.epoch) or not losses:
        return None
    train = curve.train_loss[-1]
    return None if train is None else (train, losses[-1][0], *min(losses))
