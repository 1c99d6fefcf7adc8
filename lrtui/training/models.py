"""The models a comparison can name, built for a data set's images, with initial weights that only the seed decides."""

import hashlib
from dataclasses import dataclass

import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional

from lrtui.errors import unknown
from lrtui.tasks.catalogue import MODELS
from lrtui.tasks.dataset import Dataset
from lrtui.training.seeding import derived_seed

SMALLEST_SIDE = 32  # what torchvision's classifiers can still halve five times


@dataclass(frozen=True)
class InitialModel:
    """A model at its initial weights on the CPU, and the SHA-256 (hex) of those weights. Copy it before training."""

    module: nn.Module
    init_hash: str


def is_convolutional(model: str) -> bool:
    """Whether the model gains from channels-last images, small evaluation batches on the CPU, and bf16."""
    return model != "mlp"


def initial_model(model: str, data: Dataset, seed: int) -> InitialModel:
    """The model with the weights that (model, shape of the data, seed) determine. torch's global generator is left alone.

    Raises:
        UserError: there is no such model.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derived_seed("init", seed))
        module = _build(model, data)
    if is_convolutional(model):
        module = module.to(memory_format=torch.channels_last)
    return InitialModel(module, state_hash(module))


def state_hash(module: nn.Module) -> str:
    """SHA-256 (hex) over the names and bytes of a model's state."""
    digest = hashlib.sha256()
    for name, value in module.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


def _build(model: str, data: Dataset) -> nn.Module:
    if model not in MODELS:
        raise unknown("model", model, MODELS)
    if model == "mlp":
        return _mlp(data)
    if model == "cnn":
        return _cnn(data)
    if model == "resnet18":
        return _small_image_resnet18(data)
    classifier = torchvision.models.get_model(model, weights=None, num_classes=data.classes)
    return LargerColourImages(classifier, data)


def _mlp(data: Dataset) -> nn.Module:
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(data.channels * data.side**2, 128),
        nn.ReLU(inplace=True),
        nn.Linear(128, 64),
        nn.ReLU(inplace=True),
        nn.Linear(64, data.classes),
    )


def _cnn(data: Dataset) -> nn.Module:
    """Conv 32-64-64, two max-pools, one hidden layer of 64: the shape of Keras's and TensorFlow's CNN tutorials.

    Pooling before ReLU gives the same values as after it, on a quarter of them.
    """
    padding = 1 if data.side < 18 else 0  # without it an 8 x 8 image would be gone after the second pool
    shrink = 0 if padding else 2
    side = ((data.side - shrink) // 2 - shrink) // 2 - shrink
    return nn.Sequential(
        nn.Conv2d(data.channels, 32, 3, padding=padding),
        nn.MaxPool2d(2),
        nn.ReLU(inplace=True),
        nn.Conv2d(32, 64, 3, padding=padding),
        nn.MaxPool2d(2),
        nn.ReLU(inplace=True),
        nn.Conv2d(64, 64, 3, padding=padding),
        nn.ReLU(inplace=True),
        nn.Flatten(),
        nn.Linear(64 * side**2, 64),
        nn.ReLU(inplace=True),
        nn.Linear(64, data.classes),
    )


def _small_image_resnet18(data: Dataset) -> nn.Module:
    """torchvision's ResNet-18 with the stem that is usual for CIFAR: a 3x3 convolution of stride 1, no max-pool."""
    resnet: nn.Module = torchvision.models.resnet18(weights=None, num_classes=data.classes)
    stem = nn.Conv2d(data.channels, 64, 3, padding=1, bias=False)
    nn.init.kaiming_normal_(stem.weight, mode="fan_out", nonlinearity="relu")
    resnet.conv1, resnet.maxpool = stem, nn.Identity()
    return resnet


class LargerColourImages(nn.Module):
    """Shows a torchvision classifier images as it expects them: three channels, at least 32 pixels a side."""

    def __init__(self, classifier: nn.Module, data: Dataset) -> None:
        super().__init__()
        self.classifier = classifier
        self._expand = data.channels == 1
        self._upsample = data.side < SMALLEST_SIDE

    def forward(self, images: Tensor) -> Tensor:
        """Logits [n, classes] of images [n, 1 or 3, side, side]."""
        if self._upsample:
            images = functional.interpolate(images, size=SMALLEST_SIDE, mode="bilinear", align_corners=False)
        if self._expand:
            images = images.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        logits: Tensor = self.classifier(images)
        return logits
