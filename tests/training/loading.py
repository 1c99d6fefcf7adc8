"""A comparison's data set, as its runs would get it."""

from pathlib import Path

import torch

from lrtui.comparison.spec import Spec
from lrtui.training import datasets
from lrtui.training.datasets import TaskData
from lrtui.training.download import Progress
from lrtui.training.models import is_convolutional


def load(spec: Spec, data_dir: Path | None, device: torch.device, progress: Progress | None = None) -> TaskData:
    layout = torch.channels_last if is_convolutional(spec.model) else torch.contiguous_format
    return datasets.load(spec.dataset, spec.splits, layout, data_dir, device, progress)
