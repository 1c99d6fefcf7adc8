"""The runs that are still to be proposed: counted everywhere, moved by every command, proposed once."""

from pathlib import Path

import pytest

from lrtui.comparison.status import RunStatus, Verb
from lrtui.errors import UserError
from lrtui.machine.paths import Files
from lrtui.report.ranked import analyse_comparison
from lrtui.store import claims, commands, comparisons, runs, sqlite, trials, workers
from lrtui.store.connection import open_database
from lrtui.store.progress import read_progress
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from lrtui.store.version import SCHEMA_VERSION
from lrtui.supervisor.search import propose_trials
from tests.conftest import Cli
from tests.store import fakes

_S = RunStatus
_TPE = {"search": "tpe", "base_lrs": [0.001, 1], "trials": 4, "seeds": 2}  # 2 schedules: 16 runs, 8 of them at first


def _train(connection: Connection) -> None:
    """Every queued run."""
    worker_id = workers.register(connection, "cpu:0")
    while (taken := claims.claim_next(connection, worker_id, "cpu", fakes.ACCEPTS)) is not None:
        fakes.train(connection, taken, fakes.result(test_acc=0.5 + taken.planned.base_lr / 10))
    workers.record_end(connection, worker_id, "left")


def _do(connection: Connection, verb: Verb, number: int | None = None) -> str:
    commands.ask(connection, verb, 1, number)
    (command,) = commands.unhandled(connection)
    return commands.carry_out(connection, command)


def test_all_trials_are_trained_each_once_and_none_before_those_before_it(connection: Connection) -> None:
    fakes.create(connection, **_TPE)
    for proposed in (8, 4, 4):
        assert not comparisons.get(connection, 1).ended
        propose_trials(connection)
        propose_trials(connection)
        assert (
            comparisons.get(connection, 1).counts[_S.QUEUED] == 16 - len(runs.of_comparison(connection, 1)) + proposed
        )
        _train(connection)
    comparison = comparisons.get(connection, 1)
    assert (comparison.status, comparison.counts, comparison.unproposed) == ("done", {_S.DONE: 16}, 0)
    propose_trials(connection)
    found = runs.of_comparison(connection, 1)
    assert [run.number for run in found] == list(range(1, 17))
    for label in ("constant", "step"):
        cells = [(run.base_lr, run.seed) for run in found if run.label == label]
        assert len(set(cells)) == 8
        assert len({lr for lr, _ in cells}) == 4


def test_a_run_that_has_not_ended_holds_its_own_schedule_only(connection: Connection) -> None:
    fakes.create(connection, **_TPE)
    _do(connection, "pause", 1)
    _train(connection)
    label = runs.get(connection, 1, 1).label
    assert [due.label for due in trials.due(connection)] == [c for c in ("constant", "step") if c != label]


def test_what_is_to_come_is_counted_everywhere(connection: Connection, lrtui: Cli) -> None:
    fakes.create(connection, **_TPE)
    _train(connection)
    progress = read_progress(connection, 1)
    assert (progress.runs, progress.ended, progress.active, progress.over) == (16, 8, 8, False)
    assert (progress.epochs_planned, progress.epochs_done, progress.epochs_left) == (48, 24, 24)
    assert (comparisons.get(connection, 1).status, comparisons.list_all(connection)[0].ended) == ("queued", False)
    assert "queued 8 16 digits" in " ".join(lrtui("list").out.split())
    assert "8 of 16 runs are still to be proposed" in lrtui("show", 1).out
    assert "provisional" in lrtui("rank", 1).out
    view = connection.execute("SELECT runs, finished, unproposed, epochs_planned FROM progress").fetchone()
    assert tuple(view) == (16, 8, 8, 48)


def test_a_comparison_with_trials_to_come_is_not_deleted(connection: Connection, files: Files) -> None:
    fakes.create(connection, **_TPE)
    _train(connection)
    with pytest.raises(UserError, match="only an ended one can be deleted"):
        comparisons.delete(connection, 1, files)


def test_cancelling_ends_the_search_and_retrying_takes_it_up_again(connection: Connection) -> None:
    fakes.create(connection, **_TPE)
    _train(connection)
    assert _do(connection, "cancel") == "cancelled 8 runs of comparison 1"
    propose_trials(connection)
    assert len(runs.of_comparison(connection, 1)) == 8
    comparison, progress = comparisons.get(connection, 1), read_progress(connection, 1)
    assert (comparison.status, comparison.ended, progress.over, progress.runs) == ("cancelled", True, True, 16)
    assert _do(connection, "retry") == "queued again 8 runs of comparison 1"
    propose_trials(connection)
    assert len(runs.of_comparison(connection, 1)) == 12


