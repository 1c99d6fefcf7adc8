"""What the ranking process computes: from the database to frozen values.

To compute something else there, write a function here and hand it to `RankingProcess.call`. numpy, scipy and every curve of
a comparison cost more memory than the whole dashboard, so that these functions are not called in the dashboard itself.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.analysis.result import Ranking
from lrtui.comparison.plan import Plan
from lrtui.comparison.snapshot import ComparisonView, Snapshot
from lrtui.comparison.spec import Spec
from lrtui.errors import UserError
from lrtui.report.document import Block
from lrtui.tui.ranking.evidence import Evidence, evidence_of
from lrtui.tui.ranking.schedule_details import about_schedule
from lrtui.workspace import Workspace

if TYPE_CHECKING:
    from lrtui.report.write import Written
    from lrtui.workspace import Reader


_readers: "dict[Path, Reader]" = {}
"""Kept, so that a ranking that follows training reads only what is new."""


def ranked(database: Path, comparison_id: int) -> tuple[ComparisonView, Ranking]:
    """A comparison with its ranking as it stands; without reading curves.

    Raises:
        UserError: it is gone.
    """
    from lrtui.report.ranked import rank_comparison

    comparison, views = Workspace(database).comparison(comparison_id).read()
    return comparison, rank_comparison(comparison, views)


def ranked_if_there(database: Path, comparison_id: int) -> tuple[ComparisonView, Ranking] | None:
    """The same; None where it is gone."""
    with suppress(UserError):
        return ranked(database, comparison_id)
    return None


def evidence(database: Path, comparison_id: int) -> Evidence:
    """What stands behind the ranking.

    Raises:
        UserError: the comparison is gone.
    """
    comparison, snapshot = _with_curves(database, comparison_id)
    return evidence_of(comparison, snapshot.runs, snapshot.curves)


def about(database: Path, comparison_id: int, label: str) -> tuple[Block, ...]:
    """One schedule's result in detail; nothing where it is not ranked.

    Raises:
        UserError: the comparison is gone.
    """
    comparison, snapshot = _with_curves(database, comparison_id)
    return about_schedule(comparison, snapshot.runs, snapshot.curves, label)


def summary(database: Path, comparison_id: int, language: str) -> str:
    """The verdict and the table as Markdown.

    Raises:
        UserError: the comparison is gone.
    """
    from lrtui.report.summary import summary

    return summary(*ranked(database, comparison_id), language)


def export(database: Path, comparison_id: int, language: str, digests: Mapping[Path, str]) -> "tuple[Written, ...]":
    """Write the report in every format, as `lrtui export` names it. `digests` are those of files written before.

    Raises:
        UserError: the comparison is gone, or a file cannot be written.
    """
    from lrtui.report.export import FORMATS, render
    from lrtui.report.ranked import analyse_comparison
    from lrtui.report.write import report_path, write_again

    comparison, snapshot = _with_curves(database, comparison_id)
    runs, curves = snapshot.runs, snapshot.curves
    analysis = analyse_comparison(comparison, runs, curves)
    written = []
    for name in FORMATS:
        path = report_path(comparison_id, name).absolute()
        text = render(name, comparison, analysis.ranking, runs, curves, analysis, language)
        written.append(write_again(text, path, digests.get(path)))
    return tuple(written)


def plan(database: Path, spec: Spec, slots: tuple[str, int]) -> Plan:
    """What a comparison will take and can show. `slots` are what this machine trains it on, as the dashboard found it."""
    return Workspace(database).plan(spec, slots=slots)


def _with_curves(database: Path, comparison_id: int) -> tuple[ComparisonView, Snapshot]:
    reader = _readers.pop(database, None)
    if reader is not None and not reader.same_file():
        reader.close()
        reader = None
    reader = reader or Workspace(database).reader()
    snapshot = reader.read(comparison_id)
    _readers[database] = reader  # not one that failed: it may have missed what was written
    if snapshot.open is None:
        raise UserError(f"comparison {comparison_id} is gone")
    return snapshot.open, snapshot
