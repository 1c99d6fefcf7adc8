import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.errors import UserError
from lrtui.schedules.binding import bind
from lrtui.schedules.parameters import Parameter, Source, format_value, shown
from lrtui.schedules.profiles import PROFILES, Budget, ProfileName, profile_name
from lrtui.schedules.registry import BUILT_IN, BUILT_IN_KEYS, TABLE, scheduler
from lrtui.schedules.schedule import made_up_metric

GAMMA = Parameter("gamma", "float", above=0, high=1)
EVERY_PARAMETER = [(entry.key, parameter) for entry in BUILT_IN for parameter in entry.parameters]


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        (GAMMA, " 0.95 ", 0.95),
        (GAMMA, "1", 1.0),
        (Parameter("T_0", "int", low=1), "20", 20),
        (Parameter("milestones", "ints", low=0), "80, 30,30", (30, 30, 80)),
        (Parameter("milestones", "ints", low=0), "[30, 80]", (30, 80)),
        (Parameter("three_phase", "bool"), "Yes", True),
        (Parameter("three_phase", "bool"), "0", False),
        (Parameter("mode", "choice", choices=("min", "max")), "max", "max"),
        (Parameter("down", "int", optional_none=True), "none", None),
        (Parameter("down", "int", optional_none=True), "", None),
        (Parameter("lr_lambda", "expression"), " 0.95 ** epoch ", "0.95 ** epoch"),
    ],
)
def test_a_typed_text_becomes_a_value(parameter: Parameter, text: str, value: object) -> None:
    parsed = parameter.parse(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("parameter", "text", "expected"),
    [
        (GAMMA, "0", "gamma=0.0: expected a number > 0 and <= 1"),
        (GAMMA, "1.01", "gamma=1.01: expected a number > 0 and <= 1"),
        (GAMMA, "nan", "gamma=nan: expected a number > 0 and <= 1"),
        (GAMMA, "inf", "gamma=inf: expected a number > 0 and <= 1"),
        (GAMMA, "fast", "gamma='fast': expected a number > 0 and <= 1"),
        (GAMMA, "", "gamma='': expected a number > 0 and <= 1"),
        (Parameter("T_0", "int", low=1), "2.5", "T_0='2.5': expected a whole number >= 1"),
        (Parameter("T_0", "int", low=1), "9" * 5000, "T_0='999"),
        (Parameter("T_0", "int", low=1), str(10**10), "T_0=10000000000: expected a whole number >= 1"),
        (
            Parameter("milestones", "ints", low=0),
            "30,x",
            "milestones='30,x': expected whole numbers separated by commas >= 0",
        ),
        (Parameter("three_phase", "bool"), "maybe", "three_phase='maybe': expected true or false"),
        (Parameter("mode", "choice", choices=("min", "max")), "mim", "mode='mim': expected one of min, max"),
        (Parameter("down", "int", low=1, optional_none=True), "0", "down=0: expected a whole number >= 1 or none"),
    ],
)
def test_a_wrong_text_is_told_in_one_sentence(parameter: Parameter, text: str, expected: str) -> None:
    with pytest.raises(UserError) as caught:
        parameter.parse(text)
    assert str(caught.value).startswith(expected)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(("key", "parameter"), EVERY_PARAMETER, ids=lambda value: getattr(value, "name", value))
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_is_shown_is_read_back_to_the_last_bit(key: str, parameter: Parameter, data: st.DataObject) -> None:
    value = data.draw(values_of(parameter))
    assert parameter.parse(format_value(value)) == value
    assert parameter.check(value) == value


def values_of(parameter: Parameter) -> st.SearchStrategy[Any]:
    low = parameter.low if parameter.low is not None else parameter.above
    high = parameter.high if parameter.high is not None else parameter.below
    match parameter.kind:
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from(parameter.choices)
        case "int":
            whole = st.integers(int(low or 0), 10**9)
            return whole | st.none() if parameter.optional_none else whole
        case "ints":
            return st.lists(st.integers(int(low or 0), 10**9), min_size=1, max_size=5).map(lambda v: tuple(sorted(v)))
        case "float":
            # `above` and `below` only matter at the very ends
            return st.floats(low, high, allow_nan=False, allow_infinity=False).filter(
                lambda v: v not in (parameter.above, parameter.below)
            )
        case "expression":
            return st.sampled_from(["0.95 ** epoch", "0.5"])
        case "free":
            return st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)


