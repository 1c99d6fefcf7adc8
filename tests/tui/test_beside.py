"""Two comparisons side by side, where something goes wrong."""

from typing import Any, NoReturn

import pytest

from lrtui.tui.history.side_by_side_screen import BesideScreen
from lrtui.tui.requests import Requests
from tests.tui.databases import Writer
from tests.tui.driver import drive


async def test_what_cannot_be_compared_is_said_in_place_and_stays(
    finished: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ranked(*_: Any) -> NoReturn:
        raise KeyError("[b]x")

    finished.create(name="other")
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("5", "space", "down")
        await driver.sees("b beside")
        monkeypatch.setattr(Requests, "ranked", ranked)
        await driver.press("b")
        await driver.sees("nothing to compare: KeyError: '[b]x'", "esc closes this")
        assert "comparing 2 and 1" not in driver.text
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, BesideScreen))
        assert driver.app.is_running
