"""How far a comparison is and how long it takes, without a screen. An epoch of the made-up runs takes 0.01 s."""

import pytest

from lrtui.store import commands
from lrtui.store.reader import Reader
from lrtui.tui.live.progress import Progress, progress_of
from tests.tui.databases import EPOCHS, Writer


def _progress(writer: Writer, number: int) -> Progress:
    progress = progress_of(Reader(writer.database).read(number))
    assert progress is not None
    return progress


def test_hours_in_which_nobody_trained_do_not_count(writer: Writer) -> None:
    number = writer.create(["constant"], seeds=2)
    first, second = writer.claim(), writer.claim()
    assert first is not None
    assert second is not None
    writer.train(first)
    writer.train(second, 5)
    writer.connection.execute("UPDATE runs SET started_at = '2020-01-01T00:00:00.000Z'")
    progress = _progress(writer, number)
    assert progress.left == pytest.approx((EPOCHS - 5) * 0.01)
    assert progress.share == pytest.approx((EPOCHS + 5) / (2 * EPOCHS))


def test_an_epoch_in_which_the_worker_was_stopped_does_not_count(writer: Writer) -> None:
    number = writer.create(["constant"], seeds=1)
    claim = writer.claim()
    assert claim is not None
    writer.train(claim, 10)
    writer.connection.execute("UPDATE evaluations SET seconds = 40000 WHERE epoch = 7")
    assert _progress(writer, number).left == pytest.approx((EPOCHS - 10) * 0.01)


def test_runs_at_work_share_what_is_left_but_for_the_last_one(writer: Writer) -> None:
    number = writer.create(["constant"], seeds=4)
    claims = [writer.claim() for _ in range(2)]
    for claim, epochs in zip(claims, (4, 6), strict=True):
        assert claim is not None
        writer.train(claim, epochs)
    assert _progress(writer, number).left == pytest.approx((4 * EPOCHS - 10) / 2 * 0.01)
    claims.append(writer.claim())
    writer.claim()
    assert claims[0] is not None
    writer.train(claims[0], EPOCHS - 1)
    assert claims[1] is not None
    writer.train(claims[1], EPOCHS - 1)
    assert _progress(writer, number).left == pytest.approx(EPOCHS * 0.01), (
        "one run cannot be trained by several workers"
    )


def test_no_time_is_said_for_what_waits_for_a_person(writer: Writer) -> None:
    number = writer.create(["constant"], seeds=3)
    claim = writer.claim()
    assert claim is not None
    writer.train(claim, 5)
    for run in (2, 3):
        commands.ask(writer.connection, "pause", number, run)
    for command in commands.unhandled(writer.connection):
        commands.carry_out(writer.connection, command)
    assert _progress(writer, number).left == pytest.approx((EPOCHS - 5) * 0.01)
    assert _progress(writer, number).share == pytest.approx(5 / (3 * EPOCHS))


def test_nothing_tells_the_time_before_the_first_epoch_or_without_a_run_at_work(writer: Writer) -> None:
    number = writer.create(["constant"], seeds=2)
    assert _progress(writer, number).left is None
    claim = writer.claim()
    assert _progress(writer, number).left is None
    assert claim is not None
    writer.train(claim)
    assert _progress(writer, number).left is None


def test_what_a_search_has_still_to_propose_counts(writer: Writer) -> None:
    number = writer.create(["constant"], seeds=1, base_lrs=[0.001, 1.0], search="tpe", trials=9)
    claim = writer.claim()
    assert claim is not None
    writer.train(claim, 5)
    progress = _progress(writer, number)
    assert (progress.ended, progress.runs) == (0, 9)
    assert progress.left == pytest.approx((9 * EPOCHS - 5) * 0.01)
