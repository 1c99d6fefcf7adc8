"""Data sets in memory: read, split once and for all, normalised, on the device that trains."""

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from lrtui.comparison.spec import Spec
from lrtui.errors import UserError
from lrtui.tasks.catalogue import Dataset, dataset
from lrtui.tasks.data_files import LAYOUTS, MissingFiles, find_files, read_file
from lrtui.training.download import Progress, download
from lrtui.training.models import is_convolutional
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


def load(spec: Spec, data_dir: Path | None, device: torch.device, progress: Progress | None = None) -> TaskData:
    """The spec's data set in its splits. The same images land in the same split whatever the run's seed.

    The splits are cut from one order of the pool in which every stretch holds the classes in their proportions.
    Mean and standard deviation are the training split's. Convolutional models get channels-last images.

    Args:
        spec: names the data set, the sizes of the splits and the model.
        data_dir: where to look for the files, and where a download puts them; a cache folder where None.
        device: where the splits are put.
        progress: told about a download.

    Raises:
        UserError: files are missing and cannot be downloaded, or they are torn.
    """
    entry = dataset(spec.dataset)
    pool, test = _digits(entry) if entry.bundled else _from_files(entry, data_dir, progress)
    order = stratified_order(pool.labels, entry.classes)
    parts = torch.split(order, [*spec.splits, len(order) - sum(spec.splits)])
    train = pool.images[parts[0]].to(device).float()
    mean = train.mean((0, 2, 3), keepdim=True)
    deviation = train.std((0, 2, 3), keepdim=True).clamp_min(1)
    layout = torch.channels_last if is_convolutional(spec.model) else torch.contiguous_format

    def ready(raw: _Raw, indices: Tensor | None) -> Split:
        images, labels = (raw.images, raw.labels) if indices is None else (raw.images[indices], raw.labels[indices])
        images = images.to(device).float().sub_(mean).div_(deviation)
        return Split(images.contiguous(memory_format=layout), labels.to(device))

    train_split, validation, selection = (ready(pool, part) for part in parts[:3])
    return TaskData(entry, train_split, validation, selection, ready(test, None), (-mean / deviation).flatten())


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


def _digits(entry: Dataset) -> tuple[_Raw, _Raw]:
    from sklearn.datasets import load_digits  # not needed for the others, and slow to import

    bundled = load_digits()
    images = torch.from_numpy(bundled.images).to(torch.uint8).unsqueeze(1)
    labels = torch.from_numpy(bundled.target).long()
    order = stratified_order(labels, entry.classes)
    test, pool = order[: entry.test], order[entry.test :]
    return _Raw(images[pool], labels[pool]), _Raw(images[test], labels[test])


def _from_files(entry: Dataset, data_dir: Path | None, progress: Progress | None) -> tuple[_Raw, _Raw]:
    try:
        paths = find_files(entry.key, data_dir)
    except MissingFiles as missing:
        download(entry.key, data_dir, missing, progress)
        paths = find_files(entry.key, data_dir)
    contents = {name: read_file(path, LAYOUTS[entry.key].files[name]) for name, path in paths.items()}
    pool, test = _READERS[entry.key](contents)
    for raw, expected in ((pool, entry.pool), (test, entry.test)):
        if len(raw.images) != expected or len(raw.labels) != expected:
            raise UserError(f"{entry.key}: {len(raw.images)} images, {len(raw.labels)} labels; expected {expected}")
        if not 0 <= int(raw.labels.min()) <= int(raw.labels.max()) < entry.classes:
            where = " or ".join(str(path) for path in paths.values())
            raise UserError(f"{entry.key}: a label outside 0 to {entry.classes - 1} in {where}; expected another file")
    return pool, test


Contents = dict[str, bytes]


def _read_idx(contents: Contents) -> tuple[_Raw, _Raw]:
    def part(name: str) -> _Raw:
        images = torch.frombuffer(bytearray(contents[f"{name}-images-idx3-ubyte"]), dtype=torch.uint8)
        labels = torch.frombuffer(bytearray(contents[f"{name}-labels-idx1-ubyte"]), dtype=torch.uint8)
        return _Raw(images.view(-1, 1, 28, 28), labels.long())

    return part("train"), part("t10k")


def _read_cifar(contents: Contents) -> tuple[_Raw, _Raw]:
    def part(names: list[str]) -> _Raw:
        # A pickle, but read_file has compared its digest with the published one: these are CIFAR's own bytes.
        batches = [pickle.loads(contents[name], encoding="latin1") for name in names]
        images = torch.cat([torch.from_numpy(batch["data"]) for batch in batches]).view(-1, 3, 32, 32)
        labels = [label for batch in batches for label in batch.get("fine_labels", batch.get("labels"))]
        return _Raw(images, torch.tensor(labels))

    test = [name for name in contents if name.startswith("test")]
    return part([name for name in contents if name not in test]), part(test)


def _read_svhn(contents: Contents) -> tuple[_Raw, _Raw]:
    from scipy.io import loadmat  # not needed for the others

    def part(name: str) -> _Raw:
        matrices = loadmat(io.BytesIO(contents[name]))
        images = torch.from_numpy(matrices["X"]).permute(3, 2, 0, 1).contiguous()
        labels = torch.from_numpy(matrices["y"].astype("int64")).flatten()
        return _Raw(images, labels % 10)  # SVHN calls the digit 0 class 10

    return part("train_32x32.mat"), part("test_32x32.mat")


_READERS: dict[str, Callable[[Contents], tuple[_Raw, _Raw]]] = {
    "mnist": _read_idx,
    "fashion-mnist": _read_idx,
    "kmnist": _read_idx,
    "cifar10": _read_cifar,
    "cifar100": _read_cifar,
    "svhn": _read_svhn,
}
