"""Drives the dashboard as a person does, and reads its screen. Waits for what is expected, never for a time."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from textual.pilot import Pilot

from lrtui.tui.app import Dashboard

PATIENCE = 10.0


class Driver:
    """The dashboard under test."""

    def __init__(self, app: Dashboard, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        """What the screen shows, line by line."""
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return "\n".join(strip.text for strip in strips)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Replace what is in the line being edited."""
        await self.press("end", *["backspace"] * 40)
        names = {" ": "space", ".": "full_stop", "-": "minus", ",": "comma", "/": "slash"}
        await self.press(*(names.get(char, char) for char in text))

    async def until(self, condition: Callable[[], bool]) -> None:
        end = monotonic() + PATIENCE
        while not condition():
            assert monotonic() < end, f"did not happen; the screen shows:\n{self.text}"
            await self.pilot.pause(0.01)

    async def sees(self, *words: str) -> None:
        """Wait until every one of the words is on the screen."""
        for word in words:
            await self.until(lambda word=word: word in self.text)  # type: ignore[misc]


@asynccontextmanager
async def drive(database: Path, size: tuple[int, int] = (80, 24), open_id: int | None = None) -> AsyncIterator[Driver]:
    """The dashboard on a database, ready: its first mode is on the screen and the database has been read."""
    app = Dashboard(database, open_id)
    async with app.run_test(size=size, notifications=True) as pilot:
        driver = Driver(app, pilot)
        await driver.sees("1 Schedules" if size[0] >= 60 else "1")
        if database.is_file() and open_id is not None:
            await driver.until(lambda: app.snapshot.open_id == open_id)
        yield driver
