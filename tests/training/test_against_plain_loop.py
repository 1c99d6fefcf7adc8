"""The engine's shortcuts change nothing: a loop as tutorials write it, given the same weights and order, agrees."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn, optim
from torch.nn import functional

from lrtui.training.models import initial_model
from lrtui.training.seeding import epoch_order
from tests.training.loading import load
from tests.training.memory_coordinator import small_spec, train

PLAIN: dict[str, Any] = {
    "sgd": lambda parameters: optim.SGD(parameters, lr=0.05, momentum=0.9, weight_decay=0.01, foreach=False),
    "adam": lambda parameters: optim.Adam(parameters, lr=0.002, weight_decay=0.01, foreach=False),
    "adamw": lambda parameters: optim.AdamW(parameters, lr=0.002, weight_decay=0.01, foreach=False),
}


@pytest.mark.parametrize("model", ["mlp", "cnn"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_same_losses_and_accuracies_as_a_plain_loop(model: str, optimizer: str, tmp_path: Path) -> None:
    lr = 0.05 if optimizer == "sgd" else 0.002
    spec = small_spec(
        "step", model=model, optimizer=optimizer, weight_decay=0.01, base_lrs=[lr], epochs=4, batch_size=37, seeds=[5]
    )
    coordinator = train(spec, tmp_path)

    data = load(spec, None, torch.device("cpu"))
    plain = initial_model(model, data.dataset, seed=5).module.to(memory_format=torch.contiguous_format)
    images, labels = data.train.images.contiguous(), data.train.labels
    update = PLAIN[optimizer](plain.parameters())
    for row in coordinator.rows:
        plain.train()
        total = 0.0
        order = epoch_order(5, row.epoch, len(labels))
        for start in range(0, len(order), 37):
            batch = order[start : start + 37]
            update.zero_grad()
            loss = functional.cross_entropy(plain(images[batch]), labels[batch])
            torch.autograd.backward(loss)
            update.step()
            total += loss.item() * len(batch)
        assert row.train_loss == pytest.approx(total / len(labels), rel=1e-3)
        val_loss, val_acc = measured(plain, data.validation.images, data.validation.labels)
        assert row.val_loss == pytest.approx(val_loss, rel=1e-3)
        assert row.score == pytest.approx(val_acc, abs=1.01 / len(data.validation))
    test_acc = measured(plain, data.test.images, data.test.labels)[1]
    assert coordinator.results[0].test_last == pytest.approx(test_acc, abs=2.01 / len(data.test))


@torch.no_grad()
def measured(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    model.eval()
    logits = model(images)
    return functional.cross_entropy(logits, labels).item(), (logits.argmax(1) == labels).float().mean().item()
