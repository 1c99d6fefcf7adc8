"""One database of comparisons, and everything that can be asked about it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lrtui.errors import UserError

if TYPE_CHECKING:
    from lrtui.comparison.checks.advice import Advice
    from lrtui.comparison.plan import Plan
    from lrtui.comparison.snapshot import ComparisonView
    from lrtui.comparison.spec import Spec
    from lrtui.machine.paths import Files
    from lrtui.preflight.health import Check
    from lrtui.schedules.parameters import Value
    from lrtui.store.reader import Reader
    from lrtui.store.transfer import Imported
    from lrtui.tasks.findings import CheckReport
    from lrtui.workspace.comparison import Comparison


class Workspace:
    """The comparisons in one database. Opened when something is asked for, and closed again after each answer.

    What it needs is imported then, too: `lrtui list` does not pay for what starts a comparison. Threads may share it.

    Args:
        path: the database; it need not exist yet. None: `$LRTUI_DB`, else `runs.db` here.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self._given = path

    def __repr__(self) -> str:
        return f"lrtui.Workspace({str(self.path)!r})"

    @cached_property
    def path(self) -> Path:
        """The database file, as an absolute path.

        Raises:
            UserError: it begins with a home folder that is not there.
        """
        from lrtui.machine.paths import database_path

        return database_path(None if self._given is None else str(self._given))

    @property
    def files(self) -> "Files":
        """Where its logs and checkpoints lie."""
        from lrtui.machine.paths import Files

        return Files(self.path)

    def comparisons(self) -> "tuple[Comparison, ...]":
        """Every comparison, oldest first.

        Raises:
            UserError: there is no such database, or it is not lrtui's.
        """
        from lrtui.workspace.comparison import Comparison

        return tuple(Comparison(self, view.id) for view in self.overview())

    def overview(self) -> "tuple[ComparisonView, ...]":
        """Every comparison as it is at this moment, oldest first.

        Raises:
            UserError: as `comparisons`.
        """
        from lrtui.store import comparisons
        from lrtui.store.connection import open_read_only

        with closing(open_read_only(self.path)) as connection:
            return comparisons.list_all(connection)

    def comparison(self, which: "int | str" = "last") -> "Comparison":
        """The comparison with this id, or the newest (`"last"`).

        Raises:
            UserError: there is none; the message says which there are.
        """
        from lrtui.workspace.comparison import Comparison

        if which == "last":
            from lrtui.store import comparisons
            from lrtui.store.connection import open_read_only

            with closing(open_read_only(self.path)) as connection:
                return Comparison(self, comparisons.latest_id(connection))
        found = Comparison(self, int(which))
        _ = found.view
        return found

    def spec(
        self, start: "Spec | str | Path | None" = None, /, *, preset: str | None = None, **settings: Any
    ) -> "Spec":
        """A comparison described: a spec file, a spec or a preset (`quick` unless named), changed by the settings given.

        Code that a setting names is trusted as it is, because it is named here; what a spec file names is not.

        Args:
            start: a spec, or the TOML file that holds one.
            preset: what to start from where no spec is given: quick, defaults, fitted or study.
            settings: by name, as a spec file has them. `schedulers` are names: the catalogue's or your own schedules'.
                `schedule` are further ones: functions of your own, each by its reference. A function of a file stands
                for its reference.

        Raises:
            UserError: both a spec and a preset are named, the file cannot be read, or a setting is wrong.
        """
        from lrtui.comparison.own_schedules import own_function
        from lrtui.comparison.presets import preset as preset_named
        from lrtui.comparison.spec import Spec, choice_to_dict, with_changes
        from lrtui.config.own_schedules import choice
        from lrtui.config.trust import references_of, trust_typed
        from lrtui.workspace.references import reference_of

        if start is not None and preset is not None:
            raise UserError(f"both {str(start)!r} and preset {preset}: expected one of the two")
        if start is None:
            spec = preset_named(preset or "quick")
        else:
            spec = start if isinstance(start, Spec) else self.load_spec(start)
        for name in ("task", "loop"):
            if settings.get(name) is not None:
                settings[name] = reference_of(name, settings[name])
                if start is None and preset is None:  # it is not the demo's comparison
                    settings.setdefault("name", settings[name].rpartition("/")[2])
        if "schedulers" in settings:
            names = settings.pop("schedulers")
            if isinstance(names, str):
                raise UserError(f"schedulers={names[:60]!r}: expected a list of names")
            settings["schedules"] = [
                *(choice_to_dict(choice(reference_of("schedulers", name))) for name in names),
                *settings.get("schedules", []),
            ]
        for given in settings.pop("schedule", None) or ():
            tables = settings.setdefault("schedules", [choice_to_dict(one) for one in spec.schedules])
            taken = [table.get("label", table["scheduler"]) for table in tables]
            settings["schedules"] = [*tables, choice_to_dict(own_function(reference_of("schedule", given), taken))]
        if not settings:
            return spec
        changed = with_changes(spec, **settings)
        typed = {name for name in ("task", "loop") if name in settings} | (
            {"schedule"} if "schedules" in settings else set()
        )
        for what, reference in references_of(changed):
            if what in typed:
                trust_typed(what, reference)
        return changed

    @staticmethod
    def lr_table(reference: str, total: int, parameters: "Mapping[str, Value] | None" = None) -> tuple[float, ...]:
        """What a schedule of your own is at each of `total` optimizer steps, as multiples of the base LR.

        A helper process runs the function.

        Raises:
            UserError: what is wrong with it, in one sentence.
        """
        from lrtui.preflight.resolve import lr_tables

        return lr_tables([(reference, total, parameters or {})])[0]

    def start(
        self,
        spec: "Spec | str | Path | None" = None,
        /,
        *,
        preset: str | None = None,
        data_dir: str | Path | None = None,
        **settings: Any,
    ) -> "Comparison":
        """Queue a comparison and see to it that somebody works on it; training goes on when this process ends.

        Args:
            spec: as in `spec`, like `preset` and `settings`.
            preset: as in `spec`.
            data_dir: where the data files are, or go to.
            settings: as in `spec`.

        Raises:
            UserError: a setting is wrong, or the device or the data files are not there; nothing was queued.
            OperationFailed: it is queued, but nobody works on it; the message says what to do.
        """
        wanted = self.spec(spec, preset=preset, **settings)
        return self.queue(self.prepare(wanted, data_dir), data_dir)

    def prepare(self, spec: "Spec", data_dir: str | Path | None = None) -> "Spec":
        """See to it that this machine can train a comparison, downloading data if need be. Makes no database.

        Returns the spec with what is known of its task: a helper process has looked at an own one.

        Raises:
            UserError: it cannot, or names code that this person has not trusted.
        """
        from lrtui.config.trust import check_spec, trust
        from lrtui.machine.own_code import runs_own_code
        from lrtui.preflight.resolve import resolve
        from lrtui.supervisor import control

        if runs_own_code():
            raise UserError(
                "a comparison cannot be started from code that a worker runs: put what starts it below "
                '`if __name__ == "__main__":`'
            )
        folder = _folder(data_dir)
        check_spec(spec)
        control.check(spec, folder)
        found = resolve(spec, folder)
        if found.info is not None and found.info.source is not None:
            trust(found.info.source)  # the trusted file has imported more of its own than its text shows
        return found

    def trust(self, file: str | Path) -> "tuple[tuple[str, str, int], ...]":
        """Trust a file of code, and the local modules that it imports, as they are now; training may run them then.

        Returns the absolute path, the SHA-256 and the size in bytes of each.

        Raises:
            UserError: there is no such file.
        """
        from lrtui.config.trust import trust
        from lrtui.machine.paths import typed_path
        from lrtui.tasks.own_files import source_of_file

        source = source_of_file(typed_path(file).absolute())
        trust(source)
        return tuple(
            (path, digest, Path(path).stat().st_size)
            for path, digest in {source.path: source.sha256, **source.modules}.items()
        )

    def queue(self, spec: "Spec", data_dir: str | Path | None = None) -> "Comparison":
        """What `start` does after `prepare`, for a caller that has something to do in between.

        Raises:
            OperationFailed: it is queued, but nobody works on it.
        """
        from lrtui.store.connection import open_database
        from lrtui.supervisor import control
        from lrtui.workspace.comparison import Comparison

        with closing(open_database(self.path)) as connection:
            return Comparison(self, control.queue(connection, self.files, spec, _folder(data_dir)))

    def plan(
        self,
        spec: "Spec",
        *,
        detect: float | None = None,
        spread: float | None = None,
        slots: tuple[str, int] | None = None,
    ) -> "Plan":
        """What a comparison will take, what it can show, and what to change first.

        Args:
            spec: the comparison.
            detect: a difference that is to be shown, as a fraction of accuracy.
            spread: the standard deviation of seed-wise differences; None: a pilot's in this database, else a stated one.
            slots: what `slots` said.

        Raises:
            UserError: the database is none of lrtui's.
        """
        from lrtui.preflight.planning import make_plan

        return make_plan(spec, self.path, slots or self.slots(spec.device), detect, spread)

    def slots(self, device: str) -> tuple[str, int]:
        """What kind of device this `device` setting trains on here, and how many runs at once.

        Where there is a GPU driver, the first call waits some seconds for torch in another process.
        """
        from lrtui.preflight.planning import slots_for

        return slots_for(device)

    def machine_advice(self) -> "tuple[Advice, ...]":
        """What is wrong on this machine with the database's place and with logging out."""
        from lrtui.preflight.surroundings import check_machine

        return tuple(check_machine(self.path))

    def data_advice(self, dataset: str, data_dir: Path | None) -> "tuple[Advice, ...]":
        """Whether a data set's files are here, or can be downloaded. May take two seconds."""
        from lrtui.preflight.surroundings import check_data

        return tuple(check_data(dataset, data_dir))

    def check(
        self, reference: "str | Callable[..., Any]", *, data_dir: str | Path | None = None, **settings: Any
    ) -> "CheckReport":
        """What is wrong with a task, a loop or a schedule of a person's own, one sentence each. A helper process runs it.

        Args:
            reference: `FILE.py:NAME`, `package.module:NAME`, or a function at the top level of a file.
            data_dir: where the data files are.
            settings: those of a spec that it would be trained with, `batch_size` and `device` among them.

        Raises:
            UserError: there is nothing to look at, or a setting is wrong.
        """
        from lrtui.preflight.resolve import check
        from lrtui.workspace.references import reference_of

        return check(reference_of("reference", reference), settings, _folder(data_dir))

    def doctor(self) -> "Iterator[Check]":
        """Whether this machine is fit for it, check by check."""
        from lrtui.preflight.health import check_all

        return check_all(self.path)

    def stop(self) -> int | None:
        """End the supervisor and its workers; their runs go back into the queue. The supervisor's pid, None where none was.

        Raises:
            OperationFailed: it did not end in time.
        """
        from lrtui.supervisor import control

        ended = control.stop(self.files)
        return ended.pid if ended else None

    def reader(self, *, to_draw: bool = False) -> "Reader":
        """A reader of snapshots, for one thread; it asks only for what is new, and is to be closed.

        Args:
            to_draw: whether curves are only to be drawn, which takes less memory.

        Raises:
            UserError: there is no such database, or it is not lrtui's.
        """
        from lrtui.store.reader import Reader

        return Reader(self.path, to_draw)

    def backup(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Copy the database to a file, as it is at one moment; training goes on meanwhile. Returns the absolute path.

        Raises:
            UserError: there is no database yet, or there is such a file, which is not to be overwritten.
            OperationFailed: the file cannot be written.
        """
        from lrtui.machine.paths import typed_path
        from lrtui.store.backup import back_up

        target = typed_path(path).absolute()
        back_up(self.path, target, overwrite=overwrite)
        return target

    def take_in(self, path: str | Path) -> "tuple[Imported, ...]":
        """Bring in the comparisons of another machine's database that are not here yet. Returns all it holds.

        What had not ended there is paused here: nothing is trained, and nobody's code is run, unasked.

        Raises:
            UserError: the file is no database of lrtui's; nothing was brought in.
        """
        from lrtui.machine.paths import typed_path
        from lrtui.store.transfer import take_in

        return take_in(self.path, typed_path(path).absolute())

    def load_spec(self, path: str | Path) -> "Spec":
        """The spec that a TOML file holds.

        Raises:
            UserError: it cannot be read, is no TOML, or describes no comparison.
        """
        from lrtui.report.spec_file import read_spec

        return read_spec(Path(path))

    def save_spec(self, spec: "Spec", path: str | Path, *, overwrite: bool = True) -> Path:
        """Write a spec as TOML. Returns the absolute path.

        Raises:
            FileExistsError: there is such a file, which is not to be overwritten.
            OperationFailed: the file cannot be written.
        """
        from lrtui.machine.paths import typed_path
        from lrtui.report.spec_file import write_spec

        path = typed_path(path).absolute()
        if path.is_file() and not overwrite:
            raise FileExistsError(path)
        return write_spec(spec, path)


def _folder(data_dir: str | Path | None) -> Path | None:
    from lrtui.machine.paths import typed_path

    return None if data_dir is None else typed_path(data_dir)


def database_error() -> type[Exception]:
    """SQLite's error, imported only when something has gone wrong."""
    from lrtui.store.sqlite import DatabaseError

    return DatabaseError
