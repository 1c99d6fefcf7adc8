"""Worker processes on record: who fills which slot and when it was last heard of."""

from dataclasses import dataclass

from lrtui.comparison.snapshot import WorkerView
from lrtui.machine.process_identity import ProcessIdentity, identify
from lrtui.store.connection import now, transaction
from lrtui.store.sqlite import Connection


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A worker that has not been recorded as ended. `run_id` is the run it says it holds."""

    id: int
    slot: str
    identity: ProcessIdentity
    run_id: int | None


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


def run_heading(comparison_id: int, run_number: int) -> str:
    """How a worker's log announces the run that its next lines are about."""
    return f"run {comparison_id}/{run_number}: "


def beat(connection: Connection, worker_id: int) -> None:
    """Write a heartbeat. Part of a transaction, or its own."""
    connection.execute("UPDATE workers SET heartbeat_at = ? WHERE id = ?", (now(), worker_id))


def record_end(connection: Connection, worker_id: int, ending: str) -> None:
    """Record that a worker is gone, and how. Part of a transaction, or its own."""
    connection.execute(
        "UPDATE workers SET ended_at = ?, ending = ?, run_id = NULL WHERE id = ? AND ended_at IS NULL",
        (now(), ending, worker_id),
    )


def living(connection: Connection) -> list[WorkerRecord]:
    """Every worker not recorded as ended; whether the process still lives is another question."""
    rows = connection.execute(
        "SELECT id, slot, boot_id, pid, process_start, run_id FROM workers WHERE ended_at IS NULL ORDER BY id"
    )
    return [
        WorkerRecord(
            row["id"], row["slot"], ProcessIdentity(row["boot_id"], row["pid"], row["process_start"]), row["run_id"]
        )
        for row in rows
    ]


def unwanted(connection: Connection) -> set[int]:
    """The ids of living workers that hold a run which is not theirs any more: cancelled, or deleted."""
    rows = connection.execute(
        "SELECT w.id FROM workers w LEFT JOIN runs r ON r.id = w.run_id AND r.status = 'running' AND r.worker_id = w.id"
        " WHERE w.ended_at IS NULL AND w.run_id IS NOT NULL AND r.id IS NULL"
    )
    return {row[0] for row in rows}


def views(connection: Connection) -> tuple[WorkerView, ...]:
    """Every worker not recorded as ended, for showing."""
    rows = connection.execute("SELECT slot, pid, run_id FROM workers WHERE ended_at IS NULL ORDER BY slot")
    return tuple(WorkerView(row["slot"], row["pid"], row["run_id"]) for row in rows)
