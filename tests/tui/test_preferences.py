"""Settings: a flag before the environment before the file, and nothing wrong in them ends the dashboard."""

import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lrtui.config.preferences import Preferences, preferences, preferences_path, remember
from lrtui.tui.app import Dashboard
from tests.conftest import Cli
from tests.tui.databases import Writer
from tests.tui.driver import drive


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_flag_comes_before_the_environment_before_the_file(configuration: Path) -> None:
    folder = {"XDG_CONFIG_HOME": str(configuration.parents[1])}
    assert preferences_path(folder) == configuration
    assert preferences(folder) == Preferences("", False, "en", "")
    write(configuration, 'theme = "nord"\nnotify = true\nlanguage = "ko"\n')
    assert preferences(folder) == Preferences("nord", True, "ko")
    environment = folder | {"LRTUI_THEME": "gruvbox", "LRTUI_NOTIFY": "no", "LRTUI_LANG": "en"}
    assert preferences(environment) == Preferences("gruvbox", False, "en")
    assert preferences(environment, theme="dracula", notify=True) == Preferences("dracula", True, "en")
    assert preferences(environment, theme=None, notify=None) == Preferences("gruvbox", False, "en")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("theme = [", "not a TOML file"),
        ("\xff", "not a TOML file"),
        ("theme = 3", "theme=3: expected a text"),
        ('notify = "maybe"', "notify='maybe': expected true or false"),
        ('language = "de"', "unknown language 'de'"),
        ('themes = "nord"', "unknown setting 'themes': did you mean 'theme'?"),
    ],
)
async def test_what_is_wrong_in_the_file_is_one_sentence(
    database: Path, configuration: Path, text: str, sentence: str, lrtui: Cli
) -> None:
    write(configuration, "")
    configuration.write_bytes(text.encode("latin-1"))
    found = preferences()
    assert sentence in found.complaint
    assert str(configuration) in found.complaint
    assert (found.theme, found.notify, found.language) == ("", False, "en")
    async with drive(database, (160, 40)) as driver:
        await driver.until(lambda: any(sentence in told.message for told in driver.app._notifications))
        assert driver.app.theme == "textual-dark"
    outcome = lrtui("explain", "cosine")
    assert outcome.status == 0
    assert sentence in outcome.err
    assert outcome.err.count("\n") == 1


def test_the_others_hold_where_one_is_wrong(configuration: Path) -> None:
    write(configuration, 'theme = "nord"\nnotify = 1\n')
    found = preferences({"XDG_CONFIG_HOME": str(configuration.parents[1]), "LRTUI_LANG": "xx"})
    assert (found.theme, found.notify, found.language) == ("nord", False, "en")
    assert "notify=1" in found.complaint
    assert "$LRTUI_LANG: unknown language 'xx'" in found.complaint


async def test_an_unknown_theme_is_said_and_the_usual_one_shown(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LRTUI_THEME", "nrod")
    async with drive(database, (160, 40)) as driver:
        await driver.sees("unknown theme 'nrod': did you mean 'nord'?")
        assert driver.app.theme == "textual-dark"


def test_remembering_keeps_the_rest_and_spares_a_torn_file(configuration: Path) -> None:
    remember(configuration, lambda: {"theme": "nord"})
    remember(configuration, lambda: {"notify": True})
    assert tomllib.loads(configuration.read_text()) == {"theme": "nord", "notify": True}
    assert stat.S_IMODE(configuration.parent.stat().st_mode) == 0o700
    configuration.write_text("theme = [ # mine")
    remember(configuration, lambda: {"theme": "dracula"})
    assert configuration.read_text() == "theme = [ # mine"
    assert [path.name for path in configuration.parent.iterdir()] == ["settings.toml"]


def test_threads_that_remember_at_once_lose_nothing(configuration: Path) -> None:
    names = [f"setting{i}" for i in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda name: remember(configuration, lambda: {name: True}), names))
    assert tomllib.loads(configuration.read_text()) == dict.fromkeys(names, True)


async def test_a_key_switches_the_bell_and_it_is_remembered(finished: Writer, configuration: Path) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("ctrl+n")
        await driver.sees("rings when the open comparison ends")
        await driver.until(lambda: configuration.is_file() and "notify = true" in configuration.read_text())
        await driver.press("ctrl+n")
        await driver.until(lambda: "notify = false" in configuration.read_text())
    assert Dashboard(finished.database).preferences.notify is False


def test_the_language_is_that_of_explanations_and_reports(
    finished: Writer, lrtui: Cli, monkeypatch: pytest.MonkeyPatch, configuration: Path
) -> None:
    korean = lrtui("explain", "cosine", "--lang", "ko").out
    report = lrtui("export", 1, "-o", "-", "--lang", "ko").out
    assert korean != lrtui("explain", "cosine").out
    write(configuration, 'language = "ko"\n')
    assert lrtui("explain", "cosine").out == korean
    assert lrtui("export", 1, "-o", "-").out == report
    assert lrtui("explain", "cosine", "--lang", "en").out != korean
    monkeypatch.setenv("LRTUI_LANG", "en")
    assert lrtui("explain", "cosine").out != korean


async def test_the_dashboard_explains_and_exports_in_the_chosen_language(
    finished: Writer, configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(finished.database.parent)
    write(configuration, 'language = "ko"\n')
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.press("1", "i")
        await driver.sees("학습률")
        await driver.press("escape", "4")
        await driver.sees("cosine leads")
        await driver.press("e")
        await driver.sees("written:")
    assert "학습률" in (finished.database.parent / "lrtui-1.md").read_text()
