"""Ranking: the verdict, the table, and every part of what stands behind them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widget import Widget

from lrtui.schedules.registry import BUILT_IN
from lrtui.tui.dialogs.zoom import ZoomScreen
from lrtui.tui.ranking.schedule_details_screen import AboutScheduleScreen
from lrtui.tui.ranking.screen import RankingScreen
from lrtui.tui.widgets.table import Table
from tests.tui.databases import Writer
from tests.tui.driver import Driver, drive

PARTS = ["why", "intervals", "ranks", "how firm", "base LRs", "budgets", "seeds", "curves", "method"]
SIGNS = {
    "why": "the first step comes after 30 epochs",
    "intervals": "├",
    "ranks": "Nemenyi's test",
    "how firm": "is not the probability",
    "base LRs": "base LR (logarithmic)",
    "budgets": "(Kendall's τ)",
    "seeds": "ties included",
    "curves": "leaders: validation accuracy %, mean of 6 seeds, c ± SD dotted",
    "method": "Seeds on one task support claims about that task only",
}
TABLE_OF_13 = [entry.key for entry in BUILT_IN if entry.in_table][:13]


def line_of(driver: Driver, words: str) -> int:
    return next(y for y, line in enumerate(driver.text.split("\n")) if words in line)


async def shows(driver: Driver, part: str) -> None:
    await driver.sees(f"▶{part}")


async def test_the_ranking_says_who_leads_with_n_and_the_names_of_the_tests(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine leads", "best", "▶why", "m next part")
        await driver.sees("p: model confidence set at 95 %, all 64 sign flips of 6 seeds", "BCa bootstrap")
        rows = [line.split() for line in driver.text.split("\n") if line.strip()[:1] in "123" and "0.1" in line]
        assert [row[2] if row[1] == "●" else row[1] for row in rows] == ["cosine", "step", "constant"]
        assert "●" in rows[0]
        assert "●" not in rows[1]


async def test_the_parts_are_stepped_through_in_a_circle(writer: Writer) -> None:
    writer.create(("step", "cosine", "constant"), base_lrs=[0.1, 0.03])
    writer.train_all()
    async with drive(writer.database, (120, 40), open_id=1) as driver:
        await driver.press("4")
        for part in PARTS:
            await shows(driver, part)
            await driver.sees(SIGNS[part])
            await driver.press("m")
        await shows(driver, "why")
        await driver.press("M")
        await shows(driver, "method")
        assert "Seeds on one task" in driver.text


async def test_a_click_on_a_name_shows_the_part(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("4")
        await shows(driver, "why")
        y = line_of(driver, "▶why")
        x = driver.text.split("\n")[y].index("ranks")
        await driver.pilot.click(offset=(x, y))
        await shows(driver, "ranks")
        await driver.sees("CD =", "mean rank over 6 seeds")
        await driver.pilot.click(offset=(1, y))
        await shows(driver, "how firm")
        await driver.sees("first in", "not the probability", "0–0–6")


async def test_a_low_screen_shows_the_table_or_a_part(writer: Writer) -> None:
    writer.create(TABLE_OF_13)
    writer.train_all()
    async with drive(writer.database, open_id=1) as driver:
        await driver.press("4")
        await shows(driver, "table")
        await driver.sees(*TABLE_OF_13)
        await driver.press("m", "m", "m")
        await shows(driver, "ranks")
        await driver.sees(*TABLE_OF_13, "CD =")
        assert "base LR test %" not in driver.text
        await driver.pilot.resize_terminal(80, 50)
        await driver.sees("base LR test %", "CD =")
        await driver.pilot.resize_terminal(80, 24)
        await driver.until(lambda: "base LR test %" not in driver.text)
        await driver.press("M", "M", "M")
        await driver.sees("base LR test %")
        second = driver.text.split("\n")[line_of(driver, "   2 ")].split()[1]
        await driver.press("down", "enter")
        await driver.sees(f"{second}: how it did")


async def test_a_wide_screen_shows_the_next_part_beside(finished: Writer) -> None:
    async with drive(finished.database, (200, 60), open_id=1) as driver:
        await driver.press("4")
        await shows(driver, "why")
        await driver.press("m")
        await shows(driver, "intervals")
        await driver.sees("test accuracy, %", "ranks, the next part", "CD =")
        await driver.pilot.resize_terminal(120, 60)
        await driver.until(lambda: "the next part" not in driver.text)


async def test_it_is_provisional_while_runs_go_on_and_follows_them_in_the_part_that_is_shown(writer: Writer) -> None:
    writer.create()
    for _ in range(9):
        claim = writer.claim()
        assert claim is not None
        writer.train(claim)
    async with drive(writer.database, (120, 40), open_id=1) as driver:
        await driver.press("4")
        await driver.sees("PROVISIONAL, 9 of 18 runs ended: so far, 3 seeds cannot show a difference")
        while "▶seeds" not in driver.text:
            await driver.press("m")
        await driver.sees("each of the 3 seeds", "seed 2")
        assert "seed 3" not in driver.text
        half = writer.claim()
        assert half is not None
        writer.train(half, epochs=5)
        writer.train_all()
        await driver.sees("each of the 5 seeds", "seed 4", "PROVISIONAL")
        await shows(driver, "seeds")
        writer.train(half)
        await driver.sees("cosine leads", "each of the 6 seeds")
        assert "PROVISIONAL" not in driver.text


async def test_two_seeds_name_no_winner_and_have_their_parts(writer: Writer) -> None:
    writer.create(seeds=2)
    writer.train_all()
    async with drive(writer.database, (120, 40), open_id=1) as driver:
        await driver.press("4")
        await driver.sees("2 seeds cannot show a difference", "▶why")
        for _ in PARTS:
            await driver.press("m")
            if "▶how firm" in driver.text:
                await driver.sees("3 schedules lead and cannot be told apart", "no evidence")
        await shows(driver, "why")


async def test_a_diverged_schedule_is_marked_wherever_it_counts(writer: Writer) -> None:
    writer.create(seeds=6)
    while (claim := writer.claim()) is not None:
        writer.train(claim, epochs=3 if claim.planned.label == "step" else None, diverge=claim.planned.label == "step")
    async with drive(writer.database, (120, 40), open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine", "diverged", "▶why")
        while "▶seeds" not in driver.text:
            await driver.press("m")
        await driver.sees("!10.00", "*8")
        await driver.press("end", "enter")
        await driver.sees("step: how it did", "6 of its 6 ranked runs diverged", "diverged at 3")


async def test_enter_shows_a_schedule_in_detail(writer: Writer) -> None:
    writer.create(("step", "cosine", "constant"), base_lrs=[0.1, 0.03])
    writer.train_all()
    async with drive(writer.database, (120, 120), open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine", "enter about")
        await driver.press("down", "enter")
        await driver.sees("cosine: how it did, and why")
        await driver.sees("Rank 2 of 3", "n = 6", "model confidence set", "Effect size against constant", "d_z")
        await driver.sees("T_max", "20", "fitted to the budget", "eta_min", "PyTorch default")
        await driver.sees("highest mean selection accuracy of the 2 that were tried", "chosen")
        await driver.sees("12 runs, the 6 at the chosen base LR first")
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, AboutScheduleScreen))


async def test_a_click_on_the_row_under_the_cursor_shows_it_too(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine leads", "▶why")
        y = line_of(driver, "  step")
        await driver.pilot.click(offset=(10, y))
        await driver.until(lambda: driver.app.screen.query_one("#ranks", Table).key == "step")
        await driver.pilot.click(offset=(10, y))
        await driver.sees("step: how it did", "step_size", "PyTorch docs example")
        await driver.pilot.click(offset=(40, line_of(driver, "a click here closes")))
        await driver.until(lambda: not isinstance(driver.app.screen, AboutScheduleScreen))


async def test_the_leaders_curves_fill_the_screen(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.press("4")
        await driver.sees("▶why")
        assert "z zoom" not in driver.text
        await driver.press("M", "M")
        await shows(driver, "curves")
        await driver.sees("c cosine", "z zoom")
        assert "b step" not in driver.text
        await driver.press("z")
        await driver.until(lambda: isinstance(driver.app.screen, ZoomScreen))
        await driver.sees("c cosine")
        await driver.press("m")
        await driver.sees("validation loss")


async def test_the_verdict_and_the_table_go_to_the_clipboard(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine leads", "c copy")
        await driver.press("c")
        await driver.until(lambda: bool(driver.app.clipboard))
        verdict, table, *_ = driver.app.clipboard.split("\n\n")
        assert verdict.startswith("**cosine leads")
        assert len(table.split("\n")) == 2 + 3
        assert "64 sign flips of 6 seeds" in driver.app.clipboard
        await driver.sees("clipboard")


async def test_export_writes_every_format_and_says_where(finished: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = finished.database.parent / "a folder whose name is long enough to need a second line on a narrow screen"
    folder.mkdir()
    monkeypatch.chdir(folder)
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine leads")
        await driver.press("e")
        await driver.sees("written: lrtui-1.md, lrtui-1.html, lrtui-1.csv, lrtui-1.json")
        said = "".join(line.strip() for line in driver.text.split("\n")[line_of(driver, "written:") :])
        assert str(folder).replace(" ", "") in said.replace(" ", "")
        assert "cosine" in (folder / "lrtui-1.md").read_text()
        assert "cosine" in str(json.loads((folder / "lrtui-1.json").read_text()))
        assert {path.suffix for path in folder.glob("lrtui-1.*")} == {".md", ".html", ".csv", ".json"}
        await driver.press("e")
        await driver.sees("written again: lrtui-1.md")
        assert "kept" not in driver.text
        await driver.press("3", "4")
        await driver.until(lambda: "written again:" not in driver.text)


async def test_an_export_keeps_what_a_person_wrote_into_the_files(
    finished: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine leads")
        await driver.press("e")
        await driver.sees("written: lrtui-1.md")
        report = (tmp_path / "lrtui-1.md").read_text()
        (tmp_path / "lrtui-1.md").write_text("my words")
        await driver.press("e")
        await driver.sees("written again", "is kept:", "lrtui-1.md.bak")
        assert (tmp_path / "lrtui-1.md.bak").read_text() == "my words"
        assert (tmp_path / "lrtui-1.md").read_text() == report


async def test_an_export_that_fails_is_said(finished: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lrtui-1.md").mkdir()
    monkeypatch.chdir(tmp_path)
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine leads")
        await driver.press("e")
        await driver.sees("folder)")


async def test_nothing_is_drawn_again_when_nothing_is_new(finished: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.press("4")
        await shows(driver, "why")
        screen = driver.app.screen
        assert isinstance(screen, RankingScreen)
        await driver.pilot.pause()
        drawn = []

        def draw(widget: Widget) -> Callable[..., Widget]:
            def refresh(*_: object, **__: object) -> Widget:
                drawn.append(widget.id)
                return widget

            return refresh

        for widget in screen.query("#verdict, #method, #parts, #part-blocks, #ranks"):
            monkeypatch.setattr(widget, "refresh", draw(widget))
        screen.refreshed()
        screen._show_part()
        await driver.pilot.pause()
        assert drawn == []


async def test_the_names_of_the_parts_that_do_not_fit_are_behind_dots(finished: Writer) -> None:
    async with drive(finished.database, (50, 40), open_id=1) as driver:
        await driver.press("4")
        await shows(driver, "why")
        y = line_of(driver, "▶why")
        assert "method" not in driver.text.split("\n")[y]
        while "method" not in driver.text.split("\n")[y]:
            hidden = driver.text.split("\n")[y].rindex("…")
            await driver.pilot.click(offset=(hidden, y))
            await driver.pilot.pause()
        assert "▶" in driver.text.split("\n")[y]
        while "▶method" not in driver.text:
            await driver.press("m")
        assert driver.text.split("\n")[y].startswith(" m …")


async def test_names_that_differ_at_their_end_are_told_apart(writer: Writer) -> None:
    labels = [f"exponential with a gamma of 0.9{i}" for i in range(3)]
    writer.create(schedules=[{"scheduler": "exponential", "label": label} for label in labels])
    writer.train_all()
    async with drive(writer.database, open_id=1) as driver:
        await driver.press("4")
        await driver.sees("exponential w", "of 0.90", "of 0.91", "of 0.92")


async def test_another_comparison_is_never_shown_under_the_wrong_name(finished: Writer) -> None:
    finished.create(("linear", "rex"), seeds=2, name="second")
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine leads", "▶why")
        driver.app.open_comparison(2)
        await driver.sees("comparison 2: second")
        assert "cosine" not in driver.text
        await driver.sees("no run has ended")
