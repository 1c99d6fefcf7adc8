from tests.tui.databases import Writer
from tests.tui.driver import drive


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