def test_defaults_lie_within_their_own_limits() -> None:
    for key, parameter in EVERY_PARAMETER:
        if not parameter.required:
            assert parameter.check(parameter.default) == parameter.default, (key, parameter.name)


def test_shown_is_short_and_never_fails() -> None:
    assert shown("a\nb\x1b") == r"'a\nb\x1b'"
    assert len(shown("x" * 10**6)) == 60
    assert shown(1 << 20_000) == "a number of thousands of digits"
    assert shown([1 << 20_000]) == "a number of thousands of digits"


def test_the_table_is_the_outlines() -> None:
    families: dict[str, list[str]] = {}
    for key in TABLE:
        families.setdefault(scheduler(key).family, []).append(key)
    assert families == {
        "exponential decay": ["lambda", "multiplicative", "exponential"],
        "step decay": ["step", "multistep", "plateau"],
        "cosine": ["cosine", "cosine-restarts", "cosine-restarts-warmup", "cosine-restarts-decay"],
        "other": ["cyclic", "onecycle"],
    }
    assert [key for key in BUILT_IN_KEYS if key not in TABLE] == [
        "constant",
        "linear",
        "polynomial",
        "warmup-cosine",
        "wsd",
        "rex",
    ]


E100 = Budget(100, 32, 0.1)
DESIGNED: list[tuple[str, ProfileName, dict[str, Any]]] = [
    ("lambda", "pytorch", {"lr_lambda": "0.95 ** epoch"}),
    ("lambda", "fitted", {"lr_lambda": "0.01 ** (epoch / E)"}),
    ("multiplicative", "study", {"lr_lambda": "0.98 ** epoch"}),
    ("exponential", "fitted", {"gamma": 0.01 ** (1 / 100)}),
    ("step", "pytorch", {"step_size": 30}),
    ("step", "fitted", {"step_size": 34}),
    ("step", "study", {"step_size": 10, "gamma": 0.5}),
    ("multistep", "pytorch", {"milestones": (30, 80)}),
    ("multistep", "fitted", {"milestones": (50, 75)}),
    ("multistep", "study", {"milestones": (15, 25, 30, 35, 45), "gamma": 0.5}),
    ("plateau", "pytorch", {}),
    ("plateau", "fitted", {"patience": 10}),
    ("plateau", "study", {"mode": "max", "patience": 5, "factor": 0.25}),
    ("cosine", "pytorch", {"T_max": 100}),
    ("cosine", "study", {"T_max": 10}),
    ("cosine-restarts", "pytorch", {"T_0": 20}),
    ("cosine-restarts", "fitted", {"T_0": 15, "T_mult": 2}),
    ("cosine-restarts", "study", {"T_0": 5, "T_mult": 2, "eta_min": 1e-5}),
    ("cosine-restarts-warmup", "pytorch", {"T_0": 20, "warmup": 5}),
    ("cosine-restarts-warmup", "fitted", {"T_0": 15, "T_mult": 2, "warmup": 3}),
    ("cosine-restarts-warmup", "study", {"T_0": 5, "T_mult": 2, "eta_min": 1e-5, "warmup": 1}),
    ("cosine-restarts-decay", "pytorch", {"T_0": 20, "gamma": 0.5}),
    ("cosine-restarts-decay", "fitted", {"T_0": 15, "T_mult": 2, "gamma": 0.5}),
    ("cyclic", "pytorch", {"base_lr": 0.1 / 10, "max_lr": 0.1}),
    ("cyclic", "fitted", {"base_lr": 0.1 / 10, "max_lr": 0.1, "step_size_up": math.ceil(3200 / 6)}),
    ("onecycle", "pytorch", {"max_lr": 0.1, "total_steps": 3200}),
    ("onecycle", "study", {"max_lr": 0.1, "total_steps": 3200}),
]


