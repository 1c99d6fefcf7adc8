"""What the dashboard asks of the workspace. Each may wait for disk or another process: call off the loop."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.analysis.result import Ranking
from lrtui.comparison.checks.advice import Advice
from lrtui.comparison.plan import Plan
from lrtui.comparison.snapshot import ComparisonView
from lrtui.comparison.spec import Spec
from lrtui.comparison.status import Verb
from lrtui.comparison.stored_spec import unknown_today
from lrtui.errors import UserError
from lrtui.report.document import Block
from lrtui.tui.ranking import computed
from lrtui.tui.ranking.evidence import Evidence
from lrtui.tui.ranking.ranking_process import RankingProcess
from lrtui.workspace import Workspace

if TYPE_CHECKING:
    from lrtui.report.write import Written
    from lrtui.workspace.comparison import Comparison


@dataclass(frozen=True)
class Requests:
    """The requests on one database: the workspace's, and those that `process` computes from it.

    Every method raises UserError with the sentence to show.
    """

    database: Path
    process: RankingProcess = field(default_factory=RankingProcess)
    digests: dict[Path, str] = field(default_factory=dict)
    """Those of the files that were exported so far."""

    @cached_property
    def workspace(self) -> Workspace:
        """The database as everybody asks it."""
        return Workspace(self.database)

    def _of(self, comparison_id: int) -> "Comparison":
        from lrtui.workspace.comparison import Comparison

        return Comparison(self.workspace, comparison_id)

    def start(self, spec: Spec, data_dir: Path | None) -> int:
        """Queue a comparison and see that somebody works on it. Returns its id."""
        return self.workspace.start(spec, data_dir=data_dir).id

    def ask(self, verb: Verb, comparison_id: int, run_number: int | None) -> str:
        """Pause, resume, cancel or retry; returns what was done."""
        return self._of(comparison_id).ask(verb, run_number)

    def ask_for_runs(self, verb: Verb, comparison_id: int, run_numbers: Sequence[int], what: str) -> str:
        """The same for several runs, which are called `what` in what it returns."""
        return self._of(comparison_id).ask_for_runs(verb, run_numbers, what)

    def worker_log(self, comparison_id: int, run_number: int, lines: int) -> tuple[Path, str] | None:
        """The worker's log that tells of a run, and the last lines of it; None where none does. To be cleaned."""
        return self._of(comparison_id).worker_log(run_number, lines)

    def repeat(self, comparison_id: int, seeds: int | None = None) -> int:
        """Start a comparison of the same spec, with seeds 0 to `seeds` - 1 where that is given. Returns its id.

        Raises:
            UserError: this lrtui does not know something in it, or cannot train it now.
        """
        comparison = self._of(comparison_id)
        if doubt := unknown_today(comparison.spec):
            raise UserError(f"comparison {comparison_id}: {doubt}")
        spec = comparison.spec if seeds is None else self.workspace.spec(comparison.spec, seeds=seeds)
        return self.start(spec, comparison.data_dir)

    def rename(self, comparison_id: int, name: str) -> str:
        """Call a comparison something else; returns what was done."""
        self._of(comparison_id).rename(name)
        return f"comparison {comparison_id} is called {name}"

    def annotate(self, comparison_id: int, note: str) -> str:
        """Note something about a comparison; returns what was done."""
        self._of(comparison_id).annotate(note)
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
        return self.process.call(computed.plan, self.database, spec, self.workspace.slots(spec.device))

    def surroundings(self, dataset: str, data_dir: Path | None) -> tuple[Advice, ...]:
        """What is wrong on this machine with the database's place, with logging out, and with the data set's files."""
        return (*self.workspace.machine_advice(), *self.workspace.data_advice(dataset, data_dir))

    def save_spec(self, spec: Spec, path: Path, overwrite: bool) -> Path:
        """Write a spec as TOML. Returns the absolute path.

        Raises:
            FileExistsError: there is such a file, which is not to be overwritten.
        """
        return self.workspace.save_spec(spec, path, overwrite=overwrite)

    def load_spec(self, path: Path) -> Spec:
        """Read a spec from TOML."""
        return self.workspace.load_spec(path)

    def delete(self, comparison_id: int) -> str:
        """Delete an ended comparison; returns what was done."""
        self._of(comparison_id).delete()
        return f"comparison {comparison_id} is deleted"

    def export(self, comparison_id: int, language: str = "en") -> "tuple[Written, ...]":
        """Write the comparison's report in every format, as `lrtui export` names it; returns the files.

        Those that this dashboard wrote, and nobody changed, are replaced; whatever else is there is kept.
        """
        written = self.process.call(computed.export, self.database, comparison_id, language, self.digests)
        self.digests.update({one.path: one.digest for one in written})
        return written
