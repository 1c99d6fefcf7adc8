"""The built-in task: a data set and a model of the catalogue, described as people describe their own."""

import copy
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from lrtui.tasks.catalogue import BUILT_IN
from lrtui.training.augmentation import epoch_augmentation
from lrtui.training.datasets import Split, TaskData, load
from lrtui.training.download import Progress
from lrtui.training.models import InitialModel, initial_model, is_convolutional
from lrtui.training.splits import gathered
from lrtui.training.task import Setup

_SETTINGS = ("dataset", "model", "splits", "augment")


class ImageClassification:
    """A task whose options name `dataset`, `model`, `splits` and `augment`. It keeps data and initial weights from run to run."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._data: tuple[object, TaskData] | None = None
        self._initial: tuple[object, InitialModel] | None = None

    def __call__(self, setup: Setup) -> dict[str, Any]:
        """The task, as a person would write it."""
        options = setup.options
        model, seed = options["model"], setup.seed
        data = self._load(setup)
        train: Any = (data.train.images, data.train.labels)
        if options["augment"]:
            train = Augmented(data, seed, setup.batch_size)
        return {
            "model": copy.deepcopy(self._initial_model(model, data, seed).module),
            "train": train,
            "validation": _tensors(data.validation),
            "selection": _tensors(data.selection),
            "test": _tensors(data.test),
            "chance": 1 / data.dataset.classes,
            "evaluation_batch": _evaluation_batch(model, setup.device),
            "bf16": is_convolutional(model),
        }

    def _load(self, setup: Setup) -> TaskData:
        options = setup.options
        folder_options = {name: value for name, value in options.items() if name not in _SETTINGS}
        key = (
            options["dataset"],
            options["splits"],
            is_convolutional(options["model"]),
            setup.data_dir,
            repr(folder_options),
            setup.device,
        )
        if self._data is None or self._data[0] != key:
            self._data = None  # before the next one is loaded, not after
            layout = torch.channels_last if is_convolutional(options["model"]) else torch.contiguous_format
            self._data = (
                key,
                load(
                    options["dataset"],
                    options["splits"],
                    layout,
                    setup.data_dir,
                    setup.device,
                    self._progress,
                    folder_options,
                ),
            )
        return self._data[1]

    def _initial_model(self, model: str, data: TaskData, seed: int) -> InitialModel:
        key = (model, data.dataset, seed)
        if self._initial is None or self._initial[0] != key:
            self._initial = (key, initial_model(model, data.dataset, seed))
        return self._initial[1]


class Augmented:
    """The training images of an epoch in its order, cropped at random and, where that makes sense, mirrored."""

    def __init__(self, data: TaskData, seed: int, batch: int) -> None:
        self._data, self._seed, self._batch = data, seed, batch
        self._flips = BUILT_IN[data.dataset.key].flips

    def __len__(self) -> int:
        return len(self._data.train)

    def __call__(self, epoch: int, generator: torch.Generator) -> Iterator[Any]:
        """The batches of an epoch."""
        train = self._data.train
        augmentation = epoch_augmentation(self._seed, epoch, len(train), self._flips, train.images.device)

        def change(rows: list[Tensor], start: int) -> list[Tensor]:
            return [augmentation(rows[0], self._data.black, start), rows[1]]

        order = torch.randperm(len(train), generator=generator)
        for batch, _ in gathered((train.images, train.labels), order, self._batch, change):
            yield batch


def _tensors(split: Split) -> tuple[Tensor, Tensor]:
    return split.images, split.labels


def _evaluation_batch(model: str, device: torch.device) -> int:
    """Images per batch: on the CPU the activations of a convolutional model must fit its cache."""
    if device.type == "cpu" and is_convolutional(model):
        return 64
    return 2048
