"""Names whose characters take two columns each push nothing off the screen."""

from tests.tui.databases import Writer
from tests.tui.driver import drive

NAMES = [f"계단식 학습률 감소 실험 {number}호" for number in "일이삼"]


async def test_the_status_stays_on_the_top_line(writer: Writer) -> None:
    writer.create(name=" ".join(NAMES), seeds=1)
    writer.train_all()
    async with drive(writer.database, open_id=1) as driver:
        await driver.until(lambda: driver.text.split("\n")[0].rstrip().endswith("· done"))
        assert "#1 계단식" in driver.text


async def test_the_legend_names_every_curve_in_full(writer: Writer) -> None:
    writer.create(schedules=[{"scheduler": "step", "label": name} for name in NAMES], seeds=1)
    writer.train_all()
    async with drive(writer.database, open_id=1) as driver:
        await driver.sees(*(f"{letter} {name}" for letter, name in zip("abc", NAMES, strict=True)))
