"""Why something came out as it did: the kinds of reasons, and the evidence that comes with each; no sentences.

Scores are as stored (accuracies are fractions), epochs count from 1, schedules go by their label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Fact = int | float | str | bool | None | tuple[str, ...] | tuple[float, ...] | tuple[int, ...]


class ReasonCode(StrEnum):
    """Why something came out as it did. `FACTS` names the evidence that comes with each."""

    IDLE = "idle"  # about the comparison: these schedules never changed the LR within the budget
    NEVER_CHANGED = "never_changed"
    FINAL_LR = "final_lr"  # about the comparison: schedules that ended low against those that ended high
    IDENTICAL = "identical"  # several schedules gave the same LR at every step
    TINY_AT_ONCE = "tiny_at_once"
    DIVERGED = "diverged"
    WARMUP_SAVED = "warmup_saved"
    REACHED_ZERO = "reached_zero"
    ENDED_MID_CYCLE = "ended_mid_cycle"
    LR_AT_EDGE = "lr_at_edge"
    RESTART_DROPS = "restart_drops"
    NOISY_END = "noisy_end"
    PLATEAU_FIRED = "plateau_fired"
    EARLY_STOP = "early_stop"
    BEST_EPOCH_EARLY = "best_epoch_early"
    OVERFITTING = "overfitting"
    MOMENTUM_MOVED = "momentum_moved"


# Which facts are scores, signed differences of two, and how much better, worse or apart something is.
LEVELS = frozenset({"low_acc", "high_acc", "test_acc", "test_acc_last"})
DIFFERENCES = frozenset({"difference", "diff_low", "diff_high"})
SIZES = frozenset({"largest_difference", "gain", "drops", "mean_drop", "drop", "wobble"})

# Every fact is always there; those that may be None say so. Gains and drops are positive where something got
# better, or worse, whichever way the metric goes. `share` is a part
# of the base LR (or of the epochs, where it is named share_left).
FACTS: Mapping[ReasonCode, Mapping[str, str]] = {
    ReasonCode.IDLE: {
        "schedulers": "labels, the baseline left out",
        "of": "how many schedules the comparison has, the baseline left out",
        "epochs": "epochs trained (the budget, or less where early stopping ended every run)",
        "baseline": "label of the constant baseline, or None",
        "largest_difference": "largest difference of the test score among them and the baseline under one seed and base LR, or None",
    },
    ReasonCode.NEVER_CHANGED: {
        "key": "the catalogue's key",
        "epochs": "epochs trained (the budget, or less where early stopping ended every run)",
        "base_lr": "where it stayed",
        "cause": "step_size, milestones, patience, or other",
        "value": "the parameter's value (a number; the first milestone), or None",
    },
    ReasonCode.FINAL_LR: {
        "low": "labels that ended at or below 10 % of the base LR",
        "high": "labels that ended above it",
        "low_acc": "mean test score of the low",
        "high_acc": "mean test accuracy of the high",
        "difference": "low minus high, mean over seeds",
        "diff_low": "lower end of its 95 % interval over seeds",
        "diff_high": "upper end",
        "n": "seeds",
    },
    ReasonCode.IDENTICAL: {
        "schedulers": "labels, the reason's own first",
        "largest_difference": "largest difference of the test score among them under one seed and base LR, or None",
        "n": "seeds compared",
    },
    ReasonCode.TINY_AT_ONCE: {
        "epoch": "first epoch at or below 1 % of the base LR",
        "lr": "the LR there",
        "base_lr": "the base LR",
        "share": "lr / base_lr",
        "epochs_left": "epochs trained at that level, this one included",
        "epochs": "epochs trained",
    },
    ReasonCode.DIVERGED: {
        "base_lrs": "base LRs at which runs diverged",
        "diverged": "how many, for each of them",
        "of": "of how many runs, for each of them",
        "epoch": "median epoch of divergence, or None",
        "ranked": "how many of them are at the ranked base LR",
    },
    ReasonCode.WARMUP_SAVED: {
        "base_lr": "the base LR it happened at",
        "first_lr": "the LR it starts with",
        "n": "its runs there: none diverged or failed to learn in the first tenth of the epochs",
        "others": "labels without warm-up",
        "others_n": "their runs there",
        "others_diverged": "how many of those diverged",
        "others_lost": "how many more had learned nothing (`Evidence.nothing_learned`) after the first tenth of the epochs",
    },
    ReasonCode.REACHED_ZERO: {
        "epoch": "first of the epochs at or below 1 % of the base LR to the end",
        "epochs_left": "how many epochs that are, this one included",
        "share_left": "the same as a share of the epochs trained",
        "lr": "the highest LR in them",
        "base_lr": "the base LR",
        "gain": "mean gain of the best validation score in them, or None without curves",
    },
    ReasonCode.ENDED_MID_CYCLE: {
        "last_lr": "LR of the last step",
        "peak_lr": "highest LR within the budget",
        "share": "last_lr / peak_lr",
        "cycles": "cycles within the epochs trained, the broken one as a part",
        "cycle_epochs": "length of the cycle it ended in, epochs",
    },
    ReasonCode.LR_AT_EDGE: {
        "base_lr": "the best base LR",
        "edge": "low or high",
        "grid": "the base LRs tried",
        "gain": "how much better its mean selection score is than its neighbour's",
    },
    ReasonCode.RESTART_DROPS: {
        "epochs": "the first epoch at each new peak",
        "drops": "by how much the validation score got worse at each, against the last epoch before the restart",
        "mean_drop": "mean of drops",
        "n": "runs",
    },
    ReasonCode.NOISY_END: {
        "last_lr": "LR of the last step",
        "share": "last_lr / base LR",
        "test_acc": "mean test score at the best validation epoch",
        "test_acc_last": "mean after the last epoch",
        "drop": "by how much the second is worse",
        "wobble": "standard deviation of the validation score over the last tenth of the epochs (3 at least), or None",
        "n": "runs",
    },
    ReasonCode.PLATEAU_FIRED: {
        "fewest": "reductions in the run with the fewest",
        "most": "reductions in the run with the most",
        "epochs": "mean first epoch at the first, second, … reduced LR, over the runs that got there",
        "last_share": "mean of last LR / base LR",
        "n": "runs",
    },
    ReasonCode.EARLY_STOP: {
        "stopped": "how many runs",
        "of": "of how many",
        "epoch": "mean epoch they ended at",
        "patience": "epochs without a new best",
        "epochs": "the budget",
    },
    ReasonCode.BEST_EPOCH_EARLY: {
        "best_epoch": "mean best validation epoch",
        "latest": "the latest among the runs",
        "epochs": "the budget",
        "n": "runs",
    },
    ReasonCode.OVERFITTING: {
        "train_loss": "mean loss of the last epoch on training images",
        "val_loss": "mean loss of the last epoch on validation images",
        "lowest_val_loss": "mean of each run's lowest validation loss",
        "lowest_epoch": "mean epoch of it",
        "n": "runs",
    },
    ReasonCode.MOMENTUM_MOVED: {
        "low": "lowest momentum (beta1 for Adam and AdamW)",
        "high": "highest",
        "fixed": "what the other schedules were trained with",
        "optimizer": "sgd, adam or adamw",
    },
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that explains a result. `scheduler` is None where it is about the whole comparison.

    `weight` orders reasons, largest first: how much it explains, see `lrtui.analysis.reasons`. `facts` are the evidence.
    """

    code: ReasonCode
    scheduler: str | None
    weight: float
    facts: Mapping[str, Fact]
