import functools
import hashlib
import http.server
import io
import pickle
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.io import savemat
from torchvision import datasets

from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.errors import UserError
from lrtui.tasks.catalogue import DATASETS
from lrtui.tasks.data_files import LAYOUTS, Layout
from lrtui.tasks.dataset import Dataset
from tests.training.idx_files import shrink_mnist, write_idx
from tests.training.loading import load

CPU = torch.device("cpu")


def spec(dataset: str, **settings: Any) -> Spec:
    return spec_from_dict({"schedulers": ["constant"], "dataset": dataset, "batch_size": 5} | settings)


def test_digits_are_split_once_and_for_all() -> None:
    data = load(spec("digits"), None, CPU)
    again = load(spec("digits", seeds=[7], base_lrs=[0.5], model="cnn"), None, CPU)
    assert [len(part) for part in (data.train, data.validation, data.selection, data.test)] == [1000, 197, 200, 400]
    for name in ("train", "validation", "selection", "test"):
        assert torch.equal(getattr(data, name).labels, getattr(again, name).labels)
        assert torch.equal(getattr(data, name).images, getattr(again, name).images)
    smaller = load(spec("digits", splits=[500, 100, 100]), None, CPU)
    assert torch.equal(smaller.train.labels, data.train.labels[:500])
    assert torch.equal(smaller.test.labels, data.test.labels)


def test_splits_are_disjoint_and_hold_the_classes_in_their_proportions() -> None:
    data = load(spec("digits"), None, CPU)
    parts = [data.train, data.validation, data.selection, data.test]
    images = [image.numpy().tobytes() for part in parts for image in part.images]
    assert len(images) == len(set(images)) == 1797  # no two of the bundled digits are equal, so none is in two splits
    for part in parts:
        counts = torch.bincount(part.labels, minlength=10) / len(part)
        assert counts.min() > 0.08
        assert counts.max() < 0.12


def test_images_are_normalised_by_the_training_split() -> None:
    data = load(spec("digits"), None, CPU)
    assert data.train.images.dtype == torch.float32
    assert data.train.labels.dtype == torch.int64
    assert data.train.images.mean().item() == pytest.approx(0, abs=1e-5)
    assert data.train.images.std().item() == pytest.approx(1, abs=1e-3)
    assert data.black.tolist() == pytest.approx([data.train.images.min().item()])
    assert abs(data.test.images.mean().item()) > 1e-6


@pytest.mark.parametrize("zipped", [False, True])
def test_idx_files_become_labelled_images(zipped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_mnist(monkeypatch)
    write_idx(tmp_path, zipped)
    data = load(spec("mnist"), tmp_path, CPU)
    assert data.train.images.shape == (400, 1, 28, 28)
    assert data.test.labels.tolist() == [i % 10 for i in range(100)]
    for part in (data.train, data.validation, data.selection, data.test):
        brightness = part.images.mean((1, 2, 3))
        assert torch.corrcoef(torch.stack([brightness, part.labels.float()]))[0, 1] > 0.999


def test_a_label_outside_the_classes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_mnist(monkeypatch)
    write_idx(tmp_path)
    path = tmp_path / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\x0a")
    with pytest.raises(UserError, match=r"label outside 0 to 9 .*train-labels"):
        load(spec("mnist"), tmp_path, CPU)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An address and the folder it serves."""
    folder = tmp_path / "served"
    folder.mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", folder
        server.shutdown()


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def mnist_on_the_network(served: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is served; the first mirror is one where nobody listens."""
    address, folder = served
    shrink_mnist(monkeypatch)
    write_idx(folder, zipped=True)
    digests = [(path.name, md5(path.read_bytes())) for path in sorted(folder.iterdir())]
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:9/", address])
    monkeypatch.setattr(datasets.MNIST, "resources", digests)
    return folder


def test_what_is_missing_is_downloaded_with_progress(mnist_on_the_network: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    target = tmp_path / "data"
    data = load(spec("mnist"), target, CPU, lambda *progress: told.append(progress))
    assert len(data.train) == 400
    done = {name: (received, total) for name, received, total in told}
    assert done == {path.name: (path.stat().st_size,) * 2 for path in mnist_on_the_network.iterdir()}
    kept = sorted(path.name for path in (target / "MNIST" / "raw").iterdir() if path.suffix == ".gz")
    assert kept == sorted(done)
    told.clear()
    load(spec("mnist"), target, CPU, lambda *progress: told.append(progress))
    assert told == []


def test_a_damaged_download_is_refused_and_leaves_nothing(mnist_on_the_network: Path, tmp_path: Path) -> None:
    damaged = mnist_on_the_network / "t10k-images-idx3-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    with pytest.raises(UserError, match=r"t10k-images-idx3-ubyte\.gz: damaged on its way"):
        load(spec("mnist"), tmp_path / "data", CPU)
    assert not list((tmp_path / "data").rglob("*t10k-images*"))


def test_without_a_network_one_sentence_says_what_is_missing_where_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_network: None
) -> None:
    shrink_mnist(monkeypatch)
    with pytest.raises(UserError) as caught:
        load(spec("mnist"), tmp_path, CPU)
    message = str(caught.value)
    for part in ("train-images-idx3-ubyte", "t10k-labels-idx1-ubyte", str(tmp_path), "--data-dir", "refused"):
        assert part in message
    assert "\n" not in message


def test_a_folder_that_cannot_be_made_is_part_of_the_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_mnist(monkeypatch)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"train-images.*--data-dir.*Not a directory"):
        load(spec("mnist"), tmp_path / "file", CPU)


