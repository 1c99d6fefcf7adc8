"""Loss and accuracy of a model on a split, with one read from the device."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from lrtui.training.datasets import Split
from lrtui.training.models import is_convolutional
from lrtui.training.precision import Arithmetic, arithmetic


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Mean cross-entropy, which may be NaN or infinite here, and accuracy, a fraction."""

    loss: float
    accuracy: float


def evaluation_batch(model: str, device: torch.device) -> int:
    """Images a batch: on the CPU the activations of a convolutional model must fit its cache."""
    if device.type == "cpu" and is_convolutional(model):
        return 64
    return 2048


def evaluate(
    model: nn.Module, split: Split, batch: int, precision: Arithmetic, each_batch: Callable[[], None]
) -> Evaluation:
    """Evaluate the model in evaluation mode; it is left in that mode. `each_batch` may raise to give up."""
    model.eval()
    losses: list[Tensor] = []
    correct: list[Tensor] = []
    with torch.inference_mode(), arithmetic(precision, split.images.device):
        for images, labels in zip(torch.split(split.images, batch), torch.split(split.labels, batch), strict=True):
            each_batch()
            logits = model(images).float()
            losses.append(functional.cross_entropy(logits, labels, reduction="sum"))
            correct.append((logits.argmax(1) == labels).sum())
        loss, right = torch.stack([torch.stack(losses).sum(), torch.stack(correct).sum()]).tolist()
    return Evaluation(loss / len(split), right / len(split))
