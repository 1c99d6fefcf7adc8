from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from lrtui.comparison.checks import check_spec
from lrtui.comparison.checks.advice import Advice, Code
from lrtui.comparison.presets import PRESETS
from lrtui.comparison.spec import Choice, Spec, choice_to_dict, spec_from_dict
from lrtui.errors import UserError
from lrtui.report.spec_file import read_spec, spec_text
from lrtui.tui.compare.screen import CompareScreen
from lrtui.tui.compare.summary import Summary
from lrtui.tui.dialogs.question import Question
from lrtui.tui.draft import Draft, preset_draft, spec_draft
from lrtui.tui.requests import Requests
from lrtui.tui.widgets.fields import Fields
from tests.comparison.mending import mended
from tests.tui.databases import Writer
from tests.tui.driver import PATIENCE, Driver, drive


async def set_setting(driver: Driver, name: str, text: str) -> None:
    driver.app.screen.query_one(Fields).table.move_to(name)
    await driver.press("enter")
    await driver.type(text)
    await driver.press("enter")


async def checked(driver: Driver) -> CompareScreen:
    """The screen, once all checks have been made."""
    screen = driver.app.screen
    assert isinstance(screen, CompareScreen)
    await driver.until(lambda: screen._ahead.complete and screen._ahead.plan is not None)
    await driver.pilot.pause()
    return screen


