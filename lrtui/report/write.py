"""Writing a report, or another text, to a file."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

from lrtui.analysis.result import Ranking
from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.errors import OperationFailed
from lrtui.machine.paths import typed_path
from lrtui.report.export import render


def write_report(
    comparison: ComparisonView,
    ranking: Ranking,
    runs: Sequence[RunView],
    format_name: str,
    path: Path | None = None,
    *,
    curves: Mapping[int, Curve] | None = None,
    analysis: Analysis | None = None,
    lang: str = "en",
) -> Path:
    """Write what `export.render` gives, by default to `lrtui-ID.FORMAT` here. Returns the absolute path.

    Raises:
        UserError: there is no such format or language.
        OperationFailed: the file cannot be written.
    """
    text = render(format_name, comparison, ranking, runs, curves, analysis, lang)
    return write_file(text, path or report_path(comparison.id, format_name))


def report_path(comparison_id: int, format_name: str) -> Path:
    """Where a report is written unless said otherwise: `lrtui-ID.FORMAT`, here."""
    return Path(f"lrtui-{comparison_id}.{format_name}")


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written.

    `digest` is that of its text, by which the next time can tell whether somebody changed it; `again`: there was such a
    file before; `kept` is where that one is now, if it was not simply replaced.
    """

    path: Path
    digest: str
    again: bool = False
    kept: Path | None = None


def write_again(text: str, path: Path, digest: str | None) -> Written:
    """Write a text to where it may have been written before, and lose nothing that somebody else wrote there.

    A file with other words is replaced only if its digest is the one of last time, given by `digest`. Else it is kept
    beside the new one, under the first free one of `NAME.bak`, `NAME.bak2` and so on.

    Raises:
        OperationFailed: the file cannot be written, or what is there cannot be read; nothing has changed.
    """
    path = path.absolute()
    new = _digest(text.encode())
    try:
        there = _digest(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError):
        there = None
    except OSError as error:
        raise OperationFailed(f"{path}: cannot be read ({error.strerror}), so it is left as it is") from None
    kept = None
    if there not in (None, new, digest):
        kept = next(spare for spare in _spares(path) if not spare.exists())
        try:
            path.rename(kept)
        except OSError as error:
            raise OperationFailed(f"{path}: cannot be kept as {kept.name} ({error.strerror})") from None
    try:
        return Written(write_file(text, path), new, there is not None, kept)
    except OperationFailed:
        if kept is not None:
            kept.rename(path)
        raise


def _spares(path: Path) -> Iterator[Path]:
    for number in count(1):
        yield path.with_name(f"{path.name}.bak{number if number > 1 else ''}")


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def write_file(text: str, path: Path) -> Path:
    """Write a text over what is in the file. Returns the absolute path. The file is complete, or as it was before.

    Raises:
        UserError: the path begins with a home folder that is not there.
        OperationFailed: the file cannot be written.
    """
    path = typed_path(path).absolute()
    if os.path.isdir(path):  # of a path that cannot be, pathlib would raise here
        raise OperationFailed(f"{path}: cannot be written (it is a folder)")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):  # there may be no folder to remove it from
            temporary.unlink()
        raise OperationFailed(f"{path}: cannot be written ({error.strerror})") from None
    return path
