"""History: verdicts, names, notes, repeating, two side by side."""

from threading import Event
from typing import Any

import pytest

from lrtui.errors import UserError
from lrtui.store import comparisons
from lrtui.terminal_text import clean
from lrtui.tui.history.screen import HistoryScreen
from lrtui.tui.history.verdicts import Verdict, Verdicts, no_verdict, verdict_of
from lrtui.tui.requests import Requests
from tests.store.fakes import spec
from tests.tui.databases import Writer
from tests.tui.driver import PATIENCE, Driver, drive
from tests.tui.test_trouble import HOSTILE


def row_of(driver: Driver, name: str) -> str:
    return next((line for line in driver.text.split("\n")[1:] if name in line), "")


@pytest.mark.parametrize("width", [80, 130, 200])
async def test_each_comparison_has_its_winner_or_its_tie(finished: Writer, width: int) -> None:
    others: dict[str, dict[str, Any]] = {"alone": {"schedulers": ["step"]}, "few": {"seeds": 3}}
    for name, settings in others.items():
        finished.create(name=name, **settings)
    finished.train_all()
    finished.create(name="waiting")
    async with drive(finished.database, (width, 24), open_id=1) as driver:
        await driver.press("5")
        for name, verdict in {"made up": "cosine leads", "alone": "only step", "few": "too few seeds"}.items():
            await driver.until(lambda name=name, verdict=verdict: verdict in row_of(driver, name))  # type: ignore[misc]
        assert row_of(driver, "waiting").rstrip().endswith("–")
        await driver.press("G")
        await driver.sees("cosine leads: no other schedule is in the 95 % leading group", "× 6 seeds = 18 runs")


@pytest.mark.parametrize(("width", "day"), [(80, False), (96, True), (120, True)])
async def test_a_task_is_shown_in_full_before_the_day(writer: Writer, width: int, day: bool) -> None:
    writer.create(name="short")
    writer.create(name="long", dataset="fashion-mnist", model="resnet18")
    writer.connection.execute("UPDATE comparisons SET created_at = '2026-01-02T03:04:05.000Z'")
    async with drive(writer.database, (width, 24)) as driver:
        await driver.press("5")
        await driver.sees("fashion-mnist resnet18")
        assert ("2026-01-02" in row_of(driver, "fashion-mnist resnet18")) is day
        assert "started 2026-01-02 03:04" in driver.text


