"""Commands: every verb on every status, and no status that the table of moves does not allow."""

import pytest

from lrtui.comparison.status import MOVES, WORKS_ON, RunStatus, Verb
from lrtui.errors import UserError
from lrtui.machine.paths import Files
from lrtui.store import claims, commands, comparisons, events, runs
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from tests.store import fakes

_S = RunStatus
# What a run becomes; what is not named stays as it is. A running run pauses by itself, at the end of its epoch.
_EXPECTED: dict[Verb, dict[RunStatus, RunStatus]] = {
    "pause": {_S.QUEUED: _S.PAUSED},
    "resume": {_S.PAUSED: _S.QUEUED},
    "cancel": {_S.QUEUED: _S.CANCELLED, _S.RUNNING: _S.CANCELLED, _S.PAUSED: _S.CANCELLED},
    "retry": {_S.FAILED: _S.QUEUED, _S.CANCELLED: _S.QUEUED, _S.DIVERGED: _S.QUEUED},
}


def _carry_out(connection: Connection, verb: Verb, comparison_id: int, run_number: int | None = None) -> str:
    commands.ask(connection, verb, comparison_id, run_number)
    (command,) = commands.unhandled(connection)
    return commands.carry_out(connection, command)


@pytest.mark.parametrize("verb", WORKS_ON)
@pytest.mark.parametrize("status", list(RunStatus))
def test_every_verb_on_every_status(connection: Connection, verb: Verb, status: RunStatus) -> None:
    comparison_id = fakes.put(connection, status)
    assert runs.get(connection, comparison_id, 1).status is status
    answer = _carry_out(connection, verb, comparison_id)
    after = runs.get(connection, comparison_id, 1).status
    assert after is _EXPECTED[verb].get(status, status)
    assert after is status or after in MOVES[status]
    acted = status in WORKS_ON[verb]
    assert acted == (after is not status or (verb, status) == ("pause", RunStatus.RUNNING))
    assert answer.startswith("nothing to" if not acted else commands.PAST[verb])
    assert bool(events.of_run(connection, comparison_id, None)) is acted
    assert commands.unhandled(connection) == []


def test_a_running_run_is_told_to_pause_and_may_be_told_to_go_on(connection: Connection) -> None:
    comparison_id = fakes.create(connection, schedulers=["constant"])
    taken = fakes.claim(connection)
    for verb, wanted, word in (("pause", "pause", "pausing"), ("resume", "go", "running")):
        assert _carry_out(connection, verb, comparison_id).startswith(commands.PAST[verb])  # type: ignore[arg-type]
        assert claims.request(connection, taken.run_id, taken.claim) == wanted
        assert runs.get(connection, comparison_id, 1).word == word


def test_a_command_for_one_run_leaves_the_others(connection: Connection) -> None:
    comparison_id = fakes.create(connection)
    assert _carry_out(connection, "cancel", comparison_id, 2) == "cancelled run 2 of comparison 1"
    assert [run.status for run in runs.of_comparison(connection, comparison_id)] == ["queued", "cancelled"]


def test_a_command_for_another_comparison_leaves_this_one(connection: Connection) -> None:
    first, second = fakes.create(connection), fakes.create(connection)
    _carry_out(connection, "cancel", second)
    assert {run.status for run in runs.of_comparison(connection, first)} == {RunStatus.QUEUED}


def test_a_diverged_run_that_is_retried_starts_over(connection: Connection) -> None:
    comparison_id = fakes.put(connection, RunStatus.DIVERGED)
    run = runs.get(connection, comparison_id, 1)
    assert runs.epochs(connection, run.id)
    _carry_out(connection, "retry", comparison_id)
    run = runs.get(connection, comparison_id, 1)
    assert (run.epoch, run.diverged_at, run.attempt, run.error) == (0, None, 0, None)
    assert runs.epochs(connection, run.id) == []


def test_a_retried_run_shows_nothing_of_its_last_end(connection: Connection) -> None:
    comparison_id = fakes.put(connection, RunStatus.DIVERGED)
    _carry_out(connection, "retry", comparison_id)
    columns = ("seconds", "best_epoch", "score", "test", "score_last", "test_last", "stopped_early_at")
    row = connection.execute(f"SELECT {', '.join(columns)} FROM runs").fetchone()
    assert tuple(row) == (None,) * len(columns)


def test_moves_are_only_those_of_the_table(connection: Connection) -> None:
    for status in RunStatus:
        for to in RunStatus:
            if to is RunStatus.RUNNING:  # that is a claim
                continue
            comparison_id = fakes.put(connection, status)
            with transaction(connection):
                moved = claims.move(connection, comparison_id, None, to)
            after = runs.get(connection, comparison_id, 1).status
            assert after is (to if moved else status)
            if moved:
                assert to in MOVES[status]
            with transaction(connection):  # nothing of it may be claimed in place of the next
                connection.execute("UPDATE runs SET status = 'done' WHERE status = 'queued'")


def test_deleting_takes_everything_and_only_from_ended_comparisons(connection: Connection, files: Files) -> None:
    kept, deleted = fakes.trained(connection), fakes.create(connection)
    with pytest.raises(UserError, match="is queued: only an ended one can be deleted"):
        comparisons.delete(connection, deleted, files)
    _carry_out(connection, "cancel", deleted)
    leftover = files.checkpoint(runs.get(connection, deleted, 1).id)
    leftover.write_bytes(b"weights")
    comparisons.delete(connection, deleted, files)
    assert not leftover.exists()
    assert [c.id for c in comparisons.list_all(connection)] == [kept]
    for table in ("runs", "events"):
        assert (
            connection.execute(f"SELECT count(*) FROM {table} WHERE comparison_id = ?", (deleted,)).fetchone()[0] == 0
        )
