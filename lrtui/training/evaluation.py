"""Loss and score of a model on a split, with one read from the device."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from lrtui.training.precision import Arithmetic, arithmetic
from lrtui.training.references import FaultInFile
from lrtui.training.splits import Split
from lrtui.training.task import Task


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Mean loss and mean score, which may be NaN or infinite here."""

    loss: float
    score: float


def batch_loss(task: Task, batch: Any, precision: Arithmetic, device: torch.device) -> Tensor:
    """The task's loss of a training batch; by default the cross-entropy, in fp32, of what the model makes of it."""
    if task.loss is None:
        with arithmetic(precision, device):
            logits = task.model(batch[0])
        return functional.cross_entropy(logits.float(), batch[1])
    with arithmetic(precision, device):
        return task.loss(task.model, batch)


def evaluate(
    task: Task,
    split: Split,
    batch: int,
    precision: Arithmetic,
    device: torch.device,
    each_batch: Callable[[], None] = lambda: None,
) -> Evaluation:
    """Evaluate the task's model in evaluation mode; it is left in that mode. `each_batch` may raise to give up.

    Raises:
        FaultInFile: the task's score is not one value per example, or there is no batch.
    """
    task.model.eval()
    plain = task.loss is None and task.score is None
    losses: list[Tensor] = []
    scores: list[Tensor] = []
    examples = 0
    with torch.inference_mode() if plain else torch.no_grad(), arithmetic(precision, device):
        for one, n in split.in_order(batch):
            each_batch()
            loss, score = _both(task, one, n)
            losses.append(loss)
            scores.append(score)
            examples += n
        if not examples:
            raise FaultInFile("an evaluation got no batches: expected at least one", code="empty")
        if plain:
            sums = torch.stack([torch.stack(losses).sum(), torch.stack(scores).sum()]).tolist()
        else:
            sums = [torch.stack(losses).double().sum().item(), torch.stack(scores).double().sum().item()]
    return Evaluation(sums[0] / examples, sums[1] / examples)


def _both(task: Task, batch: Any, n: int) -> tuple[Tensor, Tensor]:
    """Sums over the batch of the loss and of the score; one pass through the model gives both where both are the default."""
    model = task.model
    if task.loss is not None and task.score is not None:
        return task.loss(model, batch).detach() * n, values_of(task.score, model, batch, n).sum()
    logits = model(batch[0]).float()
    each = batch[1].numel() // n  # more than one where every pixel or token has a label
    if task.loss is not None:
        loss = task.loss(model, batch).detach() * n
    else:
        loss = functional.cross_entropy(logits, batch[1], reduction="sum") / each
    if task.score is not None:
        return loss, values_of(task.score, model, batch, n).sum()
    right = (logits.argmax(1) == batch[1]).sum()
    return loss, right if each == 1 else right / each


def values_of(score: Callable[[nn.Module, Any], Tensor], model: nn.Module, batch: Any, n: int) -> Tensor:
    """One value per example.

    Raises:
        FaultInFile: the score returns anything else.
    """
    values = score(model, batch)
    if not isinstance(values, Tensor) or values.numel() != n or (n > 1 and values.dim() == 0):
        got = f"shape {tuple(values.shape)}" if isinstance(values, Tensor) else f"a {type(values).__name__}"
        raise FaultInFile(f"score returns {got} for a batch of {n}: expected one value per example", code="score")
    return values.detach().reshape(n).float()
