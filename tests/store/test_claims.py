"""Claims: each run once, and nothing written by a worker whose claim is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lrtui.comparison.status import RunStatus
from lrtui.machine.paths import Files
from lrtui.store import claims, commands, comparisons, events, runs, workers
from lrtui.store.claims import MAX_ATTEMPTS, ClaimLost
from lrtui.store.commands import Command
from lrtui.store.connection import open_database
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from tests.store import fakes


def test_concurrent_claims_take_each_run_once(connection: Connection, database: Path) -> None:
    fakes.create(connection, schedulers=["constant", "step", "cosine", "exponential"], seeds=6)

    def claim_all(number: int) -> list[int]:
        own = open_database(database)
        worker_id = workers.register(own, f"cpu:{number}")
        taken = []
        while (claim := claims.claim_next(own, worker_id, "cpu", fakes.ACCEPTS)) is not None:
            taken.append(claim.run_id)
        own.close()
        return taken

    with ThreadPoolExecutor(8) as pool:
        found = [run_id for taken in pool.map(claim_all, range(8)) for run_id in taken]
    assert sorted(found) == list(range(1, 25))


def test_runs_are_claimed_seed_by_seed(connection: Connection) -> None:
    fakes.create(connection, seeds=2)
    taken = [fakes.claim(connection).planned for _ in range(4)]
    assert [(planned.seed, planned.label) for planned in taken] == [
        (0, "constant"), (0, "step"), (1, "constant"), (1, "step"),
    ]  # fmt: skip


def test_a_worker_claims_only_what_its_slot_serves(connection: Connection) -> None:
    fakes.create(connection, device="cuda")
    worker_id = workers.register(connection, "cpu:0")
    assert claims.claim_next(connection, worker_id, "cpu", fakes.ACCEPTS) is None
    assert claims.claim_next(connection, worker_id, "cuda:0", ("auto", "cuda", "cuda:0")) is not None


def test_a_lost_claim_writes_nothing(connection: Connection) -> None:
    comparison_id = fakes.create(connection)
    stale = fakes.claim(connection)
    with transaction(connection):
        claims.give_back(connection, stale.run_id, stale.claim, RunStatus.QUEUED)
    fresh = fakes.claim(connection)
    assert fresh.run_id == stale.run_id
    before = runs.get(connection, comparison_id, 1)
    writes: list[Callable[[], None]] = [
        lambda: claims.write_epochs(connection, stale.run_id, stale.claim, [fakes.row(stale.run_id, 1)]),
        lambda: claims.write_provenance(connection, stale.run_id, stale.claim, fakes.PROVENANCE),
        lambda: claims.finish(connection, stale.run_id, stale.claim, fakes.result()),
        lambda: claims.give_back(connection, stale.run_id, stale.claim, RunStatus.PAUSED),
    ]
    for write in writes:
        with pytest.raises(ClaimLost), transaction(connection):
            write()
    assert runs.get(connection, comparison_id, 1) == before
    assert runs.epochs(connection, stale.run_id) == []
    assert claims.request(connection, stale.run_id, stale.claim) == "stop"
    assert claims.request(connection, fresh.run_id, fresh.claim) == "go"


def test_a_cancelled_run_takes_no_more_rows(connection: Connection) -> None:
    comparison_id = fakes.create(connection)
    taken = fakes.claim(connection)
    with transaction(connection):
        assert claims.move(connection, comparison_id, None, RunStatus.CANCELLED) == 2
    with pytest.raises(ClaimLost), transaction(connection):
        claims.write_epochs(connection, taken.run_id, taken.claim, [fakes.row(taken.run_id, 1)])


def test_an_epoch_written_again_replaces_itself(connection: Connection) -> None:
    fakes.create(connection)
    taken = fakes.claim(connection)
    rows = [fakes.row(taken.run_id, epoch) for epoch in (1, 2, 3)]
    for batch in (rows[:2], rows):
        with transaction(connection):
            claims.write_epochs(connection, taken.run_id, taken.claim, batch)
    assert runs.epochs(connection, taken.run_id) == rows


def test_rows_of_an_attempt_that_got_further_do_not_outlive_the_end(connection: Connection) -> None:
    fakes.create(connection)
    taken = fakes.claim(connection)
    with transaction(connection):
        claims.write_epochs(connection, taken.run_id, taken.claim, [fakes.row(taken.run_id, e) for e in (1, 2, 3)])
    fakes.train(connection, taken, fakes.result(epochs_run=2))
    assert [epoch.epoch for epoch in runs.epochs(connection, taken.run_id)] == [1, 2]


def test_a_run_given_back_was_no_attempt(connection: Connection) -> None:
    comparison_id = fakes.create(connection)
    for _ in range(MAX_ATTEMPTS + 2):
        taken = fakes.claim(connection)
        with transaction(connection):
            claims.give_back(connection, taken.run_id, taken.claim, RunStatus.QUEUED)
    run = runs.get(connection, comparison_id, 1)
    assert (run.status, run.attempt) == (RunStatus.QUEUED, 0)


def test_the_third_death_is_a_failure_that_says_why(connection: Connection) -> None:
    comparison_id = fakes.create(connection)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        worker_id = workers.register(connection, "cpu:0")
        assert fakes.claim(connection, worker_id).planned.number == 1
        assert runs.get(connection, comparison_id, 1).attempt == attempt
        with transaction(connection):
            claims.take_from_dead_worker(connection, worker_id, "was killed by SIGKILL", f"tail {attempt}")
    run = runs.get(connection, comparison_id, 1)
    assert run.status is RunStatus.FAILED
    assert run.ended_at is not None
    assert run.error == "worker was killed by SIGKILL in each of 3 attempts; see `lrtui logs 1/1`"
    assert [detail for _, detail in events.of_run(connection, comparison_id, 1)] == ["tail 1", "tail 2", "tail 3"]


def test_a_run_that_was_to_pause_when_its_worker_died_is_paused(connection: Connection) -> None:
    comparison_id = fakes.create(connection)
    worker_id = workers.register(connection, "cpu:0")
    taken = fakes.claim(connection, worker_id)
    connection.execute("UPDATE runs SET pause_wanted = 1 WHERE id = ?", (taken.run_id,))
    with transaction(connection):
        claims.take_from_dead_worker(connection, worker_id, "vanished", "")
    assert runs.get(connection, comparison_id, 1).status is RunStatus.PAUSED


def test_a_worker_between_two_runs_is_not_unwanted(connection: Connection) -> None:
    comparison_id = fakes.create(connection)
    worker_id = workers.register(connection, "cpu:0")
    taken = fakes.claim(connection, worker_id)
    assert workers.unwanted(connection) == set()
    fakes.train(connection, taken)
    assert workers.unwanted(connection) == set()
    fakes.claim(connection, worker_id)
    with transaction(connection):
        claims.move(connection, comparison_id, None, RunStatus.CANCELLED)
    assert workers.unwanted(connection) == {worker_id}


def test_a_worker_that_keeps_one_of_its_runs_is_wanted(connection: Connection) -> None:
    comparison_id = fakes.create(connection)
    worker_id = workers.register(connection, "cpu:0")
    first, second = fakes.claim(connection, worker_id), fakes.claim(connection, worker_id)
    with transaction(connection):
        claims.move(connection, comparison_id, 1, RunStatus.CANCELLED)
    (worker,) = workers.living(connection)
    assert (worker.runs, worker.lost, worker.idle) == ((second.run_id,), (first.run_id,), False)
    assert workers.unwanted(connection) == set()
    assert claims.request(connection, first.run_id, first.claim) == "stop"
    assert claims.request(connection, second.run_id, second.claim) == "go"


def test_a_run_queued_again_waits_until_its_worker_has_let_go_of_it(connection: Connection) -> None:
    """Two processes would write one checkpoint."""
    comparison_id = fakes.create(connection, schedulers=["constant"])
    slow, other = workers.register(connection, "cpu:0"), workers.register(connection, "cpu:1")
    taken = fakes.claim(connection, slow)
    with transaction(connection):
        claims.move(connection, comparison_id, None, RunStatus.CANCELLED)
    commands.carry_out(connection, Command(commands.ask(connection, "retry", comparison_id, None), "retry", 1, None))
    assert runs.get(connection, comparison_id, 1).status is RunStatus.QUEUED
    assert claims.claim_next(connection, other, "cpu", fakes.ACCEPTS) is None
    assert claims.claimable(connection) == {}
    assert workers.unwanted(connection) == {slow}
    claims.let_go(connection, taken.run_id, slow)
    assert workers.unwanted(connection) == set()
    assert claims.claimable(connection) == {"auto": 1}
    again = fakes.claim(connection, other)
    claims.let_go(connection, again.run_id, slow)  # it wakes late: the run is another's by now
    assert claims.request(connection, again.run_id, again.claim) == "go"


def test_a_run_queued_again_does_not_wait_for_a_worker_that_is_gone(connection: Connection) -> None:
    comparison_id = fakes.create(connection, schedulers=["constant"])
    worker_id = workers.register(connection, "cpu:0")
    fakes.claim(connection, worker_id)
    with transaction(connection):
        claims.move(connection, comparison_id, None, RunStatus.CANCELLED)
    workers.record_end(connection, worker_id, "was killed")
    commands.carry_out(connection, Command(commands.ask(connection, "retry", comparison_id, None), "retry", 1, None))
    assert fakes.claim(connection).planned.number == 1


def test_who_still_holds_a_run_of_a_deleted_comparison_is_told_to_leave(connection: Connection, files: Files) -> None:
    comparison_id = fakes.create(connection)
    worker_id, idle = workers.register(connection, "cpu:0"), workers.register(connection, "cpu:1")
    fakes.claim(connection, worker_id)
    with transaction(connection):
        claims.move(connection, comparison_id, None, RunStatus.CANCELLED)
    comparisons.delete(connection, comparison_id, files)
    assert workers.told_to_leave(connection) == {worker_id}
    assert idle not in workers.unwanted(connection)
    workers.record_end(connection, worker_id, "was killed by SIGTERM")
    assert workers.told_to_leave(connection) == set()
