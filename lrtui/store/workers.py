"""Worker processes on record: who fills which slot and when it was last heard of."""

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from lrtui.comparison.snapshot import WorkerView
from lrtui.machine.process_identity import ProcessIdentity, identify
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import now, transaction


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A worker that has not been recorded as ended.

    `runs` are the ids of the runs that it trains, `lost` those of the runs that were taken from it (cancelled) and that it
    has not let go of yet.
    """

    id: int
    slot: str
    identity: ProcessIdentity
    runs: tuple[int, ...]
    lost: tuple[int, ...]

    @property
    def idle(self) -> bool:
        """Whether it holds no run at all: it is about to claim some, or to leave."""
        return not (self.runs or self.lost)


def register(connection: Connection, slot: str) -> int:
    """Record this process as the worker of a slot. Returns the worker's id."""
    me = identify()
    assert me is not None
    with transaction(connection):
        moment = now()
        cursor = connection.execute(
            "INSERT INTO workers (slot, boot_id, pid, process_start, started_at, heartbeat_at) VALUES (?, ?, ?, ?, ?, ?)",
            (slot, me.boot_id, me.pid, me.start, moment, moment),
        )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def beat(connection: Connection, worker_id: int) -> None:
    """Write a heartbeat. Part of a transaction, or its own."""
    connection.execute("UPDATE workers SET heartbeat_at = ? WHERE id = ?", (now(), worker_id))


def record_end(connection: Connection, worker_id: int, ending: str) -> None:
    """Record that a worker is gone, and how; it holds none of its lost runs any more. Part of a transaction, or its own."""
    connection.execute(
        "UPDATE workers SET ended_at = ?, ending = ? WHERE id = ? AND ended_at IS NULL", (now(), ending, worker_id)
    )
    connection.execute("UPDATE runs SET worker_id = NULL WHERE worker_id = ? AND status != 'running'", (worker_id,))


def living(connection: Connection) -> list[WorkerRecord]:
    """Every worker not recorded as ended; whether the process still lives is another question."""
    rows = connection.execute(
        "SELECT w.id, w.slot, w.boot_id, w.pid, w.process_start, r.id AS run_id, r.status = 'running' AS trains"
        " FROM workers w LEFT JOIN runs r ON r.worker_id = w.id WHERE w.ended_at IS NULL ORDER BY w.id, r.id"
    )
    found = []
    for worker_id, held in groupby(rows, key=itemgetter("id")):
        own = list(held)
        first, runs = own[0], [row for row in own if row["run_id"] is not None]
        found.append(
            WorkerRecord(
                worker_id,
                first["slot"],
                ProcessIdentity(first["boot_id"], first["pid"], first["process_start"]),
                tuple(row["run_id"] for row in runs if row["trains"]),
                tuple(row["run_id"] for row in runs if not row["trains"]),
            )
        )
    return found


def unwanted(connection: Connection) -> set[int]:
    """The ids of living workers with nothing left to do: every run that they hold was taken from them."""
    rows = connection.execute(
        "SELECT w.id FROM workers w JOIN runs r ON r.worker_id = w.id WHERE w.ended_at IS NULL"
        " GROUP BY w.id HAVING max(r.status = 'running') = 0"
    )
    return {row[0] for row in rows}


def tell_to_leave(connection: Connection, comparison_id: int) -> None:
    """Have the workers ended that still hold a run of a comparison which is deleted next. Part of a transaction."""
    connection.execute(
        "UPDATE workers SET ending = 'told to leave' WHERE ended_at IS NULL AND id IN"
        " (SELECT worker_id FROM runs WHERE comparison_id = ?)",
        (comparison_id,),
    )


def told_to_leave(connection: Connection) -> set[int]:
    """The ids of living workers that are to be ended."""
    rows = connection.execute("SELECT id FROM workers WHERE ended_at IS NULL AND ending IS NOT NULL")
    return {row[0] for row in rows}


def views(connection: Connection) -> tuple[WorkerView, ...]:
    """Every worker not recorded as ended, for showing."""
    rows = connection.execute("SELECT slot, pid FROM workers WHERE ended_at IS NULL ORDER BY slot")
    return tuple(WorkerView(row["slot"], row["pid"]) for row in rows)
