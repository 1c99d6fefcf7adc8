"""Reads what is new in `runs.db` into one frozen snapshot. One reader per thread; between reads it holds no transaction."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from lrtui.comparison.snapshot import CURVE_COLUMNS, Curve, RunView, Snapshot
from lrtui.machine.locks import lock_holder
from lrtui.machine.paths import Files
from lrtui.store import comparisons, events, runs, workers
from lrtui.store.connection import open_read_only
from lrtui.store.transactions import one_moment

_COLUMNS = ", ".join({"lr": "lr_last"}.get(name, name) for name in CURVE_COLUMNS)


class Reader:
    """Keeps the curves it has read, and asks only for rows written since.

    Args:
        database: the file.
        to_draw: whether curves are only to be drawn (`Curve.to_draw`), which takes less memory.
    """

    def __init__(self, database: Path, to_draw: bool = False) -> None:
        self._files = Files(database)
        self._file = _identity(database)
        self._connection = open_read_only(database)
        self._connection.execute("PRAGMA cache_size = -512")  # KiB, not 2,000: a row is read once, in order
        self._curve = Curve.to_draw if to_draw else Curve.of
        self._version: object = None
        self._open_id: int | None = None
        self._runs: dict[int, RunView] = {}
        self._curves: dict[int, Curve] = {}
        self._rates: dict[tuple[str, float], Sequence[float]] = {}
        self._last_row = 0

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def same_file(self) -> bool:
        """Whether the file it reads is still the one of that name: what was removed or replaced can be read for ever."""
        return self._file == _identity(self._files.database)

    def changed(self, open_id: int | None) -> bool:
        """Whether anything was written since the last `read`, or another comparison is asked for."""
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return (version, open_id) != self._version

    def read(self, open_id: int | None) -> Snapshot:
        """Everything as of now, with the runs and curves of the comparison `open_id` (None: none)."""
        # The version first: what is written while this reads is then seen by the next look.
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        holder = lock_holder(self._files.supervisor_lock)
        self._version = (version, open_id)
        if open_id != self._open_id:
            self._open(open_id)
        with one_moment(self._connection):  # runs and their curves must not be of two moments
            listed = comparisons.list_all(self._connection)
            if open_id is not None and all(c.id != open_id for c in listed):
                self._forget()
                open_id = None
            if open_id is not None:
                self._read_what_is_new(open_id)
            return Snapshot(
                comparisons=listed,
                open_id=open_id,
                runs=tuple(self._runs.values()),
                curves=dict(self._curves),
                workers=workers.views(self._connection),
                events=events.tail(self._connection),
                supervisor_pid=holder.get("pid") if holder else None,
            )

    def _forget(self) -> None:
        """No comparison is open."""
        self._open_id, self._last_row = None, 0
        self._runs, self._curves, self._rates = {}, {}, {}

    def _open(self, open_id: int | None) -> None:
        """Read what a comparison holds so far, run by run.

        Not in one transaction: while one lasts the write-ahead log grows, and a million epochs take a second. What is
        written meanwhile has rows above `_last_row`, so that it is new afterwards.
        """
        self._forget()
        if open_id is not None:
            last_row = self._newest_row()
            for view in runs.of_comparison(self._connection, open_id):
                self._runs[view.id] = view
                self._read_curve(view, 1)
                self._cut(view)
            self._last_row = last_row
        self._open_id = open_id

    def _read_what_is_new(self, open_id: int) -> None:
        """Bring runs and curves up to date."""
        before = self._runs
        self._runs = {view.id: view for view in runs.of_comparison(self._connection, open_id, before.values())}
        for run_id, epoch in self._changed_since().items():
            self._read_curve(self._runs[run_id], epoch)
        for run_id, view in self._runs.items():
            if view is not before.get(run_id):
                self._cut(view)

    def _cut(self, view: RunView) -> None:
        """Take away what lies beyond a run's last epoch: it is of an attempt before the run was started over."""
        if view.id in self._curves:
            self._curves[view.id] = self._curves[view.id].until(view.epoch)

    def _newest_row(self) -> int:
        newest: int = self._connection.execute("SELECT coalesce(max(id), 0) FROM evaluations").fetchone()[0]
        return newest

    def _changed_since(self) -> dict[int, int]:
        """The runs with rows that were not read yet, each with the first epoch of them."""
        before, self._last_row = self._last_row, self._newest_row()
        # A row that is written again (a resumed run) gets a new id. Not indexed: the index holds every row, not the new ones.
        rows = self._connection.execute(
            "SELECT run_id, min(epoch) FROM evaluations NOT INDEXED WHERE id > ? GROUP BY run_id", (before,)
        )
        return {run_id: epoch for run_id, epoch in rows if run_id in self._runs}

    def _read_curve(self, run: RunView, first: int) -> None:
        """Read a run from an epoch on, and put it behind what is known of the epochs before; there is no second copy."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM evaluations WHERE run_id = ? AND epoch >= ? ORDER BY epoch", (run.id, first)
        ).fetchall()
        if rows:
            known = self._curves.get(run.id, Curve()).until(first - 1)
            curve = self._curve(chain(known.rows(), map(tuple, rows)))
            # The seeds of a cell nearly always have the same learning rates, which then are held once.
            rates = self._rates.get((run.label, run.base_lr))
            if rates == curve.lr:
                curve = replace(curve, lr=rates)
            self._rates[run.label, run.base_lr] = curve.lr
            self._curves[run.id] = curve


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
