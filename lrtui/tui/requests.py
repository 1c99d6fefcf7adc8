"""What the dashboard asks of the store and the supervisor. Each may wait for disk or another process: call off the loop."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.domain.ranking import Ranking
from lrtui.domain.snapshot import Snapshot
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

    def export(self, snapshot: Snapshot, ranking: Ranking) -> list[Path]:
        """Write the open comparison's report in every format, as `lrtui export` names it; returns the files."""
        from lrtui.report.export import FORMATS
        from lrtui.report.ranked import analyse_comparison
        from lrtui.report.write import write_report

        comparison = snapshot.open
        assert comparison is not None
        analysis = analyse_comparison(comparison, snapshot.runs, snapshot.curves)
        return [
            write_report(comparison, ranking, snapshot.runs, name, curves=snapshot.curves, analysis=analysis)
            for name in FORMATS
        ]


def launch_hint(seeds: int) -> str:
    """What difference this many seeds can show. Imports scipy: call off the loop."""
    from lrtui.stats.power import launch_sentence

    return launch_sentence(seeds)
