"""Going from mode to mode: each is as it would be had it been on the screen all the time."""

import pytest

from lrtui.tui.widgets.lines import ModeBar
from tests.tui.databases import Writer
from tests.tui.driver import Driver, drive

WORDS = {"1": "Lambda", "2": "Start", "3": "runs ended", "4": "cosine leads", "5": "18/18"}


async def _visit(driver: Driver, modes: str) -> None:
    for key in modes:
        await driver.press(key)
        await driver.sees(WORDS[key])


@pytest.mark.parametrize("visited", ["", "2345"])
async def test_a_theme_is_that_of_every_mode_visited_before_or_not(finished: Writer, visited: str) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await _visit(driver, visited + "1")
        dark = driver.app.screen.styles.background
        driver.app.theme = "textual-light"
        await driver.until(lambda: driver.app.screen.styles.background != dark)
        light = driver.app.screen.styles.background
        bar = driver.app.screen.query_one(ModeBar).styles.background
        for key in "2345":
            await _visit(driver, key)
            assert driver.app.screen.styles.background == light, key
            assert driver.app.screen.query_one(ModeBar).styles.background == bar, key


@pytest.mark.parametrize("visited", ["", "2345"])
async def test_a_size_is_that_of_every_mode_visited_before_or_not(finished: Writer, visited: str) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await _visit(driver, visited + "1")
        await driver.pilot.resize_terminal(80, 24)
        for key in "2345":
            await _visit(driver, key)
            await driver.until(lambda: driver.app.screen.size == (80, 24))
            assert driver.app.screen.has_class("-narrow"), key
            assert not driver.app.screen.has_class("-tall"), key


async def test_what_happened_meanwhile_is_shown(writer: Writer) -> None:
    writer.create()
    async with drive(writer.database, (120, 40), open_id=1) as driver:
        await driver.press("3")
        await driver.sees("0 of 18 runs ended")
        await driver.press("1")
        writer.train_all()
        await driver.until(lambda: driver.app.snapshot.comparisons[0].ended)
        await driver.press("3")
        await driver.sees("18 of 18 runs ended")


async def test_no_key_reaches_the_runs_of_the_comparison_before(writer: Writer) -> None:
    """The other one is open at once; its runs follow."""
    writer.create()
    writer.create(["linear", "rex"], seeds=1)
    async with drive(writer.database, (120, 40), open_id=1) as driver:
        await driver.sees("constant")
        driver.app.open_comparison(2)
        assert (driver.app.snapshot.open_id, driver.app.snapshot.runs) == (2, ())
        await driver.press("p")
        await driver.sees("linear", "rex")
        assert writer.connection.execute("SELECT count(*) FROM commands WHERE comparison_id = 1").fetchone()[0] == 0


async def test_a_key_that_can_do_nothing_now_says_so_once(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.sees("✓ done")
        for key in ("c", "c", "escape"):
            await driver.press(key)
        await driver.until(lambda: len(driver.app._notifications) > 0)
        assert [one.message.startswith("Cancel") for one in driver.app._notifications] == [True]


async def test_the_help_over_a_mode_is_not_another_visit(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await _visit(driver, "42")
        screen = driver.app.mode_screen
        visits: list[object] = []
        assert screen is not None
        screen.resumed = lambda: visits.append(0)  # type: ignore[method-assign]
        await driver.press("?")
        await driver.sees("Show every key")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is screen and screen._caught_up.is_set())
        assert not visits
        await _visit(driver, "4")
        await driver.press("2")
        await driver.until(lambda: len(visits) == 1)
