"""The trials a search has still to propose.

Such a search knows from the start how many runs it will have, and not yet at which base LRs: `comparisons.unproposed`
counts those that are not in `runs` yet, and `unproposed_status` is the status they share: queued (the supervisor will
propose them), paused, cancelled or failed. A trial's runs appear and the count goes down in one transaction, so that at
every moment what is there and what is to come are all that was planned.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from lrtui.comparison.spec import PlannedRun, Spec
from lrtui.comparison.status import ENDED, MOVES, RunStatus
from lrtui.store import cells, events
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction

_ENDED = ", ".join(f"'{status}'" for status in sorted(ENDED))


@dataclass(frozen=True, slots=True)
class Due:
    """A schedule whose runs have all ended and that has trials to come; `runs` are those it has had."""

    comparison_id: int
    label: str
    runs: int


def due(connection: Connection, comparison_id: int | None = None) -> list[Due]:
    """Every schedule, of one comparison or of all, that waits for its next trial."""
    found = []
    for open_id, unproposed in connection.execute(
        "SELECT id, unproposed FROM comparisons WHERE unproposed > 0 AND unproposed_status = 'queued'"
        " AND (? IS NULL OR id = ?) ORDER BY id",
        (comparison_id, comparison_id),
    ).fetchall():
        schedules = connection.execute(
            f"SELECT scheduler, count(*) AS runs, sum(status NOT IN ({_ENDED})) AS unended FROM runs"
            " WHERE comparison_id = ? GROUP BY scheduler ORDER BY min(number)",
            (open_id,),
        ).fetchall()
        each = (unproposed + sum(row["runs"] for row in schedules)) // max(1, len(schedules))
        found += [
            Due(open_id, row["scheduler"], row["runs"])
            for row in schedules
            if row["runs"] < each and not row["unended"]
        ]
    return found


def add(connection: Connection, wanted: Due, spec: Spec, base_lr: float) -> bool:
    """Queue the runs of a schedule's next trial, one a seed, or none: whether the schedule was still waiting for it."""
    choice = next(choice for choice in spec.schedules if choice.label == wanted.label)
    choice = replace(choice, table=cells.table_of(connection, wanted.comparison_id, wanted.label))
    cell = spec.cell(choice, base_lr)
    n = len(spec.seeds)
    with transaction(connection):
        taken = connection.execute(
            "UPDATE comparisons SET unproposed = unproposed - ? WHERE id = ? AND unproposed >= ? AND unproposed_status = 'queued'"
            " AND (SELECT count(*) FROM runs WHERE comparison_id = comparisons.id AND scheduler = ?) = ?",
            (n, wanted.comparison_id, n, wanted.label, wanted.runs),
        ).rowcount
        if not taken:
            return False
        (last,) = connection.execute(
            "SELECT max(number) FROM runs WHERE comparison_id = ?", (wanted.comparison_id,)
        ).fetchone()
        runs = [PlannedRun(last + i, cell, seed) for i, seed in enumerate(spec.seeds, 1)]
        cells.plan(connection, wanted.comparison_id, spec, runs)
    return True


def move(connection: Connection, comparison_id: int, origins: Collection[RunStatus], to: RunStatus) -> int:
    """Give what is to come another status, if it has one of `origins`. Part of a transaction. Returns how many runs that are."""
    assert all(to in MOVES[origin] for origin in origins)
    marks = ", ".join("?" for _ in origins)
    row = connection.execute(
        f"UPDATE comparisons SET unproposed_status = ? WHERE id = ? AND unproposed > 0 AND unproposed_status IN ({marks})"
        " RETURNING unproposed",
        (to, comparison_id, *origins),
    ).fetchone()
    return row[0] if row else 0


def give_up(connection: Connection, comparison_id: int, reason: str) -> None:
    """A queued search cannot go on: what is to come has failed, and an event says why. Part of a transaction."""
    given_up = connection.execute(
        "UPDATE comparisons SET unproposed_status = 'failed' WHERE id = ? AND unproposed > 0 AND unproposed_status = 'queued'",
        (comparison_id,),
    ).rowcount
    if given_up:
        events.record(connection, f"the search ends here: {reason}", comparison_id)
