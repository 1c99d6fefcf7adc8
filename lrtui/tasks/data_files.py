"""Finds a data set's files on this machine and refuses torn ones, so that nothing starts on data that cannot be read.

Standard library only: the command line checks the files before it starts anything, without importing torch.
"""

import gzip
import hashlib
import math
import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lrtui.errors import UserError
from lrtui.tasks.catalogue import DATASETS, dataset

SYSTEM_FOLDER = Path("/usr/share/datasets")  # where Debian's dataset-* packages put theirs: flat and gzipped


class MissingFiles(UserError):
    """Some of a data set's files are nowhere to be found; they may be downloaded."""


class TornFile(UserError):
    """A file is there but is not what its name says: truncated, damaged, or something else altogether."""


@dataclass(frozen=True)
class Idx:
    """The header a file in MNIST's format must have: unsigned bytes with these dimensions."""

    dims: tuple[int, ...]

    @property
    def header(self) -> bytes:
        """Two zero bytes, the type (8: unsigned byte), the number of dimensions, then each as a big-endian integer."""
        return struct.pack(f">HBB{len(self.dims)}I", 0, 8, len(self.dims), *self.dims)

    @property
    def length(self) -> int:
        """Bytes of the whole file, unzipped."""
        return len(self.header) + math.prod(self.dims)


@dataclass(frozen=True)
class Layout:
    """Where a data set's files lie below torchvision's root, and what each must be: an IDX header or an MD5 digest.

    `folders` are tried in turn; the first is where a download puts them. `addresses` are where torchvision finds the
    first of its downloads, to see whether they can be reached (a test compares).
    """

    folders: tuple[str, ...]
    files: Mapping[str, Idx | str]
    addresses: tuple[str, ...] = ()


def _mnist_like(name: str, *mirrors: str) -> Layout:
    files = {
        "train-images-idx3-ubyte": Idx((60_000, 28, 28)),
        "train-labels-idx1-ubyte": Idx((60_000,)),
        "t10k-images-idx3-ubyte": Idx((10_000, 28, 28)),
        "t10k-labels-idx1-ubyte": Idx((10_000,)),
    }
    addresses = tuple(f"{mirror}/train-images-idx3-ubyte.gz" for mirror in mirrors)
    return Layout((f"{name}/raw", name, "."), files, addresses)


# Data sets in MNIST's format have files of the same names and sizes. MD5 of the unzipped test labels of those that are
# known by theirs, so that a folder of one is not taken for another.
_KNOWN_BY_LABELS = {"15d484375f8d13e6eb1aabb0c3f46965": "fashion-mnist"}

# MD5 digests as torchvision publishes them (a test compares). CIFAR's files are pickles: only these very bytes are read.
LAYOUTS: dict[str, Layout] = {
    "mnist": _mnist_like("MNIST", "https://ossci-datasets.s3.amazonaws.com/mnist", "http://yann.lecun.com/exdb/mnist"),
    "fashion-mnist": _mnist_like("FashionMNIST", "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"),
    "kmnist": _mnist_like("KMNIST", "http://codh.rois.ac.jp/kmnist/dataset/kmnist"),
    "cifar10": Layout(
        ("cifar-10-batches-py", "."),
        {
            "data_batch_1": "c99cafc152244af753f735de768cd75f",
            "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
            "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
            "data_batch_4": "634d18415352ddfa80567beed471001a",
            "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
            "test_batch": "40351d587109b95175f43aff81a1287e",
        },
        ("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",),
    ),
    "cifar100": Layout(
        ("cifar-100-python", "."),
        {"train": "16019d7e3df5f24257cddd939b257f8d", "test": "f0ef6b0ae62326f3e7ffdfab6717acfc"},
        ("https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",),
    ),
    "svhn": Layout(
        (".",),
        {
            "train_32x32.mat": "e26dedcc434d2e4c54c9b2d4a06d8373",
            "test_32x32.mat": "eb5a983be6a315427106f1b164d9cef3",
        },
        ("http://ufldl.stanford.edu/housenumbers/train_32x32.mat",),
    ),
}


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where downloads go when no `--data-dir` is given: `$XDG_CACHE_HOME/lrtui/data`, else `~/.cache/lrtui/data`."""
    cache = environment.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "lrtui" / "data"


def download_folder(key: str, data_dir: Path | None) -> Path:
    """The folder a download of the data set fills: torchvision's own layout below `data_dir` or the cache."""
    return (data_dir or cache_folder()) / LAYOUTS[key].folders[0]


