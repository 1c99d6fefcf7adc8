"""Where the dashboard begins: on Live where runs are at work, unless the person went on already."""

import pytest

from lrtui.comparison.status import RunStatus
from lrtui.tui.poller import Poller
from tests.processes.lab import Lab
from tests.tui.databases import Writer
from tests.tui.driver import Driver, drive
from tests.tui.test_terminal import Terminal


async def begun(driver: Driver) -> str | None:
    """The mode, once the first snapshot was taken."""
    await driver.until(lambda: bool(driver.app.snapshot.comparisons))
    await driver.pilot.pause()
    return driver.app.current_mode


async def test_on_live_while_a_comparison_runs(writer: Writer) -> None:
    writer.create()
    claim = writer.claim()
    assert claim is not None
    writer.train(claim, epochs=3)
    finished = writer.create(name="newer, and nobody works on it")
    async with drive(writer.database) as driver:
        assert await begun(driver) == "live"
        assert driver.app.snapshot.open_id != finished
        await driver.sees("▶ running", "0 of 18 runs ended")
        await driver.press("1")
        writer.train(claim)
        await driver.until(lambda: driver.app.snapshot.comparisons[0].counts.get(RunStatus.DONE) == 1)
        assert driver.app.current_mode == "schedules", "only the start goes there by itself"


async def test_on_schedules_when_nobody_works(finished: Writer) -> None:
    finished.create(name="queued, without a supervisor")
    async with drive(finished.database) as driver:
        assert await begun(driver) == "schedules"


async def test_on_schedules_where_the_first_comparison_comes_later(writer: Writer) -> None:
    async with drive(writer.database) as driver:
        await driver.until(lambda: driver.app.untouched)
        writer.create()
        assert writer.claim() is not None
        assert await begun(driver) == "schedules"


@pytest.mark.parametrize("key", ["2", "down"])
async def test_whoever_pressed_a_key_stays_where_they_are(
    writer: Writer, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    writer.create()
    assert writer.claim() is not None
    held: list[Poller] = []
    start = Poller.start

    def hold(poller: Poller) -> None:
        held.append(poller)

    monkeypatch.setattr(Poller, "start", hold)
    async with drive(writer.database) as driver:
        await driver.until(lambda: bool(held))
        await driver.press(key)
        start(held[0])
        assert await begun(driver) == ("compare" if key == "2" else "schedules")


@pytest.mark.processes
def test_in_a_terminal_it_comes_back_to_what_a_supervisor_trains(lab: Lab) -> None:
    lab.create(epochs=100_000)
    lab.supervise()
    terminal = Terminal("-m", "lrtui.tui", str(lab.database))
    terminal.until("0 of 1 runs ended")
    terminal.until("running")
    terminal.press("q")
    assert terminal.until_ended() == 0
    assert b"Traceback" not in terminal.raw
