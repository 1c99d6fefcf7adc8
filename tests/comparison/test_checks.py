"""The checks before the start: what fires, what it says, and that a mend mends."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lrtui.comparison.checks import check_spec
from lrtui.comparison.checks.advice import Advice, Change, Code, Removal, together
from lrtui.comparison.presets import preset
from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.errors import UserError
from lrtui.schedules.built_in.restarts import ends_with_a_cycle
from lrtui.schedules.faults import NEAR_ZERO
from lrtui.schedules.parameters import Parameter
from lrtui.schedules.profiles import PROFILES
from lrtui.schedules.registry import BUILT_IN, BUILT_IN_KEYS, scheduler
from tests.comparison.mending import mended


def one(key: str, *, epochs: int = 28, profile: str = "pytorch", parameters: Mapping[str, Any] | None = None, **more: Any) -> Spec:  # fmt: skip
    """A comparison of one scheduler with enough seeds: 32 steps an epoch."""
    table = {"scheduler": key, "parameters": dict(parameters or {})}
    return spec_from_dict({"schedules": [table], "profile": profile, "epochs": epochs, "seeds": 6, **more})


@pytest.mark.parametrize(
    ("key", "parameters", "code", "said", "remedy"),
    [
        ("step", {}, Code.NEVER_CHANGES, "never changes the LR in 28 epochs: step (step_size=30)", "set step_size of step to 10"),
        ("step", {"step_size": 28}, Code.NEVER_CHANGES, "step_size=28", "step_size of step to 10"),
        ("step", {"step_size": 3, "gamma": 1}, Code.NEVER_CHANGES, "gamma=1", "gamma of step to 0.1"),
        ("multistep", {}, Code.NEVER_CHANGES, "milestones=30,80", "milestones of multistep to 14,21"),
        ("multistep", {"milestones": [10, 80]}, Code.MILESTONES, "80 never reached", "milestones of multistep to 14,21"),
        ("plateau", {}, Code.WAITS_LONG, "acts after 11 epochs without progress", "patience of plateau to 3"),
        ("plateau", {"patience": 26}, Code.NEVER_CHANGES, "patience=26", "patience of plateau to 3"),
        ("cosine", {"T_max": 10}, Code.T_MAX, "T_max=10, the LR rises again", "T_max of cosine to 28"),
        ("cosine", {"T_max": 50}, Code.T_MAX, "T_max=50, cut off before its end", "T_max of cosine to 28"),
        ("cosine", {"eta_min": 0.05}, Code.ENDS_HIGH, "ends at 50 %", "eta_min of cosine to 0"),
        ("cosine-restarts", {}, Code.CUT_OFF, "T_0=20, ends at 73 %", "T_0 of cosine-restarts to 14"),
        ("cosine-restarts-warmup", {}, Code.CUT_OFF, "T_0=20", "T_0 of cosine-restarts-warmup to 14"),
        ("cyclic", {}, Code.PART_OF_A_CYCLE, "step_size_up=2000, 0.22 cycles", "step_size_up of cyclic to 150"),
        ("onecycle", {"total_steps": 2000}, Code.STEP_COUNT, "total_steps=2000, cut off", "total_steps of onecycle to 896"),
        ("onecycle", {"final_div_factor": 0.1}, Code.ENDS_HIGH, "ends at 40 %", "final_div_factor of onecycle to 10000"),
        ("linear", {"total_iters": 90}, Code.STEP_COUNT, "at its end too soon", "total_iters of linear to 896"),
        ("exponential", {}, Code.ENDS_HIGH, "gamma=0.95, ends at 25 %", "gamma of exponential to 0.8483"),
        ("lambda", {"lr_lambda": "1"}, Code.NEVER_CHANGES, "lr_lambda=1", "lr_lambda of lambda to 0.01 ** (epoch / E)"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_schedule_is_named_with_its_mend(
    key: str, parameters: dict[str, Any], code: Code, said: str, remedy: str
) -> None:
    (advice,) = check_spec(one(key, parameters=parameters))
    assert advice.code is code
    assert said in advice.sentence
    assert remedy in advice.remedy
    assert check_spec(mended(one(key, parameters=parameters), advice.changes)) == ()


@pytest.mark.parametrize("key", [key for key in BUILT_IN_KEYS if key != "cosine-restarts-warmup"])
@pytest.mark.parametrize("epochs", [28, 100])
def test_the_fitted_profile_needs_no_advice(key: str, epochs: int) -> None:
    assert check_spec(one(key, epochs=epochs, profile="fitted")) == ()


def test_a_fitted_warmup_shifts_the_cycles_past_the_end() -> None:
    (advice,) = check_spec(one("cosine-restarts-warmup", profile="fitted"))
    assert advice.code is Code.CUT_OFF
    assert not advice.intended


def test_schedules_with_the_same_fault_are_one_line() -> None:
    advice = {one.code: one for one in check_spec(preset("defaults"))}
    assert advice[Code.NEVER_CHANGES].sentence == (
        "2 of 13 schedules never change the LR in 28 epochs: step (step_size=30); multistep (milestones=30,80)"
    )
    assert advice[Code.ENDS_HIGH].title == "final LR not near zero: lambda, multiplicative, exponential"


def test_the_same_change_of_several_schedules_is_said_once() -> None:
    advice = {one.code: one for one in check_spec(preset("defaults"))}
    assert advice[Code.CUT_OFF].remedy == (
        "set T_0 of cosine-restarts, cosine-restarts-warmup, cosine-restarts-decay to 14"
    )
    assert advice[Code.NEVER_CHANGES].remedy == "set step_size of step to 10; milestones of multistep to 14,21"


def test_what_a_profile_asks_for_is_no_warning() -> None:
    assert all(advice.intended and advice.severity == "note" for advice in check_spec(preset("defaults")))
    (typed,) = check_spec(one("step", parameters={"step_size": 30}))
    assert not typed.intended
    assert typed.severity == "warning"


@pytest.mark.parametrize(
    ("seeds", "mend"), [(3, 6), ([0, 1], 6), ([7], (7, 0, 1, 2, 3, 4)), ([5, 9, 1], (5, 9, 1, 0, 2, 3))]
)
def test_too_few_seeds_become_six_and_keep_theirs(seeds: Any, mend: Any) -> None:
    spec = spec_from_dict({"schedulers": ["constant", "cosine"], "seeds": seeds})
    (advice,) = check_spec(spec)
    assert advice.code is Code.FEW_SEEDS
    (change,) = advice.changes
    assert isinstance(change, Change)
    assert change.value == mend
    after = mended(spec, advice.changes)
    assert check_spec(after) == ()
    assert set(spec.seeds) <= set(after.seeds)


def test_one_epoch_is_too_few_for_any_mend() -> None:
    (advice,) = check_spec(one("step", epochs=1))
    assert advice.changes == ()
    assert "give it more" in advice.remedy


def test_near_zero_is_near_zero() -> None:
    spec = one("exponential", parameters={"gamma": NEAR_ZERO ** (1 / 27)})
    assert check_spec(spec) == ()


_SMALL = st.integers(0, 80)


def _values(parameter: Parameter) -> st.SearchStrategy[Any]:
    match parameter.kind:
        case "int":
            return _SMALL
        case "ints":
            return st.lists(_SMALL, max_size=4)
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from(parameter.choices)
        case "expression":
            return st.sampled_from(["1", "0.9 ** epoch", "0.5", "1 / (1 + epoch)", "epoch / E", "0.01 ** (epoch / E)"])
        case _:
            return st.sampled_from([0.0, 1e-5, 0.001, 0.05, 0.1, 0.3, 0.5, 0.9, 0.99, 1.0, 30.0])


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Any comparison that is not refused: a few schedulers, some of them more than once, with a few parameters typed."""
    tables = []
    for place, key in enumerate(draw(st.lists(st.sampled_from(BUILT_IN_KEYS), min_size=1, max_size=3))):
        names = scheduler(key).parameters
        typed = draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else []
        values = {p.name: draw(_values(p)) for p in typed}
        tables.append({"label": f"{key}-{place}", "scheduler": key, "parameters": values})
    data = {
        "schedules": tables,
        "profile": draw(st.sampled_from(PROFILES)),
        "epochs": draw(st.integers(1, 60)),
        "batch_size": draw(st.sampled_from([50, 333, 1000])),
        "base_lrs": draw(st.sampled_from([[0.1], [0.3, 0.1, 0.03], [1e-5, 1e-2]])),
        "seeds": draw(st.integers(1, 8)),
    }
    try:
        return spec_from_dict(data)
    except UserError:
        assume(False)
        raise


