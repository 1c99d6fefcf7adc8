"""The code to paste is executed as it stands, and must train at the previewed learning rates."""

import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch.optim import Optimizer, lr_scheduler
from torch.optim.optimizer import register_optimizer_step_pre_hook

from lrtui.errors import UserError
from lrtui.schedules.binding import bind
from lrtui.schedules.profiles import PROFILES, Budget, ProfileName
from lrtui.schedules.registry import BUILT_IN_KEYS
from lrtui.schedules.schedule import Schedule
from lrtui.schedules.snippet import torch_code


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def seen_and_metrics(code: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[float], list[float]]:
    """The LR at each optimizer step of the program, and the metrics its scheduler was given."""
    rates: list[float] = []
    metrics: list[float] = []
    step = lr_scheduler.ReduceLROnPlateau.step

    def spy(self: lr_scheduler.ReduceLROnPlateau, metric: float) -> None:
        metrics.append(metric)
        step(self, metric)

    def record(optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        rates.append(float(optimizer.param_groups[0]["lr"]))

    monkeypatch.setattr(lr_scheduler.ReduceLROnPlateau, "step", spy)
    hook = register_optimizer_step_pre_hook(record)
    try:
        with warnings.catch_warnings(
            action="error"
        ):  # of the program only: not of what other tests left to be collected
            exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    finally:
        hook.remove()
    return rates, metrics


def assert_trains_as_previewed(schedule: Schedule, monkeypatch: pytest.MonkeyPatch, optimizer: str = "sgd") -> None:
    code = torch_code(schedule, optimizer)
    assert code.endswith("\n")
    rates, metrics = seen_and_metrics(code, monkeypatch)
    assert rates == pytest.approx(schedule.lr_at_steps(metrics or None), rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("key", BUILT_IN_KEYS)
def test_every_scheduler_in_every_profile(key: str, profile: ProfileName, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_trains_as_previewed(bind(key, profile, Budget(12, 2, 0.1)), monkeypatch)


@pytest.mark.parametrize("key", ["cyclic", "onecycle", "plateau"])
@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_other_optimizers(key: str, optimizer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_trains_as_previewed(bind(key, "fitted", Budget(6, 3, 0.01)), monkeypatch, optimizer)


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("lambda", {"lr_lambda": "0.5 * (1 + cos(pi * epoch / E)) + 1e-3"}),
        ("lambda", {"lr_lambda": "e ** -epoch + floor(S / 2) * max(0.1, 1 - epoch / E) // 1"}),
        ("lambda", {"lr_lambda": "1 / (E - epoch)"}),  # no value after the last epoch
        ("multiplicative", {"lr_lambda": "sqrt(E - 1 - epoch)"}),  # likewise
        ("multistep", {"milestones": [0, 3, 3, 5]}),
        ("cyclic", {"mode": "triangular2", "step_size_up": 3, "step_size_down": 2, "cycle_momentum": False}),
        ("cyclic", {"mode": "exp_range", "gamma": 0.9, "step_size_up": 3}),
        ("onecycle", {"pct_start": 1.0}),  # torch divides by zero one step after the last
        ("onecycle", {"three_phase": True, "anneal_strategy": "linear", "total_steps": 40, "max_lr": 0.2}),
        ("plateau", {"patience": 0, "threshold": 0.5, "threshold_mode": "abs", "min_lr": 0.01, "cooldown": 1}),
        ("cosine-restarts-warmup", {"T_0": 3, "T_mult": 2, "warmup": 2, "gamma": 0.5, "eta_min": 0.001}),
        ("warmup-cosine", {"warmup_steps": 4, "total_iters": 16}),
        ("wsd", {"warmup_steps": 4, "decay_steps": 6, "total_iters": 14}),
        ("polynomial", {"power": 0.5, "total_iters": 9}),
        ("rex", {"total_iters": 9}),
    ],
)
def test_typed_parameters(key: str, typed: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert_trains_as_previewed(bind(key, "pytorch", Budget(8, 2, 0.1), typed), monkeypatch)


def test_only_what_is_passed_is_written() -> None:
    budget = Budget(10, 3, 0.1)
    assert "StepLR(optimizer, step_size=30)\n" in torch_code(bind("step", "pytorch", budget))
    assert "MultiStepLR(optimizer, milestones=[30, 80])\n" in torch_code(bind("multistep", "pytorch", budget))
    assert "ReduceLROnPlateau(optimizer)\n" in torch_code(bind("plateau", "pytorch", budget))
    study = torch_code(bind("plateau", "study", budget))
    assert 'ReduceLROnPlateau(optimizer, mode="max", factor=0.25, patience=5)\n' in study
    assert "scheduler.step(val_acc)" in study


def test_the_step_is_where_the_scheduler_wants_it() -> None:
    budget = Budget(10, 3, 0.1)
    for key, profile, indent in (
        ("step", "pytorch", 4),
        ("onecycle", "pytorch", 8),
        ("cyclic", "pytorch", 8),
        ("cyclic", "study", 4),
    ):
        code = torch_code(bind(key, profile, budget))  # type: ignore[arg-type]  # the tuple's strings are profiles
        assert re.findall(r"^( +)scheduler\.step\(\)", code, re.MULTILINE) == [" " * indent]
    assert "scheduler.step" not in torch_code(bind("constant", "pytorch", budget))


def test_an_unknown_optimizer_is_named() -> None:
    with pytest.raises(UserError, match="unknown optimizer 'adamx': did you mean 'adam'"):
        torch_code(bind("step", "pytorch", Budget(1, 1, 0.1)), "adamx")


@pytest.mark.timeout(120)
def test_pasted_into_a_fresh_interactive_python() -> None:
    """The hardest one: a class with methods, which an empty line would end in the interactive interpreter."""
    schedule = bind("cosine-restarts-warmup", "study", Budget(12, 1, 0.1))
    python = subprocess.run(
        [sys.executable, "-I", "-i", "-q"],
        input=torch_code(schedule) + "\n",
        text=True,
        capture_output=True,
        check=False,
    )
    assert "Error" not in python.stderr
    printed = [float(lr) for lr in re.findall(r"epoch \d+: lr (\S+)", python.stdout)]
    assert printed == pytest.approx(schedule.lr_at_steps(), rel=1e-5)
