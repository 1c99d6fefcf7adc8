"""What the keys of Live mean, without a screen."""

from dataclasses import replace

from lrtui.comparison.status import RunStatus
from lrtui.store import commands
from lrtui.store.reader import Reader
from lrtui.tui.live.steering import Scope, Wish
from tests.tui.databases import Writer


def test_what_can_be_done_follows_the_scope(writer: Writer) -> None:
    number = writer.create(["constant", "step"], seeds=2)
    claim = writer.claim()
    assert claim is not None
    writer.train(claim, 2, diverge=True)  # the first run of constant
    snapshot = Reader(writer.database).read(number)
    assert snapshot.open is not None
    first = snapshot.runs[0]
    retry = Wish("retry", Scope.RUN, snapshot.open, first, snapshot.runs)
    assert retry.possible
    assert retry.question is None
    assert not replace(retry, verb="pause").possible
    assert replace(retry, verb="pause", scope=Scope.SCHEDULER).possible
    assert replace(retry, scope=Scope.ALL).possible
    assert not replace(retry, scope=Scope.SCHEDULER, selected=snapshot.runs[1]).possible
    cancel = replace(retry, verb="cancel", scope=Scope.SCHEDULER).question
    assert cancel is not None
    assert cancel.startswith(f"Cancel 1 run of constant of comparison {number}?")


def test_a_search_is_steered_as_a_whole_also_while_it_has_no_run_that_waits(writer: Writer) -> None:
    number = writer.create(["constant"], seeds=1, base_lrs=[0.001, 1.0], search="tpe", trials=9)
    writer.train_all()
    snapshot = Reader(writer.database).read(number)
    comparison = snapshot.open
    assert comparison is not None
    assert comparison.to_come
    wish = Wish("cancel", Scope.ALL, comparison, snapshot.runs[0], snapshot.runs)
    assert wish.possible
    assert f"and {comparison.to_come} to come" in (wish.question or "")
    assert "to end it, cancel all" in (replace(wish, scope=Scope.SCHEDULER).question or "")
    assert not replace(wish, verb="resume").possible
    paused = replace(comparison, unproposed_status=RunStatus.PAUSED)
    assert replace(wish, verb="resume", comparison=paused).possible


def test_a_pause_can_be_taken_back_until_it_happens(writer: Writer) -> None:
    number = writer.create(["constant", "step"], seeds=1)
    writer.claim()
    commands.ask(writer.connection, "pause", number, 1)
    commands.carry_out(writer.connection, *commands.unhandled(writer.connection))
    snapshot = Reader(writer.database).read(number)
    assert snapshot.open is not None
    run = snapshot.runs[0]
    assert run.word == "pausing"
    for scope in Scope:
        pause = Wish("pause", scope, snapshot.open, run, snapshot.runs)
        assert pause.possible == (scope is Scope.ALL), "the other run waits: it could be paused too"
        assert replace(pause, verb="resume").possible
        assert replace(pause, verb="cancel").possible
        assert not replace(pause, verb="retry").possible
