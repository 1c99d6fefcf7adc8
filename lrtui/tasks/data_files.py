"""Finds a data set's files on this machine and refuses torn ones, so that nothing starts on data that cannot be read.

Standard library only: the command line checks the files before it starts anything, without importing torch.
"""

import gzip
import hashlib
import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lrtui.errors import UserError
from lrtui.tasks.catalogue import BUILT_IN, dataset
from lrtui.tasks.dataset import Idx, Layout, TornFile

__all__ = [
    "LAYOUTS",
    "Idx",
    "Layout",
    "MissingFiles",
    "TornFile",
    "cache_folder",
    "download_folder",
    "find_files",
    "read_file",
]

SYSTEM_FOLDER = Path("/usr/share/datasets")  # where Debian's dataset-* packages put theirs: flat and gzipped


class MissingFiles(UserError):
    """Some of a data set's files are nowhere to be found; they may be downloaded."""


LAYOUTS: dict[str, Layout] = {key: entry.layout for key, entry in BUILT_IN.items() if entry.layout is not None}
"""Where the files of each data set that has some are to be found."""


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
    look = BUILT_IN[key].look
    if look is not None:
        look(data_dir)
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
    """Data sets in one format have files of the same names and sizes: some are known by what one of them holds."""
    for other, layout in LAYOUTS.items():
        if other == key or layout.known_by is None or layout.known_by[0] not in files:
            continue
        path, digest = files[layout.known_by[0]], layout.known_by[1]
        with _explained(path):
            content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if hashlib.md5(content, usedforsecurity=False).hexdigest() == digest:
            raise UserError(f"{path}: these are the files of {other}, not of {key}; expected --dataset {other}")


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
