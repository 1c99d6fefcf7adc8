import json
from pathlib import Path

import pytest

from lrtui.cli.plan import STATED_SPREAD, make_plan
from lrtui.domain.presets import preset
from lrtui.stats.power import detectable_difference
from tests.conftest import Cli

ROOT = Path(__file__).resolve().parents[2]


def test_the_figures_fit_together() -> None:
    spec = preset("defaults")
    plan = make_plan(spec, 0.01, None, 0.005)
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
        "seeds_needed", "runs_needed",
    ]  # fmt: skip


def test_too_few_seeds_are_called_so(lrtui: Cli) -> None:
    assert "3 seeds cannot show a difference: at least 6 are needed" in lrtui("plan").out


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
