"""The plan's sentences, and that Compare and `lrtui plan` say the same."""

from dataclasses import replace
from pathlib import Path

from lrtui.comparison.checks import check_spec
from lrtui.comparison.plan import Estimate, Pace
from lrtui.comparison.presets import preset
from lrtui.comparison.spec import spec_from_dict, with_changes
from lrtui.preflight.planning import make_plan
from lrtui.report.planned import (
    difference_sentence,
    intent_sentence,
    size_sentence,
    spread_sentence,
    time_sentence,
)

NOWHERE = Path("/nowhere/runs.db")


def test_the_size_counts_what_it_names() -> None:
    assert size_sentence(preset("defaults")) == "13 schedules × 3 base LRs × 10 seeds = 390 runs"
    one = spec_from_dict({"schedulers": ["step"], "seeds": 1})
    assert size_sentence(one) == "1 schedule × 1 base LR × 1 seed = 1 run"


def test_the_time_names_the_runs_it_is_known_from() -> None:
    plan = make_plan(preset("defaults"), NOWHERE, ("cpu", 2))
    assert time_sentence(plan) == "time: not known before a first run of this data set, model and batch size"
    known = Estimate(200.0, 2, Pace(4, 1000.0, True), at_most=False)
    assert time_sentence(replace(plan, estimate=known)) == "time: about 3 min (2 at once, as fast as comparison 4)"
    elsewhere = Estimate(7300.0, 1, Pace(4, 1000.0, False), at_most=True)
    assert time_sentence(replace(plan, estimate=elsewhere)) == (
        "time: at most 2 h 01 (1 at once, as fast as comparison 4 on another machine)"
    )
    short = replace(known, seconds=0.4)
    assert time_sentence(replace(plan, estimate=short)).startswith("time: 10 s or less (")


def test_what_the_seeds_can_show_depends_on_how_many_schedules_there_are() -> None:
    plan = make_plan(preset("defaults"), NOWHERE, ("cpu", 2))
    assert difference_sentence(plan) == (
        "10 seeds tell one schedule from the others in 80 % of such comparisons if it is 1.63 points better"
    )
    assert "1.00 points" in spread_sentence(plan)
    few = make_plan(preset("quick"), NOWHERE, ("cpu", 2))
    assert difference_sentence(few) == "3 seeds cannot show a difference: at least 6 are needed"
    alone = make_plan(spec_from_dict({"schedulers": ["step"], "seeds": 9}), NOWHERE, ("cpu", 2))
    assert difference_sentence(alone) == "one schedule alone cannot be compared: pick at least two"


def test_what_a_profile_means_is_said_only_where_it_is_the_profile() -> None:
    spec = preset("defaults")
    assert "the profile pytorch has these values" in str(intent_sentence(spec, check_spec(spec)))
    typed = with_changes(spec, schedules=[{"scheduler": "step", "parameters": {"step_size": 30}}])
    assert check_spec(typed)
    assert intent_sentence(typed, check_spec(typed)) is None
