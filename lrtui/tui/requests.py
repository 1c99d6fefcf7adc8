"""What the dashboard asks of the store and the supervisor. Each may wait for disk or another process: call off the loop."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.analysis.result import Ranking
from lrtui.comparison.checks.advice import Advice
from lrtui.comparison.plan import Plan
from lrtui.comparison.snapshot import ComparisonView
from lrtui.comparison.spec import Spec
from lrtui.comparison.status import Verb
from lrtui.report.document import Block
from lrtui.tui.ranking import computed
from lrtui.tui.ranking.evidence import Evidence
from lrtui.tui.ranking.ranking_process import RankingProcess

if TYPE_CHECKING:
    from lrtui.report.write import Written
    from lrtui.store.sqlite import Connection


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests on one database. Each opens a connection of its own and closes it, or is carried out in `process`.

    Every method raises UserError with the sentence to show.
    """

    database: Path
    process: RankingProcess = field(default_factory=RankingProcess)
    digests: dict[Path, str] = field(default_factory=dict)
    """Those of the files that were exported so far."""

    def start(self, spec: Spec, data_dir: Path | None) -> int:
        """Queue a comparison and see that somebody works on it. Returns its id."""
        from lrtui.machine.paths import Files
        from lrtui.supervisor.control import start

        with self._writing() as connection:
            return start(connection, Files(self.database), spec, data_dir)

    def ask(self, verb: Verb, comparison_id: int, run_number: int | None) -> str:
        """Pause, resume, cancel or retry; returns what was done."""
        from lrtui.machine.paths import Files
        from lrtui.supervisor.control import ask

        with self._writing() as connection:
            return ask(connection, Files(self.database), verb, comparison_id, run_number)

    def ask_for_runs(self, verb: Verb, comparison_id: int, run_numbers: Sequence[int], what: str) -> str:
        """The same for several runs, which are called `what` in what it returns."""
        from lrtui.machine.paths import Files
        from lrtui.supervisor.control import ask_for_runs

        with self._writing() as connection:
            return ask_for_runs(connection, Files(self.database), verb, comparison_id, run_numbers, what)

    def worker_log(self, comparison_id: int, run_number: int, lines: int) -> tuple[Path, str] | None:
        """The worker's log that tells of a run, and the last lines of it; None where none does. To be cleaned."""
        from lrtui.machine.paths import Files
        from lrtui.supervisor.logs import tail_of_run

        return tail_of_run(Files(self.database).worker_logs(), comparison_id, run_number, lines)

    def repeat(self, comparison_id: int, seeds: int | None = None) -> int:
        """Start a comparison of the same spec, with seeds 0 to `seeds` - 1 where that is given. Returns its id."""
        from lrtui.comparison.spec import with_changes
        from lrtui.store import comparisons
        from lrtui.store.connection import open_read_only

        with closing(open_read_only(self.database)) as connection:
            spec = comparisons.get(connection, comparison_id).spec
            data_dir = comparisons.data_dir(connection, comparison_id)
        return self.start(spec if seeds is None else with_changes(spec, seeds=seeds), data_dir)

    def rename(self, comparison_id: int, name: str) -> str:
        """Call a comparison something else; returns what was done."""
        from lrtui.store.comparisons import rename

        with self._writing() as connection:
            rename(connection, comparison_id, name)
        return f"comparison {comparison_id} is called {name}"

    def annotate(self, comparison_id: int, note: str) -> str:
        """Note something about a comparison; returns what was done."""
        from lrtui.store.comparisons import annotate

        with self._writing() as connection:
            annotate(connection, comparison_id, note)
        return f"noted with comparison {comparison_id}" if note else f"comparison {comparison_id} has no note any more"

    def ranking(self, comparison_id: int) -> Ranking:
        """A comparison's ranking as it stands."""
        return self.process.call(computed.ranked, self.database, comparison_id)[1]

    def ranked(self, comparison_id: int) -> tuple[ComparisonView, Ranking] | None:
        """A comparison with its ranking as it stands; None where it is gone."""
        return self.process.call(computed.ranked_if_there, self.database, comparison_id)

    def evidence(self, comparison_id: int) -> Evidence:
        """What stands behind the ranking."""
        return self.process.call(computed.evidence, self.database, comparison_id)

    def about(self, comparison_id: int, label: str) -> tuple[Block, ...]:
        """One schedule's result in detail; nothing where it is not ranked."""
        return self.process.call(computed.about, self.database, comparison_id, label)

    def summary(self, comparison_id: int, language: str = "en") -> str:
        """The verdict and the table as Markdown."""
        return self.process.call(computed.summary, self.database, comparison_id, language)

    def plan(self, spec: Spec) -> Plan:
        """What a comparison will take and can show."""
        from lrtui.preflight.planning import make_plan, slots_for

        return self.process.call(make_plan, spec, self.database, slots_for(spec.device))

    def surroundings(self, dataset: str, data_dir: Path | None) -> tuple[Advice, ...]:
        """What is wrong on this machine with the database's place, with logging out, and with the data set's files."""
        from lrtui.preflight.surroundings import check_data, check_machine

        return (*check_machine(self.database), *check_data(dataset, data_dir))

    def save_spec(self, spec: Spec, path: Path, overwrite: bool) -> Path:
        """Write a spec as TOML. Returns the absolute path.

        Raises:
            FileExistsError: there is such a file, which is not to be overwritten.
        """
        from lrtui.machine.paths import typed_path
        from lrtui.report.spec_file import write_spec

        path = typed_path(path).absolute()
        if path.is_file() and not overwrite:
            raise FileExistsError(path)
        return write_spec(spec, path)

    def load_spec(self, path: Path) -> Spec:
        """Read a spec from TOML."""
        from lrtui.report.spec_file import read_spec

        return read_spec(path)

    def delete(self, comparison_id: int) -> str:
        """Delete an ended comparison; returns what was done."""
        from lrtui.machine.paths import Files
        from lrtui.store.comparisons import delete

        with self._writing() as connection:
            delete(connection, comparison_id, Files(self.database))
        return f"comparison {comparison_id} is deleted"

    def export(self, comparison_id: int, language: str = "en") -> "tuple[Written, ...]":
        """Write the comparison's report in every format, as `lrtui export` names it; returns the files.

        Those that this dashboard wrote, and nobody changed, are replaced; whatever else is there is kept.
        """
        written = self.process.call(computed.export, self.database, comparison_id, language, self.digests)
        self.digests.update({one.path: one.digest for one in written})
        return written

    def _writing(self) -> "closing[Connection]":
        """A connection of a request's own, made ready where the database is new."""
        from lrtui.store.connection import open_database

        return closing(open_database(self.database))
