"""`images`: a folder of one's own. A folder per class, below train/ and val/ or test/ where there are those, or IDX files.

How many classes and images there are only the files can tell: the helper process looks, workers read.
"""

import gzip
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil, prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lrtui.errors import UserError
from lrtui.tasks.dataset import BuiltIn, Dataset, FolderOfImages, Pictures, TornFile
from lrtui.tasks.info import Metric, TaskInfo

if TYPE_CHECKING:
    import numpy

KEY = "images"
SIDE = 32  # pixels, where task_options names no side and files do not agree on one
_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".ppm", ".pgm", ".tif", ".tiff", ".webp")
_PARTS = {"train": ("train", "training"), "validation": ("val", "valid", "validation"), "test": ("test", "t10k")}
_SHARE = 10  # one in ten images for each split that nobody has made


@dataclass(frozen=True)
class Files:
    """What lies in a folder, not read yet: for each part the classes of its images, and their files or IDX file."""

    classes: tuple[str, ...]
    labels: Mapping[str, tuple[int, ...]]
    paths: Mapping[str, tuple[Path, ...]]
    idx: Mapping[str, Path]

    def sizes(self, splits: tuple[int, int, int]) -> dict[str, int]:
        """How many images each split gets: those chosen, or all of a part, or one in ten of what is left.

        Raises:
            UserError: there are not so many.
        """
        pool = len(self.labels["train"])
        apart = {name: len(labels) for name, labels in self.labels.items() if name != "train"}
        tenth = max(1, pool // _SHARE)
        if any(splits):
            train, validation, selection = splits
        else:
            validation = apart.get("validation", tenth)
            selection = tenth
            train = pool - selection - (0 if "validation" in apart else validation) - (0 if "test" in apart else tenth)
        needed = train + selection + (0 if "validation" in apart else validation)
        test = apart.get("test", max(0, min(tenth, pool - needed)))
        if train < 1 or needed + (0 if "test" in apart else 1) > pool:
            raise UserError(f"splits={[train, validation, selection]}: expected at most {pool} images in all, and some left to test on")  # fmt: skip
        if validation > apart.get("validation", validation):
            raise UserError(f"splits={[train, validation, selection]}: expected at most the {apart['validation']} images of the validation folder")  # fmt: skip
        return {"train": train, "validation": validation, "selection": selection, "test": test}


def look(data_dir: Path | None) -> Files:
    """What is in the folder, without reading an image.

    Raises:
        UserError: there are no images in it, or it cannot be read.
    """
    if data_dir is None:
        raise UserError("dataset=images: expected the folder with the images as data folder (--data-dir)")
    if not data_dir.is_dir():
        raise UserError(f"{data_dir}: there is no such folder; expected one with a folder per class, or IDX files")
    try:
        return _look_for_idx(data_dir) or _look_for_folders(data_dir)
    except OSError as error:
        raise UserError(f"{error.filename or data_dir}: cannot be read ({error.strerror or error})") from None


def _look_for_folders(root: Path) -> Files:
    parts = {part: root / name for part, names in _PARTS.items() for name in names if (root / name).is_dir()}
    if "train" not in parts:
        parts = {"train": root}
    classes = tuple(sorted(f.name for f in parts["train"].iterdir() if f.is_dir() and not f.name.startswith(".") and _images(f)))  # fmt: skip
    if len(classes) < 2:
        raise UserError(
            f"{root}: {len(classes)} folders with images; expected one per class, at least two, or train-images-idx3-ubyte and its labels"
        )
    labels: dict[str, tuple[int, ...]] = {}
    paths: dict[str, tuple[Path, ...]] = {}
    for part, folder in parts.items():
        for other in folder.iterdir():
            if other.is_dir() and other.name not in classes and not other.name.startswith(".") and _images(other):
                raise UserError(
                    f"{other}: a class that {parts['train']} does not have; expected {', '.join(classes[:5])}"
                )
        found = [(path, label) for label, name in enumerate(classes) for path in _images(folder / name)]
        if found:
            paths[part], labels[part] = tuple(path for path, _ in found), tuple(label for _, label in found)
    return Files(classes, labels, paths, {})


def _images(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())


def _look_for_idx(root: Path) -> Files | None:
    """IDX files: {train,val,test,t10k}-images-idx…-ubyte and -labels-idx1-ubyte, zipped or not."""
    labels: dict[str, tuple[int, ...]] = {}
    idx: dict[str, Path] = {}
    for folder in (root, root / "raw"):
        for part, names in _PARTS.items():
            for name in names:
                images = [
                    path for path in sorted(folder.glob(f"{name}-images-idx*-ubyte*")) if path.suffix in ("", ".gz")
                ]
                if images and part not in idx:
                    dims, content = read_idx(_labels_of(images[0], name))
                    (n, *_), _ = read_idx(images[0], header_only=True)
                    if len(dims) != 1 or dims[0] != n:
                        raise TornFile(
                            f"{images[0]}: {n} images and {' x '.join(map(str, dims))} labels; expected as many of each"
                        )
                    idx[part], labels[part] = images[0], tuple(content)
    if "train" not in idx:
        return None
    classes = tuple(str(label) for label in range(max(max(part) for part in labels.values() if part) + 1))
    return Files(classes, labels, {}, idx)


def _labels_of(images: Path, name: str) -> Path:
    for suffix in ("", ".gz"):
        path = images.with_name(f"{name}-labels-idx1-ubyte{suffix}")
        if path.is_file():
            return path
    raise UserError(f"{images}: its labels, {name}-labels-idx1-ubyte, are not beside it")


def read_idx(path: Path, *, header_only: bool = False) -> tuple[tuple[int, ...], bytes]:
    """The dimensions and the bytes of an IDX file of unsigned bytes, of any size.

    Raises:
        TornFile: it is none, or truncated.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            start = stream.read(4)
            if len(start) != 4 or start[:3] != b"\0\0\x08" or not 1 <= start[3] <= 4:
                raise TornFile(f"{path}: not an IDX file of unsigned bytes")
            head = stream.read(4 * start[3])
            dims = struct.unpack(f">{start[3]}I", head)
            content = b"" if header_only else stream.read()
    except (EOFError, struct.error, gzip.BadGzipFile):
        raise TornFile(f"{path}: truncated or damaged") from None
    if not header_only and len(content) != prod(dims):
        raise TornFile(f"{path}: truncated or damaged; expected {prod(dims)} bytes, found {len(content)}")
    return dims, content


def describe(
    data_dir: Path | None, options: Mapping[str, Any], splits: tuple[int, int, int], batch_size: int
) -> TaskInfo:
    """What is known of a folder as a task, once somebody has looked.

    Raises:
        UserError: it cannot be trained on.
    """
    _side(options)
    files = look(data_dir)
    sizes = files.sizes(splits)
    metric = Metric(chance=1 / len(files.classes))
    return TaskInfo(KEY, metric, sizes, ceil(sizes["train"] / batch_size))


def _side(options: Mapping[str, Any]) -> int | None:
    for name in options:
        if name != "side":
            raise UserError(f"task_options.{name}: expected only side, the pixels that images of the data set images are resized to")  # fmt: skip
    side = options.get("side")
    if side is not None and (not isinstance(side, int) or isinstance(side, bool) or not 4 <= side <= 1024):
        raise UserError(f"task_options.side={side!r}: expected a whole number of pixels from 4 to 1024")
    return side


def read_folder(data_dir: Path | None, options: Mapping[str, Any]) -> FolderOfImages:
    """Every image of a folder, all of one size.

    Raises:
        UserError: there are none, or one cannot be read.
    """
    side, files = _side(options), look(data_dir)
    parts = {part: _from_idx(path, files.labels[part], side) for part, path in files.idx.items()}
    parts |= {part: _from_paths(paths, files.labels[part], side or SIDE) for part, paths in files.paths.items()}
    _, channels, height, _ = parts["train"].images.shape
    sizes = {part.images.shape[1:] for part in parts.values()}
    if len(sizes) > 1:
        raise UserError(
            f"{data_dir}: images of {' and '.join(map(str, sorted(sizes)))}; expected one size, or task_options.side"
        )
    dataset = replace(DATASET, classes=len(files.classes), channels=channels, side=height)
    return FolderOfImages(dataset, parts, files.sizes)


def _from_paths(paths: tuple[Path, ...], labels: tuple[int, ...], side: int) -> Pictures:
    import numpy
    from PIL import Image  # comes with torchvision

    images = numpy.empty((len(paths), 3, side, side), numpy.uint8)
    for number, path in enumerate(paths):
        try:
            with Image.open(path) as picture:
                resized = picture.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise UserError(f"{path}: cannot be read as an image ({error})") from None
        images[number] = numpy.asarray(resized).transpose(2, 0, 1)
    return Pictures(images, numpy.array(labels, numpy.int64))


def _from_idx(path: Path, labels: tuple[int, ...], side: int | None) -> Pictures:
    import numpy

    dims, content = read_idx(path)
    if len(dims) not in (3, 4) or (len(dims) == 4 and dims[3] not in (1, 3)):
        raise UserError(
            f"{path}: {' x '.join(map(str, dims))}; expected images, height and width, and perhaps 1 or 3 channels"
        )
    images = numpy.frombuffer(content, numpy.uint8).reshape(*dims[:3], -1).transpose(0, 3, 1, 2)
    wanted = side or (dims[1] if dims[1] == dims[2] else SIDE)
    if (dims[1], dims[2]) != (wanted, wanted):
        images = _resized(images, wanted)
    return Pictures(numpy.ascontiguousarray(images), numpy.array(labels, numpy.int64))


def _resized(images: "numpy.ndarray[Any, Any]", side: int) -> "numpy.ndarray[Any, Any]":
    import numpy
    from PIL import Image

    size, how = (side, side), Image.Resampling.BILINEAR
    return numpy.stack([[numpy.asarray(Image.fromarray(c).resize(size, how)) for c in image] for image in images])


def _never(contents: Mapping[str, bytes]) -> tuple[Pictures, None]:
    raise UserError("dataset=images: expected a folder, not files of known names")


DATASET = Dataset(KEY, 0, 0, 0, 0, 0, (0, 0, 0))
BUILT_IN = (BuiltIn(DATASET, _never, look=look, describe=describe, read_folder=read_folder),)
