"""Task files as people write them, for tests to train."""

from pathlib import Path

REGRESSION = '''
import random

import numpy
import torch
from torch import nn
from torch.utils.data import Dataset


def data(n, seed):
    source = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 5, generator=source)
    return x, (x @ torch.arange(1.0, 6.0) + 0.1 * torch.randn(n, generator=source)).unsqueeze(1)


def loss(model, batch):
    x, y = batch
    return nn.functional.mse_loss(model(x), y)


def mse(model, batch):
    x, y = batch
    return (model(x) - y).square().mean(1)


def task(setup):
    width = setup.options.get("width", 8)
    return {
        "model": nn.Sequential(nn.Linear(5, width), nn.Tanh(), nn.Dropout(0.1), nn.Linear(width, 1)),
        "train": data(90, 0),
        "validation": data(40, 1),
        "loss": loss,
        "score": mse,
        "better": "lower",
        "unit": "",
    }


class Noisy(Dataset):
    """Augmented from every generator that people use."""

    def __init__(self):
        self.x, self.y = data(90, 0)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.x[index] + 0.1 * torch.randn(5) + 0.1 * random.random() + 0.1 * float(numpy.random.rand()), self.y[index]


def of_a_dataset(setup):
    return task(setup) | {"train": Noisy()}


def batches(epoch, generator):
    x, y = data(90, 0)
    for rows in torch.randperm(90, generator=generator).split(16):
        yield {"x": x[rows], "y": y[rows]}


def validation(epoch, generator):
    x, y = data(40, 1)
    yield {"x": x, "y": y}


def of_an_iterable(setup):
    return task(setup) | {
        "train": batches,
        "validation": validation,
        "test": validation,
        "loss": lambda model, batch: loss(model, (batch["x"], batch["y"])),
        "score": lambda model, batch: mse(model, (batch["x"], batch["y"])),
        "metric": "mse",
        "optimizer": lambda parameters, base_lr: torch.optim.RMSprop(parameters, lr=base_lr),
    }
'''


def write(folder: Path, text: str = REGRESSION, name: str = "mine.py") -> Path:
    """A task file in a folder."""
    path = folder / name
    path.write_text(text)
    return path
