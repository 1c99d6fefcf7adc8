"""One comparison of a workspace: what it is, how it stands, what it showed, and what a person may ask of it."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partialmethod
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from lrtui.comparison.progress import Progress
from lrtui.comparison.records import EvaluationRow
from lrtui.comparison.snapshot import ComparisonView, Curve, Event, RunView, Snapshot
from lrtui.comparison.spec import Spec
from lrtui.comparison.status import Verb
from lrtui.errors import OperationFailed, UserError
from lrtui.store import comparisons, events, runs
from lrtui.store.connection import open_database, open_read_only
from lrtui.store.progress import read_progress
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import one_moment

if TYPE_CHECKING:
    from lrtui.analysis.values import Analysis
    from lrtui.workspace.results import Ranking, Report
    from lrtui.workspace.workspace import Workspace

POLL_SECONDS = 0.25
ENSURE_SECONDS = 2.0


class Comparison:
    """A comparison, by its id. Whatever is asked of it is read anew, so that it is as of now.

    Every method raises UserError where it is gone. Get one from `Workspace.comparison` or `Workspace.start`.
    """

    def __init__(self, workspace: "Workspace", comparison_id: int) -> None:
        self._workspace = workspace
        self.id = comparison_id

    def __repr__(self) -> str:
        try:
            view = self.view
        except UserError:  # no reason for a notebook or a debugger to fail
            return f"<Comparison {self.id}: gone>"
        return f"<Comparison {self.id} {view.name!r}: {view.status}, {view.ended_runs} of {view.size} runs ended>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Comparison):
            return NotImplemented
        return (self._workspace.path, self.id) == (other._workspace.path, other.id)

    def __hash__(self) -> int:
        return hash((self._workspace.path, self.id))

    @property
    def view(self) -> ComparisonView:
        """What it is, and how many of its runs are in which status, at this moment."""
        with self._reading() as connection:
            return comparisons.get(connection, self.id)

    @property
    def status(self) -> str:
        """One word for the whole: running, queued, paused, failed, cancelled or done."""
        return self.view.status

    @property
    def name(self) -> str:
        """What it is called."""
        return self.view.name

    @property
    def note(self) -> str:
        """What a person noted about it."""
        return self.view.note

    @property
    def spec(self) -> Spec:
        """What defines it."""
        return self.view.spec

    @property
    def data_dir(self) -> Path | None:
        """Where its data files were said to be."""
        with self._reading() as connection:
            return comparisons.data_dir(connection, self.id)

    def read(self) -> tuple[ComparisonView, tuple[RunView, ...]]:
        """It and its runs, as they are at one moment."""
        with self._reading() as connection, one_moment(connection):
            return comparisons.get(connection, self.id), runs.of_comparison(connection, self.id)

    def runs(self) -> tuple[RunView, ...]:
        """Its runs, in the order in which they are trained."""
        return self.read()[1]

    def run(self, number: int) -> RunView:
        """One run, by its number in the comparison: the RUN of `ID/RUN`.

        Raises:
            UserError: there is none of that number.
        """
        with self._reading() as connection:
            comparisons.get(connection, self.id)
            return runs.get(connection, self.id, number)

    def evaluations(self, number: int) -> list[EvaluationRow]:
        """The rows of one run, one an evaluation.

        Raises:
            UserError: there is no run of that number.
        """
        with self._reading() as connection, one_moment(connection):
            return runs.epochs(connection, runs.get(connection, self.id, number).id)

    def events(self, number: int | None = None) -> list[tuple[Event, str | None]]:
        """What happened to it, or to one of its runs, oldest first; with the tail of a dead worker's log where there is one.

        Raises:
            UserError: there is no run of that number.
        """
        with self._reading() as connection:
            comparisons.get(connection, self.id)
            if number is not None:
                runs.get(connection, self.id, number)
            return events.of_run(connection, self.id, number)

    def worker_log(self, number: int, lines: int = 20) -> tuple[Path, str] | None:
        """The worker's log that tells of a run, and the last lines of it; None where none does. To be cleaned before it is shown."""
        from lrtui.supervisor.logs import tail_of_run

        return tail_of_run(self._workspace.files.worker_logs(), self.id, number, lines)

    def snapshot(self) -> Snapshot:
        """It, its runs and their curves (by the runs' `id`), as they are at one moment."""
        reader = self._workspace.reader()
        try:
            found = reader.read(self.id)
        finally:
            reader.close()
        if found.open is None:
            _ = self.view  # says that it is gone, and which there are
        return found

    def curves(self) -> dict[int, Curve]:
        """The history of every run that has begun, by the run's number."""
        snapshot = self.snapshot()
        return {run.number: snapshot.curves[run.id] for run in snapshot.runs if run.id in snapshot.curves}

    def ranking(self) -> "Ranking":
        """The ranking as it stands; provisional while runs are going on."""
        from lrtui.report.ranked import rank_comparison
        from lrtui.workspace.results import Ranking

        view, its_runs = self.read()
        return Ranking.of(rank_comparison(view, its_runs), view)

    def analysis(self) -> "Analysis":
        """The ranking and all that is computed beside it, reasons included."""
        from lrtui.report.ranked import analyse_comparison

        found = self._there()
        return analyse_comparison(found[0], found[1].runs, found[1].curves)

    def report(self, format: str = "md", *, lang: str = "en") -> "Report":
        """Its report as a text: `md`, `html` (one file, nothing fetched), `csv` (the ranking) or `json`.

        Raises:
            UserError: there is no such format or language.
        """
        from lrtui.report.export import render
        from lrtui.report.ranked import rank_comparison
        from lrtui.workspace.results import Report

        view, found = self._there()
        text = render(format, view, rank_comparison(view, found.runs), found.runs, found.curves, lang=lang)
        return Report(text, format, self.id)

    def reasons(self, lang: str = "en") -> list[str]:
        """Why the ranking came out so, a sentence each; none where nothing is known."""
        from lrtui.report.reasons import reason_lines
        from lrtui.report.texts import texts_of

        return list(reason_lines(self.analysis(), texts_of(self.view.spec, lang)))

    def progress(self) -> Progress:
        """How far it is."""
        with self._reading() as connection:
            comparisons.get(connection, self.id)
            return read_progress(connection, self.id)

    def watch(self) -> Iterator[Progress]:
        """How far it is, a few times a second, until every run has ended; a supervisor that died meanwhile is replaced.

        Raises:
            OperationFailed: all that is left is paused: nothing would ever happen.
        """
        from lrtui.supervisor.control import ensure_supervisor

        next_ensure = 0.0
        with self._reading() as connection:
            comparisons.get(connection, self.id)
            while True:
                progress = read_progress(connection, self.id)
                yield progress
                if progress.over:
                    return
                if not progress.active:
                    raise OperationFailed(f"comparison {self.id} is paused: `lrtui resume {self.id}` goes on")
                if monotonic() >= next_ensure:
                    ensure_supervisor(self._workspace.files)
                    next_ensure = monotonic() + ENSURE_SECONDS
                sleep(POLL_SECONDS)

    def wait(self, timeout: float | None = None) -> "Comparison":
        """Return when every run has ended. To stop waiting does not stop the training.

        Args:
            timeout: seconds after which to give up waiting; None: never.

        Raises:
            OperationFailed: all that is left is paused, or it has not ended in time.
        """
        deadline = None if timeout is None else monotonic() + timeout
        for progress in self.watch():
            if deadline is not None and not progress.over and monotonic() >= deadline:
                raise OperationFailed(
                    f"comparison {self.id} has not ended within {timeout:g} s: {progress.ended} of {progress.runs} runs "
                    "have; training goes on"
                )
        return self

    def ask(self, verb: Verb, run_number: int | None = None) -> str:
        """Have the supervisor pause, resume, cancel or retry it, or one of its runs. Returns what was done.

        Where nobody was at work, somebody is afterwards.

        Raises:
            UserError: there is no run of that number.
            OperationFailed: no answer came.
        """
        from lrtui.supervisor import control

        if verb in ("resume", "retry"):
            self._check_own_code()
        with self._writing() as connection:
            return control.ask(connection, self._workspace.files, verb, self.id, run_number)

    def accept_change(self) -> str:
        """Go on with its own code as it is on this disk now, for runs that have not ended; those start over. Returns a sentence.

        The code is trusted by that. The runs that have ended stay, and the ranking says that a label's runs are of two versions.

        Raises:
            UserError: its code has not changed, or cannot be trained, or is scored by something else now.
        """
        from lrtui.config.trust import trust
        from lrtui.preflight.resolve import resolve
        from lrtui.tasks.own_files import changed_files, root_of, source_of_file
        from lrtui.tasks.references import parse_reference

        spec = self.spec
        before = spec.info
        if before is None or before.source is None or spec.own is None or not changed_files(before.source):
            raise UserError(
                f"comparison {self.id}: no code of its own has changed; `lrtui resume {self.id}` goes on with what is paused"
            )
        reference, path = parse_reference("task", spec.own), Path(before.source.path)
        trust(source_of_file(path, root_of(reference, path)))
        there = f"{path}:{reference.name}" if reference.is_file else spec.own  # whatever folder this is asked from
        asked = replace(spec, info=None, task=there) if spec.task else replace(spec, info=None, loop=there)
        after = resolve(asked, self.data_dir).info
        assert after is not None
        if (after.metric, after.steps_per_epoch) != (before.metric, before.steps_per_epoch):
            raise UserError(
                f"{path.name} is scored by {after.metric.name} over {after.steps_per_epoch} steps per epoch now, and was by "
                f"{before.metric.name} over {before.steps_per_epoch}: expected the same; start another comparison"
            )
        if after.source is not None:
            trust(after.source)
        with self._writing() as connection:
            return comparisons.accept(
                connection, self.id, replace(after, reference=before.reference), self._workspace.files
            )

    def _check_own_code(self) -> None:
        """See to it that what would be run is what the comparison began with, and trusted.

        Raises:
            UserError: it is not.
        """
        from lrtui.config.trust import refusal

        refused = refusal(self.spec, self.id)
        if refused is not None:
            raise UserError(refused)

    pause = partialmethod(ask, "pause")
    resume = partialmethod(ask, "resume")
    cancel = partialmethod(ask, "cancel")
    retry = partialmethod(ask, "retry")

    def ask_for_runs(self, verb: Verb, run_numbers: Sequence[int], what: str) -> str:
        """`ask` for several runs together, which are called `what` in what it returns."""
        from lrtui.supervisor import control

        if verb in ("resume", "retry"):
            self._check_own_code()
        with self._writing() as connection:
            return control.ask_for_runs(connection, self._workspace.files, verb, self.id, run_numbers, what)

    def rename(self, name: str) -> None:
        """Call it something else.

        Raises:
            UserError: it is no name.
        """
        with self._writing() as connection:
            comparisons.rename(connection, self.id, name)

    def annotate(self, note: str) -> None:
        """Note something about it; an empty note takes the old one away.

        Raises:
            UserError: the note is too long.
        """
        with self._writing() as connection:
            comparisons.annotate(connection, self.id, note)

    def delete(self) -> None:
        """Remove it, once it has ended, with its runs, rows and checkpoints.

        Raises:
            UserError: some of its runs have not ended.
        """
        with self._writing() as connection:
            comparisons.delete(connection, self.id, self._workspace.files)

    def export_database(self, path: str | Path | None = None, *, overwrite: bool = False) -> Path:
        """Write it to a database of its own, by default `lrtui-ID.db` here. Returns the absolute path.

        Raises:
            UserError: there is such a file, which is not to be overwritten.
            OperationFailed: the file cannot be written.
        """
        from lrtui.machine.paths import typed_path
        from lrtui.store.transfer import take_out

        target = typed_path(path or f"lrtui-{self.id}.db").absolute()
        take_out(self._workspace.path, self.id, target, overwrite=overwrite)
        return target

    def _there(self) -> tuple[ComparisonView, Snapshot]:
        snapshot = self.snapshot()
        return snapshot.open or self.view, snapshot

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with closing(open_read_only(self._workspace.path)) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """To a database that must be there: a request about a comparison makes none."""
        with closing(open_read_only(self._workspace.path)):
            pass
        with closing(open_database(self._workspace.path)) as connection:
            yield connection
