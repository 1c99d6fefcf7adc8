"""Every mode as text. `LRTUI_GOLDENS=write pytest tests/tui/test_goldens.py` writes them anew: read the difference."""

import os
from pathlib import Path

import pytest

from lrtui.tui.charts.chart import Chart
from tests.tui.databases import Writer
from tests.tui.driver import Driver, drive

FOLDER = Path(__file__).parent / "goldens"
MODES = {
    "schedules": ("1", "─d─"),
    "compare": ("2", "s  Start"),
    "live": ("3", "18 of 18 runs ended"),
    "ranking": ("4", "cosine leads"),
    "history": ("5", "cosine leads:"),
}


async def settled(driver: Driver, mode: str) -> str:
    """The text once the screen has everything it waits for."""
    screen = driver.app.screen
    if mode == "live":
        await driver.until(lambda: all(chart.series for chart in screen.query("#charts Chart").results(Chart)))
    charts = [chart for chart in screen.query(Chart) if chart.display and chart.id != "legend"]
    await driver.until(lambda: all(chart.up_to_date for chart in charts))
    if mode == "ranking":
        await driver.sees("why")
    await driver.pilot.pause()
    return "\n".join(line.rstrip() for line in driver.text.split("\n")) + "\n"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("mode", MODES)
async def test_the_screen_is_as_it_was(finished: Writer, mode: str, size: tuple[int, int]) -> None:
    finished.connection.execute("UPDATE comparisons SET created_at = '2026-01-02T03:04:05.000Z'")
    async with drive(finished.database, size, open_id=1) as driver:
        key, words = MODES[mode]
        await driver.press(key)
        if mode == "schedules":
            await driver.press("down", "down", "down", "space", "down")
            words = "─d─"
        await driver.sees(words)
        text = await settled(driver, mode)
    path = FOLDER / f"{mode}-{size[0]}x{size[1]}.txt"
    if os.environ.get("LRTUI_GOLDENS") == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()
