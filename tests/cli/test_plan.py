import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.analysis.power import detectable_difference
from lrtui.cli.plan import plan_command
from lrtui.cli.run import _what_to_expect as expected
from lrtui.cli.run import run_command
from lrtui.comparison.checks.advice import Advice, Code
from lrtui.comparison.plan import Pace, estimate
from lrtui.comparison.presets import preset
from lrtui.comparison.spec import spec_from_dict, with_changes
from lrtui.errors import OperationFailed
from lrtui.preflight import planning, surroundings
from lrtui.preflight.planning import STATED_SPREAD, make_plan
from lrtui.report.planned import time_sentence
from lrtui.workspace import Workspace
from tests.conftest import Cli

ROOT = Path(__file__).resolve().parents[2]


def test_the_figures_fit_together(database: Path) -> None:
    spec = preset("defaults")
    plan = make_plan(spec, database, ("cpu", 2), detect=0.005, spread=0.01)
    assert plan.runs == spec.size == 13 * 3 * 10
    assert plan.detectable == detectable_difference(10, 0.01, 13)
    assert plan.seeds_needed is not None
    enough = detectable_difference(plan.seeds_needed, 0.01, 13)
    one_less = detectable_difference(plan.seeds_needed - 1, 0.01, 13)
    assert enough is not None
    assert one_less is not None
    assert enough <= 0.005 < one_less
    assert plan.runs_needed == plan.seeds_needed * 39


def test_without_a_database_the_spread_is_stated(lrtui: Cli, database: Path) -> None:
    told = lrtui("plan", "--preset", "defaults", "--detect", "0.5")
    assert told.status == 0
    assert "13 schedules × 3 base LRs × 10 seeds = 390 runs" in told.out
    assert "1.00 points (standard deviation, stated" in told.out
    assert "0.5 points: " in told.out
    assert not database.exists()


def test_a_pilot_of_the_same_task_gives_the_spread(lrtui: Cli) -> None:
    plan = json.loads(lrtui("plan", "--preset", "quick", "--json", db=ROOT / "runs.db").out)
    assert plan["pilot"] == 2
    assert 0.001 < plan["spread"] < 0.05
    assert plan["detectable"] is None  # three seeds show nothing
    other = json.loads(lrtui("plan", "--preset", "study", "--json", db=ROOT / "runs.db").out)
    assert (other["pilot"], other["spread"]) == (None, STATED_SPREAD)


def test_seeds_and_spread_can_be_given(lrtui: Cli) -> None:
    plan = json.loads(lrtui("plan", "--seeds", "12", "--spread", "0.4", "--detect", "0.2", "--json").out)
    assert (plan["seeds"], plan["spread"], plan["detect"]) == (12, 0.004, 0.002)
    assert list(plan) == [
        "name", "schedules", "base_lrs", "seeds", "runs", "alpha", "power", "spread", "pilot", "detectable", "detect",
        "seeds_needed", "runs_needed", "estimate", "checks",
    ]  # fmt: skip


def test_too_few_seeds_are_called_so(lrtui: Cli) -> None:
    assert "3 seeds cannot show a difference: at least 6 are needed" in lrtui("plan").out


def test_the_time_comes_from_finished_runs_of_the_task() -> None:
    spec = preset("defaults")
    plan = make_plan(spec, ROOT / "runs.db", ("cpu", 2))
    assert plan.estimate is not None
    # 390 runs of the newest comparison took 372.3 s of two slots' time; half of that on the clock.
    assert plan.estimate.pace.comparison == 2
    assert plan.estimate.seconds == pytest.approx(372.35 / 2, rel=0.01)
    assert not plan.estimate.at_most
    twice = make_plan(with_changes(spec, epochs=56), ROOT / "runs.db", ("cpu", 2)).estimate
    assert twice is not None
    assert twice.seconds == pytest.approx(2 * plan.estimate.seconds)
    one_slot = make_plan(spec, ROOT / "runs.db", ("cpu", 1)).estimate
    assert one_slot is not None
    assert one_slot.seconds == pytest.approx(2 * plan.estimate.seconds)


@pytest.mark.parametrize(
    ("change", "device"),
    [({"model": "cnn"}, "cpu"), ({"batch_size": 64}, "cpu"), ({"dataset": "mnist"}, "cpu"), ({}, "cuda")],
)
def test_the_time_of_another_task_or_device_is_not_invented(change: dict[str, Any], device: str) -> None:
    spec = with_changes(preset("defaults"), **change)
    assert make_plan(spec, ROOT / "runs.db", (device, 2)).estimate is None