async def test_a_verdict_follows_runs_that_end_and_is_not_computed_twice(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = Requests.ranked

    def counted(self: Requests, comparison_id: int) -> Any:
        asked.append(comparison_id)
        return real(self, comparison_id)

    monkeypatch.setattr(Requests, "ranked", counted)
    writer.create()
    for _ in range(3):
        claim = writer.claim()
        assert claim is not None
        writer.train(claim)
    async with drive(writer.database, open_id=1) as driver:
        await driver.press("5")
        await driver.sees("too few seeds?", "so far, 1 seed cannot")
        for key in ("up", "down", "1", "5"):
            await driver.press(key)
        assert asked == [1]
        writer.train_all()
        await driver.sees("cosine leads")
        assert "too few" not in driver.text
        assert set(asked) == {1}


async def test_one_without_a_verdict_keeps_none_from_the_others_and_is_said_once(
    finished: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = Requests.ranked

    def ranked(self: Requests, comparison_id: int) -> Any:
        asked.append(comparison_id)
        if comparison_id == 2:
            raise KeyError("x")
        return real(self, comparison_id)

    def said() -> int:
        return sum("KeyError" in one.message for one in driver.app._notifications)

    monkeypatch.setattr(Requests, "ranked", ranked)
    for name in ("broken", "good"):
        finished.create(name=name)
    finished.train_all()
    async with drive(finished.database, (120, 30), open_id=1) as driver:
        await driver.press("5")
        for name, verdict in {"made up": "cosine leads", "broken": "?", "good": "cosine leads"}.items():
            await driver.until(lambda name=name, verdict=verdict: verdict in row_of(driver, name))  # type: ignore[misc]
        await driver.press("down")
        await driver.sees("no verdict: KeyError: 'x'", "comparison 2 has no verdict")
        for key in ("up", "down", "up"):
            await driver.press(key)
        finished.create(name="one more")  # another snapshot
        await driver.sees("one more")
        assert (asked.count(2), said()) == (1, 1)
        finished.connection.execute("UPDATE runs SET status = 'failed' WHERE comparison_id = 2 AND number = 1")
        await driver.until(lambda: asked.count(2) == 2)
        await driver.press("1", "5")
        await driver.until(lambda: asked.count(2) == 3)
        assert (asked.count(1), asked.count(3), said()) == (1, 1, 1)


async def test_rows_that_are_scrolled_into_sight_have_their_verdicts(writer: Writer) -> None:
    for number in range(30):
        writer.create(("step",), name=f"made up {number:02}", seeds=1, epochs=1)
    writer.train_all()
    async with drive(writer.database, open_id=1) as driver:
        await driver.press("5")
        await driver.until(lambda: "only step" in row_of(driver, "made up 29"))
        assert not row_of(driver, "made up 00")
        driver.app.screen.query_one("#comparisons").scroll_end(animate=False)
        await driver.until(lambda: "only step" in row_of(driver, "made up 00"))


def test_a_verdict_of_other_results_is_asked_for_again(finished: Writer) -> None:
    requests, verdicts = Requests(finished.database), Verdicts()
    assert requests.ranked(99) is None
    found = requests.ranked(1)
    assert found is not None
    comparison, ranking = found
    assert verdicts.of(comparison) is None
    assert verdicts.take_due() == ()
    verdicts.ask([comparison])
    (due,) = verdicts.take_due()
    verdicts.ask([comparison])
    assert verdicts.take_due() == ()
    verdicts.learn(due, verdict_of(ranking))
    assert verdicts.of(comparison) == Verdict("cosine leads", ranking.verdict, won=True)
    finished.connection.execute("UPDATE runs SET status = 'failed' WHERE number = 1")
    found = requests.ranked(1)
    assert found is not None
    again, _ = found
    verdicts.ask([again])
    (due,) = verdicts.take_due()
    assert verdicts.of(again) == Verdict("cosine leads", ranking.verdict, won=True)
    verdicts.learn(due, no_verdict(KeyError("x")))
    assert verdicts.of(again) == Verdict("?", "no verdict: KeyError: 'x'", failed=True)
    verdicts.ask([again])
    assert verdicts.take_due() == ()
    verdicts.try_again()
    verdicts.ask([again])
    assert verdicts.take_due() == (due,)


async def test_a_comparison_is_renamed(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("5", "n")
        await driver.sees("What is comparison 1 to be called?", "made up")
        await driver.type("")
        await driver.press("enter")
        await driver.sees("expected a text of 1 to 200")
        await driver.type("renamed")
        assert "expected a text" not in driver.text
        await driver.press("enter")
        await driver.until(lambda: driver.app.snapshot.comparisons[0].name == "renamed")
        await driver.until(lambda: "renamed" in row_of(driver, "cosine leads"))
        await driver.press("n")
        await driver.type("not this")
        await driver.press("escape")
        assert driver.app.snapshot.comparisons[0].name == "renamed"


async def test_a_note_is_written_shown_and_found(finished: Writer) -> None:
    finished.create(name="second one")
    async with drive(finished.database, (200, 30), open_id=1) as driver:
        await driver.press("5", "w")
        await driver.sees("Note about comparison 2, second one")
        await driver.type("tuned by hand")
        await driver.press("enter")
        await driver.sees("note: tuned by hand")
        await driver.until(lambda: "tuned by hand" in row_of(driver, "second one"))
        await driver.press("slash", *"hand")
        await driver.until(lambda: "made up" not in driver.text.split("Note")[0].split("\n", 1)[1].split("─")[0])
        await driver.press("enter", "w")
        await driver.type("")
        await driver.press("enter")
        await driver.until(lambda: driver.app.snapshot.comparisons[1].note == "")


async def test_repeating_asks_and_trains_the_same_spec(finished: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []

    def start(self: Requests, *what: Any) -> int:
        started.append(what)
        return finished.create(name="again")

    monkeypatch.setattr(Requests, "start", start)
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("5", "r")
        await driver.sees("Train comparison 1, made up once more, 18 runs")
        await driver.press("n")
        assert started == []
        await driver.press("r", "y")
        await driver.until(lambda: driver.app.snapshot.open_id == 2)
        await driver.until(lambda: driver.app.current_mode == "live")
        assert started == [(driver.app.snapshot.comparisons[0].spec, None)]


async def test_one_run_is_called_one(writer: Writer) -> None:
    writer.create(("step",), seeds=1)
    writer.train_all()
    async with drive(writer.database, (120, 30), open_id=1) as driver:
        await driver.press("5")
        await driver.sees("× 1 seed = 1 run: step")
        for key, question in {"d": "with its 1 run?", "r": "once more, 1 run, as", "s": "It has 1 seed."}.items():
            await driver.press(key)
            await driver.sees(question)
            await driver.press("escape")


async def test_more_seeds_are_another_comparison_from_seed_0_on(
    finished: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []

    def start(self: Requests, *what: Any) -> int:
        started.append(what)
        return 1

    monkeypatch.setattr(Requests, "start", start)
    finished.connection.execute("UPDATE comparisons SET data_dir = '/data'")
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("5", "s")
        await driver.sees("It has 6 seeds", "12")
        for wrong, sentence in (("many", "expected a whole number"), ("0", "seeds=0")):
            await driver.type(wrong)
            await driver.press("enter")
            await driver.sees(sentence)
        await driver.type("8")
        await driver.press("enter")
        await driver.until(lambda: bool(started))
        asked, folder = started[0]
        before = driver.app.snapshot.comparisons[0].spec
        assert asked.seeds == tuple(range(8))
        assert str(folder) == "/data"
        assert asked.to_dict() | {"seeds": None} == before.to_dict() | {"seeds": None}


async def test_what_was_repeated_does_not_take_the_screen_from_who_types(
    finished: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = Event()

    def start(self: Requests, *what: Any) -> int:
        go.wait(PATIENCE)
        return 1

    monkeypatch.setattr(Requests, "start", start)
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.press("5", "r", "y", "w")
        await driver.sees("Note about")
        prompt = driver.app.screen
        go.set()
        await driver.sees("comparison 1 is queued; 3 shows it")
        assert driver.app.screen is prompt


async def test_what_cannot_be_started_is_said(finished: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*_: Any) -> int:
        raise UserError("no such device as cuda:7")

    monkeypatch.setattr(Requests, "start", start)
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("5", "r", "y")
        await driver.sees("no such device as cuda:7")
        assert driver.app.current_mode == "history"


async def test_two_comparisons_beside_each_other(finished: Writer) -> None:
    table = {"scheduler": "step", "parameters": {"step_size": 5}}
    finished.create(name="other", schedules=[table, {"scheduler": "plateau"}, {"scheduler": "cosine"}], epochs=30)
    finished.train_all()
    async with drive(finished.database, (120, 60), open_id=1) as driver:
        await driver.press("5")
        await driver.sees("made up")
        assert "b beside" not in driver.text
        await driver.press("G", "space", "k")
        await driver.sees("b beside", "●")
        await driver.press("b")
        await driver.sees("what differs")
        assert ["epochs", "20", "30"] in [line.strip(" │").split() for line in driver.text.split("\n")]
        assert ["step:", "step_size", "30", "5"] in [line.strip(" │").split() for line in driver.text.split("\n")]
        await driver.sees("only in 1: constant", "only in 2: plateau", "not tested")
        line = next(line for line in driver.text.split("\n") if line.strip(" │").startswith("step "))
        assert line.strip(" │").split() == ["step", "81.25", "0.1", "79.25", "0.1", "-2.00"]
        await driver.press("escape", "space", "k")
        await driver.sees("b beside")
        await driver.press("space", "space")
        assert "b beside" in driver.text


async def test_a_comparison_that_is_gone_is_not_put_beside_another(finished: Writer) -> None:
    finished.create(name="other")
    async with drive(finished.database, open_id=1) as driver:
        await driver.press("5", "space", "down")
        await driver.sees("b beside")
        screen = driver.app.screen
        assert isinstance(screen, HistoryScreen)
        assert screen.pair == (2, 1)
        finished.connection.execute("DELETE FROM comparisons WHERE id = 2")
        await driver.until(lambda: screen.pair is None)
        await driver.press("b")
        assert driver.app.screen is screen


def test_specs_apart() -> None:
    from lrtui.tui.history.side_by_side import _settings

    left, right = spec(seeds=3), spec(seeds=[4, 5], early_stopping=5, base_lrs=[0.1, 0.03])
    assert {(one.name, one.left, one.right) for one in _settings(left, right)} == {
        ("seeds", "3 (0 to 2)", "4, 5"), ("early stopping", "never", "5"), ("base lrs", "0.1", "0.1, 0.03"),
    }  # fmt: skip
    searched = spec(seeds=3, search="random", base_lrs=[0.001, 0.1])
    assert [(one.name, one.left, one.right) for one in _settings(left, searched)] == [
        ("base lrs", "0.1", "0.001, 0.1"), ("search", "grid", "random"), ("trials", "–", str(searched.trials)),
    ]  # fmt: skip


@pytest.mark.parametrize("width", [80, 200])
async def test_16_hostile_names_notes_and_labels_are_harmless(writer: Writer, width: int) -> None:
    for end in ("a", "b"):
        writer.create(name=HOSTILE + end, schedules=[{"scheduler": "step", "label": HOSTILE + end}], seeds=2)
    writer.train_all()
    comparisons.annotate(writer.connection, 1, HOSTILE * 20)

    def harmless() -> bool:
        return all(clean(line, 10_000) == line for line in driver.text.split("\n"))

    async with drive(writer.database, (width, 40), open_id=1) as driver:
        await driver.press("5", "G")
        await driver.sees("note: ·]52;c;", "only ·]52;c;")
        assert harmless()
        for key, words in {"n": "to be called?", "w": "Note about", "s": "With how many", "r": "once more"}.items():
            await driver.press(key)
            await driver.sees(words)
            assert harmless()
            await driver.press("escape")
        await driver.press("space", "k", "b")
        await driver.sees("they rank no scheduler in common", "only in 1: ·]52")
        assert harmless()


async def test_what_this_lrtui_does_not_know_is_shown_and_not_repeated(finished: Writer) -> None:
    """A comparison of another lrtui: a data set and a scheduler that are not there today."""
    for table, column in (("comparisons", "spec"), ("cells", "scheduler"), ("runs", "scheduler_key")):
        finished.connection.execute(f"UPDATE {table} SET {column} = replace({column}, 'step', 'staircase')")
    finished.connection.execute("UPDATE comparisons SET spec = replace(spec, 'digits', 'numerals')")
    finished.connection.execute("UPDATE cells SET label = 'staircase' WHERE label = 'step'")
    finished.connection.execute("UPDATE runs SET scheduler = 'staircase' WHERE scheduler = 'step'")
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        await driver.press("4")
        await driver.sees("cosine leads", "staircase")
        await driver.press("j", "enter")
        await driver.sees("step_size")
        await driver.press("escape", "3")
        await driver.sees("staircase")
        await driver.press("5")
        await driver.sees("numerals")
        await driver.press("r", "y")
        await driver.sees("comparison 1: this lrtui", "unknown")