async def test_a_data_folder_in_a_home_that_is_not_there_is_refused_where_it_is_typed(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("2", "o")
        driver.app.screen.query_one(Fields).table.move_to("data_dir")
        await driver.press("enter", "tilde", *"nosuchuser", "slash", "x", "enter")
        await driver.sees("~nosuchuser is nobody's home folder")
        assert driver.app.draft.data_dir == ""


async def test_a_data_folder_that_is_not_there_keeps_the_line_open(database: Path, tmp_path: Path) -> None:
    """What is typed in its place must not be taken for keys."""
    async with drive(database, (120, 40)) as driver:
        await driver.press("2", "o")
        await set_setting(driver, "data_dir", f"{tmp_path}/nowhere")
        await driver.sees("expected a folder")
        assert driver.app.draft.data_dir == ""
        await driver.press("end", "ctrl+u")
        await driver.type(str(tmp_path))
        await driver.press("enter")
        await driver.until(lambda: driver.app.draft.data_dir == str(tmp_path))


async def test_a_preset_says_how_many_runs_it_is(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("2")
        await driver.sees("no scheduler is picked")
        await driver.press("o")
        await driver.sees(
            "preset quick", "13 schedules × 1 base LR × 3 seeds = 39 runs", "3 seeds cannot show a difference"
        )
        await driver.press("o")
        await driver.sees("13 schedules × 3 base LRs × 10 seeds = 390 runs", "10 seeds ")


async def test_settings_are_typed_or_chosen_and_mistakes_explained(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("space", "2")
        await driver.sees("1 schedule × 1 base LR × 6 seeds = 6 runs")
        await set_setting(driver, "epochs", "0")
        await driver.sees("epochs=0: expected a whole number from 1 to 100000")
        await driver.press("escape")
        await set_setting(driver, "base_lrs", "0.1, 0.01")
        await driver.sees("= 12 runs")
        await set_setting(driver, "model", "cnm")
        await driver.sees("did you mean 'cnn'")
        await driver.press("escape", "right")
        await driver.until(lambda: driver.app.draft.settings["model"] == "cnn")
        await driver.press("left")
        await driver.until(lambda: driver.app.draft.settings["model"] == "mlp")


async def test_a_long_value_is_cut_in_the_middle_and_whole_where_it_is_edited(database: Path, tmp_path: Path) -> None:
    async with drive(database) as driver:
        await driver.press("2", "o", "o", "o", "o")
        await driver.sees("5e-05, 9.0082…5047, 0.01")
        study = driver.app.draft
        fields = driver.app.screen.query_one(Fields)
        fields.table.move_to("base_lrs")
        await driver.press("enter", "enter")
        assert driver.app.draft is study, "the values have more digits than are shown"
        folder = "/".join([str(tmp_path), *(f"folder-{i}" for i in range(30))])
        Path(f"{folder}x").mkdir(parents=True)
        driver.app.change(study.with_setting("data_dir", folder), "a folder")
        fields.table.move_to("data_dir")
        await driver.press("enter", "end", "x", "enter")
        assert driver.app.draft.data_dir == f"{folder}x"
        fields.table.move_to("model")
        await driver.sees("What is trained (mlp, cnn, ", "…")


async def test_parameters_typed_in_schedules_reach_the_spec(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("down", "down", "down", "space", "enter", "enter")
        await driver.type("12")
        await driver.press("enter")
        assert driver.app.draft.spec().schedules[0].parameters == {"step_size": 12}


async def test_a_start_goes_to_live(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Spec] = []

    def start(self: Requests, spec: Spec, data_dir: Path | None) -> int:
        asked.append(spec)
        return writer.create([choice.scheduler for choice in spec.schedules], name="just started")

    monkeypatch.setattr(Requests, "start", start)
    async with drive(writer.database) as driver:
        await driver.press("space", "2", "s")
        await driver.until(lambda: driver.app.current_mode == "live")
        await driver.sees("just started", "queued")
        assert [choice.scheduler for choice in asked[0].schedules] == ["lambda"]


async def test_a_refused_start_is_explained_in_place_and_nothing_is_lost(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_: Any) -> int:
        raise UserError("device=cuda: expected one of the devices here: cpu")

    monkeypatch.setattr(Requests, "start", start)
    async with drive(database) as driver:
        await driver.press("space", "2", "s")
        await driver.sees("device=cuda: expected one")
        assert driver.app.current_mode == "compare"
        assert driver.app.draft.picked == {"lambda"}


class Starts:
    """A start that takes as long as a test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self.go = Event()
        monkeypatch.setattr(Requests, "start", self)

    def __call__(self, *_: Any) -> int:
        self.asked += 1
        self.go.wait(PATIENCE)
        return 1


@pytest.mark.parametrize("keys", [("e",), ("enter",), ("1", "n")], ids=["prompt", "line", "mode"])
async def test_a_start_does_not_take_the_screen_from_who_is_at_something_else(
    finished: Writer, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    starts = Starts(monkeypatch)
    async with drive(finished.database, (120, 40)) as driver:
        await driver.press("2", "o", "s")
        await driver.until(lambda: starts.asked == 1)
        await driver.press(*keys)
        screen = driver.app.screen
        starts.go.set()
        await driver.sees("comparison 1 is queued; 3 shows it")
        assert driver.app.screen is screen
        await driver.press("escape", "escape", "2")
        await driver.sees("s  Start")


async def test_what_is_refused_during_a_start_does_not_allow_another(
    finished: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = Starts(monkeypatch)
    async with drive(finished.database, (120, 40)) as driver:
        await driver.press("space", "2", "s")
        await driver.until(lambda: starts.asked == 1)
        await driver.press("1", "space", "2", "e")
        await driver.sees("no scheduler is picked")
        await driver.press("1", "space", "2", "s")
        await driver.sees("starting…")
        assert starts.asked == 1
        starts.go.set()
        await driver.until(lambda: driver.app.current_mode == "live")
        assert starts.asked == 1


async def test_a_start_without_a_scheduler_says_so(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("2", "s")
        await driver.sees("no scheduler is picked")
        assert not database.exists()


async def test_a_check_says_what_its_key_would_do_and_the_key_does_it(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("2", "o")
        await checked(driver)
        await driver.sees("! too few seeds", "3 seeds cannot show a difference", "m set seeds to 6")
        await driver.press("m")
        assert driver.app.draft.settings["seeds"] == 6
        await driver.sees("× 6", "= 78 runs", "2 notes")
        assert "too few seeds" not in driver.text


async def test_the_selected_check_is_mended_and_its_value_is_yours_in_schedules(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("2", "o")
        screen = await checked(driver)
        await driver.press("tab", "down", "down")
        await driver.sees("m set step_size_up of cyclic to 534")
        await driver.press("m")
        assert driver.app.draft.values == {"cyclic": {"step_size_up": 534}}
        assert driver.app.draft.settings["seeds"] == 3
        await driver.until(lambda: [advice.code for advice in screen._ahead.checks] == [Code.FEW_SEEDS, Code.SAME_LR])
        await driver.press("1")
        driver.app.screen.query_one("#schedulers").move_to("cyclic")  # type: ignore[attr-defined]
        await driver.sees("534", "yours")
        await driver.press("enter", "down", "down", "backspace")
        await driver.until(lambda: not driver.app.draft.values["cyclic"])


async def test_one_key_mends_all_and_one_takes_it_back(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("2", "o", "o")
        screen = await checked(driver)
        before = driver.app.draft
        assert len(screen._ahead.checks) == 6
        await driver.press("M")
        await checked(driver)
        await driver.sees("checks: 1 warning", "same LR: lambda")
        assert driver.app.draft.values["step"] == {"step_size": 10}
        assert driver.app.draft.values["cosine-restarts"] == {"T_0": 14}
        await driver.press("u")
        assert driver.app.draft is before
        await checked(driver)
        await driver.sees("checks (tab): 6 notes")


async def test_schedules_that_are_the_same_are_named_and_a_key_leaves_one_of_them(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("space", "j", "j", "space", "2")
        await checked(driver)
        await driver.sees("same LR: lambda, exponential", "2 of 2 schedules have the same LR as another in every epoch")
        await driver.sees("m take exponential out of the comparison")
        await driver.press("m")
        assert driver.app.draft.picked == {"lambda"}
        await driver.sees("= 6 runs")
        assert "same LR" not in driver.text


async def test_advice_does_not_keep_it_from_starting(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(self: Requests, spec: Spec, data_dir: Path | None) -> int:
        return writer.create(["constant", "cosine"], name="begun", seeds=len(spec.seeds))

    monkeypatch.setattr(Requests, "start", start)
    async with drive(writer.database) as driver:
        await driver.press("2", "o")
        await checked(driver)
        await driver.sees("1 warning")
        await driver.press("s")
        await driver.sees("#1 begun · queued")


async def test_the_time_is_that_of_finished_runs_and_else_not_known(finished: Writer) -> None:
    async with drive(finished.database, (200, 60)) as driver:
        await driver.press("2", "o")
        await checked(driver)
        await driver.sees("as fast as comparison 1")
        await set_setting(driver, "batch_size", "64")
        await driver.sees("time: not known before a first run")


async def test_data_that_cannot_be_downloaded_is_said_before_the_start(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for proxy in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    async with drive(database) as driver:
        await driver.press("2", "o")
        await set_setting(driver, "dataset", "mnist")
        await driver.sees("! mnist: no network")
        await driver.press("tab", "home", "down")
        await driver.sees(
            "the files of mnist are not on this machine", "name the folder that holds them as data folder"
        )


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_start_refused_for_its_data_is_told_whole(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    names = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte"

    def start(*_: Any) -> int:
        raise UserError(
            f"mnist: no {names} in /home/somebody/.cache/lrtui/data or /usr/share/datasets/mnist: name the folder that holds "
            "them as data folder (--data-dir); downloading them to /home/somebody/.cache/lrtui/data/MNIST/raw fails "
            "(Temporary failure in name resolution)"
        )

    monkeypatch.setattr(Requests, "start", start)
    async with drive(database, size) as driver:
        await driver.press("2", "o", "s")
        await driver.sees("mnist: no train-images", "MNIST/raw", "resolution)")


async def test_a_comparison_is_saved_and_loaded_as_toml(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with drive(database, (120, 40)) as driver:
        await driver.press("2", "o", "o")
        spec = driver.app.draft.spec()
        await driver.press("e")
        await driver.sees("Save the comparison as TOML", "defaults.toml")
        await driver.press("enter")
        await driver.sees("saved to")
        assert (tmp_path / "defaults.toml").read_text() == spec_text(spec)
        assert read_spec(tmp_path / "defaults.toml") == spec
        await driver.press("o", "l")
        await driver.sees("Load a comparison from TOML")
        await driver.type("defaults.toml")
        await driver.press("enter")
        await driver.until(lambda: driver.app.draft.settings["name"] == "defaults")
        assert driver.app.draft.spec() == spec
        await driver.sees("= 390 runs")


async def test_a_file_is_not_written_over_without_a_question(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    there = tmp_path / "quick.toml"
    there.write_text("mine")
    async with drive(database, (120, 40)) as driver:
        await driver.press("2", "o", "e", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, Question))
        await driver.sees("quick.toml exists. Write over it?")
        await driver.press("n")
        assert there.read_text() == "mine"
        await driver.press("e", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, Question))
        await driver.press("y")
        await driver.sees("saved to")
        assert 'name = "quick"' in there.read_text()


async def test_a_file_that_holds_no_comparison_changes_nothing(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "torn.toml").write_text('schedulers = ["step"')
    async with drive(database, (120, 40)) as driver:
        await driver.press("2", "o")
        before = driver.app.draft
        for name, sentence in (("torn.toml", "not a TOML file"), ("gone.toml", "expected a spec in TOML")):
            await driver.press("l")
            await driver.type(name)
            await driver.press("enter")
            await driver.sees(sentence)
        assert driver.app.draft is before


async def test_a_spec_with_named_schedules_becomes_a_draft_with_own_ones(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.toml").write_text(
        'name = "two"\nseeds = 6\n[[schedules]]\nscheduler = "step"\n[[schedules]]\nlabel = "fast"\nscheduler = "step"\n'
        "parameters = { step_size = 3 }\n"
    )
    async with drive(database, (120, 40)) as driver:
        for _ in range(2):  # the second time there is such a schedule
            await driver.press("2", "l")
            await driver.type("two.toml")
            await driver.press("enter")
            await driver.until(lambda: driver.app.draft.picked == {"step", "fast"})
            assert driver.app.draft.spec() == read_spec(tmp_path / "two.toml")
            assert [choice.label for choice in driver.app.draft.own] == ["fast"]


def test_a_spec_with_a_schedule_twice_under_two_names_keeps_both() -> None:
    twice = [Choice(label, "step", {"step_size": 3}) for label in ("a", "b")]
    spec = spec_from_dict({"schedules": [choice_to_dict(choice) for choice in twice]})
    for own in ((), twice[:1], twice[1:], twice):
        draft = spec_draft(spec, Draft(own=tuple(own)))
        assert draft.picked == {"a", "b"}
        assert set(draft.spec().schedules[0].parameters) == {"step_size"}
        assert len(draft.own) == 2
    other = replace(twice[0], label="c")
    assert spec_draft(replace(spec, schedules=tuple(twice[:1])), Draft(own=(other,))).picked == {"c"}


async def test_the_checks_are_chosen_with_the_mouse(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("2", "o", "o")
        screen = await checked(driver)
        await driver.pilot.click("#checks", offset=(5, 3))
        await driver.until(lambda: screen.query_one(Summary).current == screen._ahead.checks[3])
        await driver.sees("m set step_size_up of cyclic to 150")


async def test_the_keys_of_a_setting_are_shown_when_the_cursor_comes_to_it(database: Path) -> None:
    async with drive(database) as driver:
        await driver.press("2")
        assert "→ next" not in driver.text
        await driver.press("down")
        await driver.sees("→ next")


@pytest.mark.parametrize("name", PRESETS)
def test_a_draft_and_its_spec_are_mended_alike(name: str) -> None:
    draft = preset_draft(name)
    for advice in check_spec(draft.spec()):
        assert draft.with_changes(advice.changes).spec() == mended(draft.spec(), advice.changes)


@pytest.mark.parametrize("name", PRESETS)
def test_a_spec_becomes_the_draft_it_came_from(name: str) -> None:
    spec = preset_draft(name).spec()
    assert spec_draft(spec, Draft()).spec() == spec


async def test_a_form_whose_figures_cannot_be_had_says_why_and_works(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plan(*_: Any) -> None:
        raise TimeoutError("the driver does not answer")

    monkeypatch.setattr(Requests, "plan", plan)
    async with drive(database, (120, 40)) as driver:
        await driver.press("2", "o")
        await driver.sees("no time known: TimeoutError: the driver does not answer", "! too few seeds")
        await driver.press("m")
        await driver.sees("= 78 runs")


async def test_a_look_that_failed_is_said_and_made_again(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Requests.surroundings

    def surroundings(*_: Any) -> None:
        raise TimeoutError("the disk does not answer")

    monkeypatch.setattr(Requests, "surroundings", surroundings)
    async with drive(database, (120, 40)) as driver:
        await driver.press("2", "o")
        await driver.sees("2 notes; not all made:", "TimeoutError: the disk does not answer")
        monkeypatch.setattr(Requests, "surroundings", real)
        await driver.press("1", "2")
        await checked(driver)
        assert "does not answer" not in driver.text


async def test_the_cursor_stays_on_the_advice_that_is_read_when_other_comes(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Advice(Code.FEW_SEEDS, "warning", "a warning that comes late", "for whatever reason", "", ())
    looked = Event()

    def slow(requests: Requests, dataset: str, data_dir: Path | None) -> tuple[Advice, ...]:
        assert looked.wait(PATIENCE)
        return (late,)

    monkeypatch.setattr(Requests, "surroundings", slow)
    async with drive(database, (120, 40)) as driver:
        await driver.press("2", "o")
        await driver.sees("3 seeds cannot show a difference", "same LR: ")
        summary = driver.app.screen.query_one(Summary)
        await driver.press("tab", "end")
        read = summary.current
        assert read is not None
        looked.set()
        await driver.sees("a warning that comes late")
        assert summary.current == read


async def test_trials_are_asked_for_where_there_are_some(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("2")
        table = driver.app.screen.query_one(Fields).table
        assert "trials" not in table.keys
        table.move_to("search")
        await driver.press("right")
        await driver.until(lambda: "trials" in table.keys)


async def test_editing_a_list_of_base_lrs_cuts_no_digits(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("space", "2")
        await set_setting(driver, "base_lrs", "0.123456789")
        await driver.until(lambda: driver.app.draft.settings["base_lrs"] == [0.123456789])
        await driver.press("enter", "end", "comma", "space", "0", "full_stop", "0", "1", "enter")
        await driver.until(lambda: driver.app.draft.spec().base_lrs == (0.123456789, 0.01))
        await driver.sees("0.123456789, 0.01")


async def test_an_own_task_takes_the_place_of_a_data_set_and_back(database: Path) -> None:
    async with drive(database, (120, 40)) as driver:
        await driver.press("space", "2")
        await set_setting(driver, "task", "mine.py:task")
        await driver.until(lambda: driver.app.draft.settings.get("task") == "mine.py:task")
        assert "dataset" not in driver.app.draft.shown_settings
        assert "task_options" in driver.app.draft.shown_settings
        await set_setting(driver, "steps", "3000")
        await driver.sees("eval every")
        await set_setting(driver, "task", "none")
        await driver.until(lambda: driver.app.draft.settings.get("task") is None)
        assert driver.app.draft.spec().dataset == "digits"
        assert driver.app.draft.spec().steps == 3000
