"""Reads what is new in `runs.db` into one frozen snapshot. One reader per thread; between reads it holds no transaction."""

from pathlib import Path

from lrtui.domain.snapshot import Curve, Snapshot
from lrtui.store import comparisons, events, runs, workers
from lrtui.store.connection import one_moment, open_read_only
from lrtui.store.locks import lock_holder
from lrtui.store.paths import Files

_COLUMNS = "id, run_id, epoch, lr_last, train_loss, val_loss, val_acc"


class Reader:
    """Keeps the curves it has read, and asks only for rows written since."""

    def __init__(self, database: Path) -> None:
        self._files = Files(database)
        self._connection = open_read_only(database)
        self._version: object = None
        self._open_id: int | None = None
        self._points: dict[int, dict[int, tuple[float, float | None, float | None, float]]] = {}
        self._curves: dict[int, Curve] = {}
        self._last_row = 0

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

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
        with one_moment(self._connection):  # runs and their curves must not be of two moments
            listed = comparisons.list_all(self._connection)
            if open_id is not None and all(c.id != open_id for c in listed):
                open_id = None
            views = runs.of_comparison(self._connection, open_id) if open_id is not None else ()
            self._read_curves(open_id, {view.id: view.epoch for view in views})
            return Snapshot(
                comparisons=listed,
                open_id=open_id,
                runs=views,
                curves=dict(self._curves),
                workers=workers.views(self._connection),
                events=events.tail(self._connection),
                supervisor_pid=holder.get("pid") if holder else None,
            )

    def _read_curves(self, open_id: int | None, last_epochs: dict[int, int]) -> None:
        if open_id != self._open_id:
            self._open_id = open_id
            self._points, self._curves, self._last_row = {}, {}, 0
        # A row that is written again (a resumed run) gets a new id, so that it is read again, too.
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM epochs WHERE id > ? AND run_id BETWEEN ? AND ? ORDER BY id",
            (self._last_row, min(last_epochs, default=0), max(last_epochs, default=0)),
        ).fetchall()
        touched = set()
        for row_id, run_id, epoch, lr, train_loss, val_loss, val_acc in rows:
            self._points.setdefault(run_id, {})[epoch] = (lr, train_loss, val_loss, val_acc)
            touched.add(run_id)
            self._last_row = row_id
        for run_id in touched:
            self._curves[run_id] = _curve(self._points[run_id])
        for run_id, curve in list(self._curves.items()):
            last = last_epochs.get(run_id, 0)
            if curve.epoch and curve.epoch[-1] > last:  # started over: what lies beyond is of an earlier attempt
                points = self._points[run_id] = {e: p for e, p in self._points[run_id].items() if e <= last}
                self._curves[run_id] = _curve(points) if points else Curve()


def _curve(points: dict[int, tuple[float, float | None, float | None, float]]) -> Curve:
    epochs = tuple(sorted(points))
    columns = list(zip(*(points[epoch] for epoch in epochs), strict=True))
    return Curve(epochs, *columns)
