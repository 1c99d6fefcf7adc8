"""The previewed curves against the real torch classes, stepped on a real optimizer."""

import inspect
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from torchvision.models import list_models

from lrtui.errors import UserError
from lrtui.schedules.base import Scheduler
from lrtui.schedules.binding import bind
from lrtui.schedules.profiles import PROFILES, Budget, ProfileName
from lrtui.schedules.registry import BUILT_IN, BUILT_IN_KEYS, scheduler
from lrtui.schedules.schedule import Schedule, made_up_metric
from lrtui.schedules.torch_restarts import CosineAnnealingWarmupRestarts
from lrtui.tasks.catalogue import TORCHVISION_MODELS
from lrtui.training.schedulers import BoundScheduler

pytestmark = [
    pytest.mark.filterwarnings("error"),
    pytest.mark.filterwarnings("default::pytest.PytestUnraisableExceptionWarning"),  # what other tests left behind
]
quickly = settings(max_examples=40, deadline=None)

Metrics = list[float]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def new_optimizer(base_lr: float, name: str = "sgd") -> torch.optim.Optimizer:
    weights = [torch.nn.Parameter(torch.ones(1))]
    weights[0].grad = torch.ones(1)
    if name == "sgd":
        return torch.optim.SGD(weights, lr=base_lr, momentum=0.9)
    return torch.optim.AdamW(weights, lr=base_lr)


def train(
    schedule: Schedule,
    metrics: Metrics,
    optimizer: torch.optim.Optimizer,
    bound: BoundScheduler,
    epochs: range | None = None,
) -> list[float]:
    """The LR in force at each optimizer step."""
    rates = []
    for epoch in range(schedule.budget.epochs) if epochs is None else epochs:
        for _ in range(schedule.budget.steps_per_epoch):
            rates.append(float(optimizer.param_groups[0]["lr"]))
            assert bound.lr == rates[-1]
            optimizer.step()
            bound.after_batch()
        bound.after_epoch(metrics[epoch], metrics[epoch])
    return rates


def made_up(schedule: Schedule) -> Metrics:
    return made_up_metric(schedule.budget.epochs, schedule.values.get("mode", "min"))


def assert_same(really: list[float], preview: list[float]) -> None:
    assert len(really) == len(preview)
    for step, (got, expected) in enumerate(zip(really, preview, strict=True)):
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-14), f"optimizer step {step}"


def floats(low: float, high: float) -> SearchStrategy[float]:
    return st.floats(low, high, allow_subnormal=False)


budgets = st.builds(Budget, st.integers(1, 40), st.integers(1, 5), floats(1e-4, 2))
gammas = floats(0.01, 1)
etas = st.just(0.0) | floats(1e-6, 0.1)
momentums = floats(0, 0.99)
totals = st.integers(1, 150)


@st.composite
def warm_restarts(draw: DrawFn, warm: bool) -> dict[str, Any]:
    values: dict[str, Any] = {"T_0": draw(st.integers(1, 12)), "T_mult": draw(st.integers(1, 3)), "eta_min": draw(etas)}
    if warm:
        values |= {"warmup": draw(st.integers(0, values["T_0"] - 1)), "gamma": draw(gammas)}
    return values


@st.composite
def wsd(draw: DrawFn) -> dict[str, Any]:
    total = draw(totals)
    decay = draw(st.integers(1, total))
    return {"total_iters": total, "decay_steps": decay, "warmup_steps": draw(st.integers(0, total - decay))}


@st.composite
def warmup_cosine(draw: DrawFn) -> dict[str, Any]:
    total = draw(totals)
    return {"total_iters": total, "warmup_steps": draw(st.integers(0, total))}


