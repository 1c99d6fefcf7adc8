"""The order of the runs on Live, without a screen."""

from lrtui.store.reader import Reader
from lrtui.tui.live.run_list import RunList
from tests.tui.databases import Writer


def _numbers(runs: RunList, writer: Writer) -> list[int]:
    return [run.number for run in runs.rows(Reader(writer.database).read(1), None)]


def _sorted_by(column: str) -> RunList:
    runs = RunList()
    while runs.order.column != column:
        runs.next_order()
    return runs


def _some_at_work(writer: Writer) -> None:
    """Three seeds of constant: the first has ended, the last is ahead of it, and the fourth waits."""
    writer.create(["constant"], seeds=4)
    for epochs in (20, 1, 19):
        claim = writer.claim()
        assert claim is not None
        writer.train(claim, epochs)
    writer.connection.execute("UPDATE runs SET score = 0.5, last_score = 0.5 WHERE number = 1")
    writer.connection.execute("UPDATE evaluations SET score = 0.0 WHERE epoch = 1 AND run_id = 2")
    writer.connection.execute("UPDATE runs SET last_score = 0.0 WHERE number = 2")


def test_best_is_that_of_the_curve_while_a_run_is_at_work(writer: Writer) -> None:
    _some_at_work(writer)
    assert _numbers(_sorted_by("best"), writer) == [3, 1, 2, 4]


def test_what_has_no_accuracy_yet_comes_after_the_worst(writer: Writer) -> None:
    _some_at_work(writer)
    writer.connection.execute("UPDATE runs SET last_score = NULL WHERE number = 1")
    assert _numbers(_sorted_by("score"), writer) == [3, 2, 1, 4]


def test_pinned_runs_are_on_top_of_every_order_and_hidden_ones_are_gone(writer: Writer) -> None:
    writer.create(["constant", "step"], seeds=2)
    snapshot = Reader(writer.database).read(1)
    runs = _sorted_by("scheduler")
    runs.open(1)
    assert _numbers(runs, writer) == [1, 3, 2, 4]
    runs.pin(snapshot.runs[3])
    assert _numbers(runs, writer) == [4, 1, 3, 2]
    runs.hide(snapshot.runs[0])
    assert _numbers(runs, writer) == [4, 2]
