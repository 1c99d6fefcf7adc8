"""The data sets, models and optimizers a comparison can name, with the sizes the dashboard needs before anything loads."""

from dataclasses import dataclass
from math import ceil

from lrtui.errors import unknown
from lrtui.tasks.info import Metric, TaskInfo


@dataclass(frozen=True)
class Dataset:
    """An image classification data set.

    `pool` images are split into train, validation and selection; `test` images are kept apart. `splits` are the sizes
    used when a spec names none. `bundled` ones need no files and no network.
    """

    key: str
    classes: int
    channels: int
    side: int
    pool: int
    test: int
    splits: tuple[int, int, int]
    bundled: bool = False
    augment: bool = False


DATASETS: dict[str, Dataset] = {
    dataset.key: dataset
    for dataset in (
        Dataset("digits", 10, 1, 8, 1397, 400, (1000, 197, 200), bundled=True),
        Dataset("mnist", 10, 1, 28, 60_000, 10_000, (50_000, 5_000, 5_000)),
        Dataset("fashion-mnist", 10, 1, 28, 60_000, 10_000, (50_000, 5_000, 5_000)),
        Dataset("kmnist", 10, 1, 28, 60_000, 10_000, (50_000, 5_000, 5_000)),
        Dataset("cifar10", 10, 3, 32, 50_000, 10_000, (40_000, 5_000, 5_000), augment=True),
        Dataset("cifar100", 100, 3, 32, 50_000, 10_000, (40_000, 5_000, 5_000), augment=True),
        Dataset("svhn", 10, 3, 32, 73_257, 26_032, (63_257, 5_000, 5_000)),
    )
}

OWN_MODELS: tuple[str, ...] = ("mlp", "cnn", "resnet18")
TORCHVISION_MODELS: tuple[str, ...] = (
    "resnet34", "resnet50", "vgg11_bn", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b0",
    "shufflenet_v2_x1_0", "squeezenet1_1", "densenet121", "regnet_y_400mf", "mnasnet1_0", "convnext_tiny",
)  # fmt: skip
MODELS: tuple[str, ...] = OWN_MODELS + TORCHVISION_MODELS
OPTIMIZERS: tuple[str, ...] = ("sgd", "adam", "adamw")


def dataset(key: str) -> Dataset:
    """The data set called `key`.

    Raises:
        UserError: there is none; the message names the nearest.
    """
    if key not in DATASETS:
        raise unknown("dataset", key, DATASETS)
    return DATASETS[key]


def built_in_task(key: str, splits: tuple[int, int, int], batch_size: int) -> TaskInfo | None:
    """What is known of a built-in data set as a task, with these sizes; None where only its files can tell, or it is unknown."""
    data_set = DATASETS.get(key)
    if data_set is None or not data_set.classes:
        return None
    sizes = dict(zip(("train", "validation", "selection"), splits, strict=True)) | {"test": data_set.test}
    return TaskInfo(key, Metric(chance=1 / data_set.classes), sizes, ceil(splits[0] / batch_size))
