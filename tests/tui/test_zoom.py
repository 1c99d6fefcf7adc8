import math
from pathlib import Path

import pytest
from textual import events

from lrtui.tui.charts.chart import Chart
from lrtui.tui.charts.plot import plot
from lrtui.tui.charts.series import Series, smoothed, within
from tests.tui.databases import Writer
from tests.tui.driver import drive


def test_smoothing_is_the_corrected_moving_average_and_keeps_gaps() -> None:
    series = Series("s", 0, (1.0, 2.0, 3.0), (1.0, None, 3.0))
    assert smoothed(series, 0.0) is series
    # 0.5·1/(0.5) = 1; then (0.5·0.5 + 0.5·3) / 0.75
    first, gap, last = smoothed(series, 0.5).y
    assert (first, gap) == (1.0, None)
    assert last == pytest.approx(1.75 / 0.75)


def test_a_part_of_the_axis_keeps_what_lies_in_it() -> None:
    series = Series("s", 0, (1.0, 2.0, 3.0, 4.0), (1.0, None, 3.0, 4.0), (0.1, 0.2, 0.3, 0.4))
    assert within(series, None) is series
    part = within(series, (2.0, 3.5))
    assert (part.x, part.y, part.spread) == ((2.0, 3.0), (None, 3.0), (0.2, 0.3))
    assert within(series, (8.0, 9.0)).x == ()


def test_the_band_is_dotted_around_its_curve_only() -> None:
    xs = tuple(float(i) for i in range(40))
    curves = [Series(f"s{i}", i, xs, tuple(x + i for x in xs), (2.0,) * 40, n=3) for i in range(2)]
    without = plot(curves, 60, 20)
    with_band = plot(curves, 60, 20, band=1)
    assert not any("·" in span.text for line in without for span in line)
    assert {span.colour for line in with_band for span in line if "·" in span.text} == {1}


async def test_a_chart_fills_the_screen_and_reads_every_curve_at_an_epoch(finished: Writer) -> None:
    async with drive(finished.database, (100, 30), open_id=1) as driver:
        await driver.until(lambda: bool(driver.app.screen.query_one("#chart-lr", Chart).series))
        await driver.press("enter", "m", "m")
        await driver.sees("learning rate", "read the curves")
        await driver.press("right")
        await driver.sees("epoch 1 ", "a constant 0.1", "b step 0.1", "c cosine 0.1")
        await driver.press("left", "shift+right")
        await driver.sees("epoch 11 ")
        await driver.press("down", "down")
        await driver.sees("b step in front")
        await driver.press("m")
        await driver.sees("validation accuracy", "b step 7")
        await driver.press("escape")
        await driver.sees("18 of 18 runs ended")


async def test_it_follows_the_runs(writer: Writer) -> None:
    writer.create(["constant"], seeds=1)
    claim = writer.claim()
    assert claim is not None
    writer.train(claim, epochs=3)
    async with drive(writer.database, open_id=1) as driver:
        await driver.until(lambda: bool(driver.app.screen.query_one("#chart-lr", Chart).series))
        await driver.press("z", "left")
        await driver.sees("epoch 3 ")
        writer.train(claim, epochs=9)
        await driver.until(lambda: len(driver.app.screen.query_one(Chart).series[0].x) == 9)
        await driver.press("shift+right")
        await driver.sees("epoch 9 ")


async def test_the_preview_zooms_too(database: Path) -> None:
    async with drive(database) as driver:
        await driver.sees("[ ]")
        await driver.press("z")
        await driver.sees("a lambda")
        await driver.press("right", "right")
        await driver.sees("epoch 1 ", "a lambda 0.095")


