"""Cells and their LR tables come back as they were written; the views suit any metric."""

import json
from dataclasses import replace

import pytest

from lrtui.comparison.cell import Cell
from lrtui.store import cells, comparisons
from lrtui.store.sqlite import Connection
from lrtui.tasks.info import Metric
from tests.store import fakes


def _tabled(connection: Connection, number: int, label: str, base_lr: float, revision: int = 1) -> Cell:
    """The cell of step, given a table of its own, stored once more."""
    cell = comparisons.get(connection, number).cell("step", base_lr)
    table = [1 / (step + 3) for step in range(96)]
    made = Cell(label, base_lr, replace(cell.schedule, table=table), revision)
    return replace(made, id=cells.insert(connection, number, made))


def test_a_table_comes_back_to_the_last_bit_and_is_stored_and_held_once(connection: Connection) -> None:
    number = fakes.create(connection, base_lrs=[0.1, 0.3])
    stored = [_tabled(connection, number, "own", lr) for lr in (0.1, 0.3)]
    found = comparisons.get(connection, number).cells
    for cell in stored:
        table = found["own", cell.base_lr].schedule.table
        assert table is not None
        assert list(table) == cell.schedule.table
    assert found["own", 0.1].schedule.table is found["own", 0.3].schedule.table
    assert connection.execute("SELECT count(*) FROM lr_tables").fetchone()[0] == 1
    assert found["own", 0.1].schedule.identity == stored[0].schedule.identity != found["step", 0.1].schedule.identity


def test_the_latest_revision_is_shown_and_earlier_runs_keep_theirs(connection: Connection) -> None:
    number = fakes.create(connection, schedulers=["step"])
    first = comparisons.get(connection, number).cell("step")
    later = _tabled(connection, number, "step", 0.1, revision=2)
    assert comparisons.get(connection, number).cell("step").id == later.id
    assert first.id is not None
    taken = fakes.claim(connection)
    assert taken.planned.cell == first == cells.get(connection, first.id)


def test_deleting_a_comparison_takes_its_cells(connection: Connection) -> None:
    number = fakes.create(connection)
    assert connection.execute("SELECT count(*) FROM cells").fetchone()[0] == 2
    connection.execute("DELETE FROM comparisons WHERE id = ?", (number,))
    assert connection.execute("SELECT count(*) FROM cells").fetchone()[0] == 0
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("metric", [Metric(), Metric("loss", "bits", "lower")])
def test_the_views_call_nothing_an_accuracy_that_is_none(connection: Connection, metric: Metric) -> None:
    number = fakes.trained(connection)
    info = comparisons.get(connection, number).spec.info
    assert info is not None
    task = json.dumps(replace(info, metric=metric).to_dict())
    connection.execute("UPDATE comparisons SET task = ?", (task,))
    assert comparisons.get(connection, number).spec.metric == metric
    accuracies = [row[0] for row in connection.execute("SELECT val_acc FROM epochs WHERE run_id = 1 ORDER BY epoch")]
    scores = [row[0] for row in connection.execute("SELECT score FROM epochs WHERE run_id = 1 ORDER BY epoch")]
    assert accuracies == (scores if metric.is_accuracy else [None] * 3)
    ranked = connection.execute("SELECT scheduler, mean_test_acc, mean_test FROM ranking").fetchall()
    assert [row[0] for row in ranked] == (["step", "constant"] if metric.is_accuracy else ["constant", "step"])
    assert [row[1] for row in ranked] == ([row[2] for row in ranked] if metric.is_accuracy else [None, None])
