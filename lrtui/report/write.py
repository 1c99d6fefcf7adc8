"""Writing a report, or another text, to a file."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from lrtui.domain.analysis import Analysis
from lrtui.domain.errors import OperationFailed
from lrtui.domain.ranking import Ranking
from lrtui.domain.snapshot import ComparisonView, Curve, RunView
from lrtui.report.export import render
from lrtui.store.paths import typed_path


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
    return write_file(text, path or Path(f"lrtui-{comparison.id}.{format_name}"))


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
