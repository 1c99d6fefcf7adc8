"""`images`: a folder per class or IDX files of any size, found out by the helper and trained by the engine."""

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from lrtui.tasks.data_files import find_files
from lrtui.tasks.datasets.images import describe
from lrtui.training.engine import Engine
from tests.training.memory_coordinator import MemoryCoordinator, jobs_of


def write_folders(root: Path, counts: dict[str, int]) -> None:
    """Pictures of uneven sizes; a class has a brightness of its own."""
    random = np.random.default_rng(0)
    for label, (name, count) in enumerate(counts.items()):
        (root / name).mkdir(parents=True)
        for number in range(count):
            height, width = random.integers(10, 40, 2)
            pixels = random.integers(0, 60, (height, width, 3)) + 90 * label
            Image.fromarray(pixels.astype(np.uint8)).save(root / name / f"{number}.png")


def write_idx(
    folder: Path, name: str, images: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], zipped: bool
) -> None:
    for kind, array in ((f"images-idx{images.ndim}", images), ("labels-idx1", labels)):
        content = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()
        path = folder / f"{name}-{kind}-ubyte{'.gz' if zipped else ''}"
        path.write_bytes(gzip.compress(content) if zipped else content)


def resolved(folder: Path, **settings: Any) -> Spec:
    data = {"schedulers": ["constant"], "dataset": "images", "model": "cnn", "epochs": 4, "batch_size": 8, "seeds": [0]}
    spec = spec_from_dict(data | {"base_lrs": [0.01]} | settings)
    assert not spec.resolved
    return spec.with_info(describe(folder, spec.task_options, spec.splits, spec.batch_size))


def trained(spec: Spec, folder: Path, data_dir: Path) -> MemoryCoordinator:
    coordinator = MemoryCoordinator()
    Engine("cpu").train(jobs_of(spec, folder, data_dir), coordinator)
    return coordinator


def test_a_folder_per_class_is_split_and_trained(tmp_path: Path) -> None:
    root = tmp_path / "pictures"
    write_folders(root, {"cat": 40, "dog": 40})
    spec = resolved(root)
    assert spec.splits == (56, 8, 8)
    assert spec.info is not None
    assert (spec.info.sizes["test"], spec.chance, spec.steps_per_epoch) == (8, 0.5, 7)
    told = trained(spec, tmp_path, root)
    assert told.results[0].error is None
    assert told.results[0].status is RunStatus.DONE
    assert told.results[0].test == 1.0, "brightness tells the classes apart"
    assert spec_from_dict(spec.to_dict()).splits == spec.splits


def test_folders_for_train_val_and_test_are_kept(tmp_path: Path) -> None:
    for part, count in (("train", 30), ("val", 12), ("test", 9)):
        write_folders(tmp_path / part, {"a": count, "b": count})
    spec = resolved(tmp_path, task_options={"side": 16})
    assert spec.info is not None
    assert dict(spec.info.sizes) == {"train": 54, "validation": 24, "selection": 6, "test": 18}
    assert trained(spec, tmp_path, tmp_path).results[0].status is RunStatus.DONE


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("shape", [(20, 20), (12, 18), (16, 16, 3)])
def test_idx_files_of_any_size_and_number(shape: tuple[int, ...], zipped: bool, tmp_path: Path) -> None:
    labels = np.arange(50) % 5
    images = np.zeros((50, *shape), np.uint8) + (50 * labels).reshape(-1, *[1] * len(shape)).astype(np.uint8)
    write_idx(tmp_path, "train", images, labels, zipped)
    write_idx(tmp_path, "t10k", images[:20], labels[:20], zipped)
    spec = resolved(tmp_path, splits=[30, 10, 10], epochs=1)
    assert spec.info is not None
    assert (spec.info.sizes["test"], spec.chance) == (20, 0.2)
    assert trained(spec, tmp_path, tmp_path).results[0].error is None


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--data-dir"):
        find_files("images", None)
    with pytest.raises(UserError, match="no such folder"):
        find_files("images", tmp_path / "nowhere")
    with pytest.raises(UserError, match="expected one per class"):
        find_files("images", tmp_path)
    write_folders(tmp_path / "train", {"a": 5, "b": 5})
    write_folders(tmp_path / "test", {"a": 5, "c": 5})
    with pytest.raises(UserError, match=r"c: a class that .* does not have"):
        find_files("images", tmp_path)


def test_a_damaged_picture_and_too_many_splits_are_named(tmp_path: Path) -> None:
    write_folders(tmp_path, {"a": 20, "b": 20})
    with pytest.raises(UserError, match="expected at most 40 images in all"):
        resolved(tmp_path, splits=[30, 10, 10])
    spec = resolved(tmp_path)
    (tmp_path / "a" / "3.png").write_bytes(b"no picture")
    error = trained(spec, tmp_path, tmp_path).results[0].error
    assert error is not None
    assert "3.png: cannot be read as an image" in error
    with pytest.raises(UserError, match=r"task_options\.size"):
        resolved(tmp_path, task_options={"size": 3})
