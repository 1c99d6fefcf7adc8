"""What a training leaves behind: a row per evaluation, and a result at the end. Absence is None, never NaN."""

from dataclasses import dataclass, fields

from lrtui.comparison.status import RunStatus


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One evaluation of one run, by default one per epoch. `epoch` is its number, counted from 1.

    `step` counts the optimizer's steps and `examples` the training examples seen until then, since the run began; learning
    rates are those really applied since the evaluation before. Losses are None when they were not finite; `seconds` is wall
    time of training and validation.
    """

    epoch: int
    step: int
    examples: int
    lr_first: float
    lr_last: float
    lr_min: float
    lr_max: float
    train_loss: float | None
    val_loss: float | None
    score: float
    seconds: float
    examples_per_second: float


EVALUATION_COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(EvaluationRow))
"""The columns of an evaluation, in order: what is written, read and kept in checkpoints is made from this."""


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
    """What makes two runs of a seed comparable, stored before the first epoch.

    Hex digests of the initial weights and of the order of the data, the precision in use, torch's version, and the device's
    model as its driver or the operating system names it. "" where it is not known.
    """

    init_hash: str
    order_hash: str
    precision: str
    torch: str = ""
    device_name: str = ""