async def test_smoothing_is_said_in_the_title(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.sees("validation accuracy")
        await driver.press("s")
        await driver.sees("smoothed 0.6")
        await driver.press("s", "s")
        await driver.until(lambda: "smoothed" not in driver.text)


async def test_a_part_of_the_axis_is_shown_and_moved_and_the_cursor_stays_in_it(finished: Writer) -> None:
    async with drive(finished.database, (100, 30), open_id=1) as driver:
        await driver.until(lambda: bool(driver.app.screen.query_one("#chart-lr", Chart).series))
        await driver.press("z")
        chart = driver.app.screen.query_one(Chart)
        await driver.press("minus", "greater_than_sign")
        assert chart.window is None, "all of it is the most, and there is nothing to move"
        await driver.press("plus")
        assert chart.window == pytest.approx((5.75, 15.25))  # the middle half of epochs 1 to 20
        await driver.press("less_than_sign", "less_than_sign", "less_than_sign", "less_than_sign")
        assert chart.window == pytest.approx((1, 10.5)), "not past the start"
        await driver.press("full_stop")
        assert chart.window == pytest.approx((3.375, 12.875))
        await driver.press("left")
        await driver.sees("epoch 12 ")
        await driver.press("right", "right")
        await driver.sees("epoch 14 ")
        assert chart.window is not None
        assert chart.window[0] <= 14 <= chart.window[1]
        await driver.press("equals_sign")
        assert chart.window[1] - chart.window[0] == pytest.approx(4.75)
        assert chart.window[0] <= 14 <= chart.window[1]
        await driver.press("0")
        assert chart.window is None


async def test_the_cursor_reads_curves_against_seconds(finished: Writer) -> None:
    async with drive(finished.database, (100, 30), open_id=1) as driver:
        await driver.press("x", "x")
        await driver.sees("x: seconds")
        await driver.press("z", "right", "right")
        await driver.sees(
            "second 0.02: each curve at its last epoch by then", "a constant 3", "(epoch 2)", "x: seconds"
        )
        await driver.press("left", "left")
        await driver.sees("second 0.01: each", "(epoch 1)")
        await driver.press("escape", "x", "z", "right")
        await driver.sees("epoch 1 ")
        assert "(epoch" not in driver.text, "the axis tells it"


async def test_against_seconds_each_curve_names_the_epoch_that_it_had_ended_by_then(writer: Writer) -> None:
    writer.create(["constant", "step"], seeds=1)
    writer.train_all()
    writer.connection.execute("UPDATE evaluations SET seconds = run_id")  # step takes twice as long
    async with drive(writer.database, (100, 30), open_id=1) as driver:
        await driver.press("x", "x")
        await driver.sees("x: seconds")
        await driver.press("z", "j", *["right"] * 5)
        top = {"constant": 80, "step": 82}
        value = {label: top[label] * (1 - math.exp(-epoch / 4)) for label, epoch in (("constant", 5), ("step", 2))}
        await driver.sees(
            "second 5 ·", f"a constant {value['constant']:.4g} (epoch 5)", f"b step {value['step']:.4g} (epoch 2)"
        )


async def test_a_curve_that_has_ended_reads_as_a_dash(writer: Writer) -> None:
    writer.create(["constant", "step"], seeds=1)
    for epochs in (3, 4):
        claim = writer.claim()
        assert claim is not None
        writer.train(claim, epochs)
    async with drive(writer.database, (100, 30), open_id=1) as driver:
        await driver.until(lambda: len(driver.app.screen.query_one("#chart-lr", Chart).series) == 2)
        await driver.press("z", "left")
        await driver.sees("epoch 4 ", "a constant –", "b step 5")
        await driver.press("left")
        await driver.sees("epoch 3 ", "a constant 4")


async def test_a_click_on_a_chart_zooms_it_and_the_wheel_magnifies(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.until(lambda: bool(driver.app.screen.query_one("#chart-lr", Chart).series))
        await driver.pilot.click("#chart-loss", offset=(10, 5))
        await driver.sees("read the curves", "validation loss, mean of 6 seeds")
        chart = driver.app.screen.query_one("#zoomed", Chart)
        chart.post_message(events.MouseScrollUp(chart, 40, 10, 0, -1, 0, False, False, False, 40, 10))
        await driver.until(lambda: chart.window == pytest.approx((5.75, 15.25)))
        chart.post_message(events.MouseScrollDown(chart, 40, 10, 0, 1, 0, False, False, False, 40, 10))
        await driver.until(lambda: chart.window is None)
