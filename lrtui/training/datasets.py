"""Data sets in memory: read, split once and for all, normalised, on the device that trains."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lrtui.errors import UserError
from lrtui.tasks.catalogue import BUILT_IN, dataset
from lrtui.tasks.data_files import LAYOUTS, MissingFiles, find_files, read_file
from lrtui.tasks.dataset import Dataset, FolderOfImages, Pictures
from lrtui.training.download import Progress, download
from lrtui.training.seeding import generator

_SPLIT_SEED = 20_250_101  # fixed for ever: the same images train, validate and select in every comparison


@dataclass(frozen=True)
class Split:
    """Normalised images, float32 [n, C, H, W], and their labels, int64 [n]."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class TaskData:
    """The four disjoint splits of a data set. `black` is the value of a black pixel in each channel, float32 [C]."""

    dataset: Dataset
    train: Split
    validation: Split
    selection: Split
    test: Split
    black: Tensor


@dataclass(frozen=True)
class _Raw:
    """Images as the files hold them, uint8 [n, C, H, W], and labels, int64 [n]."""

    images: Tensor
    labels: Tensor


def load(
    key: str,
    splits: tuple[int, int, int],
    layout: torch.memory_format,
    data_dir: Path | None,
    device: torch.device,
    progress: Progress | None = None,
    options: Mapping[str, Any] | None = None,
) -> TaskData:
    """A data set in its splits. The same images land in the same split whatever a run's seed.

    The splits are cut from one order of the pool in which every stretch holds the classes in their proportions.
    Mean and standard deviation are the training split's.

    Args:
        key: the data set.
        splits: how many images for training, validation and selection.
        layout: how images lie in memory; convolutional models gain from channels-last.
        data_dir: where to look for the files, and where a download puts them; a cache folder where None.
        device: where the splits are put.
        progress: told about a download.
        options: the task's options, for a folder of images.

    Raises:
        UserError: files are missing and cannot be downloaded, or they are torn.
    """
    entry = dataset(key)
    read_folder = BUILT_IN[key].read_folder
    if read_folder is not None:
        folder = read_folder(data_dir, options or {})
        return _of_a_folder(folder, splits, layout, device)
    pool, test = _read(entry, data_dir, progress)
    order = stratified_order(pool.labels, entry.classes)
    parts = torch.split(order, [*splits, len(order) - sum(splits)])
    raws = [_Raw(pool.images[part], pool.labels[part]) for part in parts[:3]]
    return _normalised(entry, [*raws, test], layout, device)


def _of_a_folder(folder: FolderOfImages, splits: tuple[int, int, int], layout: torch.memory_format, device: torch.device) -> TaskData:  # fmt: skip
    """The splits of a folder: parts of its own where it has them, the rest cut from its training images."""
    sizes = folder.sizes(splits)
    raw = {part: _raw(pictures) for part, pictures in folder.parts.items()}
    order = stratified_order(raw["train"].labels, folder.dataset.classes)
    cut: dict[str, _Raw] = {}
    for name in ("train", "validation", "selection", "test"):
        if name != "train" and name in raw:
            chosen = stratified_order(raw[name].labels, folder.dataset.classes)[: sizes[name]]
            cut[name] = _Raw(raw[name].images[chosen], raw[name].labels[chosen])
        else:
            cut[name] = _Raw(raw["train"].images[order[: sizes[name]]], raw["train"].labels[order[: sizes[name]]])
            order = order[sizes[name] :]
    return _normalised(folder.dataset, list(cut.values()), layout, device)


def _normalised(entry: Dataset, raws: list[_Raw], layout: torch.memory_format, device: torch.device) -> TaskData:
    """The four splits in the device's memory, by the mean and standard deviation of the first."""
    train = raws[0].images.to(device).float()
    mean = train.mean((0, 2, 3), keepdim=True)
    deviation = train.std((0, 2, 3), keepdim=True).clamp_min(1)

    def ready(raw: _Raw) -> Split:
        images = raw.images.to(device).float().sub_(mean).div_(deviation)
        return Split(images.contiguous(memory_format=layout), raw.labels.to(device))

    train_split, validation, selection, test = (ready(raw) for raw in raws)
    return TaskData(entry, train_split, validation, selection, test, (-mean / deviation).flatten())


def stratified_order(labels: Tensor, classes: int) -> Tensor:
    """A fixed random order of all images in which the classes are spread evenly, so that any stretch is stratified."""
    source = generator("splits", _SPLIT_SEED)
    shuffled = torch.randperm(len(labels), generator=source)
    jitter = torch.rand(len(labels), generator=source, dtype=torch.float64)
    place = torch.empty(len(labels), dtype=torch.float64)
    for label in range(classes):
        members = shuffled[labels[shuffled] == label]
        place[members] = (torch.arange(len(members)) + jitter[members]) / len(members)
    return place.argsort(stable=True)


def _read(entry: Dataset, data_dir: Path | None, progress: Progress | None) -> tuple[_Raw, _Raw]:
    """The pool and the test set, as the files hold them."""
    try:
        paths = find_files(entry.key, data_dir)
    except MissingFiles as missing:
        download(entry.key, data_dir, missing, progress)
        paths = find_files(entry.key, data_dir)
    contents = {name: read_file(path, LAYOUTS[entry.key].files[name]) for name, path in paths.items()}
    pictures, kept_apart = BUILT_IN[entry.key].read(contents)
    pool = _raw(pictures)
    if kept_apart is None:
        order = stratified_order(pool.labels, entry.classes)
        cut, rest = order[: entry.test], order[entry.test :]
        return _Raw(pool.images[rest], pool.labels[rest]), _Raw(pool.images[cut], pool.labels[cut])
    test = _raw(kept_apart)
    for raw, expected in ((pool, entry.pool), (test, entry.test)):
        if len(raw.images) != expected or len(raw.labels) != expected:
            raise UserError(f"{entry.key}: {len(raw.images)} images, {len(raw.labels)} labels; expected {expected}")
        if not 0 <= int(raw.labels.min()) <= int(raw.labels.max()) < entry.classes:
            where = " or ".join(str(path) for path in paths.values())
            raise UserError(f"{entry.key}: a label outside 0 to {entry.classes - 1} in {where}; expected another file")
    return pool, test


def _raw(pictures: Pictures) -> _Raw:
    images = pictures.images if pictures.images.flags.writeable else pictures.images.copy()
    return _Raw(torch.from_numpy(images), torch.from_numpy(pictures.labels))
