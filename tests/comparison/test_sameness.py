"""Schedules that are one under several names: what counts as the same, and what is said and done about it."""

from typing import Any

import pytest
from hypothesis import given, settings

from lrtui.comparison.checks import check_spec
from lrtui.comparison.checks.advice import Advice, Change, Code, Removal, together
from lrtui.comparison.checks.sameness import NEARLY, same_schedules
from lrtui.comparison.presets import PRESETS, preset
from lrtui.comparison.spec import Spec, spec_from_dict
from tests.comparison.mending import mended
from tests.comparison.test_checks import specs


def compared(*schedules: tuple[str, str, dict[str, Any]], **more: Any) -> Spec:
    """A comparison of schedules given as label, scheduler and typed parameters, with enough seeds."""
    tables = [{"label": label, "scheduler": key, "parameters": values} for label, key, values in schedules]
    return spec_from_dict({"schedules": tables, "epochs": 28, "seeds": 6, **more})


def groups(spec: Spec) -> list[list[str]]:
    return [[choice.label for choice in group] for group in same_schedules(spec, spec.schedules)]


def said(spec: Spec) -> Advice | None:
    return next((advice for advice in check_spec(spec) if advice.code is Code.SAME_LR), None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("step", {"step_size": 7}), ("step", {"step_size": 7})),
        (("step", {"step_size": 14}), ("multistep", {"milestones": [14]})),
        (("step", {"step_size": 14}), ("multistep", {"milestones": [14, 90]})),
        (("exponential", {"gamma": 0.95}), ("lambda", {"lr_lambda": "0.95 ** epoch"})),
        (("exponential", {"gamma": 0.8483}), ("lambda", {"lr_lambda": "0.01 ** (epoch / E)"})),
        (("linear", {}), ("polynomial", {"power": 1})),
        (("wsd", {"warmup_steps": 0}), ("wsd", {"warmup_steps": 1})),
        (("cosine-restarts", {}), ("cosine-restarts-decay", {"gamma": 1})),
        (("onecycle", {}), ("onecycle", {"pct_start": 0.3})),
        (("plateau", {}), ("plateau", {"patience": 10})),
        (("constant", {}), ("constant", {})),
    ],
)
def test_what_trains_alike_is_the_same(one: tuple[str, dict[str, Any]], other: tuple[str, dict[str, Any]]) -> None:
    assert groups(compared(("a", *one), ("b", *other), base_lrs=[0.3, 0.01])) == [["a", "b"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("step", {"step_size": 7}), ("step", {"step_size": 8})),
        (("step", {"step_size": 27, "gamma": 0.9}), ("constant", {})),  # the last epoch only
        (("exponential", {"gamma": 0.95}), ("exponential", {"gamma": 0.951})),
        (("linear", {}), ("polynomial", {"power": 1.1})),
        (("wsd", {"warmup_steps": 1}), ("wsd", {"warmup_steps": 2})),  # the first step only
        (("cosine", {"eta_min": 0.01}), ("cosine", {"eta_min": 0})),
        (("plateau", {"patience": 3}), ("plateau", {"patience": 4})),
        (("cyclic", {"cycle_momentum": False}), ("cyclic", {})),  # one LR, but the momentum is not
        (("cyclic", {"max_momentum": 0.95}), ("cyclic", {})),
        (("onecycle", {"cycle_momentum": False}), ("onecycle", {})),
        (("cyclic", {"base_lr": 0.01, "max_lr": 0.1}), ("cyclic", {})),  # at the base LR 0.1 only
    ],
)
def test_what_trains_otherwise_is_not(one: tuple[str, dict[str, Any]], other: tuple[str, dict[str, Any]]) -> None:
    assert groups(compared(("a", *one), ("b", *other), base_lrs=[0.3, 0.1])) == []


def test_it_is_said_which_are_the_same_and_one_of_each_group_stays() -> None:
    spec = compared(
        ("exponential", "exponential", {"gamma": 0.8}), ("other", "lambda", {"lr_lambda": "0.8 ** epoch"}),
        ("step", "step", {"step_size": 9}), ("cosine", "cosine", {}), ("mine", "step", {"step_size": 9}),
    )  # fmt: skip
    (advice,) = check_spec(spec)
    assert advice.severity == "warning"
    assert advice.title == "same LR: exponential, other; step, mine"
    assert advice.sentence.startswith("4 of 5 schedules have the same LR as another in every epoch (within 1 %)")
    assert advice.sentence.endswith(": exponential, other; step, mine")
    assert advice.remedy == "take other, mine out of the comparison"
    after = mended(spec, advice.changes)
    assert [choice.label for choice in after.schedules] == ["exponential", "step", "cosine"]
    assert check_spec(after) == ()


def test_a_duplicate_with_nothing_typed_is_a_warning_and_what_the_profile_makes_the_same_a_note() -> None:
    advice = said(compared(("cosine", "cosine", {}), ("cosine-2", "cosine", {})))
    assert advice is not None
    assert (advice.severity, advice.intended) == ("warning", False)
    advice = said(preset("defaults"))
    assert advice is not None
    assert (advice.severity, advice.intended) == ("note", True)
    assert advice.title == "same LR: lambda, multiplicative, exponential"


def test_schedules_that_never_change_are_told_that_and_not_that_they_are_the_same() -> None:
    spec = compared(("constant", "constant", {}), ("step", "step", {}), ("multistep", "multistep", {}))
    assert [advice.code for advice in check_spec(spec)] == [Code.NEVER_CHANGES]


def test_a_mend_that_makes_two_the_same_is_noticed() -> None:
    spec = compared(("step", "step", {}), ("slow", "step", {"step_size": 40}))
    assert said(spec) is None
    after = mended(spec, together(check_spec(spec)))
    advice = said(after)
    assert advice is not None
    assert advice.changes == (Removal("slow"),)


@pytest.mark.parametrize("name", PRESETS)
def test_all_at_once_takes_nothing_out_that_gets_other_values(name: str) -> None:
    changes = together(check_spec(preset(name)))
    valued = {change.label for change in changes if isinstance(change, Change)}
    assert not valued & {change.label for change in changes if isinstance(change, Removal)}


@settings(max_examples=150, deadline=None)
@given(specs())
def test_what_is_called_the_same_has_nearly_the_same_rates_at_every_step(spec: Spec) -> None:
    """Also between the steps that were looked at."""
    for group in same_schedules(spec, spec.schedules):
        for lr in (min(spec.base_lrs), max(spec.base_lrs)):
            first, *others = (spec.schedule(choice, lr) for choice in group)
            for other in others:
                if first.metric is None:
                    rates = zip(first.lr_at_steps(), other.lr_at_steps(), strict=True)
                    assert all(abs(a - b) <= NEARLY * max(a, b) + 1e-9 * spec.base_lrs[0] for a, b in rates)
