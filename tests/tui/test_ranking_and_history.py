import json

import pytest

from tests.tui.databases import Writer
from tests.tui.driver import drive


async def test_the_ranking_says_who_leads(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine leads", "best", "why", "m more")
        await driver.press("m")
        await driver.sees("notes and method", "model confidence set")
        await driver.press("m")
        await driver.sees("mean ranks", "CD =")
        rows = [line.split() for line in driver.text.split("\n") if line.strip()[:1] in "123" and "0.1" in line]
        assert [row[2] if row[1] == "●" else row[1] for row in rows] == ["cosine", "step", "constant"]
        assert "●" in rows[0]
        assert "●" not in rows[1]


async def test_it_is_provisional_while_runs_go_on_and_follows_them(writer: Writer) -> None:
    writer.create()
    for _ in range(9):
        claim = writer.claim()
        assert claim is not None
        writer.train(claim)
    async with drive(writer.database, open_id=1) as driver:
        await driver.press("4")
        await driver.sees("PROVISIONAL", "3 seeds cannot show a difference")
        writer.train_all()
        await driver.sees("cosine leads")
        assert "PROVISIONAL" not in driver.text


async def test_export_writes_every_format_and_says_where(finished: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished.database.parent)
    async with drive(finished.database, (200, 60), open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine leads", "├")
        await driver.press("e")
        await driver.sees("written:")
        folder = finished.database.parent
        assert "cosine" in (folder / "lrtui-1.md").read_text()
        assert "cosine" in str(json.loads((folder / "lrtui-1.json").read_text()))
        assert {path.suffix for path in folder.glob("lrtui-1.*")} == {".md", ".html", ".csv", ".json"}


async def test_history_opens_what_is_under_the_cursor(finished: Writer) -> None:
    finished.create(seeds=1, name="second one")
    async with drive(finished.database, open_id=2) as driver:
        await driver.press("5")
        await driver.sees("made up", "second one", "18/18", "0/3")
        await driver.press("down", "enter")
        await driver.until(lambda: driver.app.snapshot.open_id == 1)
        await driver.sees("cosine leads")


async def test_delete_asks_and_only_takes_what_has_ended(finished: Writer) -> None:
    finished.create(seeds=1, name="second one")
    async with drive(finished.database, open_id=2) as driver:
        await driver.press("5")
        await driver.sees("second one")
        assert "delete" not in driver.text
        await driver.press("d", "down")
        await driver.sees("d delete")
        await driver.press("d")
        await driver.sees("Delete comparison 1")
        await driver.press("n", "d", "y")
        await driver.until(lambda: [c.id for c in driver.app.snapshot.comparisons] == [2])
        await driver.until(lambda: "made up" not in driver.text)


async def test_history_is_filtered_by_words(finished: Writer) -> None:
    finished.create(seeds=1, name="second one")
    async with drive(finished.database) as driver:
        await driver.press("5")
        await driver.sees("made up", "second one")
        await driver.press("slash", *"queued", "space", *"sec")
        await driver.until(lambda: "made up" not in driver.text)
        await driver.press("escape")
        await driver.sees("made up", "second one")
