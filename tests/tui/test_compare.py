from pathlib import Path
from typing import Any

import pytest

from lrtui.domain.errors import UserError
from lrtui.domain.spec import Spec
from lrtui.tui.requests import Requests
from tests.tui.databases import Writer
from tests.tui.driver import Driver, drive


async def set_setting(driver: Driver, name: str, text: str) -> None:
    from lrtui.tui.widgets.fields import Fields

    driver.app.screen.query_one(Fields).table.move_to(name)
    await driver.press("enter")
    await driver.type(text)
    await driver.press("enter")


async def test_a_preset_says_how_many_runs_it_is(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("2")
        await driver.sees("no scheduler is picked")
        await driver.press("o")
        await driver.sees(
            "preset quick", "13 schedulers × 1 base LRs × 3 seeds = 39 runs", "3 seeds cannot show a difference"
        )
        await driver.press("o")
        await driver.sees("13 schedulers × 3 base LRs × 10 seeds = 390 runs", "10 seeds ")


async def test_settings_are_typed_or_chosen_and_mistakes_explained(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("space", "2")
        await driver.sees("1 schedulers × 1 base LRs × 6 seeds = 6 runs")
        await set_setting(driver, "epochs", "0")
        await driver.sees("epochs=0: expected a whole number from 1 to 100000")
        await driver.press("escape")
        await set_setting(driver, "base_lrs", "0.1, 0.01")
        await driver.sees("= 12 runs")
        await set_setting(driver, "model", "cnm")
        await driver.sees("did you mean 'cnn'")
        await driver.press("escape", "right")
        await driver.until(lambda: driver.app.draft.settings["model"] == "cnn")
        await driver.press("left")
        await driver.until(lambda: driver.app.draft.settings["model"] == "mlp")


async def test_parameters_typed_in_schedules_reach_the_spec(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("down", "down", "down", "space", "enter", "enter")
        await driver.type("12")
        await driver.press("enter")
        assert driver.app.draft.spec().schedules[0].parameters == {"step_size": 12}


async def test_a_start_goes_to_live(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Spec] = []

    def start(self: Requests, spec: Spec, data_dir: Path | None) -> int:
        asked.append(spec)
        return writer.create([choice.scheduler for choice in spec.schedules], name="just started")

    monkeypatch.setattr(Requests, "start", start)
    async with drive(writer.database) as driver:
        await driver.press("space", "2", "s")
        await driver.until(lambda: driver.app.current_mode == "live")
        await driver.sees("just started", "queued")
        assert [choice.scheduler for choice in asked[0].schedules] == ["lambda"]


async def test_a_refused_start_is_explained_in_place_and_nothing_is_lost(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_: Any) -> int:
        raise UserError("device=cuda: expected one of the devices here: cpu")

    monkeypatch.setattr(Requests, "start", start)
    async with drive(database) as driver:
        await driver.press("space", "2", "s")
        await driver.sees("device=cuda: expected one")
        assert driver.app.current_mode == "compare"
        assert driver.app.draft.picked == {"lambda"}


async def test_a_start_without_a_scheduler_says_so(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("2", "s")
        await driver.sees("no scheduler is picked")
        assert not database.exists()
