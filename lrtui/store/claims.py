"""Who trains what: claiming a run, and every way a claim ends.

A claim is a number that grows each time a run changes hands. Whatever a worker writes names its claim, so that one
which was stopped, taken for dead and replaced cannot write a row when it wakes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Literal

from lrtui.comparison.records import EVALUATION_COLUMNS, EvaluationRow, Provenance, RunResult
from lrtui.comparison.spec import PlannedRun, Spec
from lrtui.comparison.status import MOVES, RunStatus, sources
from lrtui.store import cells, events, trials
from lrtui.store.comparisons import spec_of
from lrtui.store.sqlite import Connection, Row
from lrtui.store.transactions import now, transaction

MAX_ATTEMPTS = 3


# A run that was cancelled and queued again waits until the worker that had it has let go of it, or is gone: two processes
# are never at one run.
_CLAIMABLE = (
    "status = 'queued' AND (worker_id IS NULL OR NOT EXISTS"
    " (SELECT 1 FROM workers w WHERE w.id = runs.worker_id AND w.ended_at IS NULL))"
)


@dataclass(frozen=True)
class Claim:
    """A run in the hands of one worker."""

    run_id: int
    claim: int
    comparison_id: int
    spec: Spec
    planned: PlannedRun
    data_dir: Path | None


class ClaimLost(Exception):
    """The run was cancelled, deleted or given to another worker."""


def claim_several(connection: Connection, worker_id: int, device: str, accepts: Sequence[str], n: int) -> list[Claim]:
    """Take up to `n` queued runs that ask for one of the devices in `accepts`: the next one, and those of its comparison."""
    taken: list[Claim] = []
    while len(taken) < n:
        claim = claim_next(connection, worker_id, device, accepts, of=taken[0].comparison_id if taken else None)
        if claim is None:
            break
        taken.append(claim)
    return taken


def claim_next(
    connection: Connection, worker_id: int, device: str, accepts: Sequence[str], *, of: int | None = None
) -> Claim | None:
    """Take the next queued run (`of` a comparison) that asks for one of the devices in `accepts`; None when there is none."""
    marks = ", ".join("?" for _ in accepts)
    query = f"SELECT id FROM runs WHERE {_CLAIMABLE} AND wanted_device IN ({marks}){'' if of is None else f' AND comparison_id = {of:d}'} ORDER BY comparison_id, number LIMIT 1"
    if (
        connection.execute(query, accepts).fetchone() is None
    ):  # an idle worker asks often: do not take the write lock for it
        return None
    with transaction(connection):
        row = connection.execute(
            "UPDATE runs SET status = 'running', claim = claim + 1, attempt = attempt + 1, worker_id = ?, device = ?,"
            f" pause_wanted = 0, error = NULL, ended_at = NULL, started_at = coalesce(started_at, ?) WHERE id = ({query})"
            " RETURNING id, claim, comparison_id, number, cell_id, seed",
            (worker_id, device, now(), *accepts),
        ).fetchone()
        if row is None:
            return None
        comparison = connection.execute(
            "SELECT spec, task, data_dir FROM comparisons WHERE id = ?", (row["comparison_id"],)
        ).fetchone()
        cell = cells.get(connection, row["cell_id"])
    spec = spec_of(comparison["spec"], comparison["task"])
    planned = PlannedRun(row["number"], cell, row["seed"])
    folder = Path(comparison["data_dir"]) if comparison["data_dir"] else None
    return Claim(row["id"], row["claim"], row["comparison_id"], spec, planned, folder)


def claimable(connection: Connection) -> dict[str, int]:
    """How many runs could be claimed, by the device they ask for."""
    return dict(
        connection.execute(f"SELECT wanted_device, count(*) FROM runs WHERE {_CLAIMABLE} GROUP BY 1").fetchall()
    )


def write_epochs(connection: Connection, run_id: int, claim: int, rows: Sequence[EvaluationRow]) -> None:
    """Record epochs; writing one again replaces it. Part of a transaction.

    Raises:
        ClaimLost: the run is not this claim's any more; nothing was written.
    """
    last = rows[-1]
    cursor = connection.execute(
        "UPDATE runs SET epoch = ?, lr = ?, last_score = ? WHERE id = ? AND claim = ? AND status = 'running'",
        (last.epoch, last.lr_last, last.score, run_id, claim),
    )
    if cursor.rowcount != 1:
        raise ClaimLost(run_id)
    connection.executemany(
        f"INSERT OR REPLACE INTO evaluations (run_id, {', '.join(EVALUATION_COLUMNS)})"
        f" VALUES (?{', ?' * len(EVALUATION_COLUMNS)})",
        [(run_id, *_values(row)) for row in rows],
    )


_values = attrgetter(*EVALUATION_COLUMNS)


def write_provenance(connection: Connection, run_id: int, claim: int, provenance: Provenance) -> None:
    """Record what makes the run comparable. Part of a transaction.

    Raises:
        ClaimLost: as for `write_epochs`.
    """
    _update(
        connection, run_id, claim,
        "init_hash = ?, order_hash = ?, precision = ?, torch = nullif(?, ''), device_name = nullif(?, '')",
        (provenance.init_hash, provenance.order_hash, provenance.precision, provenance.torch, provenance.device_name),
    )  # fmt: skip


def finish(connection: Connection, run_id: int, claim: int, result: RunResult) -> None:
    """Record how the run ended. Part of a transaction.

    Raises:
        ClaimLost: as for `write_epochs`.
    """
    assert result.status in MOVES[RunStatus.RUNNING], result
    _update(
        connection, run_id, claim,
        "status = ?, ended_at = ?, worker_id = NULL, seconds = ?, best_epoch = ?, score = ?, selection = ?, test = ?,"
        " score_last = ?, test_last = ?, diverged_at = ?, stopped_early_at = ?, error = ?",
        (
            result.status, now(), result.seconds, result.best_epoch, result.score, result.selection, result.test,
            result.score_last, result.test_last, result.diverged_at, result.stopped_early_at, result.error,
        ),
    )  # fmt: skip
    if result.status is not RunStatus.FAILED:  # rows of an earlier attempt that got further
        connection.execute("DELETE FROM evaluations WHERE run_id = ? AND epoch > ?", (run_id, result.epochs_run))


def give_back(connection: Connection, run_id: int, claim: int, status: RunStatus) -> None:
    """The worker stops on request: the run is `queued` again, or `paused`; this was not a failed attempt. Part of a transaction.

    Raises:
        ClaimLost: as for `write_epochs`.
    """
    assert status in (RunStatus.QUEUED, RunStatus.PAUSED)
    _update(
        connection, run_id, claim,
        "status = ?, claim = claim + 1, attempt = attempt - 1, worker_id = NULL, pause_wanted = 0", (status,),
    )  # fmt: skip


def let_go(connection: Connection, run_id: int, worker_id: int) -> None:
    """The worker does nothing more for a run whose claim it has lost. Part of a transaction, or its own."""
    connection.execute("UPDATE runs SET worker_id = NULL WHERE id = ? AND worker_id = ?", (run_id, worker_id))


def request(connection: Connection, run_id: int, claim: int) -> Literal["go", "pause", "stop"]:
    """What is wanted of a claimed run: "go", "pause", or "stop" when the claim is lost."""
    row = connection.execute("SELECT claim, status, pause_wanted FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is None or row["claim"] != claim or row["status"] != RunStatus.RUNNING:
        return "stop"
    return "pause" if row["pause_wanted"] else "go"


def ensure_held(connection: Connection, run_id: int, claim: int) -> None:
    """Nothing, where the claim still stands. Part of a transaction.

    Raises:
        ClaimLost: as for `write_epochs`.
    """
    if request(connection, run_id, claim) == "stop":
        raise ClaimLost(run_id)


def take_from_dead_worker(connection: Connection, worker_id: int, why: str, log_tail: str) -> None:
    """Requeue what a dead worker held; after `MAX_ATTEMPTS` it has failed, and says why. Part of a transaction."""
    for row in connection.execute(
        "SELECT * FROM runs WHERE worker_id = ? AND status = 'running'", (worker_id,)
    ).fetchall():
        status, message = _after_death(row, why)
        failed = status is RunStatus.FAILED
        connection.execute(
            "UPDATE runs SET status = ?, claim = claim + 1, worker_id = NULL, pause_wanted = 0, error = ?, ended_at = ? WHERE id = ?",
            (status, message if failed else None, now() if failed else None, row["id"]),
        )
        events.record(connection, message, row["comparison_id"], row["number"], detail=log_tail)


def _after_death(row: Row, why: str) -> tuple[RunStatus, str]:
    if row["pause_wanted"]:
        return RunStatus.PAUSED, f"worker {why} before the run could pause: paused at its last checkpoint"
    if row["attempt"] >= MAX_ATTEMPTS:
        return (
            RunStatus.FAILED,
            f"worker {why} in each of {MAX_ATTEMPTS} attempts; see `lrtui logs {row['comparison_id']}/{row['number']}`",
        )
    return RunStatus.QUEUED, f"worker {why}: run requeued after attempt {row['attempt']} of {MAX_ATTEMPTS}"


def _update(connection: Connection, run_id: int, claim: int, assignments: str, values: Sequence[object]) -> None:
    cursor = connection.execute(
        f"UPDATE runs SET {assignments} WHERE id = ? AND claim = ? AND status = 'running'", (*values, run_id, claim)
    )
    if cursor.rowcount != 1:
        raise ClaimLost(run_id)


def selected(comparison_id: int, run_number: int | None) -> tuple[str, tuple[int, ...]]:
    """The WHERE clause of `ID` or `ID/RUN`."""
    if run_number is None:
        return "comparison_id = ?", (comparison_id,)
    return "comparison_id = ? AND number = ?", (comparison_id, run_number)


def move(
    connection: Connection, comparison_id: int, run_number: int | None, to: RunStatus, assignments: str = ""
) -> int:
    """Move every selected run that may legally go there, ending its claim. Part of a transaction. Returns how many moved.

    A running run is not sent back to the queue this way: that is its worker's death, or `give_back`.
    """
    where, values = selected(comparison_id, run_number)
    origins = sorted(sources(to) - ({RunStatus.RUNNING} if to in (RunStatus.QUEUED, RunStatus.PAUSED) else set()))
    marks = ", ".join("?" for _ in origins)
    ended = f"'{now()}'" if to.ended else "NULL"
    cursor = connection.execute(
        f"UPDATE runs SET status = ?, claim = claim + 1, pause_wanted = 0, ended_at = {ended}{assignments}"
        f" WHERE {where} AND status IN ({marks})",
        (to, *values, *origins),
    )
    return cursor.rowcount


def fail_queued(connection: Connection, accepts: Sequence[str], error: str) -> None:
    """No worker can start on this kind of device: what waits for it has failed. One transaction."""
    marks = ", ".join("?" for _ in accepts)
    with transaction(connection):
        failed = connection.execute(
            f"UPDATE runs SET status = 'failed', error = ?, ended_at = ?, claim = claim + 1 WHERE status = 'queued' AND wanted_device IN ({marks})"
            " RETURNING comparison_id",
            (error, now(), *accepts),
        ).fetchall()
        for comparison_id in sorted({row["comparison_id"] for row in failed}):
            trials.give_up(connection, comparison_id, error)