@pytest.mark.parametrize(("key", "profile", "values"), DESIGNED)
def test_profiles_bind_what_the_design_says(key: str, profile: ProfileName, values: dict[str, Any]) -> None:
    assert scheduler(key).defaults(profile, E100)[0] == values
    schedule = bind(key, profile, E100)
    assert {name: schedule.values[name] for name in values} == values


def test_the_studys_cyclic_is_stepped_once_an_epoch() -> None:
    schedule = bind("cyclic", "study", E100)
    assert schedule.steps_every == "epoch"
    assert schedule.values["mode"] == "exp_range"
    assert len(schedule.lr_at_scheduler_steps()) == 100
    assert len(schedule.lr_at_steps()) == 3200


def test_every_value_says_where_it_comes_from() -> None:
    def sources(key: str, profile: ProfileName, **typed: object) -> dict[str, str]:
        return {b.name: b.source.value for b in bind(key, profile, E100, typed).parameters}

    assert sources("step", "pytorch") == {"step_size": "PyTorch docs example", "gamma": "PyTorch default"}
    assert sources("step", "fitted") == {"step_size": "fitted to the budget", "gamma": "PyTorch default"}
    assert sources("step", "study", gamma=0.3) == {"step_size": "study", "gamma": "yours"}
    assert sources("cosine", "pytorch") == {"T_max": "fitted to the budget", "eta_min": "PyTorch default"}
    assert sources("polynomial", "pytorch") == {"total_iters": "fitted to the budget", "power": "lrtui default"}
    custom = sources("cosine-restarts-warmup", "pytorch")
    assert set(custom.values()) == {Source.LRTUI_DEFAULT}, "PyTorch has no defaults for a class it does not have"


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("key", BUILT_IN_KEYS)
@settings(max_examples=15, deadline=None)
@given(st.builds(Budget, st.integers(1, 300), st.integers(1, 20), st.floats(1e-4, 10)))
def test_every_profile_binds_for_every_budget(key: str, profile: ProfileName, budget: Budget) -> None:
    schedule = bind(key, profile, budget)
    rates = schedule.lr_at_steps()
    assert len(rates) == budget.steps
    assert all(0 <= lr < math.inf for lr in rates)
    peak = 1.001 * max(budget.base_lr, 1e-5)  # the study's eta_min, which the smallest base LRs are below
    assert max(rates) <= peak


def test_previews_of_plateau_show_it_at_work() -> None:
    for mode in ("min", "max"):
        schedule = bind("plateau", "pytorch", E100, {"mode": mode})
        assert len(set(schedule.lr_at_steps())) > 1, "the made-up metric must let it fire"
        metric = made_up_metric(100, mode)
        assert (metric[0] > metric[-1]) == (mode == "min")


@pytest.mark.parametrize(
    ("budget", "named"),
    [((0, 1, 0.1), "epochs=0"), ((10**6, 1, 0.1), "epochs=1000000"), ((1, 0, 0.1), "steps_per_epoch=0"),
     ((1, 1, 0), "base_lr=0"), ((1, 1, -1.0), "base_lr=-1.0"), ((1, 1, math.nan), "base_lr=nan"), ((1, 1, math.inf), "base_lr=inf")],
)  # fmt: skip
def test_impossible_budgets_are_refused(budget: tuple[int, int, float], named: str) -> None:
    with pytest.raises(UserError, match=named):
        Budget(*budget)


def test_names_are_looked_up_with_a_hint() -> None:
    assert profile_name("study") == "study"
    for call, message in (
        (lambda: profile_name("torch"), "did you mean 'pytorch'"),
        (lambda: scheduler("one-cycle"), "did you mean 'onecycle'"),
        (lambda: bind("step", "pytorch", E100, {"gama": 1}), "did you mean 'gamma'"),
        (lambda: bind("constant", "pytorch", E100, {"gamma": 1}), "it has none"),
    ):
        with pytest.raises(UserError, match=message):
            call()