def parameters(key: str) -> SearchStrategy[dict[str, Any]]:
    """Valid overrides for a scheduler; some are left to the profile and to PyTorch."""
    lambdas = [
        "0.95 ** epoch",
        "1 / (1 + epoch)",
        "max(0, 1 - epoch / E)",
        "0.5 * (1 + cos(pi * epoch / E))",
        "floor(S / 2)",
    ]
    factors = ["0.95", "0.01 ** (1 / E)", "1 - epoch / (2 * E)", "1.01", "0"]
    match key:
        case "lambda":
            return st.fixed_dictionaries({"lr_lambda": st.sampled_from([*lambdas, "1 / (E - epoch)"])})
        case "multiplicative":
            return st.fixed_dictionaries({"lr_lambda": st.sampled_from([*factors, "sqrt(E - 1 - epoch)"])})
        case "exponential":
            return st.fixed_dictionaries({"gamma": gammas})
        case "step":
            return st.fixed_dictionaries({"step_size": st.integers(1, 50)}, optional={"gamma": gammas})
        case "multistep":
            milestones = st.lists(st.integers(0, 45), min_size=1, max_size=6)
            return st.fixed_dictionaries({"milestones": milestones}, optional={"gamma": gammas})
        case "plateau":
            required = {
                "mode": st.sampled_from(["min", "max"]),
                "patience": st.integers(0, 6),
                "threshold": st.sampled_from([0.0, 1e-4, 0.1, 1.0, 2.0]),
                "threshold_mode": st.sampled_from(["rel", "abs"]),
                "cooldown": st.integers(0, 5),
            }
            optional = {
                "factor": floats(0.01, 0.99),
                "min_lr": st.sampled_from([0.0, 1e-3, 0.5]),
                "eps": st.sampled_from([0.0, 1e-8, 1e-2]),
            }
            return st.fixed_dictionaries(required, optional=optional)
        case "cosine":
            return st.fixed_dictionaries({"T_max": st.integers(1, 60)}, optional={"eta_min": etas})
        case "cosine-restarts":
            return warm_restarts(warm=False)
        case "cosine-restarts-warmup" | "cosine-restarts-decay":
            return warm_restarts(warm=True)
        case "cyclic":
            required = {
                "step_size_up": st.integers(1, 20),
                "step_size_down": st.none() | st.integers(1, 20),
                "mode": st.sampled_from(["triangular", "triangular2", "exp_range"]),
                "gamma": gammas,
            }
            optional = {
                "base_lr": floats(1e-6, 1e-4),
                "cycle_momentum": st.booleans(),
                "base_momentum": momentums,
                "max_momentum": momentums,
            }
            return st.fixed_dictionaries(required, optional=optional)
        case "onecycle":
            required = {
                "pct_start": floats(0, 1),
                "anneal_strategy": st.sampled_from(["cos", "linear"]),
                "three_phase": st.booleans(),
            }
            optional = {
                "total_steps": st.integers(200, 400),
                "max_lr": floats(1e-4, 5),
                "cycle_momentum": st.booleans(),
                "base_momentum": momentums,
                "max_momentum": momentums,
                "div_factor": floats(0.5, 100),
                "final_div_factor": floats(0.5, 1e6),
            }
            return st.fixed_dictionaries(required, optional=optional)
        case "linear" | "rex":
            return st.fixed_dictionaries({"total_iters": totals})
        case "polynomial":
            return st.fixed_dictionaries({"total_iters": totals}, optional={"power": floats(0.1, 5)})
        case "warmup-cosine":
            return warmup_cosine()
        case "wsd":
            return wsd()
    assert key == "constant"
    return st.just({})


def bind_or_skip(key: str, profile: ProfileName, budget: Budget, overrides: dict[str, Any]) -> Schedule:
    try:
        return bind(key, profile, budget, overrides)
    except UserError:
        assume(False)
        raise


@pytest.mark.parametrize("key", BUILT_IN_KEYS)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_preview_equals_the_real_scheduler(key: str, data: st.DataObject) -> None:
    budget = data.draw(budgets)
    profile = data.draw(st.sampled_from(PROFILES))
    schedule = bind_or_skip(key, profile, budget, data.draw(parameters(key)))
    if key == "plateau":
        metrics = data.draw(st.lists(floats(-2, 5), min_size=budget.epochs, max_size=budget.epochs))
    else:
        metrics = [0.0] * budget.epochs
    optimizer = new_optimizer(budget.base_lr, data.draw(st.sampled_from(["sgd", "adamw"])))
    really = train(schedule, metrics, optimizer, BoundScheduler(schedule, optimizer))
    assert_same(really, schedule.lr_at_steps(metrics))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("key", BUILT_IN_KEYS)
