"""Requests from a person to the supervisor: pause, resume, cancel, retry."""

from dataclasses import dataclass
from typing import cast

from lrtui.comparison.status import WORKS_ON, RunStatus, Verb
from lrtui.formats import counted
from lrtui.store import claims, events, trials
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import now, transaction


@dataclass(frozen=True, slots=True)
class Command:
    """A request for a comparison, or for one of its runs."""

    id: int
    verb: Verb
    comparison_id: int
    run_number: int | None


def ask(connection: Connection, verb: Verb, comparison_id: int, run_number: int | None) -> int:
    """Put a request on record. Returns its id."""
    cursor = connection.execute(
        "INSERT INTO commands (at, verb, comparison_id, run_number) VALUES (?, ?, ?, ?)",
        (now(), verb, comparison_id, run_number),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def answer(connection: Connection, command_id: int) -> str | None:
    """What was done about a request; None while nothing was."""
    row = connection.execute("SELECT answer FROM commands WHERE id = ?", (command_id,)).fetchone()
    return None if row is None else row["answer"]


def was_done(answer: str) -> bool:
    """Whether an answer says that something was changed."""
    return not answer.startswith(_NOTHING)


def unhandled(connection: Connection) -> list[Command]:
    """The requests nobody has carried out, oldest first."""
    rows = connection.execute(
        "SELECT id, verb, comparison_id, run_number FROM commands WHERE handled_at IS NULL ORDER BY id"
    )
    return [Command(r["id"], cast(Verb, r["verb"]), r["comparison_id"], r["run_number"]) for r in rows]


def carry_out(connection: Connection, command: Command) -> str:
    """Change the runs' records as asked, in one transaction with the answer; returns the answer.

    Running workers are not touched here: one whose claim was cancelled is ended by the supervisor, one that is wanted
    to pause does so at the end of its epoch.
    """
    with transaction(connection):
        done = PAST[command.verb]
        n = _APPLY[command.verb](connection, command)
        one = command.run_number is not None
        target = f"{f'run {command.run_number} of ' if one else ''}comparison {command.comparison_id}"
        what = target if one else f"{counted(n, 'run')} of {target}"
        text = f"{done} {what}" if n else f"{_NOTHING} {command.verb} in {target}"
        connection.execute("UPDATE commands SET handled_at = ?, answer = ? WHERE id = ?", (now(), text, command.id))
        exists = connection.execute("SELECT 1 FROM comparisons WHERE id = ?", (command.comparison_id,)).fetchone()
        if n and exists:
            events.record(connection, text, command.comparison_id, command.run_number)
    return text


def _pause(connection: Connection, c: Command) -> int:
    where, values = claims.selected(c.comparison_id, c.run_number)
    running = connection.execute(
        f"UPDATE runs SET pause_wanted = 1 WHERE {where} AND status = 'running' AND pause_wanted = 0", values
    ).rowcount
    to_come = _to_come(connection, c, RunStatus.PAUSED)
    return running + to_come + claims.move(connection, c.comparison_id, c.run_number, RunStatus.PAUSED)


def _resume(connection: Connection, c: Command) -> int:
    where, values = claims.selected(c.comparison_id, c.run_number)
    running = connection.execute(
        f"UPDATE runs SET pause_wanted = 0 WHERE {where} AND status = 'running' AND pause_wanted = 1", values
    ).rowcount
    paused = connection.execute(
        f"UPDATE runs SET status = 'queued', claim = claim + 1 WHERE {where} AND {_WHERE['resume']}", values
    ).rowcount
    return running + paused + _to_come(connection, c, RunStatus.QUEUED)


def _cancel(connection: Connection, c: Command) -> int:
    to_come = _to_come(connection, c, RunStatus.CANCELLED)
    return to_come + claims.move(connection, c.comparison_id, c.run_number, RunStatus.CANCELLED)


def _retry(connection: Connection, c: Command) -> int:
    where, values = claims.selected(c.comparison_id, c.run_number)
    # A diverged run left no checkpoint: it starts over, and its old epochs with it.
    connection.execute(
        f"DELETE FROM evaluations WHERE run_id IN (SELECT id FROM runs WHERE {where} AND status = 'diverged')", values
    )
    to_come = _to_come(connection, c, RunStatus.QUEUED)
    runs = connection.execute(
        "UPDATE runs SET status = 'queued', claim = claim + 1, attempt = 0,"
        f" epoch = CASE status WHEN 'diverged' THEN 0 ELSE epoch END, {', '.join(f'{column} = NULL' for column in _OF_THE_END)}"
        f" WHERE {where} AND {_WHERE['retry']}",
        values,
    ).rowcount
    return runs + to_come


def _to_come(connection: Connection, c: Command, to: RunStatus) -> int:
    """Move the runs that a search has still to propose; a request for one run does not mean them."""
    return trials.move(connection, c.comparison_id, WORKS_ON[c.verb], to) if c.run_number is None else 0


_OF_THE_END = (
    "ended_at", "error", "seconds", "best_epoch", "score", "selection", "test", "score_last", "test_last",
    "diverged_at", "stopped_early_at",
)  # fmt: skip
_APPLY = {"pause": _pause, "resume": _resume, "cancel": _cancel, "retry": _retry}
_NOTHING = "nothing to"
PAST = {"pause": "paused", "resume": "resumed", "cancel": "cancelled", "retry": "queued again"}
_WHERE = {
    verb: "status IN ({})".format(", ".join(f"'{status}'" for status in sorted(WORKS_ON[verb]))) for verb in WORKS_ON
}
