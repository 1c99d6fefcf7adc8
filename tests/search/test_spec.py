"""The settings of a search: what is drawn, how many runs that makes, and mistakes told in one sentence."""

import tomllib
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.comparison.search import LEAST_RATIO, draw, startup_trials
from lrtui.comparison.spec import spec_from_dict, with_changes
from lrtui.errors import UserError

_BASE: dict[str, Any] = {"schedulers": ["constant", "step", "cosine"], "search": "random", "base_lrs": [0.001, 1]}


@settings(max_examples=60, deadline=None)
@given(
    low=st.floats(1e-6, 10), ratio=st.floats(LEAST_RATIO, 1e4), trials=st.integers(1, 60),
    seeds=st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=3, unique=True),
)  # fmt: skip
def test_a_draw_is_within_its_range_equal_for_all_and_the_same_again(
    low: float, ratio: float, trials: int, seeds: list[int]
) -> None:
    high = min(1000.0, low * ratio * (1 + 1e-12))
    data = _BASE | {"base_lrs": [low, high], "trials": trials, "seeds": seeds}
    spec = spec_from_dict(data)
    tried = {choice.label: [r.base_lr for r in spec.runs() if r.label == choice.label] for choice in spec.schedules}
    first = tried["constant"]
    assert all(rates == first for rates in tried.values())
    assert len(set(first)) == trials
    assert len(first) == trials * len(seeds)
    assert all(low <= lr <= high for lr in first)
    assert spec.size == sum(map(len, tried.values())) == 3 * trials * len(seeds)
    assert spec_from_dict(tomllib.loads(tomli_w.dumps(spec.to_dict()))) == spec
    assert list(spec_from_dict(data).runs()) == list(spec.runs())


def test_a_range_as_narrow_as_is_allowed_holds_the_most_trials() -> None:
    assert len(set(draw(0.1, 0.101, 1000, seed=0))) == 1000


def test_more_trials_only_add_to_a_draw() -> None:
    assert draw(1e-3, 1, 30, seed=4)[:8] == draw(1e-3, 1, 8, seed=4)
    assert draw(1e-3, 1, 8, seed=5) != draw(1e-3, 1, 8, seed=4)


def test_a_draw_is_spread_over_the_digits() -> None:
    rates = draw(1e-4, 1, 1000, seed=0)
    for low in (1e-4, 1e-3, 1e-2, 1e-1):
        assert 200 < sum(low <= lr < 10 * low for lr in rates) < 300


@pytest.mark.parametrize(("trials", "first"), [(1, 1), (2, 2), (4, 2), (10, 4), (30, 10), (1000, 10)])
def test_the_first_trials_of_tpe_are_drawn(trials: int, first: int) -> None:
    assert startup_trials(trials) == first
    spec = spec_from_dict(_BASE | {"search": "tpe", "trials": trials, "seeds": 2})
    assert spec.size == 3 * trials * 2
    assert len(list(spec.runs())) == 3 * first * 2
    assert spec.first_base_lrs == draw(0.001, 1, first, seed=0)


def test_a_grid_is_what_it_was() -> None:
    spec = spec_from_dict({"schedulers": ["step"], "base_lrs": [0.1, 0.01]})
    assert (spec.search, spec.first_base_lrs, spec.base_lrs_each) == ("grid", (0.1, 0.01), 2)
    assert not {"search", "trials"} & set(spec.to_dict())
    assert spec_from_dict({"schedulers": ["step"], "base_lrs": [0.1, 0.01], "search": "grid"}) == spec


def test_a_search_can_be_changed_into_a_grid() -> None:
    spec = with_changes(spec_from_dict(_BASE | {"trials": 5}), search="grid", base_lrs=[0.1])
    assert spec.first_base_lrs == (0.1,)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"search": "gird"}, ["unknown search 'gird'", "did you mean 'grid'?", "random, tpe"]),
        ({"search": 3}, ["search=3", "a name"]),
        ({"trials": 0}, ["trials=0", "1 to 1000"]),
        ({"trials": 1001}, ["trials=1001", "1 to 1000"]),
        ({"trials": 2.5}, ["trials=2.5", "whole number"]),
        ({"trials": True}, ["trials=True", "whole number"]),
        ({"base_lrs": [0.1]}, ["base_lrs=[0.1]", "two ascending numbers", 'search = "random"', "[0.001, 1]"]),
        ({"base_lrs": [1, 0.001]}, ["base_lrs=[1.0, 0.001]", "ascending"]),
        ({"base_lrs": [0.1, 0.1]}, ["[0.1, 0.1]", "each once"]),
        ({"base_lrs": [0.1, 0.1001]}, ["at least 1 % apart"]),
        ({"base_lrs": [0.1, 0.2, 0.3], "search": "tpe"}, ["two ascending numbers", 'search = "tpe"']),
        ({"base_lrs": [0, 1]}, ["0", "> 0"]),
        ({"search": "grid", "trials": 10}, ["trials=10", 'search = "random" or "tpe"']),
        ({"search": "tpe", "trials": 1000, "seeds": 100}, ["300000 runs", "at most 100000"]),
        (
            {"schedules": [{"scheduler": "cyclic", "parameters": {"base_lr": 0.01}}], "schedulers": []},
            ["cyclic at base LR 0.001", "at most max_lr=0.001"],
        ),
    ],
)
def test_mistakes_are_told_in_one_sentence(changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(UserError) as error:
        spec_from_dict(_BASE | changes)
    message = str(error.value)
    assert "\n" not in message
    for word in words:
        assert word in message
