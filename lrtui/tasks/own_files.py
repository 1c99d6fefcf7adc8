"""Files of people's own code, looked at without running any of it: which they are, their digests, and what they import."""

import ast
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from lrtui.errors import UserError
from lrtui.tasks.info import Source
from lrtui.tasks.references import Reference, parse_reference

_LONGEST_COPY = 200_000  # characters of a file that are kept for reading


def source_on_disk(what: str, text: str) -> Source:
    """The file that a reference names, as it is now, with the local modules that its text imports.

    Args:
        what: the setting that holds the reference, for the sentence.
        text: "file.py:name" or "package.module:name".

    Raises:
        UserError: it is no reference, or there is no such file.
    """
    reference = parse_reference(what, text)
    return source_of_file(*_place(what, reference))


def source_of_file(path: Path, root: Path | None = None) -> Source:
    """A file and the local modules that its text imports, directly or by way of each other.

    Args:
        path: the file.
        root: the folder that its imports start from; its own where None.

    Raises:
        UserError: it cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    modules: dict[str, str] = {}
    waiting = [path]
    root = root or path.parent
    while waiting:
        for found in _imported(waiting.pop(), root):
            if found != path and str(found) not in modules:
                modules[str(found)] = digest_of(found) or ""
                waiting.append(found)
    text = content.decode(errors="replace")[:_LONGEST_COPY]
    return Source(str(path), hashlib.sha256(content).hexdigest(), dict(sorted(modules.items())), text)


def root_of(reference: Reference, path: Path) -> Path:
    """The folder that the imports of a reference's file start from, given the file."""
    if reference.is_file:
        return path.parent
    return path.parents[reference.place.count(".") + (path.name == "__init__.py")]


def digest_of(path: str | Path) -> str | None:
    """SHA-256 (hex) of a file's bytes; None where it cannot be read."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return None


def changed_files(source: Source) -> list[str]:
    """The files of a source that are not any more what they were, or not there."""
    was = {source.path: source.sha256, **source.modules}
    return [path for path, digest in was.items() if digest_of(path) != digest]


def _place(what: str, reference: Reference) -> tuple[Path, Path]:
    """The file of a reference, and the folder that imports start from."""
    if reference.is_file:
        if not reference.path.is_file():
            raise UserError(f"{what}={reference.place}:{reference.name}: there is no file {reference.path}")
        return reference.path, reference.path.parent
    for folder in (Path.cwd(), *map(Path, sys.path)):
        found = _module_file(folder, reference.place.split("."))
        if found is not None:
            return found, folder
    raise UserError(f"{what}={reference.place}:{reference.name}: there is no module {reference.place}")


def _module_file(folder: Path, parts: list[str]) -> Path | None:
    target = folder.joinpath(*parts)
    for candidate in (target.with_name(f"{target.name}.py"), target / "__init__.py"):
        if candidate.is_file():
            return candidate.absolute()
    return None


def _imported(path: Path, root: Path) -> Iterator[Path]:
    """The files below `root` that a file's text imports, the packages on the way to them included."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [(root, alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = path.parents[node.level - 1] if 0 < node.level <= len(path.parents) else root
            base = node.module.split(".") if node.module else []
            names = [(start, [*base, alias.name]) for alias in node.names]
        else:
            continue
        for start, parts in names:
            for length in range(1, len(parts) + 1):
                found = _module_file(start, parts[:length])
                if found is not None and "site-packages" not in found.parts:
                    yield found
