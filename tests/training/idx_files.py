"""A data set in MNIST's format, small enough to write in a test: 600 images to split and 100 to test on."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from lrtui.tasks.catalogue import DATASETS
from lrtui.tasks.data_files import LAYOUTS, Idx, Layout
from lrtui.tasks.dataset import Dataset

SMALL = {
    "train-images-idx3-ubyte": Idx((600, 28, 28)),
    "train-labels-idx1-ubyte": Idx((600,)),
    "t10k-images-idx3-ubyte": Idx((100, 28, 28)),
    "t10k-labels-idx1-ubyte": Idx((100,)),
}


def shrink_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `mnist` mean the small data set."""
    monkeypatch.setitem(DATASETS, "mnist", Dataset("mnist", 10, 1, 28, 600, 100, (400, 100, 100)))
    monkeypatch.setitem(LAYOUTS, "mnist", Layout(("MNIST/raw", "MNIST", "."), SMALL))


def idx_bytes(name: str) -> bytes:
    """A whole file: random pixels whose brightness depends on the label, labels in turn."""
    expected = SMALL[name]
    labels = np.arange(expected.dims[0], dtype=np.uint8) % 10
    if "labels" in name:
        return expected.header + labels.tobytes()
    noise = np.random.default_rng(0).integers(0, 30, expected.dims)
    return expected.header + (noise + 20 * labels[:, None, None]).astype(np.uint8).tobytes()


def write_idx(folder: Path, zipped: bool = False) -> None:
    """All four files, flat in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SMALL:
        content = idx_bytes(name)
        (folder / (f"{name}.gz" if zipped else name)).write_bytes(gzip.compress(content) if zipped else content)