@pytest.mark.parametrize("epochs", [1, 2, 3, 100])
def test_preview_equals_the_real_scheduler_in_every_profile(key: str, profile: ProfileName, epochs: int) -> None:
    schedule = bind(key, profile, Budget(epochs, 3, 0.1))
    optimizer = new_optimizer(0.1)
    really = train(schedule, made_up(schedule), optimizer, BoundScheduler(schedule, optimizer))
    assert_same(really, schedule.lr_at_steps())


@quickly
@given(st.integers(1, 40), st.lists(floats(0, 3) | st.just(float("nan")), min_size=40, max_size=40))
def test_plateau_takes_a_metric_without_a_value_as_no_improvement(epochs: int, metrics: Metrics) -> None:
    schedule = bind("plateau", "pytorch", Budget(epochs, 1, 0.1), {"patience": 1})
    optimizer = new_optimizer(0.1)
    bound = BoundScheduler(schedule, optimizer)
    really = []
    for epoch in range(epochs):
        really.append(bound.lr)
        optimizer.step()
        bound.after_batch()
        bound.after_epoch(None if metrics[epoch] != metrics[epoch] else metrics[epoch], 1.0)
    assert_same(really, schedule.lr_at_steps(metrics))


def test_plateau_watches_the_metric_its_mode_makes_sense_for() -> None:
    budget = Budget(4, 1, 1.0)
    for mode, improving in (("min", "val_loss"), ("max", "score")):
        schedule = bind("plateau", "pytorch", budget, {"mode": mode, "patience": 0, "factor": 0.5})
        assert schedule.metric == improving
        optimizer = new_optimizer(1.0)
        bound = BoundScheduler(schedule, optimizer)
        for epoch in range(3):
            optimizer.step()
            # Only the watched metric improves; the other one would halve the LR.
            better, worse = ((1 - epoch / 10), 1.0) if mode == "min" else (1.0, 1 + epoch / 10)
            bound.after_epoch(better, worse)
        assert bound.lr == 1.0


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("optimizer_name", ["sgd", "adamw"])
@pytest.mark.parametrize("key", BUILT_IN_KEYS)
@settings(max_examples=3, deadline=None)
@given(cut=st.integers(0, 12))
def test_a_resumed_run_has_the_same_rates(key: str, optimizer_name: str, profile: ProfileName, cut: int) -> None:
    schedule = bind(key, profile, Budget(12, 2, 0.1))
    metrics = made_up(schedule)
    optimizer = new_optimizer(0.1, optimizer_name)
    uninterrupted = BoundScheduler(schedule, optimizer)
    whole = train(schedule, metrics, optimizer, uninterrupted)

    optimizer = new_optimizer(0.1, optimizer_name)
    bound = BoundScheduler(schedule, optimizer)
    first = train(schedule, metrics, optimizer, bound, range(cut))
    file = io.BytesIO()
    torch.save({"optimizer": optimizer.state_dict(), "scheduler": bound.state_dict()}, file)
    file.seek(0)
    checkpoint = torch.load(file, weights_only=True)
    optimizer = new_optimizer(0.1, optimizer_name)
    bound = BoundScheduler(schedule, optimizer)
    optimizer.load_state_dict(checkpoint["optimizer"])
    bound.load_state_dict(checkpoint["scheduler"])
    second = train(schedule, metrics, optimizer, bound, range(cut, 12))

    assert first + second == whole
    assert bound.state_dict() == uninterrupted.state_dict()


@pytest.mark.parametrize("key", BUILT_IN_KEYS)
def test_a_state_can_be_loaded_more_than_once(key: str) -> None:
    bound = BoundScheduler(bind(key, "pytorch", Budget(3, 2, 0.1)), new_optimizer(0.1))
    state = bound.state_dict()
    bound.load_state_dict(state)
    bound.load_state_dict(state)
    assert bound.state_dict() == state


