"""What a training leaves behind: a row an epoch, and a result at the end. Absence is None, never NaN."""

from dataclasses import dataclass

from lrtui.comparison.status import RunStatus


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One epoch of one run. `epoch` counts from 1; learning rates are those really applied to the optimizer's steps.

    Losses are None when they were not finite; accuracies are fractions; `seconds` is wall time of training and validation.
    """

    epoch: int
    lr_first: float
    lr_last: float
    lr_min: float
    lr_max: float
    train_loss: float | None
    val_loss: float | None
    score: float
    seconds: float
    examples_per_second: float


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended. Accuracies are fractions; those without a suffix are at the best validation epoch.

    `diverged_at` is the epoch whose loss was not finite; `stopped_early_at` the epoch early stopping ended at.
    """

    status: RunStatus
    epochs_run: int
    seconds: float
    best_epoch: int | None = None
    score: float | None = None
    selection: float | None = None
    test: float | None = None
    score_last: float | None = None
    test_last: float | None = None
    diverged_at: int | None = None
    stopped_early_at: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What makes two runs of a seed comparable, stored before the first epoch: hex digests and the precision in use."""

    init_hash: str
    order_hash: str
    precision: str
