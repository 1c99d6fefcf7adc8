"""The data sets, models and optimizers a comparison can name, with the sizes the dashboard needs before anything loads."""

from math import ceil

from lrtui.errors import unknown
from lrtui.tasks.dataset import BuiltIn, Dataset
from lrtui.tasks.datasets import built_in
from lrtui.tasks.info import Metric, TaskInfo

BUILT_IN: dict[str, BuiltIn] = built_in()
DATASETS: dict[str, Dataset] = {key: entry.dataset for key, entry in BUILT_IN.items()}

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
