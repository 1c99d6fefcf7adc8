import random
import re
from pathlib import Path

import pytest

from lrtui.terminal_text import clean
from lrtui.tui.charts.chart import Chart
from tests.tui.databases import Writer
from tests.tui.driver import Driver, drive

HOSTILE = "\x1b]52;c;Zm9v\x07[/x][bold red]\x9b31m\u202egnp\x00{$x} [@click=app.quit]q[/]"


async def test_without_a_database_every_mode_shows_and_one_that_appears_is_read(database: Path) -> None:
    async with drive(database) as driver:
        for mode, words in (("3", "no comparison is open"), ("4", "no comparison is open"), ("5", "no comparison yet")):
            await driver.press(mode)
            await driver.sees(words)
        assert not database.exists()
        Writer(database).create(name="appeared")
        await driver.sees("appeared")


async def test_a_file_that_is_no_database_is_a_banner(database: Path) -> None:
    database.write_bytes(b"not a database at all" * 1000)
    async with drive(database) as driver:
        await driver.sees("expected a database made by lrtui")
        await driver.press("3", "2")
        await driver.sees("expected a database made by lrtui")


async def test_a_deleted_database_is_a_banner_until_it_is_back(finished: Writer) -> None:
    kept = finished.database.with_name("kept.db")
    async with drive(finished.database, open_id=1) as driver:
        await driver.sees("✓ done")
        finished.database.rename(kept)
        await driver.sees("removed or replaced")  # where the line breaks depends on the path
        assert "✓ done" in driver.text
        kept.rename(finished.database)
        await driver.until(lambda: "removed or replaced" not in driver.text)


async def test_a_newer_database_is_refused_by_both_versions(finished: Writer) -> None:
    finished.connection.execute("PRAGMA user_version = 99")
    async with drive(finished.database) as driver:
        await driver.sees("version 99")


def harmless(driver: Driver) -> bool:
    """Nothing on the screen would be cleaned away: no control, no bidi mark."""
    return all(clean(line, 10_000) == line for line in driver.text.split("\n"))


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_hostile_text_is_harmless_on_every_screen(writer: Writer, size: tuple[int, int]) -> None:
    tables = [{"scheduler": "step", "label": HOSTILE}, {"scheduler": "cosine", "label": HOSTILE[::-1] + "x" * 100}]
    writer.create(name=HOSTILE, schedules=tables)
    claim = writer.claim()
    assert claim is not None
    writer.fail(claim, HOSTILE * 1000)
    writer.train_all()
    writer.event(HOSTILE, 1)
    async with drive(writer.database, size, open_id=1) as driver:
        for mode, words in (("3", "✗ failed"), ("4", "·]52;c;"), ("5", "·]52;c;"), ("3", "✗ failed"), ("1", "Lambda")):
            await driver.press(mode)
            await driver.sees(words)
            for key in (
                "m",
                "m",
                "m",
                "ctrl+p",
                "o",
                "p",
                "e",
                "n",
                "escape",
                "question_mark",
                "escape",
                "z",
                "m",
                "escape",
            ):
                await driver.press(key)
                assert harmless(driver)
        for key, words in (("d", "Delete comparison 1"), ("n", "Rename"), ("w", "Note about"), ("r", "once more")):
            await driver.press("5", key)
            await driver.sees(words)
            assert harmless(driver)
            await driver.press("escape")
        await driver.press("ctrl+p", *"open")
        await driver.sees("Open 1, ")
        assert harmless(driver)
        await driver.press("escape")
        driver.app.say(HOSTILE, True)
        await driver.sees("·]52;c;")
        assert harmless(driver)


SIZES = [(1, 1), (2, 2), (400, 120), (16, 4), (5, 100), (80, 24)]


@pytest.mark.parametrize(
    ("keys", "opens"),
    [
        ("1", "SchedulesScreen"), ("1e", "SchedulesScreen"), ("2", "CompareScreen"), ("2e", "CompareScreen"), ("3", "LiveScreen"),
        ("3/", "LiveScreen"), ("4", "RankingScreen"), ("5", "HistoryScreen"), ("3z", "ZoomScreen"), ("1z", "ZoomScreen"),
        ("5d", "Question"), ("5n", "Prompt"), ("3p", "PaletteScreen"), ("3?", "HelpScreen"), ("1i", "ExplanationScreen"),
    ],
)  # fmt: skip
async def test_any_size_at_any_moment(finished: Writer, keys: str, opens: str) -> None:
    names = {"?": "question_mark", "/": "slash", "p": "ctrl+p", "e": "enter"}
    async with drive(finished.database, open_id=1) as driver:
        await driver.press(keys[0])
        await driver.until(
            lambda: not driver.app.screen.query(Chart) or driver.app.screen.query(Chart).first().series != ()
        )
        await driver.press(*(names.get(key, key) for key in keys[1:]))
        await driver.until(lambda: type(driver.app.screen).__name__ == opens)
        before = driver.text
        for width, height in SIZES:
            await driver.pilot.resize_terminal(width, height)
            await driver.press("down", "up")
        assert type(driver.app.screen).__name__ == opens
        await driver.until(lambda: driver.text.split("\n")[0] == before.split("\n")[0])


async def test_times_that_no_clock_shows_are_no_reason_to_end(writer: Writer) -> None:
    """The clock was set back, or on: what began after it ended, heartbeats of the future, times that are none."""
    writer.create()
    claim = writer.claim()
    assert claim is not None
    writer.train(claim)
    other = writer.claim()
    assert other is not None
    writer.train(other, epochs=3)
    for at in (
        "2999-01-01T00:00:00.000Z",
        "1970-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z",
        "0001-01-01T00:00:00.000Z",
    ):
        db = writer.connection
        db.execute(
            "UPDATE runs SET started_at = ?, ended_at = '1999-01-01T00:00:00.000Z' WHERE started_at IS NOT NULL", (at,)
        )
        db.execute("UPDATE comparisons SET created_at = ?", (at,))
        db.execute("UPDATE workers SET heartbeat_at = ?", (at,))
        db.execute("UPDATE events SET at = ?", (at,))
        async with drive(writer.database, (120, 40), open_id=1) as driver:
            for mode, words in (("3", "1 of 18 runs ended"), ("5", "made up"), ("4", "constant"), ("3", "stalled" if at < "2" else "running")):  # fmt: skip
                await driver.press(mode)
                await driver.sees(words)
            assert not re.search(r"-\d+ (s|min|h|d)\b", driver.text)


async def test_any_keys_in_any_order(finished: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    from lrtui.tui.requests import Requests

    for name, answer in {"start": 1, "ask": "heard", "delete": "gone", "export": []}.items():
        monkeypatch.setattr(Requests, name, lambda *_, answer=answer: answer)
    rng = random.Random(7)
    keys = [*"12345jkgGyfimoeprucd /xn", "space", "enter", "escape", "tab", "shift+tab", "left", "right", "backspace"]
    keys = [key if key != " " else "space" for key in keys]
    async with drive(finished.database) as driver:
        for _ in range(250):
            await driver.pilot.press(rng.choice(keys))
        await driver.press("escape", "escape", "escape")
        assert driver.app.is_running
