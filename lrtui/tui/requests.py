"""What the dashboard asks of the store and the supervisor. Each may wait for disk or another process: call off the loop."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.domain.errors import UserError
from lrtui.domain.ranking import Ranking
from lrtui.domain.snapshot import ComparisonView, Snapshot
from lrtui.domain.spec import Spec

if TYPE_CHECKING:
    from lrtui.store.commands import Verb


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests on one database. Each opens a connection of its own and closes it.

    Every method raises UserError with the sentence to show.
    """

    database: Path

    def start(self, spec: Spec, data_dir: Path | None) -> int:
        """Queue a comparison and see that somebody works on it. Returns its id."""
        from lrtui.store.connection import open_database
        from lrtui.store.paths import Files
        from lrtui.supervisor.control import start

        connection = open_database(self.database)
        try:
            return start(connection, Files(self.database), spec, data_dir)
        finally:
            connection.close()

    def ask(self, verb: "Verb", comparison_id: int, run_number: int | None) -> str:
        """Pause, resume, cancel or retry; returns what was done."""
        from lrtui.store.connection import open_database
        from lrtui.store.paths import Files
        from lrtui.supervisor.control import ask

        connection = open_database(self.database)
        try:
            return ask(connection, Files(self.database), verb, comparison_id, run_number)
        finally:
            connection.close()

    def repeat(self, comparison_id: int, seeds: int | None = None) -> int:
        """Start a comparison of the same spec, with seeds 0 to `seeds` - 1 where that is given. Returns its id."""
        from lrtui.domain.spec import with_changes
        from lrtui.store import comparisons
        from lrtui.store.connection import open_read_only

        connection = open_read_only(self.database)
        try:
            spec = comparisons.get(connection, comparison_id).spec
            data_dir = comparisons.data_dir(connection, comparison_id)
        finally:
            connection.close()
        return self.start(spec if seeds is None else with_changes(spec, seeds=seeds), data_dir)

    def rename(self, comparison_id: int, name: str) -> str:
        """Call a comparison something else; returns what was done."""
        from lrtui.store.comparisons import rename
        from lrtui.store.connection import open_database

        connection = open_database(self.database)
        try:
            rename(connection, comparison_id, name)
        finally:
            connection.close()
        return f"comparison {comparison_id} is called {name}"

    def annotate(self, comparison_id: int, note: str) -> str:
        """Note something about a comparison; returns what was done."""
        from lrtui.store.comparisons import annotate
        from lrtui.store.connection import open_database

        connection = open_database(self.database)
        try:
            annotate(connection, comparison_id, note)
        finally:
            connection.close()
        return f"noted with comparison {comparison_id}" if note else f"comparison {comparison_id} has no note any more"

    def rankings(self, comparison_ids: Iterable[int]) -> Iterator[tuple[ComparisonView, Ranking]]:
        """Comparisons with their rankings as they stand, one after the other; one that is gone is left out."""
        from lrtui.report.ranked import rank_comparison
        from lrtui.store import comparisons, runs
        from lrtui.store.connection import open_read_only

        connection = open_read_only(self.database)
        try:
            for comparison_id in comparison_ids:
                with suppress(UserError):
                    comparison = comparisons.get(connection, comparison_id)
                    yield comparison, rank_comparison(comparison, runs.of_comparison(connection, comparison_id))
        finally:
            connection.close()

    def delete(self, comparison_id: int) -> str:
        """Delete an ended comparison; returns what was done."""
        from lrtui.store.comparisons import delete
        from lrtui.store.connection import open_database
        from lrtui.store.paths import Files

        connection = open_database(self.database)
        try:
            delete(connection, comparison_id, Files(self.database))
        finally:
            connection.close()
        return f"comparison {comparison_id} is deleted"

    def export(self, snapshot: Snapshot, ranking: Ranking, language: str = "en") -> list[Path]:
        """Write the open comparison's report in every format, as `lrtui export` names it; returns the files."""
        from lrtui.report.export import FORMATS
        from lrtui.report.ranked import analyse_comparison
        from lrtui.report.write import write_report

        comparison = snapshot.open
        assert comparison is not None
        analysis = analyse_comparison(comparison, snapshot.runs, snapshot.curves)
        return [
            write_report(
                comparison, ranking, snapshot.runs, name, curves=snapshot.curves, analysis=analysis, lang=language
            )
            for name in FORMATS
        ]


def launch_hint(seeds: int) -> str:
    """What difference this many seeds can show. Imports scipy: call off the loop."""
    from lrtui.stats.power import launch_sentence

    return launch_sentence(seeds)
