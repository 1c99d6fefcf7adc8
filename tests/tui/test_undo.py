"""One key takes back whatever was last done to the comparison being set up, step by step, in Schedules and Compare."""

from pathlib import Path

import pytest

from lrtui.tui.draft import Draft
from tests.tui.driver import Driver, drive
from tests.tui.test_compare import checked, set_setting


async def said(driver: Driver, words: str) -> None:
    await driver.until(lambda: any(words in told.message for told in driver.app._notifications))


class Steps:
    """The drafts that there were, to go back to."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._before: list[Draft] = []
        self._now = driver.app.draft

    async def changed(self) -> None:
        """Something was done."""
        await self._driver.until(lambda: self._driver.app.draft != self._now)
        self._before.append(self._now)
        self._now = self._driver.app.draft

    async def undo(self, *steps: str) -> None:
        """Take steps back, each of which is to be called so."""
        for words in steps:
            await self._driver.press("u")
            await said(self._driver, f"undone: {words}")
            self._now = self._before.pop()
            assert self._driver.app.draft is self._now


async def test_all_that_is_done_in_schedules_is_taken_back_step_by_step(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        steps = Steps(driver)
        await driver.press("down", "down", "down", "space")
        await steps.changed()
        await driver.press("enter", "enter")
        await driver.type("7")
        await driver.press("enter")
        await steps.changed()
        await driver.press("backspace", "escape")
        await steps.changed()
        await driver.press("f")
        await steps.changed()
        await driver.press("a", "enter")
        await steps.changed()
        await driver.press("n")
        await driver.type("brief")
        await driver.press("enter")
        await steps.changed()
        await driver.press("d", "y")
        await steps.changed()
        await steps.undo("brief deleted")
        await driver.sees("] brief")
        await steps.undo("step-2 renamed")
        await driver.sees("] step-2")
        await steps.undo("step duplicated")
        await driver.until(lambda: "] step-2" not in driver.text)
        await steps.undo("profile fitted", "step_size of step: given back")
        await driver.sees("Step *")
        await steps.undo("step_size of step: 7", "step picked")
        await driver.sees("space picks")
        assert "u undo" not in driver.text
        await driver.press("u")
        assert not driver.app.can_undo


async def test_all_that_is_done_in_compare_is_taken_back_in_either_mode(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text("schedulers = ['step', 'cosine']\nseeds = 4\n")
    async with drive(database, (120, 40)) as driver:
        steps = Steps(driver)
        await driver.press("space", "2")
        await steps.changed()
        await set_setting(driver, "epochs", "50")
        await steps.changed()
        await driver.press("o")
        await steps.changed()
        await said(driver, "preset quick, in place of what was set up; u takes that back")
        for key in ("m", "M"):
            await checked(driver)
            await driver.press(key)
            await steps.changed()
        await driver.press("l")
        await driver.type("mine.toml")
        await driver.press("enter")
        await steps.changed()
        await said(driver, "loaded mine.toml; u takes that back")
        await steps.undo("mine.toml loaded", "all mends", "set seeds to 6")
        await driver.sees("= 39 runs")
        await driver.press("1")
        await steps.undo("preset quick", "epochs: 50")
        await driver.sees("1 picked", "100 epochs")
        await steps.undo("lambda picked")


async def test_what_changes_nothing_is_no_step(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("2")
        for _ in range(2):
            await set_setting(driver, "epochs", "50")
        await driver.press("u")
        await said(driver, "undone: epochs: 50")
        assert not driver.app.can_undo


async def test_a_preset_in_place_of_another_is_loaded_without_words(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("2", "o", "o")
        await driver.sees("preset defaults")
        assert not driver.app._notifications
        await driver.press("u")
        await driver.sees("preset quick")


async def test_the_key_is_shown_where_there_is_something_to_undo(database: Path) -> None:
    async with drive(database) as driver:
        assert "u undo" not in driver.text
        await driver.press("space")
        await driver.sees("u undo")
        await driver.press("2")
        await driver.sees("u undo")
        await driver.press("enter", "u")
        await driver.press("escape")
        assert driver.app.draft.picked == {"lambda"}, "a letter in a line is text"