def find_files(key: str, data_dir: Path | None) -> dict[str, Path]:
    """The path of every file of the data set, by its plain name; none for a bundled data set.

    `data_dir` may be torchvision's root, the folder with the files itself, zipped (.gz) or not. Without one the
    cache and the system's folder are searched. Nothing is written anywhere.

    Raises:
        MissingFiles: a file is in none of these places.
        TornFile: a file is truncated, damaged or something else.
        UserError: the data set is unknown, or a file cannot be read.
    """
    if dataset(key).bundled:
        return {}
    layout = LAYOUTS[key]
    roots = [data_dir] if data_dir else [cache_folder(), SYSTEM_FOLDER / key]
    best: dict[str, Path] = {}
    for root in roots:
        for folder in layout.folders:
            found = _present(root / folder, layout)
            if len(found) > len(best):
                best = found
    missing = [name for name in layout.files if name not in best]
    if missing:
        raise MissingFiles(
            f"{key}: no {', '.join(missing)} in {' or '.join(str(root) for root in roots)}: "
            "name the folder that holds them as data folder (--data-dir)"
        )
    for name, path in best.items():
        _check(path, layout.files[name])
    _refuse_another(key, best)
    return best


def _refuse_another(key: str, files: Mapping[str, Path]) -> None:
    labels = files.get("t10k-labels-idx1-ubyte")
    if labels is None:
        return
    with _explained(labels):
        content = gzip.decompress(labels.read_bytes()) if labels.suffix == ".gz" else labels.read_bytes()
    known = _KNOWN_BY_LABELS.get(hashlib.md5(content, usedforsecurity=False).hexdigest(), key)
    if known != key:
        raise UserError(f"{labels}: these are the files of {known}, not of {key}; expected --dataset {known}")


def _present(folder: Path, layout: Layout) -> dict[str, Path]:
    found = {}
    for name, expected in layout.files.items():
        for candidate in (name, f"{name}.gz") if isinstance(expected, Idx) else (name,):
            path = folder / candidate
            with _explained(path):  # a folder that may not be looked into
                there = path.is_file()
            if there:
                found[name] = path
                break
    return found


def _check(path: Path, expected: Idx | str) -> None:
    """The cheap half of `read_file`: an IDX file's header and length (a zip file's trailer states it), an MD5 digest."""
    if isinstance(expected, str):
        read_file(path, expected)
        return
    with _explained(path):
        if path.suffix == ".gz":
            with gzip.open(path) as stream:
                header = stream.read(len(expected.header))
            (length,) = struct.unpack("<I", path.read_bytes()[-4:].rjust(4))
        else:
            with path.open("rb") as stream:
                header = stream.read(len(expected.header))
            length = path.stat().st_size
    _compare(path, expected, header, length)


def read_file(path: Path, expected: Idx | str) -> bytes:
    """The bytes after the header of an IDX file, or all bytes of a file with a known digest.

    Raises:
        TornFile: they are not what was expected.
        UserError: the file cannot be read.
    """
    with _explained(path):
        content = path.read_bytes()
        if isinstance(expected, str):
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            if digest != expected:
                raise TornFile(f"{path}: damaged or another file; expected MD5 {expected}, found {digest}")
            return content
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    _compare(path, expected, content[: len(expected.header)], len(content))
    return content[len(expected.header) :]


def _compare(path: Path, expected: Idx, header: bytes, length: int) -> None:
    if header != expected.header:
        wanted = " x ".join(str(n) for n in expected.dims)
        raise TornFile(f"{path}: not the IDX file its name says; expected unsigned bytes, {wanted}")
    if length != expected.length:
        raise TornFile(f"{path}: truncated or damaged; expected {expected.length} bytes unzipped, found {length}")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turns what reading a file can raise into one sentence that names the file."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TornFile(f"{path}: truncated or damaged; unzipping it fails ({error})") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror or error})") from None


assert set(LAYOUTS) == {key for key, entry in DATASETS.items() if not entry.bundled}
