import re
from pathlib import Path

import pytest

from lrtui.tui.charts.chart import Chart
from lrtui.tui.draft import Draft, preset_draft
from lrtui.tui.schedules.schedule_rows import ORDER, headline
from lrtui.tui.widgets.fields import Fields
from lrtui.tui.widgets.table import Table
from lrtui.tui.widgets.typing_line import TypingLine
from tests.tui.driver import drive


async def test_the_table_stands_in_the_outlines_order(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.sees("REX")
        lines = [line[:44] for line in driver.text.split("\n")]
        families = ["exponential decay", "step decay", "cosine", "other", "baseline", "beyond the table"]
        places = [next(i for i, line in enumerate(lines) if line.startswith(f" {family}")) for family in families]
        assert places == sorted(places)
        assert ORDER[:12] == (
            "lambda", "multiplicative", "exponential", "step", "multistep", "plateau", "cosine", "cosine-restarts",
            "cosine-restarts-warmup", "cosine-restarts-decay", "cyclic", "onecycle",
        )  # fmt: skip


async def test_space_picks_and_unpicks(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("down", "space", "j", "space")
        assert driver.app.draft.picked == {"multiplicative", "exponential"}
        await driver.press("k", "space")
        assert driver.app.draft.picked == {"exponential"}
        await driver.sees("1 picked")


async def test_the_preview_shows_the_highlighted_scheduler_and_the_picked_ones(database: Path) -> None:
    async with drive(database) as driver:
        chart = driver.app.screen.query_one(Chart)
        await driver.press("space", "down", "down", "down")
        labels = [series.label for series in chart._series]
        assert labels == ["step", "lambda"]
        step = chart._series[0]
        assert step.y[29] == 0.1
        assert step.y[30] is not None
        assert abs(step.y[30] - 0.01) < 1e-12


async def test_a_value_is_drawn_while_it_is_typed_and_kept_with_enter(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("down", "down", "down", "enter", "enter")
        await driver.type("7")
        chart = driver.app.screen.query_one(Chart)
        assert chart._series[0].y[7] != 0.1
        assert driver.app.draft.values == {}
        await driver.press("enter")
        await driver.sees("yours")
        assert driver.app.draft.values["step"] == {"step_size": 7}
        await driver.press("backspace")
        await driver.sees("docs example")
        assert driver.app.draft.values["step"] == {}


async def test_a_wrong_value_is_explained_in_place_and_escape_leaves_the_old_one(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("down", "down", "down", "enter", "enter")
        await driver.type("0.5")
        await driver.sees("step_size='0.5': expected a whole number")
        await driver.press("enter")
        assert driver.app.draft.values == {}
        await driver.press("escape")
        chart = driver.app.screen.query_one(Chart)
        assert chart._series[0].y[7] == 0.1
        assert "expected a whole number >= 1" not in driver.text or "docs example" in driver.text


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 60)])
async def test_the_key_that_people_type_stands_beside_the_outlines_name(database: Path, size: tuple[int, int]) -> None:
    async with drive(database, size) as driver:
        for key in ORDER:
            driver.app.screen.query_one("#schedulers", Table).move_to(key)
            await driver.until(lambda key=key: f" {key} ·" in driver.text.split("\n")[1])  # type: ignore[misc]
        assert ("cosine-restarts-warmup" in driver.text.replace("rex ·", "")) == (size[0] >= 100)


@pytest.mark.parametrize(
    ("name", "width", "words"),
    [
        ("step", 60, " step · profile fitted · * yours · 2 picked, 2 goes on"),
        ("step", 50, " step · profile fitted · * yours · 2 picked"),
        ("multistep", 44, " multistep · fitted · * yours · 2 picked"),
        ("cosine-restarts-warmup", 44, " cosine-restarts-warmup · fitted · 2 picked"),
        ("a name that is nearly as long as it may be", 44, " a name that is nea…ng as it may be · fitted"),
    ],
)
def test_the_headline_leaves_out_what_is_needed_least(name: str, width: int, words: str) -> None:
    draft = Draft().with_setting("profile", "fitted").with_pick("step").with_pick("cosine")
    assert headline(name, draft.with_value("step", "step_size", "7"), width).plain == words
    assert len(words) <= width


async def test_a_legend_without_room_says_how_many_more_curves_there_are(database: Path) -> None:
    async with drive(database) as driver:
        driver.app.change(preset_draft("defaults"), "preset")
        await driver.press("down")
        await driver.sees("b multiplicative  m constant", " more")
        shown = re.findall(r"\b([a-m]) [a-z]+(?:-[a-z]+)*(?=  |$)", "\n".join(_legend_lines(driver.text)), re.M)
        left = re.search(r"\+(\d+) more", driver.text)
        assert left is not None
        assert len(shown) + int(left[1]) == 13
    async with drive(database, (200, 60)) as driver:
        await driver.sees("a lambda  m constant", "l onecycle")
        assert " more" not in driver.text


def _legend_lines(text: str) -> list[str]:
    """The lines of a small screen between the axis and the parameters."""
    right = [line.partition("▕")[2] for line in text.split("\n")]
    axis = next(place for place, line in enumerate(right) if line.lstrip().startswith("└"))
    rule = next(place for place, line in enumerate(right) if line.startswith("──"))
    return right[axis + 2 : rule]


async def test_nothing_on_a_small_screen_is_cut_without_a_sign(database: Path) -> None:
    async with drive(database) as driver:
        detail, chart = driver.app.screen.query_one("#detail"), driver.app.screen.query_one(Chart)
        for key in ORDER:
            driver.app.screen.query_one("#schedulers", Table).move_to(key)
            await driver.until(lambda key=key: chart.series[0].label == key)  # type: ignore[misc]
            assert len(chart.title) <= detail.size.width
        driver.app.screen.query_one("#schedulers", Table).move_to("lambda")
        await driver.press("f")
        await driver.sees("0.01 **… / E)", "lr_lambda = 0.01 ** (epoch / E): an")


async def test_a_hostile_expression_is_refused_in_place(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("enter", "enter")
        await driver.type("9**9**9")
        await driver.press("enter")
        assert driver.app.draft.values == {}
        assert driver.app.is_running


async def test_the_profile_redraws_everything(database: Path) -> None:
    async with drive(database) as driver:
        chart = driver.app.screen.query_one(Chart)
        await driver.press("down", "down", "down")
        before = chart._series
        await driver.press("f")
        await driver.sees("step · profile fitted")
        assert chart._series != before
        assert chart._series[0].y[34] != chart._series[0].y[33]


async def test_keys_typed_into_a_field_are_text(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("enter", "enter")
        await driver.type("2")
        await driver.press("q")
        assert driver.app.is_running
        assert driver.app.current_mode == "schedules"


async def test_what_a_scheduler_does_can_be_read(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("i")
        await driver.sees("LambdaLR", "lr(t) = base_lr")
        await driver.press("escape")
        await driver.sees("space pick")


async def test_the_code_goes_to_the_clipboard_as_it_is_set(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("down", "down", "down", "c")
        await driver.until(lambda: "StepLR(optimizer, step_size=30" in driver.app.clipboard)
        compile(driver.app.clipboard, "code", "exec")


async def test_the_code_is_copied_where_it_is_read(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("down", "down", "down", "i")
        await driver.sees("PyTorch code, c copies it")
        await driver.press("c")
        await driver.until(lambda: "StepLR(optimizer, step_size=30" in driver.app.clipboard)
        await driver.sees("sent to the terminal")
        await driver.sees("PyTorch code, c copies it")  # it can still be read


async def test_the_preview_ends_where_the_budget_does(database: Path) -> None:
    async with drive(database) as driver:
        chart = driver.app.screen.query_one(Chart)
        for name in ("step", "onecycle"):  # stepped every epoch, and every batch
            driver.app.screen.query_one("#schedulers", Table).move_to(name)
            await driver.until(lambda name=name: chart.series[0].label == name)  # type: ignore[misc]
            assert chart.series[0].x[-1] == driver.app.draft.budget.epochs
            assert chart.series[0].y[-1] == chart.series[0].y[-2]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_nothing_moves_while_the_cursor_does(database: Path, size: tuple[int, int]) -> None:
    async with drive(database, size) as driver:
        await driver.sees("First time?")
        parts = [driver.app.screen.query_one(f"#{name}") for name in ("preview", "parameters", "explanation")]
        regions = [part.region for part in parts]
        for name in ORDER:
            driver.app.screen.query_one("#schedulers", Table).move_to(name)
            await driver.pilot.pause()
            assert [part.region for part in parts] == regions, name


async def test_what_looks_the_same_is_not_drawn_again(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("down", "down", "down", "enter")
        chart = driver.app.screen.query_one(Chart)
        await driver.until(lambda: chart._drawn is not None and chart.series[0].label == "step")
        await driver.pilot.pause()
        drawn = chart._drawn
        await driver.press("down", "up")
        assert chart._drawn is drawn


async def test_the_explanation_is_in_the_chosen_language(database: Path, configuration: Path) -> None:
    configuration.parent.mkdir(parents=True)
    configuration.write_text('language = "ko"')
    async with drive(database, (120, 40)) as driver:
        await driver.sees("학습률")


@pytest.mark.parametrize(
    ("scheduler", "parameter", "text", "words"),
    [
        ("lambda", "lr_lambda", "0.95 ** epochs", "known: epoch, E, S, pi, e, sqrt, exp, log, sin, cos, abs, floor, ceil, min, max"),
        ("lambda", "lr_lambda", "0.95 ^ epoch", "a power is **, for example 0.95 ** epoch"),
        ("lambda", "lr_lambda", "1 - epoch / 50", "expected finite numbers >= 0 within the budget"),
        ("lambda", "lr_lambda", "__import__('os').system('rm -rf /')", "+ - * / // % ** and functions"),
        ("onecycle", "total_steps", "10", "OneCycleLR stops with an error after its last step"),
        ("cosine-restarts-warmup", "warmup", "30", "expected less than T_0=20, the length of the first cycle"),
    ],
)  # fmt: skip
async def test_a_mistake_can_be_read_to_its_end(
    database: Path, scheduler: str, parameter: str, text: str, words: str
) -> None:
    """On the smallest screen: the form takes the room from the chart."""
    async with drive(database) as driver:
        driver.app.screen.query_one("#schedulers", Table).move_to(scheduler)
        await driver.press("enter")
        driver.app.screen.query_one(Fields).table.move_to(parameter)
        await driver.press("enter")
        driver.app.screen.query_one(TypingLine).value = text
        await driver.press("enter")
        await driver.until(
            lambda: words in " ".join(line.partition("▕")[2].strip() for line in driver.text.split("\n"))
        )
        assert driver.app.draft.values == {}
