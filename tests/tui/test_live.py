from contextlib import closing
from typing import Any

import pytest

from lrtui.comparison.status import Verb
from lrtui.machine.paths import Files
from lrtui.store import commands, comparisons
from lrtui.store.connection import open_database
from lrtui.tui.app import Dashboard
from lrtui.tui.charts.chart import Chart
from lrtui.tui.live.run_table import RunTable
from lrtui.tui.requests import Requests
from lrtui.tui.widgets.table import Table
from tests.processes.lab import Lab
from tests.tui.databases import EPOCHS, Writer
from tests.tui.driver import Driver, drive


async def test_epochs_appear_while_they_are_written_and_the_cursor_stays_on_its_run(writer: Writer) -> None:
    number = writer.create(seeds=2)
    first = writer.claim()
    assert first is not None
    writer.train(first, epochs=3)
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("▶ running", "· queued", "0 of 6 runs ended")
        await driver.press("down", "down")
        table = driver.app.screen.query_one(Table)
        key = table.key
        writer.train(first)
        await driver.sees("✓ done", "1 of 6 runs ended")
        assert table.key == key
        second = writer.claim()
        assert second is not None
        writer.train(second, epochs=4, diverge=True)
        await driver.sees("∞ diverged", "2 of 6 runs ended")


async def test_charts_show_the_mean_over_seeds(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        chart = driver.app.screen.query_one("#chart-score", Chart)
        await driver.until(lambda: len(chart._series) == 3)
        series = chart._series[1]
        assert series.label == "step"
        assert series.n == 6
        assert len(series.x) == EPOCHS
        seeds = [0.8 + 0.02 + 0.001 * seed for seed in range(6)]
        assert series.y[-1] == pytest.approx(100 * sum(seeds) / 6 * (1 - 2.718281828459045 ** (-EPOCHS / 4)))
        await driver.sees("curves: mean of 6 seeds", "validation accuracy", "learning rate", "a constant")


async def test_an_old_heartbeat_shows_as_stalled(writer: Writer) -> None:
    number = writer.create(seeds=1)
    claim = writer.claim()
    assert claim is not None
    writer.train(claim, epochs=2)
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("▶ running")
        writer.silence()
        await driver.sees("! stalled")


async def test_a_failed_run_says_why(writer: Writer) -> None:
    number = writer.create(seeds=1)
    claim = writer.claim()
    assert claim is not None
    writer.fail(claim, "worker killed by signal 9 in each of 3 attempts")
    async with drive(writer.database, (120, 40), open_id=number) as driver:
        await driver.sees("✗ failed", "killed by signal 9")


async def test_keys_ask_the_supervisor_for_one_run_or_all(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def ask(self: Requests, *request: Any) -> str:
        asked.append(request)
        return f"{request[0]} was heard"

    monkeypatch.setattr(Requests, "ask", ask)
    number = writer.create(seeds=1)
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("· queued")
        await driver.press("down", "p")
        await driver.until(lambda: asked == [("pause", number, 2)])
        await driver.press("space", "space", "p")
        await driver.until(lambda: asked[1:] == [("pause", number, None)])
        await driver.press("r")
        assert len(asked) == 2, "nothing can be retried while everything waits"


async def test_cancel_asks_first(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def ask(self: Requests, *request: Any) -> str:
        asked.append(request)
        return "done"

    monkeypatch.setattr(Requests, "ask", ask)
    number = writer.create(seeds=1)
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("· queued")
        await driver.press("c")
        await driver.sees(f"Cancel run 1 of comparison {number}?", "r queues it again")
        await driver.press("enter")
        assert asked == []
        await driver.press("c", "y")
        await driver.until(lambda: asked == [("cancel", number, 1)])
        await driver.sees("done; r queues it again")


async def test_events_of_other_comparisons_are_not_shown(finished: Writer) -> None:
    finished.event("worker died of signal 9", 1)
    other = finished.create(seeds=1, name="other")
    finished.event("not about this one", other)
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.sees("worker died of signal 9")
        assert "not about this one" not in driver.text


async def test_another_metric_and_the_events_take_the_place_of_the_chart(finished: Writer) -> None:
    finished.event("something happened", 1)
    async with drive(finished.database, open_id=1) as driver:
        await driver.sees("validation accuracy")
        await driver.press("m")
        await driver.sees("validation loss")
        await driver.press("m")
        await driver.sees("learning rate")
        await driver.press("m")
        await driver.sees("something happened")
        await driver.press("m")
        await driver.sees("no worker's log tells of run 1")
        await driver.press("m")
        await driver.sees("no worker is at work")
        await driver.press("m")
        await driver.sees("validation accuracy")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_nothing_is_drawn_while_nothing_changes(
    finished: Writer, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with drive(finished.database, size, open_id=1) as driver:
        await driver.sees("✓ done")
        await driver.until(
            lambda: all(
                c._drawn is not None for c in driver.app.screen.query("#charts Chart").results(Chart) if c.display
            )
        )
        await driver.pilot.pause()
        drawn: list[object] = []
        display = Dashboard._display

        def spy(app: Dashboard, screen: object, renderable: object) -> None:
            drawn.append(renderable)
            display(app, screen, renderable)  # type: ignore[arg-type]

        monkeypatch.setattr(Dashboard, "_display", spy)
        for _ in range(2):  # the first one also waits for what was still on its way
            drawn.clear()
            before = driver.app.snapshot
            finished.event("not about this one", finished.create(seeds=1))
            await driver.until(lambda before=before: driver.app.snapshot is not before)  # type: ignore[misc]
            await driver.pilot.pause()
        assert [renderable for renderable in drawn if renderable is not None] == []


async def test_runs_are_filtered_where_the_cursor_stays_and_sorted_where_it_goes_to_the_top(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.sees("18 of 18 runs ended")
        table = driver.app.screen.query_one(Table)
        await driver.press("slash", *"cos", "enter")
        await driver.until(lambda: len(table.keys) == 6)
        assert "constant" not in "\n".join(driver.text.split("\n")[3:9])
        await driver.press("down")
        key = table.key
        await driver.press("escape")
        await driver.until(lambda: len(table.keys) == 18)
        assert table.key == key
        await driver.press("o", "o", "o", "o", "o")
        await driver.sees("best↓")
        best = [table._runs[key].score for key in table.keys]  # type: ignore[attr-defined]
        assert best == sorted(best, reverse=True)
        assert table.key == table.keys[0], "what it was sorted for"


def shown(driver: Driver) -> list[str]:
    """The curves of the accuracy chart, the front one first."""
    return [series.label for series in driver.app.screen.query_one("#chart-score", Chart).series]


async def test_a_pinned_run_is_on_top_with_its_curve_in_front_until_it_is_let_go(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.until(lambda: shown(driver) == ["constant", "step", "cosine"])
        table = driver.app.screen.query_one(RunTable)
        await driver.press("down", "down", "t")
        await driver.sees("↑3 cosine")
        assert table.keys[:3] == (3, 1, 2)
        assert table.key == 3
        await driver.until(lambda: shown(driver) == ["cosine", "constant", "step"])
        await driver.until(lambda: driver.app.screen.query_one("#chart-score", Chart).band == 2)
        await driver.press("o", "o")  # sorted otherwise, it stays
        assert table.keys[0] == 3
        await driver.press("t")
        await driver.until(lambda: shown(driver) == ["constant", "step", "cosine"])
        assert "↑3" not in driver.text


async def test_a_hidden_scheduler_has_no_rows_and_no_curve_until_all_are_shown(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.until(lambda: shown(driver) == ["constant", "step", "cosine"])
        await driver.press("h")
        await driver.until(lambda: shown(driver) == ["step", "cosine"])
        await driver.sees("1 hidden (H shows all)")
        assert "constant" not in "\n".join(driver.text.split("\n")[3:13])
        assert [series.index for series in driver.app.screen.query_one("#chart-lr", Chart).series] == [1, 2]
        await driver.press("h", "h")
        await driver.sees("every scheduler is hidden: H shows them")
        await driver.press("H")
        await driver.until(lambda: shown(driver) == ["constant", "step", "cosine"])
        assert "hidden" not in driver.text


async def test_the_keys_work_on_a_scheduler_and_ask_for_those_of_its_runs_that_can(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []

    def ask_for_runs(self: Requests, *request: Any) -> str:
        asked.append(request)
        return "done"

    monkeypatch.setattr(Requests, "ask_for_runs", ask_for_runs)
    number = writer.create(seeds=3)
    first = writer.claim()
    assert first is not None
    writer.train(first)
    async with drive(writer.database, (100, 30), open_id=number) as driver:
        await driver.sees("✓ done", "keys work on run 1 ")
        await driver.press("space")
        await driver.sees("keys work on 3 runs of constant ")
        await driver.press("p")
        await driver.until(lambda: asked == [("pause", number, [4, 7], "constant")])
        await driver.press("c")
        await driver.sees("Cancel 2 runs of constant of comparison")
        await driver.press("n", "space")
        await driver.sees("keys work on all 9 runs ")
        await driver.press("space")
        await driver.sees("keys work on run 1 ")


async def test_a_scheduler_is_paused_by_the_supervisor(lab: Lab) -> None:
    number = lab.create(schedulers=["constant", "step"], seeds=2, device="cuda:63")  # no machine trains it
    async with drive(lab.database, (100, 30), open_id=number) as driver:
        await driver.sees("· queued")
        await driver.press("space", "p")
        await driver.sees("paused 2 runs of constant")
        await driver.until(lambda: [run.status for run in driver.app.snapshot.runs] == ["paused", "queued"] * 2)


async def test_the_curves_are_at_the_best_base_lr_and_others_on_a_key(writer: Writer) -> None:
    number = writer.create(["constant", "step"], base_lrs=[0.3, 0.1], seeds=1)
    while (claim := writer.claim()) is not None:
        writer.train(claim, 3 if claim.planned.base_lr == 0.3 else None)
    async with drive(writer.database, (120, 40), open_id=number) as driver:
        await driver.sees("each at its best base LR so far", "a constant 0.1", "b step 0.1")
        await driver.press("b")
        await driver.sees("base LR 0.1 (the best so far)")
        await driver.press("b")
        await driver.sees("base LR 0.3 (the selected run's)")
        await driver.press("end")
        await driver.sees("base LR 0.1 (the selected run's)")
        await driver.press("b")
        await driver.sees("each at its best base LR so far")


async def test_the_curves_are_drawn_against_steps_and_seconds(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.sees("validation accuracy %, mean of 6 seeds")
        await driver.press("x")
        await driver.sees("x: steps", "600")  # 32 steps an epoch
        await driver.press("x")
        await driver.sees("x: seconds")
        chart = driver.app.screen.query_one("#chart-score", Chart)
        assert chart.series[0].x[-1] == pytest.approx(0.2, rel=1e-3)
        await driver.press("x")
        await driver.until(lambda: "x: " not in driver.text)


async def test_one_curve_a_run_follows_the_filter(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.until(lambda: shown(driver) == ["constant", "step", "cosine"])
        await driver.press("a")
        await driver.sees("one curve a run, the first 16 of 18 rows")
        await driver.press("slash", *"step", "enter")
        await driver.until(lambda: shown(driver) == [f"{3 * seed + 2} step seed {seed}" for seed in range(6)])
        await driver.press("a")
        await driver.until(lambda: shown(driver) == ["constant", "step", "cosine"])


async def test_what_was_pinned_and_hidden_is_forgotten_with_another_comparison(finished: Writer) -> None:
    other = finished.create(["constant", "step"], seeds=1, name="other")
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.sees("18 of 18 runs ended")
        await driver.press("t", "h")
        await driver.sees("1 hidden")
        driver.app.open_comparison(other)
        await driver.sees("0 of 2 runs ended", "1 constant")
        assert "hidden" not in driver.text


async def test_the_parts_follow_the_size_of_the_terminal(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.sees("curves: mean of 6 seeds", "validation loss", "no worker is at work")
        await driver.pilot.resize_terminal(80, 24)
        await driver.sees("validation accuracy %, mean of 6 seeds")
        assert "validation loss" not in driver.text
        assert "curves:" not in driver.text
        await driver.pilot.resize_terminal(200, 60)
        await driver.sees("curves: mean of 6 seeds", "s/epoch", "no worker's log tells of run 1", "no events")


async def test_names_that_differ_in_their_ends_differ_in_80_columns(writer: Writer) -> None:
    names = ["cosine-restarts", "cosine-restarts-warmup", "cosine-restarts-decay"]
    number = writer.create(names, seeds=1)
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("· queued")
        rows = driver.text.split("\n")[3:6]
        assert len({row.split()[1] for row in rows}) == 3
        await driver.pilot.resize_terminal(120, 40)
        await driver.sees(*(f" {name} " for name in names))


async def test_nothing_stays_of_the_curves_of_a_comparison_that_was_deleted(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.sees("curves: mean of 6 seeds", "a constant")
        comparisons.delete(finished.connection, 1, Files(finished.database))
        await driver.sees("no comparison is open")
        assert not shown(driver)
        assert "curves:" not in driver.text
        assert "a constant" not in driver.text
        await driver.press("z")
        assert len(driver.app.screen_stack) == 1, "nothing to zoom into"
        driver.app.open_comparison(finished.create(["constant"], seeds=1, name="other"))
        finished.train_all()
        await driver.sees("1 of 1 runs ended", "curves: mean of 1 seed")


async def test_the_cursor_goes_along_with_what_runs_until_a_person_moves_it(writer: Writer) -> None:
    number = writer.create(seeds=6)
    for _ in range(10):
        claim = writer.claim()
        assert claim is not None
        writer.train(claim)
    held = writer.claim()
    assert held is not None
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("following run 11: step", "11 step", "12 cosine", "13 constant")
        table = driver.app.screen.query_one(RunTable)
        writer.train(held)
        held = writer.claim()
        assert held is not None
        await driver.sees("following run 12: cosine")
        await driver.press("up")
        assert table.run is not None
        assert table.run.number == 11
        writer.train(held)
        assert writer.claim() is not None
        await driver.sees("12 of 18 runs ended")
        assert table.run.number == 11
        assert "following" not in driver.text
        await driver.press("f")
        await driver.sees("following run 13: constant")


@pytest.mark.parametrize("keys", [("down", "up"), ("up",), ("pagedown", "home")])
async def test_a_cursor_that_was_moved_and_came_back_stays(writer: Writer, keys: tuple[str, ...]) -> None:
    number = writer.create(["constant", "step", "cosine"], seeds=1)
    first, _ = writer.claim(), writer.claim()
    assert first is not None
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("following run 1: constant")
        await driver.press(*keys)
        await driver.until(lambda: "following" not in driver.text)
        writer.train(first)
        await driver.sees("1 of 3 runs ended", " run 1: constant", "f follow")


async def test_a_click_on_the_run_under_the_cursor_keeps_it_there(writer: Writer) -> None:
    number = writer.create(["constant", "step", "cosine"], seeds=1)
    first, _ = writer.claim(), writer.claim()
    assert first is not None
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("following run 1: constant")
        await driver.pilot.click(RunTable, offset=(10, 1))
        await driver.until(lambda: "following" not in driver.text)
        writer.train(first)
        await driver.sees("1 of 3 runs ended", " run 1: constant")


async def test_a_run_whose_worker_is_silent_is_not_followed(writer: Writer) -> None:
    number = writer.create(seeds=2)
    assert writer.claim() is not None
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("following run 1:")
        writer.silence()
        await driver.sees("! stalled", " run 1: constant")
        assert "following" not in driver.text


async def test_what_was_paused_keeps_the_cursor(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Requests, "ask", lambda *_: "paused")
    number = writer.create(seeds=1)
    claims = [writer.claim(), writer.claim()]
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("following run 1")
        await driver.press("p")
        assert claims[0] is not None
        writer.train(claims[0])
        await driver.sees("1 of 3 runs ended", " run 1: constant")


async def test_a_running_run_shows_that_it_will_pause_and_goes_on_after_all(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(requests: Requests, verb: Verb, comparison_id: int, run_number: int | None) -> str:
        """What the supervisor does, but at once."""
        with closing(open_database(requests.database)) as connection:
            commands.ask(connection, verb, comparison_id, run_number)
            return commands.carry_out(connection, *commands.unhandled(connection))

    monkeypatch.setattr(Requests, "ask", ask)
    number = writer.create(["constant"], seeds=1)
    writer.claim()
    async with drive(writer.database, (100, 30), open_id=number) as driver:
        await driver.sees("▶ running", "p pause")
        await driver.press("p")
        await driver.sees("▷ pausing", "pauses at the end of its epoch", "u resume")
        assert "p pause" not in driver.text
        await driver.press("u")
        await driver.sees("▶ running", "p pause")
        assert "pauses at" not in driver.text


async def test_rows_stay_where_they_are_while_the_cursor_goes_through_half_of_them(writer: Writer) -> None:
    number = writer.create(seeds=40)
    claim = writer.claim()
    async with drive(writer.database, open_id=number) as driver:
        await driver.sees("following run 1:")
        table = driver.app.screen.query_one(RunTable)
        tops = []
        for done in range(1, 13):
            assert claim is not None
            writer.train(claim)
            claim = writer.claim()
            await driver.sees(f"following run {done + 1}:")
            tops.append(int(table.scroll_offset.y))
        assert tops == sorted(tops)
        assert 1 < len(set(tops)) < 6


async def test_a_chart_that_cannot_be_drawn_says_why_and_ends_nothing(
    finished: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **settings: object) -> None:
        raise ValueError("no such dots")

    monkeypatch.setattr("lrtui.tui.charts.chart.plot", fail)
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.sees("ValueError: no such dots", "✓ done")
