"""Predict how diabetes progresses from ten measurements: a table regression, where a lower score is better.

    lrtui run --task examples/regression.py:task --schedulers constant,cosine,onecycle --seeds 6 --base-lrs 0.01,0.003

The data come with scikit-learn: 442 patients, ten measurements each, and the disease's progression after one year.
"""

import torch
from sklearn.datasets import load_diabetes
from torch import nn


def task(setup):
    """Describe the training: a model, four disjoint parts of the data, a loss and a score."""
    table = load_diabetes()
    x = torch.tensor(table.data, dtype=torch.float32)
    y = torch.tensor(table.target, dtype=torch.float32)
    # One split for every seed: seeds differ in weights and data order, not in the patients they learn from.
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(0))
    train, validation, selection, test = order.split([242, 60, 60, 80])
    mean, deviation = x[train].mean(0), x[train].std(0)
    x, centre, scale = (x - mean) / deviation, y[train].mean(), y[train].std()

    def loss(model, batch):
        inputs, targets = batch
        return nn.functional.smooth_l1_loss(model(inputs).squeeze(1), (targets - centre) / scale)

    def absolute_error(model, batch):
        inputs, targets = batch
        return (model(inputs).squeeze(1) * scale + centre - targets).abs()

    return {
        "model": nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1)),
        "train": (x[train], y[train]),
        "validation": (x[validation], y[validation]),
        "selection": (x[selection], y[selection]),
        "test": (x[test], y[test]),
        "loss": loss,
        "score": absolute_error,
        "better": "lower",
        "unit": "progression",
    }