def _named(advice: tuple[Advice, ...]) -> set[tuple[Code, str | None]]:
    """Who has which fault. That two schedules are the same is none of either's: a value can make it so."""
    return {(one.code, change.label) for one in advice if one.code is not Code.SAME_LR for change in one.changes}


@settings(max_examples=300, deadline=None)
@given(specs())
def test_a_mend_makes_its_advice_disappear(spec: Spec) -> None:
    before = check_spec(spec)
    for advice in before:
        after = check_spec(mended(spec, advice.changes))
        if advice.changes:
            assert not any(one.code is advice.code and one.changes for one in after)
            assert _named(after) <= _named(before)
        else:
            assert advice in after


@settings(max_examples=150, deadline=None)
@given(specs())
def test_all_mends_together_leave_nothing_that_could_be_mended(spec: Spec) -> None:
    after = mended(spec, together(check_spec(spec)))
    left = check_spec(after)
    assert {advice.code for advice in left if advice.changes} <= {Code.SAME_LR}, "values may have made two the same"
    assert not any(advice.changes for advice in check_spec(mended(after, together(left))))


@settings(max_examples=150, deadline=None)
@given(specs())
def test_a_mend_changes_only_what_it_names(spec: Spec) -> None:
    for advice in check_spec(spec):
        after = mended(spec, advice.changes)
        touched = {change.label for change in advice.changes}
        removed = {change.label for change in advice.changes if isinstance(change, Removal)}
        kept = [choice for choice in spec.schedules if choice.label not in removed]
        for old, new in zip(kept, after.schedules, strict=True):
            assert old == new or old.label in touched
        for change in advice.changes:
            if isinstance(change, Change):
                assert change.name in advice.remedy
                assert change.text in advice.remedy
            else:
                assert change.label in advice.remedy


@given(st.integers(1, 200), st.integers(1, 50), st.integers(1, 3), st.integers(0, 10))
def test_cycles_that_fill_the_epochs_end_at_their_lowest(epochs: int, first: int, factor: int, warmup: int) -> None:
    assume(warmup < first <= epochs)
    spec = one(
        "cosine-restarts-warmup", epochs=epochs + 1, parameters={"T_0": first, "T_mult": factor, "warmup": warmup}
    )
    schedule = spec.schedule(spec.schedules[0], 0.1)
    rates = schedule.lr_at_scheduler_steps()
    starts = ends_with_a_cycle(epochs, first, factor, warmup)
    assert starts == (rates[epochs] == (0.0 if warmup else 0.1))


def test_every_scheduler_is_judged_in_every_profile() -> None:
    for entry in BUILT_IN:
        for profile in PROFILES:
            spec = one(entry.key, profile=profile)
            fault = spec.schedule(spec.schedules[0], 0.1).fault()
            assert fault is None or all(name in spec.schedule(spec.schedules[0], 0.1).values for name in fault.names)
