"""Schedules of a person's own, in the dashboard: duplicated, renamed, deleted, edited, kept, started."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from lrtui.comparison.spec import Choice, Spec
from lrtui.tui.app import Dashboard
from lrtui.tui.charts.chart import Chart
from lrtui.tui.draft import Draft, next_preset
from lrtui.tui.requests import Requests
from tests.tui.databases import Writer
from tests.tui.driver import Driver, drive

SHORT = Choice("cosine-short", "cosine", {"T_max": 50})
FILE = """
[[schedules]]
label = "cosine-short"
scheduler = "cosine"
parameters = { T_max = 50 }
"""


@pytest.fixture
def kept(configuration: Path) -> Path:
    """Where own schedules are kept; there are none yet."""
    configuration.parent.mkdir(parents=True)
    return configuration.with_name("schedules.toml")


def kept_labels(kept: Path) -> list[str]:
    return [table["label"] for table in tomllib.loads(kept.read_text()).get("schedules", [])] if kept.exists() else []


def row_of(driver: Driver, name: str) -> str:
    return next((line[:44] for line in driver.text.split("\n") if f"] {name} " in line[:44]), "")


async def go_to(driver: Driver, name: str) -> None:
    driver.app.screen.query_one("#schedulers").move_to(name)  # type: ignore[attr-defined]
    await driver.pilot.pause()


async def test_a_scheduler_is_duplicated_edited_picked_and_kept(database: Path, kept: Path) -> None:
    async with drive(database) as driver:
        await go_to(driver, "cosine")
        await driver.press("space", "a")
        await driver.sees("Duplicate cosine as a schedule of your own", "cosine-2")
        await driver.type("cosine-short")
        await driver.press("enter")
        await driver.sees("yours", "] cosine-short")
        await driver.press("enter", "enter")
        await driver.type("50")
        await driver.press("enter", "escape", "space")
        assert driver.app.draft.own == (SHORT,)
        assert driver.app.draft.picked == {"cosine", "cosine-short"}
        chart = driver.app.screen.query_one(Chart)
        assert [series.label for series in chart.series] == ["cosine-short", "cosine"]
        short, usual = chart.series
        assert short.y[50] == 0
        assert usual.y[50] == pytest.approx(0.05)
        assert short.index != usual.index
        await driver.until(lambda: "T_max" in kept.read_text())
    async with drive(database) as driver:
        assert driver.app.draft.own == (SHORT,)
        await go_to(driver, "cosine-short")
        await driver.sees("50            yours")


async def test_two_schedules_of_one_scheduler_are_compared(
    writer: Writer, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.write_text(FILE)
    asked: list[Spec] = []

    def start(self: Requests, spec: Spec, data_dir: Path | None) -> int:
        asked.append(spec)
        return writer.create(schedules=spec.to_dict()["schedules"], name="two cosines")

    monkeypatch.setattr(Requests, "start", start)
    async with drive(writer.database) as driver:
        await go_to(driver, "cosine")
        await driver.press("space", "G", "space", "2")
        await driver.sees("2 schedules")
        await driver.press("s")
        await driver.until(lambda: driver.app.current_mode == "live")
        await driver.sees("two cosines", "cosine-short")
    assert asked[0].schedules == (Choice("cosine", "cosine"), SHORT)
    assert asked[0].to_dict()["schedules"][1] == {
        "label": "cosine-short", "scheduler": "cosine", "parameters": {"T_max": 50},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("cosine-short", "name='cosine-short': one of your schedules is called so"),
        ("Cosine", "another name than that of a scheduler"),
        ("a,b", "expected 1 to 40 characters"),
        ("", "expected 1 to 40 characters"),
    ],
)
async def test_a_wrong_name_is_explained_in_place(database: Path, kept: Path, name: str, sentence: str) -> None:
    kept.write_text(FILE)
    async with drive(database) as driver:
        await driver.press("a")
        await driver.sees("Duplicate lambda")
        await driver.type(name)
        await driver.press("enter")
        mistake = driver.app.screen.query_one("#mistake", Static)
        await driver.until(lambda: sentence in str(mistake.content))
        await driver.sees(sentence[:25])
        await driver.press("escape")
        assert driver.app.draft.own == (SHORT,)


async def test_a_schedule_is_renamed_and_stays_picked(database: Path, kept: Path) -> None:
    kept.write_text(FILE)
    async with drive(database, (120, 40)) as driver:
        assert "n name" not in driver.text
        await driver.press("G", "space")
        await driver.sees("n name", "d delete")
        await driver.press("n")
        await driver.sees("What is cosine-short to be called?")
        await driver.type("brief")
        await driver.press("enter")
        await driver.until(lambda: "─s─" in row_of(driver, "brief"))
        assert driver.app.draft.picked == {"brief"}
        await driver.until(lambda: kept_labels(kept) == ["brief"])


async def test_a_schedule_is_deleted_after_a_question(database: Path, kept: Path) -> None:
    kept.write_text(FILE)
    async with drive(database) as driver:
        await driver.press("d")
        assert len(driver.app.screen_stack) == 1, "a scheduler of the catalogue cannot be deleted"
        await driver.press("G", "space", "d")
        await driver.sees("Delete your schedule cosine-short?")
        await driver.press("n")
        assert driver.app.draft.own == (SHORT,)
        await driver.press("d", "y")
        await driver.until(lambda: driver.app.draft.own == ())
        assert driver.app.draft.picked == frozenset()
        assert row_of(driver, "cosine-short") == ""
        await driver.until(lambda: kept_labels(kept) == [])


async def test_with_the_mouse_alone(database: Path, kept: Path) -> None:
    async with drive(database, (120, 40)) as driver:

        async def click(words: str) -> None:
            await driver.sees(words)
            y, line = next((y, line) for y, line in enumerate(driver.text.split("\n")) if words in line)
            await driver.pilot.click(offset=(line.index(words) + 1, y))
            await driver.pilot.pause()

        await click("Cosine-Annealing ")
        await click("a own")
        await click("Duplicate (enter)")
        await click("] cosine-2")
        assert driver.app.draft.picked == {"cosine-2"}
        await click("d delete")
        await click("Delete (y)")
        await driver.until(lambda: driver.app.draft.own == ())


async def test_what_was_typed_for_a_scheduler_goes_into_its_duplicate(database: Path, kept: Path) -> None:
    async with drive(database) as driver:
        await go_to(driver, "step")
        await driver.press("enter", "enter")
        await driver.type("7")
        await driver.press("enter", "escape")
        await driver.until(lambda: "Step *" in driver.text)
        await driver.press("a", "enter")
        await driver.until(lambda: driver.app.draft.own == (Choice("step-2", "step", {"step_size": 7}),))
        await driver.press("f")
        await driver.sees("fitted · * yours")
        assert driver.app.draft.schedule("step").values["step_size"] == 7
        assert driver.app.draft.schedule("step-2").values["step_size"] == 7


async def test_it_is_explained_and_its_code_copied(database: Path, kept: Path) -> None:
    kept.write_text(FILE)
    async with drive(database, (120, 40)) as driver:
        await driver.press("G")
        await driver.sees("cosine-short, a Cosine-Annealing of yours")
        await driver.press("c")
        await driver.until(lambda: "CosineAnnealingLR(optimizer, T_max=50" in driver.app.clipboard)
        await driver.press("i")
        await driver.sees("CosineAnnealingLR", "lr(t) =")


async def test_values_of_another_budget_can_be_seen_and_mended(database: Path, kept: Path) -> None:
    kept.write_text('[[schedules]]\nlabel = "fast"\nscheduler = "onecycle"\nparameters = { total_steps = 50 }')
    async with drive(database, (120, 40)) as driver:
        await driver.press("G")
        await driver.sees(
            "no curve: the reason is below", "total_steps=50: expected at least 3200", "total_steps     50"
        )
        await driver.press("c")
        await driver.sees("total_steps=50")
        await driver.press("i")
        await driver.sees("none as it is set now: total_steps=50")
        await driver.press("escape", "enter", "j", "enter")
        await driver.type("4000")
        await driver.press("enter")
        await driver.until(lambda: bool(driver.app.screen.query_one(Chart).series))
        assert "expected at least" not in driver.text.split("total_steps")[1]


async def test_a_value_that_cannot_be_given_back_is_explained(database: Path, kept: Path) -> None:
    kept.write_text(
        '[[schedules]]\nlabel = "long"\nscheduler = "cosine-restarts-warmup"\nparameters = { T_0 = 60, warmup = 40 }'
    )
    async with drive(database) as driver:
        await driver.press("G", "enter", "backspace")
        await driver.sees("warmup=40: expected less than T_0=20")
        assert driver.app.draft.own[0].parameters == {"T_0": 60, "warmup": 40}


async def test_a_broken_file_is_said_and_left_as_it_is(database: Path, kept: Path) -> None:
    kept.write_text("[[schedules]")
    async with drive(database, (160, 40)) as driver:
        await driver.until(lambda: any("not a TOML file" in told.message for told in driver.app._notifications))
        driver.app.clear_notifications()
        await driver.press("a", "enter")
        await driver.until(lambda: [choice.label for choice in driver.app.draft.own] == ["lambda-2"])
        await driver.until(lambda: any("not a TOML file" in told.message for told in driver.app._notifications))
    assert kept.read_text() == "[[schedules]"


async def test_what_was_changed_last_is_kept_when_the_dashboard_closes(database: Path, kept: Path) -> None:
    async with drive(database) as driver:
        for _ in range(3):
            await driver.press("a", "enter")
    assert kept_labels(kept) == ["lambda-2", "lambda-3", "lambda-4"]
    assert [choice.label for choice in Dashboard(database).draft.own] == kept_labels(kept)


async def test_a_letter_stands_only_beside_what_is_picked(database: Path, kept: Path) -> None:
    async with drive(database) as driver:
        await driver.sees("] Lambda")
        assert "─a─" not in row_of(driver, "Lambda")
        await driver.press("space")
        await driver.until(lambda: "─a─" in row_of(driver, "Lambda"))
        await driver.press("space")
        await driver.until(lambda: "─a─" not in row_of(driver, "Lambda"))


async def test_first_steps_are_told_until_something_was_started(writer: Writer) -> None:
    async with drive(writer.database) as driver:
        await driver.sees("First time? space picks schedulers, 2 sets up, s starts")
        writer.create()
        await driver.until(lambda: "First time?" not in driver.text)
    async with drive(writer.database, open_id=1) as driver:
        await driver.press("1")
        await driver.sees("space pick")
        assert "First time?" not in driver.text


async def test_a_schedule_that_is_gone_while_compare_is_shown(database: Path, kept: Path) -> None:
    kept.write_text(FILE)
    async with drive(database) as driver:
        await driver.press("G", "space", "2")
        await driver.sees("s  Start")
        driver.app.draft = driver.app.draft.without("cosine-short")
        await driver.press("1")
        await driver.until(lambda: "] REX" in driver.text and "cosine-short" not in driver.text)
        await driver.press("space")
        assert driver.app.draft.picked == {"rex"}


def test_a_preset_and_the_settings_leave_own_schedules_alone() -> None:
    draft: Any = Draft(own=(SHORT,)).with_pick("cosine-short")
    assert next_preset(draft).own == (SHORT,)
    assert "cosine-short" not in next_preset(draft).picked
    assert draft.with_setting("epochs", "20").own == (SHORT,)
    assert draft.without("cosine-short").picked == frozenset()
