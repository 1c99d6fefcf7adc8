"""What a data set of the catalogue is made of: its sizes, its files, where those come from, and how they are read."""

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lrtui.errors import UserError
from lrtui.tasks.info import TaskInfo

if TYPE_CHECKING:
    import numpy


@dataclass(frozen=True)
class Dataset:
    """An image classification data set.

    `pool` images are split into train, validation and selection; `test` images are kept apart. `splits` are the sizes
    used when a spec names none. `bundled` ones need no files and no network. Zeros: only the files can tell.
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
    first of its downloads, to see whether they can be reached (a test compares). `known_by` is a file and the MD5 digest
    of what it holds unzipped, so that a folder of this data set is not taken for another with files of the same names.
    """

    folders: tuple[str, ...]
    files: Mapping[str, Idx | str]
    addresses: tuple[str, ...] = ()
    known_by: tuple[str, str] | None = None


@dataclass(frozen=True)
class Resource:
    """One file to fetch: the addresses to try in turn, the name to keep it under, its MD5 digest."""

    urls: tuple[str, ...]
    name: str
    md5: str


@dataclass(frozen=True)
class Pictures:
    """Images as the files hold them, uint8 [n, C, H, W], and labels, int64 [n]."""

    images: "numpy.ndarray[Any, Any]"
    labels: "numpy.ndarray[Any, Any]"


@dataclass(frozen=True)
class FolderOfImages:
    """A folder of a person's own, read: `parts` are "train" and perhaps "validation" and "test", all of one size.

    `sizes` says how many images each split gets, given the splits that were chosen.
    """

    dataset: Dataset
    parts: Mapping[str, Pictures]
    sizes: Callable[[tuple[int, int, int]], dict[str, int]]


Contents = Mapping[str, bytes]
"""The files of a layout by their plain names: the bytes after an IDX header, or the whole file."""


@dataclass(frozen=True)
class BuiltIn:
    """All that lrtui knows of one data set. A module of `tasks.datasets` lists its own under `BUILT_IN`.

    `read` makes images of the files: the pool and the test set, None where the test set is to be cut from the pool.
    `resources` says what to download. `flips`: augmentation mirrors images, which turns no class into another.

    A folder of a person's own has `read_folder` instead, `look`, which refuses a folder without images, and `describe`, by which the helper process finds out its sizes.
    """

    dataset: Dataset
    read: Callable[[Contents], tuple[Pictures, Pictures | None]]
    layout: Layout | None = None
    resources: Callable[[], list[Resource]] | None = None
    flips: bool = False
    look: Callable[[Path | None], object] | None = None
    describe: Callable[[Path | None, Mapping[str, Any], tuple[int, int, int], int], TaskInfo] | None = None
    read_folder: Callable[[Path | None, Mapping[str, Any]], FolderOfImages] | None = None
