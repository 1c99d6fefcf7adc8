"""What the dashboard asks of the store and the supervisor. Each may wait for disk or another process: call off the loop."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.domain.errors import OperationFailed
from lrtui.domain.ranking import Ranking
from lrtui.domain.snapshot import ComparisonView, RunView
from lrtui.domain.spec import Spec
from lrtui.domain.tasks import DATASETS

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

    def export(self, comparison: ComparisonView, ranking: Ranking, runs: tuple[RunView, ...]) -> list[Path]:
        """Write the ranking beside the database, once in each format; returns the files."""
        from lrtui.report.export import FORMATS, render
        from lrtui.store.reader import Reader

        reader = Reader(self.database)
        curves = reader.read(comparison.id).curves
        reader.close()
        paths = []
        for name in FORMATS:
            path = self.database.with_name(f"{self.database.stem}-{comparison.id}.{name}")
            try:
                path.write_text(render(name, comparison, ranking, runs, curves), encoding="utf-8")
            except OSError as error:
                raise OperationFailed(f"{path}: cannot be written ({error.strerror})") from None
            paths.append(path)
        return paths


def ranking_of(comparison: ComparisonView, runs: tuple[RunView, ...]) -> Ranking:
    """The ranking of a comparison's runs. Imports numpy: call off the loop."""
    from lrtui.stats.ranking import rank

    chance = 1 / DATASETS[comparison.spec.dataset].classes
    return rank([run.outcome(chance) for run in runs])


def launch_hint(seeds: int) -> str:
    """What difference this many seeds can show. Imports scipy: call off the loop."""
    from lrtui.stats.power import launch_sentence

    return launch_sentence(seeds)
