"""The palette: everything that can be done, by what a person would type."""

from pathlib import Path

import pytest

from lrtui.tui.dialogs.palette_screen import PaletteScreen
from lrtui.tui.dialogs.question import Question
from lrtui.tui.keys import KEYS, MODES
from lrtui.tui.palette import Command, found, key_commands
from tests.tui.databases import Writer
from tests.tui.driver import Driver, drive

COMMANDS = key_commands("live", [], lambda key: None)


@pytest.mark.parametrize(
    ("typed", "place", "begins"),
    [
        ("export csv", "Ranking", "Write the report"), ("csv", "Ranking", "Write the report"), ("kill", "Live", "Cancel runs"),
        ("stop run", "Live", "Cancel runs"), ("go on", "Live", "Let paused"), ("run again", "Live", "Queue failed"),
        ("delete", "History", "Delete the comparison"), ("remove comparison", "History", "Delete the comparison"),
        ("launch", "Compare", "Start the comparison"), ("fullscreen", "Live", "Show the chart on the whole"),
        ("clipboard", "Schedules", "Copy PyTorch code"), ("shortcuts", "Everywhere", "Show every key"), ("exit", "Everywhere", "Close the dashboard"),
        ("hist", "Everywhere", "Go to History"), ("rename", "History", "Call the comparison"), ("lgarithmic", "Live", "Switch between a linear"),
    ],
)  # fmt: skip
def test_it_is_found_by_what_a_person_would_type(typed: str, place: str, begins: str) -> None:
    hits = found(COMMANDS, typed)
    assert (place, True) in [(hit.place, hit.text.startswith(begins)) for hit in hits[:3]], [hit.text for hit in hits]


def test_nothing_typed_is_everything_and_nonsense_is_nothing() -> None:
    assert found(COMMANDS, "  ") == COMMANDS
    assert found(COMMANDS, "zzqx") == []
    assert found([Command("Live", "[/x] {", lambda: None)], "[/x]") != []


def test_every_action_of_every_mode_is_there_this_mode_first() -> None:
    titles = dict(MODES) | {"everywhere": "Everywhere"}
    expected = {(titles[key.where], key.tooltip) for key in KEYS if key.where in titles and key.id != "palette"}
    assert {(command.place, command.text) for command in COMMANDS} == expected
    assert COMMANDS[0].place == "Live"


async def chooses(driver: Driver, typed: str) -> None:
    """Everything at once, as over a slow line."""
    await driver.pilot.press("ctrl+p")
    await driver.until(lambda: isinstance(driver.app.screen, PaletteScreen))
    await driver.pilot.press(*("space" if letter == " " else letter for letter in typed), "enter")


async def test_enter_does_what_was_typed_however_quickly(database: Path) -> None:
    async with drive(database) as driver:
        await chooses(driver, "switch where values")
        await driver.until(lambda: driver.app.draft.profile == "fitted")


async def test_an_action_of_another_mode_goes_there_and_does_it(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await chooses(driver, "delete the comparison")
        await driver.until(lambda: isinstance(driver.app.screen, Question))
        assert driver.app.current_mode == "history"
        await driver.sees("Delete comparison 1")


async def test_it_waits_for_what_the_action_needs(
    finished: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report needs the ranking, which is computed when its mode is shown first."""
    monkeypatch.chdir(tmp_path)
    async with drive(finished.database, open_id=1) as driver:
        await chooses(driver, "export report")
        await driver.until((tmp_path / "lrtui-1.md").is_file)


async def test_what_cannot_be_done_is_said_and_not_done_later_to_something_else(writer: Writer) -> None:
    writer.create()
    claim = writer.claim()
    assert claim is not None
    writer.train(claim)
    async with drive(writer.database, open_id=1) as driver:
        await driver.sees("✓ done")
        await driver.press("g")  # the run that is done
        await chooses(driver, "pause the selected")
        await driver.until(lambda: any("nothing here now" in one.message for one in driver.app._notifications))
        await driver.press("down")  # one that could be paused
        await driver.sees("run 2:")
        assert writer.connection.execute("SELECT count(*) FROM commands").fetchone()[0] == 0


async def test_what_waits_for_another_mode_is_forgotten_at_the_next_key(writer: Writer) -> None:
    writer.create()
    async with drive(writer.database, open_id=1) as driver:
        await driver.sees("· queued")
        await driver.press("1")
        await chooses(driver, "run again")
        await driver.until(lambda: driver.app.current_mode == "live")
        await driver.press("j")
        writer.connection.execute("UPDATE runs SET status = 'failed'")
        await driver.sees("✗ failed")
        await driver.press("k")
        await driver.sees("run 1:")
        assert writer.connection.execute("SELECT count(*) FROM commands").fetchone()[0] == 0


async def test_comparisons_and_themes_are_there_and_the_mouse_chooses(finished: Writer) -> None:
    finished.create(name="[bold]second")
    async with drive(finished.database, (100, 30), open_id=1) as driver:
        await driver.sees("space scope")  # the line of keys is as long as it will be
        await driver.pilot.click(offset=(driver.text.split("\n")[-1].index("menu"), 29))
        await driver.until(lambda: isinstance(driver.app.screen, PaletteScreen))
        await driver.pilot.press(*"bold")
        await driver.sees("Open 2, [bold]second")
        row = next(y for y, line in enumerate(driver.text.split("\n")) if "Open 2" in line)
        await driver.pilot.click(offset=(30, row))
        await driver.until(lambda: driver.app.snapshot.open_id == 2 and driver.app.current_mode == "live")
        await chooses(driver, "textual light")
        await driver.until(lambda: driver.app.theme == "textual-light")


async def test_escape_leaves_everything_as_it_was(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("ctrl+p", "x", "escape")
        await driver.until(lambda: not isinstance(driver.app.screen, PaletteScreen))
        assert driver.app.current_mode == "schedules"