def test_a_checkpoint_of_another_scheduler_is_refused() -> None:
    budget = Budget(3, 1, 0.1)
    step, cosine = (BoundScheduler(bind(key, "pytorch", budget), new_optimizer(0.1)) for key in ("step", "cosine"))
    with pytest.raises(ValueError, match="checkpoint of scheduler 'step', expected 'cosine'"):
        cosine.load_state_dict(step.state_dict())


@pytest.mark.parametrize("name", ["sgd", "adamw"])
@pytest.mark.parametrize("key", ["cyclic", "onecycle"])
def test_momentum_moves_against_the_lr(key: str, name: str) -> None:
    schedule = bind(key, "fitted", Budget(6, 5, 0.1))
    optimizer = new_optimizer(0.1, name)
    bound = BoundScheduler(schedule, optimizer)
    pairs = []
    for _ in range(30):
        group = optimizer.param_groups[0]
        pairs.append((bound.lr, group["betas"][0] if name == "adamw" else group["momentum"]))
        optimizer.step()
        bound.after_batch()
    highest_lr = max(pairs)
    assert highest_lr[1] == min(momentum for _, momentum in pairs)
    assert len({momentum for _, momentum in pairs}) > 5


def test_triangular2_is_allowed_as_long_as_torch_can_halve_it() -> None:
    halving = {"mode": "triangular2", "step_size_up": 1}
    schedule = bind("cyclic", "pytorch", Budget(1, 2047, 0.1), halving)
    optimizer = new_optimizer(0.1)
    cyclic = torch.optim.lr_scheduler.CyclicLR(optimizer, **schedule.passed)
    rates = []
    for _ in range(2047):
        rates.append(float(cyclic.get_last_lr()[0]))
        optimizer.step()
        cyclic.step()
    assert_same(rates, schedule.lr_at_steps())
    with pytest.raises(OverflowError):
        cyclic.step()
    with pytest.raises(UserError, match="step_size_up=1 with mode=triangular2"):
        bind("cyclic", "pytorch", Budget(1, 2048, 0.1), halving)


@quickly
@given(st.integers(1, 15), st.integers(1, 3), etas, floats(1e-4, 2), st.integers(0, 1))
def test_custom_restarts_equal_torchs_without_warmup_and_decay(
    T_0: int, T_mult: int, eta_min: float, base_lr: float, extra_groups: int
) -> None:
    def optimizer() -> torch.optim.Optimizer:
        groups = [
            {"params": [torch.nn.Parameter(torch.ones(1))], "lr": base_lr / (i + 1)} for i in range(1 + extra_groups)
        ]
        return torch.optim.SGD(groups, lr=base_lr)

    ours, theirs = optimizer(), optimizer()
    a = CosineAnnealingWarmupRestarts(ours, T_0, T_mult, eta_min)
    b = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(theirs, T_0, T_mult, eta_min)
    for _ in range(60):
        assert a.get_last_lr() == pytest.approx(b.get_last_lr(), rel=1e-12, abs=1e-16)
        for each in (ours, theirs, a, b):
            each.step()


def test_custom_restarts_by_hand() -> None:
    optimizer = new_optimizer(1.0)
    ours = CosineAnnealingWarmupRestarts(optimizer, T_0=4, T_mult=2, eta_min=0.2, warmup=2, gamma=0.5)
    rates = []
    for _ in range(11):
        rates.append(float(ours.get_last_lr()[0]))
        optimizer.step()
        ours.step()
    half = 0.2 + 0.3 * 0.5
    # First cycle: 4 steps, peak 1. Second: 2 of warm-up and 4 of descent, peak 0.5. Third: peak 0.25.
    assert rates[:4] == pytest.approx([0.2, 0.6, 1.0, 0.6])
    assert rates[4:7] == pytest.approx([0.2, half, 0.5])
    assert rates[8] == pytest.approx(half)
    assert rates[10] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"T_0": 0}, "T_0=0"),
        ({"T_0": 2.5}, "T_0=2.5"),
        ({"T_0": 4, "T_mult": 0}, "T_mult=0"),
        ({"T_0": 4, "eta_min": -0.1}, "eta_min=-0.1"),
        ({"T_0": 4, "eta_min": float("nan")}, "eta_min=nan"),
        ({"T_0": 4, "warmup": 4}, "warmup=4"),
        ({"T_0": 4, "warmup": -1}, "warmup=-1"),
        ({"T_0": 4, "gamma": 0}, "gamma=0"),
    ],
)
def test_custom_restarts_refuse_impossible_arguments(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=re.escape(named)):
        CosineAnnealingWarmupRestarts(new_optimizer(0.1), **arguments)


