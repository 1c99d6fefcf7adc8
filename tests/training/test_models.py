from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from lrtui.errors import UserError
from lrtui.tasks.catalogue import DATASETS, MODELS
from lrtui.tasks.dataset import Dataset
from lrtui.training.models import LargerColourImages, initial_model, state_hash

DIGITS, CIFAR10 = DATASETS["digits"], DATASETS["cifar10"]


def trains(module: nn.Module, data: Dataset) -> None:
    images = torch.randn(2, data.channels, data.side, data.side).contiguous(memory_format=torch.channels_last)
    module.zero_grad()
    logits = module.train()(images)
    assert logits.shape == (2, 10)
    torch.autograd.backward(functional.cross_entropy(logits, torch.tensor([1, 7])))
    assert all(p.grad is not None and p.grad.isfinite().all() for p in module.parameters())


@pytest.mark.parametrize("model", MODELS)
def test_every_model_trains_on_colour_and_on_small_grey_images(model: str) -> None:
    colour = initial_model(model, CIFAR10, seed=0).module
    trains(colour, CIFAR10)
    if isinstance(colour, LargerColourImages):  # the classifier inside is the same: do not initialise it twice
        trains(LargerColourImages(colour.classifier, DIGITS), DIGITS)
    else:
        trains(initial_model(model, DIGITS, seed=0).module, DIGITS)


def test_the_cnn_has_the_tutorials_shape() -> None:
    cnn = initial_model("cnn", DATASETS["mnist"], seed=0).module
    shapes = [tuple(p.shape) for p in cnn.parameters() if p.dim() > 1]
    assert shapes == [(32, 1, 3, 3), (64, 32, 3, 3), (64, 64, 3, 3), (64, 576), (10, 64)]
    assert sum(p.numel() for p in cnn.parameters()) == 93_322  # what tensorflow.org's tutorial prints for 28 x 28


def test_resnet18_keeps_small_images_whole_until_its_second_stage() -> None:
    resnet = initial_model("resnet18", CIFAR10, seed=0).module
    shapes = []
    for stage in (resnet.layer1, resnet.layer4):
        stage.register_forward_hook(lambda _module, _inputs, output: shapes.append(tuple(output.shape[2:])))  # type: ignore[union-attr]
    resnet(torch.randn(2, 3, 32, 32))
    assert shapes == [(32, 32), (4, 4)]


def test_initial_weights_depend_on_the_seed_and_on_nothing_else() -> None:
    first = initial_model("cnn", DIGITS, seed=1)
    torch.manual_seed(99)
    torch.randn(10)
    state = torch.get_rng_state()
    again, other = initial_model("cnn", DIGITS, seed=1), initial_model("cnn", DIGITS, seed=2)
    assert torch.equal(torch.get_rng_state(), state)
    assert first.init_hash == again.init_hash == state_hash(again.module)
    assert first.init_hash != other.init_hash


def test_as_many_outputs_as_classes() -> None:
    for model in ("mlp", "cnn", "resnet18", "squeezenet1_1"):
        module = initial_model(model, replace(DIGITS, classes=100), seed=0).module
        assert module(torch.randn(2, 1, 8, 8)).shape == (2, 100)


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(UserError, match="resnet18"):
        initial_model("resnet81", DIGITS, seed=0)
