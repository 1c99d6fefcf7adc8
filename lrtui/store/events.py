"""What happened, for people: one line each, with detail (a log's tail) where there is some."""

from lrtui.comparison.snapshot import Event
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import now


def record(
    connection: Connection,
    message: str,
    comparison_id: int | None = None,
    run_number: int | None = None,
    detail: str | None = None,
) -> None:
    """Write an event. Part of a transaction, or its own."""
    connection.execute(
        "INSERT INTO events (at, comparison_id, run_number, message, detail) VALUES (?, ?, ?, ?, ?)",
        (now(), comparison_id, run_number, message, detail),
    )


def tail(connection: Connection, limit: int = 200) -> tuple[Event, ...]:
    """The latest events, oldest first."""
    rows = connection.execute(
        "SELECT at, comparison_id, run_number, message FROM events ORDER BY id DESC LIMIT ?", (limit,)
    ).fetchall()
    return tuple(Event(row["at"], row["comparison_id"], row["run_number"], row["message"]) for row in reversed(rows))


def of_run(connection: Connection, comparison_id: int, run_number: int | None) -> list[tuple[Event, str | None]]:
    """The events of a comparison, or of one of its runs, oldest first, with their detail."""
    rows = connection.execute(
        "SELECT * FROM events WHERE comparison_id = ? AND (? IS NULL OR run_number = ?) ORDER BY id",
        (comparison_id, run_number, run_number),
    )
    return [(Event(r["at"], r["comparison_id"], r["run_number"], r["message"]), r["detail"]) for r in rows]
