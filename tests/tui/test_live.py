from typing import Any

import pytest

from lrtui.tui.app import Dashboard
from lrtui.tui.chart import Chart
from lrtui.tui.requests import Requests
from lrtui.tui.widgets.table import Table
from tests.tui.databases import EPOCHS, Writer
from tests.tui.driver import drive


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
        chart = driver.app.screen.query_one("#chart-val_acc", Chart)
        await driver.until(lambda: len(chart._series) == 3)
        series = chart._series[1]
        assert series.label == "step"
        assert series.n == 6
        assert len(series.x) == EPOCHS
        seeds = [0.8 + 0.02 + 0.001 * seed for seed in range(6)]
        assert series.y[-1] == pytest.approx(sum(seeds) / 6 * (1 - 2.718281828459045 ** (-EPOCHS / 4)))
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


async def test_nothing_is_drawn_while_nothing_changes(finished: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.sees("✓ done")
        await driver.until(
            lambda: all(chart._drawn is not None for chart in driver.app.screen.query("#charts Chart").results(Chart))
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


async def test_runs_are_filtered_and_sorted_and_the_cursor_stays(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.sees("18 of 18 runs ended")
        table = driver.app.screen.query_one(Table)
        await driver.press("slash", *"cos", "enter")
        await driver.until(lambda: len(table._lines) == 6)
        assert "constant" not in "\n".join(driver.text.split("\n")[3:9])
        await driver.press("down")
        key = table.key
        await driver.press("escape")
        await driver.until(lambda: len(table._lines) == 18)
        assert table.key == key
        await driver.press("o", "o", "o", "o", "o")
        await driver.sees("best↓")
        best = [table._runs[line.key].val_acc for line in table._lines]  # type: ignore[attr-defined]
        assert best == sorted(best, reverse=True)
        assert table.key == key
