import re
from pathlib import Path

from textual.events import Key

from lrtui.tui.app import Dashboard
from lrtui.tui.keys import GROUPS, KEYS, readme_table
from tests.tui.databases import Writer
from tests.tui.driver import drive


def test_every_key_has_an_id_a_sentence_and_a_place() -> None:
    assert len({key.id for key in KEYS}) == len(KEYS)
    assert {key.where for key in KEYS} == {where for where, _ in GROUPS}
    for where, _ in GROUPS:
        keys = [key for entry in KEYS if entry.where == where for key in entry.keys.split(",")]
        assert len(set(keys)) == len(keys), f"two actions on one key in {where}"
    for key in KEYS:
        assert re.match(r"[A-Z].*[^.]$", key.tooltip), key


async def test_every_key_has_an_action_behind_it(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        for where, _ in GROUPS:
            if where == "explanation":
                await driver.press("1", "i")
            elif where == "zoom":
                await driver.press("escape")
                await driver.press("3")
                await driver.until(lambda: bool(driver.app.screen.query("#chart-lr").first().series))  # type: ignore[attr-defined]
                await driver.press("z")
            elif where != "everywhere":
                driver.app.action_mode(where)
                await driver.pilot.pause()
            node = driver.app if where == "everywhere" else driver.app.screen
            for key in KEYS:
                name = key.action.partition("(")[0]
                if key.where == where and not name.startswith("app."):
                    assert hasattr(node, f"action_{name}"), key


async def test_the_help_shows_every_key(database: Path) -> None:
    async with drive(database, (120, 200)) as driver:
        await driver.press("2", "question_mark")
        await driver.sees("In tables and lists")
        text = re.sub(r"[\s│]+", " ", driver.text)
        for key in KEYS:
            assert key.tooltip in text, key
        assert text.index("Start the comparison") < text.index("Go to Schedules")  # the mode on the screen first
        await driver.press("escape")
        await driver.until(lambda: "In tables and lists" not in driver.text)


def test_the_readme_holds_every_key() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    table = readme_table()
    assert table in readme, "python docs/make_pictures.py writes it anew"
    for key in KEYS:
        assert f"| `{key.shown}` | {key.tooltip} |" in table


async def test_the_mouse_alone_goes_to_a_mode_picks_and_asks_for_help(database: Path) -> None:
    async with drive(database, (100, 30)) as driver:
        await driver.sees("Multiplicative")
        row = next(y for y, line in enumerate(driver.text.split("\n")) if "Multiplicative" in line)
        await driver.pilot.click(offset=(8, row))
        await driver.pilot.pause()
        await driver.pilot.click(offset=(8, row))
        await driver.until(lambda: driver.app.draft.picked == {"multiplicative"})
        await driver.pilot.click(offset=(driver.text.split("\n")[0].index("Compare"), 0))
        await driver.until(lambda: driver.app.current_mode == "compare")
        keys = driver.text.split("\n")[-1]
        await driver.pilot.click(offset=(keys.index("help"), 29))
        await driver.sees("Show every key")


async def test_the_theme_is_remembered(database: Path, configuration: Path) -> None:
    async with drive(database) as driver:
        driver.app.theme = "textual-light"
        await driver.until(lambda: configuration.is_file() and "textual-light" in configuration.read_text())
    assert Dashboard(database).theme == "textual-light"
    configuration.write_text("theme = [")
    assert Dashboard(database).theme == "textual-dark"


async def test_enter_right_after_a_question_was_asked_says_no(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("5")
        await driver.sees("cosine leads")
        for key in ("d", "enter"):  # both wait before the first is looked at
            driver.app.post_message(Key(key, key if len(key) == 1 else "\r"))
        await driver.pilot.pause()  # until both were looked at
        await driver.until(lambda: len(driver.app.screen_stack) == 1 and not driver.app.screen.query("#question"))
        await driver.pilot.pause()
        await driver.press("d")
        await driver.sees("Delete comparison 1")  # it is still there
        assert driver.app.focused is not None
        assert driver.app.focused.id == "no"