def test_schedules_with_fewer_base_lrs_are_named_and_trials_are_in_order(connection: Connection) -> None:
    fakes.create(connection, **_TPE)
    _train(connection)
    spec = comparisons.get(connection, 1).spec
    assert trials.add(connection, trials.due(connection)[1], spec, 0.002)
    _train(connection)
    _do(connection, "cancel")
    comparison = comparisons.get(connection, 1)
    analysis = analyse_comparison(comparison, runs.of_comparison(connection, 1))
    assert not analysis.ranking.provisional
    assert analysis.ranking.notes[0] == (
        "not every schedule was tried at 3 base LRs: constant had fewer, at least 2, and with them less of a chance"
    )
    (step,) = (entry for entry in analysis.sensitivity if entry.scheduler == "step")
    in_order = sorted(step.points, key=lambda point: point.trial)
    assert [point.base_lr for point in in_order] == [*spec.first_base_lrs, 0.002]
    assert [point.trial for point in in_order] == [1, 2, 3]


def test_a_paused_search_proposes_nothing(connection: Connection) -> None:
    fakes.create(connection, **_TPE)
    _train(connection)
    assert _do(connection, "pause") == "paused 8 runs of comparison 1"
    propose_trials(connection)
    progress = read_progress(connection, 1)
    assert (comparisons.get(connection, 1).status, progress.active, progress.over) == ("paused", 0, False)
    assert _do(connection, "resume") == "resumed 8 runs of comparison 1"
    propose_trials(connection)
    assert len(runs.of_comparison(connection, 1)) == 12


def test_commands_for_one_run_leave_the_search_alone(connection: Connection) -> None:
    fakes.create(connection, **_TPE)
    assert _do(connection, "cancel", 1) == "cancelled run 1 of comparison 1"
    _train(connection)
    assert len(trials.due(connection)) == 2


def test_a_wait_for_what_a_paused_run_holds_up_is_no_wait(connection: Connection) -> None:
    fakes.create(connection, **_TPE, schedulers=["constant"])
    _do(connection, "pause", 1)
    _train(connection)
    assert read_progress(connection, 1).active == 0


def test_a_trial_that_somebody_else_has_added_is_not_added_again(connection: Connection) -> None:
    fakes.create(connection, **_TPE)
    _train(connection)
    spec = comparisons.get(connection, 1).spec
    wanted = trials.due(connection)[0]
    assert trials.add(connection, wanted, spec, 0.5)
    assert not trials.add(connection, wanted, spec, 0.6)
    assert len(runs.of_comparison(connection, 1)) == 10


def test_a_device_that_no_worker_can_start_on_ends_the_search(connection: Connection) -> None:
    fakes.create(connection, **_TPE)
    claims.fail_queued(connection, fakes.ACCEPTS, "no worker could start on cpu")
    comparison = comparisons.get(connection, 1)
    assert (comparison.status, comparison.ended, comparison.counts) == ("failed", True, {_S.FAILED: 16})


def test_a_database_of_the_first_schema_is_migrated_after_a_backup(database: Path) -> None:
    connection = open_database(database)
    fakes.trained(connection)
    with transaction(connection):  # back to what the first schema was
        connection.execute("DROP VIEW progress")
        connection.execute("ALTER TABLE comparisons DROP COLUMN unproposed")
        connection.execute("ALTER TABLE comparisons DROP COLUMN unproposed_status")
        connection.execute("CREATE VIEW progress AS SELECT id AS comparison_id FROM comparisons")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'planned_by_a_search'")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    migrated = open_database(database)
    comparison = comparisons.get(migrated, 1)
    assert (comparison.status, comparison.unproposed, comparison.counts) == ("done", 0, {_S.DONE: 2})
    assert migrated.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert migrated.execute("SELECT runs FROM progress").fetchone()[0] == 2
    fakes.create(migrated, **_TPE)
    assert comparisons.get(migrated, 2).unproposed == 8
    backup = sqlite.connect(database.with_name("runs.db.v1.backup"))
    assert backup.execute("PRAGMA user_version").fetchone()[0] == 1
    assert backup.execute("SELECT count(*) FROM runs").fetchone()[0] == 2