def test_early_stopping_makes_the_time_the_most_it_can_be() -> None:
    spec = with_changes(preset("defaults"), early_stopping=5)
    plan = make_plan(spec, ROOT / "runs.db", ("cpu", 2))
    assert plan.estimate is not None
    assert plan.estimate.at_most
    assert time_sentence(plan).startswith("time: at most ")


@given(st.integers(1, 8), st.integers(1, 50), st.integers(1, 10), st.integers(1, 16))
def test_more_work_never_takes_less_time(epochs: int, seeds: int, lrs: int, slots: int) -> None:
    pace = Pace(1, 1000.0, True)

    def seconds(epochs: int, seeds: int, slots: int) -> float:
        data = {
            "schedulers": ["constant"],
            "epochs": epochs,
            "seeds": seeds,
            "base_lrs": [0.1 / i for i in range(1, lrs + 1)],
        }
        found = estimate(spec_from_dict(data), slots, pace)
        assert found is not None
        return found.seconds

    base = seconds(epochs, seeds, slots)
    assert seconds(epochs + 1, seeds, slots) > base
    assert seconds(epochs, seeds + 1, slots) >= base
    assert seconds(epochs, seeds, slots + 1) <= base
    assert base >= epochs * seeds * lrs * 1000 / 1000 / slots


def test_plan_takes_the_options_of_run(lrtui: Cli) -> None:
    told = lrtui(
        "plan", "--schedulers", "step,cosine", "--epochs", "12", "--base-lrs", "0.1,0.01", "--seeds", "6", "--profile",
        "pytorch", "--name", "mine", "--device", "cpu", "--batch-size", "50", "--optimizer", "adam",
    )  # fmt: skip
    assert told.status == 0
    assert "mine: 2 schedules × 2 base LRs × 6 seeds = 24 runs of 12 epochs on digits, mlp" in told.out
    assert (
        "note: 1 of 2 schedules never changes the LR in 12 epochs: step (step_size=30)\n  → set step_size of step to 4\n"
        in told.out
    )
    assert "time: not known" in told.out
    assert "the profile pytorch has these values whatever the budget" in told.out


def test_plan_and_run_say_which_schedules_are_the_same(lrtui: Cli) -> None:
    told = lrtui("plan", "--schedulers", "exponential,cosine,lambda", "--seeds", "6")
    assert "note: 2 of 3 schedules have the same LR as another" in told.out
    assert "itself: exponential, lambda\n  → take lambda out of the comparison\n" in told.out
    (advice,) = (one for one in json.loads(lrtui("plan", "--json").out)["checks"] if one["code"] == "same-lr")
    assert advice["changes"] == [{"label": "multiplicative"}, {"label": "exponential"}]


def test_run_names_plan_also_where_only_the_machine_is_in_the_way(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = spec_from_dict({"name": "calm", "schedulers": ["constant", "cosine"], "epochs": 30, "seeds": 6})
    advice = Advice(
        Code.LOGOUT, "warning", "logging out ends training", "logging out ends it", "loginctl enable-linger"
    )
    found: list[Advice] = []
    monkeypatch.setattr(surroundings, "check_machine", lambda _: found)
    assert expected(Workspace(str(database)), calm) == []
    found.append(advice)
    warning, more = expected(Workspace(str(database)), calm)
    assert warning == "warning: logging out ends it"
    assert more.startswith("`lrtui plan` with the same options says more")


def test_nothing_is_queued_where_what_to_expect_cannot_be_worked_out(
    lrtui: Cli, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else something would train whose number nobody was told."""

    def make_plan(*_: Any) -> None:
        raise OperationFailed("the disk does not answer")

    monkeypatch.setattr(planning, "make_plan", make_plan)
    told = lrtui("run", "--device", "cpu", "--detach")
    assert (told.status, told.out) == (1, "")
    assert "the disk does not answer" in told.err
    assert not database.exists()


def test_run_and_plan_have_the_same_options() -> None:
    plan, run = ({name for option in command.params for name in option.opts} for command in (plan_command, run_command))
    assert run - plan == {"--detach"}
    assert plan - run == {"--detect", "--spread"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--detect", "0"], "--detect 0: expected points of accuracy > 0 and < 100, for example 0.3"),
        (["--detect", "nan"], "--detect nan: expected points"),
        (["--spread", "-1"], "--spread -1: expected points"),
        (["--preset", "default"], "did you mean 'defaults'"),
        (["nowhere.toml"], "nowhere.toml: expected a spec in TOML"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: list[str], sentence: str, lrtui: Cli) -> None:
    told = lrtui("plan", *arguments)
    assert told.status == 2
    assert sentence in told.err
    assert told.out == ""