def cifar_batches(names: list[str], key: str) -> dict[str, bytes]:
    rng = np.random.default_rng(0)
    return {
        name: pickle.dumps({"data": rng.integers(0, 255, (20, 3072), np.uint8), key: [i % 10 for i in range(20)]})
        for name in names
    }


@pytest.mark.parametrize(("dataset", "key"), [("cifar10", "labels"), ("cifar100", "fine_labels")])
def test_cifar_comes_out_of_its_archive(
    dataset: str, key: str, served: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, folder = served
    layout = LAYOUTS[dataset]
    batches = cifar_batches(list(layout.files), key)
    train = len(batches) - 1
    monkeypatch.setitem(DATASETS, dataset, Dataset(dataset, 100, 3, 32, 20 * train, 20, (10, 5, 5), augment=True))
    monkeypatch.setitem(LAYOUTS, dataset, Layout(layout.folders, {name: md5(c) for name, c in batches.items()}))
    source = datasets.CIFAR10 if dataset == "cifar10" else datasets.CIFAR100
    with tarfile.open(folder / source.filename, "w:gz") as archive:
        for name, content in batches.items():
            member = tarfile.TarInfo(f"{layout.folders[0]}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        outside = tarfile.TarInfo("../../outside")
        archive.addfile(outside, io.BytesIO())
    monkeypatch.setattr(source, "url", address + source.filename)
    monkeypatch.setattr(source, "tgz_md5", md5((folder / source.filename).read_bytes()))
    data = load(spec(dataset, model="cnn"), tmp_path / "data", CPU)
    assert data.train.images.shape == (10, 3, 32, 32)
    assert data.train.images.is_contiguous(memory_format=torch.channels_last)
    assert data.test.labels.tolist() == [i % 10 for i in range(20)]
    assert len(data.black) == 3
    assert not (tmp_path / "outside").exists()
    assert load(spec(dataset), tmp_path / "data" / layout.folders[0], CPU).train.labels.equal(data.train.labels)


def test_svhn_calls_zero_ten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {}
    for name, n in (("train_32x32.mat", 40), ("test_32x32.mat", 20)):
        labels = np.arange(n) % 10 + 1
        images = np.broadcast_to(labels.astype(np.uint8), (32, 32, 3, n))
        savemat(tmp_path / name, {"X": images, "y": labels[:, None]})
        files[name] = md5((tmp_path / name).read_bytes())
    monkeypatch.setitem(DATASETS, "svhn", Dataset("svhn", 10, 3, 32, 40, 20, (20, 10, 10)))
    monkeypatch.setitem(LAYOUTS, "svhn", Layout((".",), files))
    data = load(spec("svhn"), tmp_path, CPU)
    assert data.test.labels.tolist() == [*range(1, 10), 0] * 2
    brightest = data.test.images[:, 0, 0, 0].argmax().item()
    assert data.test.labels[int(brightest)] == 0
