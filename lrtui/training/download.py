"""Fetches a data set from where torchvision fetches it, into torchvision's own folders."""

import fcntl
import hashlib
import http.client
import os
import tarfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lrtui.errors import UserError
from lrtui.tasks.catalogue import BUILT_IN
from lrtui.tasks.data_files import MissingFiles, TornFile, cache_folder, download_folder, find_files
from lrtui.tasks.dataset import Resource

Progress = Callable[[str, int, int | None], None]
"""Told the file's name, the bytes received and the bytes in all (None where the server does not say)."""

_TIMEOUT = 30.0
_CHUNK = 1 << 18


def resources(key: str) -> list[Resource]:
    """What torchvision downloads for the data set.

    Raises:
        UserError: nobody knows where from.
    """
    entry = BUILT_IN[key]
    if entry.resources is None:
        raise UserError(f"{key}: cannot be downloaded; name the folder that holds it as data folder (--data-dir)")
    return entry.resources()


def download(key: str, data_dir: Path | None, missing: MissingFiles, progress: Progress | None) -> None:
    """Fetch the data set's files. Of several processes one does it and the others wait.

    Args:
        key: the data set.
        data_dir: torchvision's root; the cache folder where None.
        missing: which files are not there and where they were looked for, said again when the network fails.
        progress: told about every chunk.

    Raises:
        UserError: the network or the disk does not allow it, in one sentence that also says what is missing.
    """
    folder = download_folder(key, data_dir)
    try:
        with _only_one(key):
            if _arrived(key, data_dir):
                return
            for resource in resources(key):
                _fetch(resource, folder, progress or (lambda name, done, total: None))
    except (OSError, http.client.HTTPException, tarfile.TarError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise MissingFiles(f"{missing}; downloading them to {folder} fails ({reason})") from None


def _arrived(key: str, data_dir: Path | None) -> bool:
    try:
        find_files(key, data_dir)
    except MissingFiles:
        return False
    return True


@contextmanager
def _only_one(key: str) -> Iterator[None]:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{key}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _fetch(resource: Resource, folder: Path, progress: Progress) -> None:
    part = folder / f".{resource.name}.part"
    try:
        _first_that_works(resource, part, progress)
        if resource.name.endswith(".tar.gz"):
            with tarfile.open(part) as archive:
                for member in archive.getmembers():
                    member.name = Path(member.name).name  # the archive's one folder is `folder` itself
                    if member.isfile():
                        archive.extract(member, folder, filter="data")
        else:
            os.replace(part, folder / resource.name)
    finally:
        part.unlink(missing_ok=True)


def _first_that_works(resource: Resource, part: Path, progress: Progress) -> None:
    failure: Exception | None = None
    for url in resource.urls:
        try:
            digest = _stream(url, part, resource.name, progress)
        except (OSError, http.client.HTTPException) as error:
            failure = failure or error  # the first mirror is the official one: its reason says most
            continue
        if digest == resource.md5:
            return
        failure = TornFile(f"{url}: damaged on its way; expected MD5 {resource.md5}, found {digest}")
    raise failure or UserError(f"{resource.name}: torchvision names no address for it")


def _stream(url: str, part: Path, name: str, progress: Progress) -> str:
    digest, done = hashlib.md5(usedforsecurity=False), 0
    request = urllib.request.Request(url, headers={"User-Agent": "lrtui"})
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as response, _create(part) as out:
        stated = response.headers.get("Content-Length", "")
        total = int(stated) if stated.isdecimal() else None
        while chunk := response.read(_CHUNK):
            out.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            progress(name, done, total)
    return digest.hexdigest()


def _create(part: Path) -> BinaryIO:
    """The file for what arrives, and its folder: not before something does, so that no failed attempt leaves one."""
    part.parent.mkdir(parents=True, exist_ok=True)
    return part.open("wb")
