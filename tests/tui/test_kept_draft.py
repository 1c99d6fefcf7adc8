"""What was set up is there again at the next start, however the last one ended, and nothing wrong in the file ends anything."""

import os
import signal
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.comparison.presets import PRESETS
from lrtui.comparison.spec import Choice
from lrtui.errors import UserError
from lrtui.report.spec_file import read_spec
from lrtui.tui.app import Dashboard
from lrtui.tui.draft import Draft, preset_draft
from lrtui.tui.kept_draft import KeptDraft, draft_from_dict, draft_to_dict
from tests.tui.driver import drive
from tests.tui.test_compare import set_setting
from tests.tui.test_terminal import Terminal

OWN = (Choice("mine", "step", {"step_size": 4}), Choice("other", "cosine"))


@pytest.fixture
def kept(configuration: Path) -> Path:
    """Where the draft is kept; there is none yet."""
    configuration.parent.mkdir(parents=True)
    return configuration.with_name("draft.toml")


def again(kept: Path, own: tuple[Choice, ...]) -> Draft:
    return draft_from_dict(tomllib.loads(kept.read_text()), own)


def test_an_unfinished_draft_is_kept_with_all_that_was_typed(kept: Path) -> None:
    draft = Draft(own=OWN).with_pick("mine").with_pick("plateau").with_setting("base_lrs", "0.1, 0.01")
    draft = draft.with_value("step", "step_size", "7").with_value("plateau", "mode", "max")
    draft = (
        draft.with_setting("search", "tpe").with_setting("data_dir", "/data sets").with_setting("early_stopping", "9")
    )
    file = KeptDraft()
    file.read()
    file.keep(lambda: draft)
    assert again(kept, OWN) == draft
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert KeptDraft().read() == draft


@pytest.mark.parametrize("name", PRESETS)
def test_a_finished_draft_is_a_spec_but_for_what_a_spec_has_no_place_for(kept: Path, name: str) -> None:
    draft = preset_draft(name).with_setting("name", "mine")
    file = KeptDraft()
    file.read()
    file.keep(lambda: draft)
    assert read_spec(kept) == draft.spec()
    assert again(kept, ()) == draft
    file.keep(lambda: preset_draft(name))
    assert again(kept, ()) == preset_draft(name)


def test_an_own_schedule_is_picked_by_its_name_and_not_brought_back_once_it_is_gone() -> None:
    data = draft_to_dict(Draft(own=OWN).with_pick("mine").with_pick("other").with_pick("step"))
    edited = Choice("mine", "step", {"step_size": 30})
    draft = draft_from_dict(data, (edited,))
    assert draft.picked == {"mine", "step"}
    assert draft.own == (edited,)


_TOML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([*PRESETS, "step"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["label", "scheduler", "parameters", "a"]), inner),
    max_leaves=6,
)  # fmt: skip
_NAMES = [
    "name",
    "seeds",
    "dataset",
    "splits",
    "preset",
    "data_dir",
    "schedules",
    "schedulers",
    "unpicked",
    "base_lrs",
    "x",
]


@given(st.dictionaries(st.sampled_from(_NAMES), _TOML))
def test_whatever_a_file_holds_is_a_draft_that_can_be_shown_or_one_sentence(data: dict[str, Any]) -> None:
    try:
        draft = draft_from_dict(data, ())
    except UserError:
        return
    assert draft.budget.epochs
    assert draft_from_dict(draft_to_dict(draft), ()) == draft
    for choice in draft.picks:
        assert draft.parameters(choice.label) is not None


async def test_what_is_set_up_is_there_at_the_next_start(database: Path, kept: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("space", "2")
        await set_setting(driver, "epochs", "50")
        await driver.until(lambda: kept.exists() and "epochs = 50" in kept.read_text())
        await driver.press("1", "j", "space")  # kept when it closes, if not before
    assert KeptDraft().read().picked == {"lambda", "multiplicative"}
    async with drive(database, (120, 40)) as driver:
        await driver.sees("2 picked", "50 epochs")
        assert not driver.app.can_undo
        await driver.press("2", "o")
    assert KeptDraft().read().preset == "quick"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("seeds = [", "not a TOML file"),
        ("\xff", "not a TOML file"),
        ("epoch = 5", "unknown setting 'epoch': did you mean 'epochs'?"),
        ('[[schedules]]\nscheduler = "stp"', "unknown scheduler 'stp'"),
        ('preset = "quik"', "unknown preset 'quik': did you mean 'quick'?"),
        ("data_dir = 3", "data_dir=3: expected a text"),
    ],
)
async def test_a_file_that_is_not_understood_is_one_sentence_and_is_put_aside(
    database: Path, kept: Path, text: str, sentence: str
) -> None:
    kept.write_bytes(text.encode("latin-1"))
    async with drive(database, (160, 40)) as driver:
        (told,) = driver.app._notifications
        assert told.message.startswith(f"{kept} is not understood, draft-broken.toml now, and nothing is set up: ")
        assert sentence in told.message
        assert told.message.count(str(kept)) == 1
        assert driver.app.draft == Draft()
        await driver.press("space")
    assert KeptDraft().read().picked == {"lambda"}
    assert kept.with_name("draft-broken.toml").read_bytes() == text.encode("latin-1")


async def test_a_folder_that_cannot_be_written_is_said_once(database: Path, configuration: Path) -> None:
    configuration.parent.parent.mkdir()
    configuration.parent.write_text("a file where the folder should be")
    async with drive(database, (160, 40)) as driver:
        for _ in range(3):
            await driver.press("space")
            await driver.app.workers.wait_for_complete()
        told = [one.message for one in driver.app._notifications if "cannot be written" in one.message]
        assert len(told) == 1
        assert driver.app.draft.picked == {"lambda"}


def test_of_two_dashboards_the_one_that_changed_something_last_has_the_last_word(database: Path, kept: Path) -> None:
    one, other = KeptDraft(), KeptDraft()
    first = one.read()
    other.read()
    other.keep(lambda: Draft().with_pick("step"))
    one.keep(lambda: first)  # it closes and changed nothing
    assert KeptDraft().read().picked == {"step"}
    one.keep(lambda: first.with_pick("cosine"))
    assert Dashboard(database).draft.picked == {"cosine"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, None], ids=["SIGKILL", "SIGHUP", "hang-up"])
def test_a_dashboard_that_is_ended_keeps_what_was_set_up(
    database: Path, kept: Path, number: signal.Signals | None
) -> None:
    terminal = Terminal("-m", "lrtui.tui", str(database))
    terminal.until("First time")
    terminal.press("jjj 2o")
    terminal.until("preset quick")
    terminal.press("1/")  # and a key that means nothing
    if number is signal.SIGKILL:
        while not kept.exists() or 'preset = "quick"' not in kept.read_text():
            assert terminal.read(0.05)
    if number is None:
        os.close(terminal.fd)
        os.waitpid(terminal.pid, 0)
    else:
        os.kill(terminal.pid, number)
        terminal.until_ended()
        os.close(terminal.fd)
    after = Terminal("-m", "lrtui.tui", str(database))
    after.until("13 picked")
    after.press("2")
    after.until("preset quick")
    after.press("q")
    assert after.until_ended() == 0
    os.close(after.fd)
