"""Curves by hand: what no torch class says, and what the other curves are known to do."""

from typing import Any

import pytest

from lrtui.schedules.binding import bind
from lrtui.schedules.profiles import PROFILES, Budget, ProfileName
from lrtui.schedules.registry import BUILT_IN_KEYS


def rates(key: str, steps: int, **typed: Any) -> list[float]:
    return bind(key, "pytorch", Budget(steps, 1, 1.0), typed).lr_at_steps()


def test_warmup_cosine() -> None:
    assert rates("warmup-cosine", 8, warmup_steps=2, total_iters=6) == pytest.approx(
        [0.5, 1.0, 1.0, 0.5 + 0.5 * 2**-0.5, 0.5, 0.5 - 0.5 * 2**-0.5, 0.0, 0.0]
    )


def test_warmup_stable_decay() -> None:
    curve = rates("wsd", 9, warmup_steps=2, decay_steps=4, total_iters=8)
    assert curve == pytest.approx([0.5, 1.0, 1.0, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0])


def test_rex_is_the_papers() -> None:
    curve = rates("rex", 6, total_iters=4)
    assert curve == pytest.approx([1.0, 0.75 / 0.875, 0.5 / 0.75, 0.25 / 0.625, 0.0, 0.0])
    line = rates("linear", 6, total_iters=4)
    assert line == [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    assert all(reflected > straight for reflected, straight in zip(curve[1:4], line[1:4], strict=True))


def test_polynomial() -> None:
    assert rates("polynomial", 5, total_iters=4) == pytest.approx([1.0, 0.5625, 0.25, 0.0625, 0.0])
    assert rates("polynomial", 5, total_iters=4, power=1) == rates("linear", 5, total_iters=4)


def test_a_lambda_restarts_from_the_base_and_a_multiplicative_does_not() -> None:
    assert rates("lambda", 4, lr_lambda="0.5") == [0.5, 0.5, 0.5, 0.5]
    assert rates("multiplicative", 4, lr_lambda="0.5") == [1.0, 0.5, 0.25, 0.125]
    assert rates("multiplicative", 4, lr_lambda="1 - epoch / 4") == pytest.approx([1.0, 0.75, 0.375, 0.09375])


def test_one_cycle_peaks_once_and_ends_far_below_its_start() -> None:
    curve = rates("onecycle", 100)
    assert curve[0] == pytest.approx(1 / 25)
    assert max(curve) == curve[29] == 1.0
    assert curve[-1] == pytest.approx(1 / 25 / 1e4)
    assert curve[:30] == sorted(curve[:30])
    assert curve[29:] == sorted(curve[29:], reverse=True)


def test_an_epoch_is_repeated_for_each_of_its_steps() -> None:
    schedule = bind("step", "pytorch", Budget(3, 2, 1.0), {"step_size": 1, "gamma": 0.5})
    assert schedule.lr_at_steps() == [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]


def test_a_short_budget_can_leave_a_schedule_without_effect() -> None:
    """The outline's experiment at PyTorch's documented values: step_size 30 does nothing in 20 epochs."""
    assert set(rates("step", 20)) == {1.0}
    assert len(set(rates("step", 31))) == 2


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("key", BUILT_IN_KEYS)
def test_some_steps_are_those_of_the_whole_curve(key: str, profile: ProfileName) -> None:
    schedule = bind(key, profile, Budget(40, 50, 0.1))
    whole = schedule.lr_at_scheduler_steps()
    for about in (100, 10**6):
        steps, rates = schedule.lr_at_some_scheduler_steps(about)
        assert rates == [whole[step] for step in steps]
        assert steps == sorted(set(steps))
        assert (steps[0], steps[-1]) == (0, len(whole) - 1)
        if about > len(whole) or schedule.steps_every == "epoch":
            assert rates == whole
        else:
            assert len(steps) <= 2 * about + 1
            assert set(range(0, 2000, 50)) <= set(steps), "a cursor reads the curve at whole epochs"


@pytest.mark.parametrize(
    "key", [key for key in BUILT_IN_KEYS if bind(key, "fitted", Budget(1, 1, 0.1)).steps_every == "batch"]
)
def test_a_run_of_a_billion_batches_has_a_picture(key: str) -> None:
    steps, rates = bind(key, "fitted", Budget(10**5, 10**4, 0.1)).lr_at_some_scheduler_steps(1000)
    assert len(steps) == len(rates) <= 2001
    assert all(0 <= rate <= 0.1 for rate in rates)


def test_a_fast_cycle_does_not_look_like_a_slow_one() -> None:
    schedule = bind("cyclic", "pytorch", Budget(100, 1000, 0.1), {"base_lr": 0.0, "max_lr": 1.0, "step_size_up": 50})
    steps, rates = schedule.lr_at_some_scheduler_steps(1000)
    spread = [rate for step, rate in zip(steps, rates, strict=True) if step % 1000]
    for start in range(0, len(spread) - 20, 20):
        stretch = spread[start : start + 20]
        assert max(stretch) - min(stretch) > 0.6
