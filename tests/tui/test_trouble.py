import random
from pathlib import Path

import pytest

from lrtui.domain.terminal_text import clean
from tests.tui.databases import Writer
from tests.tui.driver import drive

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
            for key in ("m", "m", "m", "ctrl+p", "escape", "question_mark", "escape"):
                await driver.press(key)
                shown = driver.text
                assert all(clean(line, 10_000) == line for line in shown.split("\n"))
        await driver.press("5", "d")
        await driver.sees("Delete comparison 1")
        assert all(clean(line, 10_000) == line for line in driver.text.split("\n"))


async def test_any_size_at_any_moment(finished: Writer) -> None:
    sizes = [(1, 1), (2, 2), (10, 3), (400, 120), (79, 23), (16, 4), (120, 5), (5, 100), (80, 24)]
    async with drive(finished.database, open_id=1) as driver:
        for mode in "12345":
            await driver.press(mode)
            for width, height in sizes:
                await driver.pilot.resize_terminal(width, height)
                await driver.press("down")
        await driver.press("3")
        await driver.sees("✓ done")


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
