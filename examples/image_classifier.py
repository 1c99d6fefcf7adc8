"""Classify handwritten digits with a small convolutional network: the shortest task, for which every default holds.

lrtui run --task examples/image_classifier.py:task --schedulers constant,step,cosine --seeds 6 --epochs 20
"""

import torch
from sklearn.datasets import load_digits
from torch import nn


def task(setup):
    """Describe the training. Without `loss` and `score` it is cross-entropy and accuracy."""
    digits = load_digits()
    images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16
    labels = torch.tensor(digits.target)
    width = setup.options.get("width", 16)  # `[task_options]` in a spec file
    return {
        "model": nn.Sequential(
            nn.Conv2d(1, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16 * width, 10)
        ),
        "train": (images[:1000], labels[:1000]),
        "validation": (images[1000:1200], labels[1000:1200]),
        "selection": (images[1200:1400], labels[1200:1400]),
        "test": (images[1400:], labels[1400:]),
    }