PRINTED = re.compile(r"# lr = ([\d.]+)\s+if (?:(\d+) <= )?epoch (<|>=) (\d+)")


@pytest.mark.parametrize("key", ["step", "multistep"])
def test_rates_printed_in_pytorchs_documentation(key: str) -> None:
    """Only these print values that can be compared: LinearLR's are of a warm-up, PolynomialLR's belong to no epoch."""
    schedule = bind(key, "pytorch", Budget(100, 1, 0.05))
    rates = schedule.lr_at_steps()
    documentation = getattr(torch.optim.lr_scheduler, schedule.scheduler.torch_class or "").__doc__
    printed = PRINTED.findall(documentation)
    assert len(printed) == 3
    for lr, first, comparison, bound in printed:
        epochs = range(int(first or 0), int(bound)) if comparison == "<" else range(int(bound), 100)
        assert [rates[epoch] for epoch in epochs] == pytest.approx([float(lr)] * len(epochs))


# Parameters that PyTorch has defaults for, or another way to say, and lrtui ties to the budget.
OURS = {("onecycle", "total_steps"), ("linear", "total_iters"), ("polynomial", "total_iters"), ("polynomial", "power")}


@pytest.mark.parametrize("entry", [e for e in BUILT_IN if e.torch_class], ids=lambda e: e.key)
def test_catalogue_says_what_torch_says(entry: Scheduler) -> None:
    if entry.torch_class == "CosineAnnealingWarmupRestarts":
        signature = inspect.signature(CosineAnnealingWarmupRestarts)
    else:
        signature = inspect.signature(getattr(torch.optim.lr_scheduler, entry.torch_class or ""))
    if entry.torch_class == "LambdaLR" and entry.key != "lambda":
        return  # lrtui's own function: its parameters are not torch's
    names = list(signature.parameters)
    ours = [p.name for p in entry.parameters]
    assert ours == sorted(ours, key=names.index)  # in torch's order; a ValueError names one that torch does not have
    for parameter in entry.parameters:
        if (entry.key, parameter.name) in OURS:
            continue
        default = signature.parameters[parameter.name].default
        if parameter.required:
            assert default is inspect.Parameter.empty, parameter.name
        else:
            assert default == parameter.default, parameter.name
            assert parameter.check(default) == default


def test_pytorchs_own_defaults_are_not_passed() -> None:
    budget = Budget(10, 3, 0.1)
    assert bind("plateau", "pytorch", budget).passed == {}
    assert bind("step", "pytorch", budget).passed == {"step_size": 30}
    assert bind("cyclic", "pytorch", budget).passed == {"base_lr": 0.1 / 10, "max_lr": 0.1}
    assert bind("onecycle", "pytorch", budget, {"pct_start": 0.2}).passed == {
        "max_lr": 0.1,
        "total_steps": 30,
        "pct_start": 0.2,
    }
    for key in BUILT_IN_KEYS:
        defaults = {p.name: p.default for p in scheduler(key).parameters if not p.required}
        passed = bind(key, "pytorch", budget).passed
        if scheduler(key).in_table and not key.startswith("cosine-restarts-"):
            assert not set(passed) & set(defaults), key


def test_torchvision_has_the_models_we_name() -> None:
    assert set(TORCHVISION_MODELS) <= set(list_models())
