from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lrtui.analysis.analyse import analyse
from lrtui.analysis.reason_codes import FACTS, Reason, ReasonCode
from lrtui.analysis.reasons.weights import TIERS

Made = Callable[..., Any]
Parameters = Mapping[str, Mapping[str, Any]]


def only(reasons: tuple[Reason, ...], code: ReasonCode) -> Reason:
    (reason,) = (reason for reason in reasons if reason.code is code)
    assert set(reason.facts) == set(FACTS[code])
    return reason


def codes(reasons: tuple[Reason, ...], scheduler: str | None) -> set[ReasonCode]:
    return {reason.code for reason in reasons if reason.scheduler == scheduler}


def noisy(label: str, base_lr: float, seed: int) -> float:
    return 0.9 + 0.001 * (seed % 3)


def test_every_code_has_facts_and_a_weight() -> None:
    assert set(FACTS) == set(TIERS) == set(ReasonCode)


def test_schedules_that_do_nothing_at_pytorchs_defaults_are_the_first_thing_said(made: Made) -> None:
    schedules: Parameters = {
        "constant": {},
        "step": {},
        "multistep": {},
        "plateau": {},
        "cosine": {},
        "cyclic": {},
        "onecycle": {},
    }
    reasons = analyse(*made(schedules)).reasons
    first = reasons[0]
    assert first.code is ReasonCode.IDLE
    assert set(first.facts["schedulers"]) == {"step", "multistep", "plateau"}  # type: ignore[arg-type]
    assert (first.facts["of"], first.facts["epochs"], first.facts["baseline"]) == (6, 20, "constant")
    assert first.facts["largest_difference"] == 0
    assert {reason.code for reason in reasons[1:4]} == {ReasonCode.NEVER_CHANGED}
    causes = {r.scheduler: (r.facts["cause"], r.facts["value"]) for r in reasons[1:4]}
    assert causes == {"step": ("step_size", 30), "multistep": ("milestones", 30), "plateau": ("patience", 10)}


def test_the_same_schedules_with_values_that_fit_are_not_idle(made: Made) -> None:
    reasons = analyse(*made({"constant": {}, "step": {}, "multistep": {}}, profile="fitted")).reasons
    assert not {ReasonCode.IDLE, ReasonCode.NEVER_CHANGED} & {reason.code for reason in reasons}


def test_a_budget_cut_by_early_stopping_may_be_too_short_for_a_step(made: Made) -> None:
    made_up = made({"step": {"step_size": 15}, "cosine": {}}, stopped=lambda *cell: 12, early_stopping=5)
    reasons = analyse(*made_up).reasons
    assert only(reasons, ReasonCode.NEVER_CHANGED).facts["epochs"] == 12
    stop = next(reason for reason in reasons if reason.code is ReasonCode.EARLY_STOP)
    assert stop.facts == {"stopped": 6, "of": 6, "epoch": 12, "patience": 5, "epochs": 20}


def test_without_curves_only_what_the_schedules_say_is_said(made: Made) -> None:
    comparison, runs, _ = made({"constant": {}, "step": {}, "plateau": {}})
    found = {reason.code for reason in analyse(comparison, runs, {}).reasons}
    assert found == {ReasonCode.IDLE, ReasonCode.NEVER_CHANGED}


@pytest.mark.parametrize("settings", [{}, {"base_lrs": [0.3, 0.1]}])
def test_lambda_exponential_and_multiplicative_are_one_schedule(made: Made, settings: dict[str, Any]) -> None:
    schedules: Parameters = {
        "lambda": {},
        "exponential": {},
        "multiplicative": {},
        "other": {"scheduler": "exponential", "gamma": 0.9},
    }

    def accuracy(label: str, base_lr: float, seed: int) -> float:
        return 0.91 if label == "lambda" else 0.9

    reason = only(analyse(*made(schedules, accuracy, **settings)).reasons, ReasonCode.IDENTICAL)
    assert reason.facts["schedulers"] == ("lambda", "exponential", "multiplicative")
    assert reason.facts["largest_difference"] == pytest.approx(0.01)
    assert reason.facts["n"] == 6


def test_momentum_makes_equal_rates_different_schedules(made: Made) -> None:
    schedules: Parameters = {
        "moves": {"scheduler": "cyclic"},
        "also": {"scheduler": "cyclic"},
        "keeps": {"scheduler": "cyclic", "cycle_momentum": False},
    }
    reasons = analyse(*made(schedules)).reasons
    assert ReasonCode.IDENTICAL not in {reason.code for reason in reasons}
    moved = [reason for reason in reasons if reason.code is ReasonCode.MOMENTUM_MOVED]
    assert {reason.scheduler for reason in moved} == {"moves", "also"}
    assert moved[0].facts == {"low": 0.8, "high": 0.9, "fixed": 0.9, "optimizer": "sgd"}


def test_a_schedule_that_is_zero_at_once_is_last_with_its_reason(made: Made) -> None:
    schedules: Parameters = {
        "constant": {},
        "bad": {"scheduler": "lambda", "lr_lambda": "0 * epoch"},
        "step": {"step_size": 10},
    }
    analysis = analyse(*made(schedules, lambda label, lr, seed: 0.3 if label == "bad" else noisy(label, lr, seed)))
    assert analysis.ranking.rows[-1].label == "bad"
    reason = only(analysis.reasons, ReasonCode.TINY_AT_ONCE)
    assert reason == analysis.reasons[0]
    assert reason.scheduler == "bad"
    assert reason.facts == {"epoch": 1, "lr": 0, "base_lr": 0.1, "share": 0, "epochs_left": 20, "epochs": 20}
    assert ReasonCode.REACHED_ZERO not in codes(analysis.reasons, "bad")


def test_zero_with_epochs_left_says_how_many_and_what_they_brought(made: Made) -> None:
    # gamma 0.1 every 4 epochs: 1 % of the base LR from epoch 9 on.
    made_up = made({"step": {"step_size": 4}, "constant": {}}, val_acc=lambda label, lr, seed, e: 0.5 + 0.01 * e)
    reason = only(analyse(*made_up).reasons, ReasonCode.REACHED_ZERO)
    assert (reason.scheduler, reason.facts["epoch"], reason.facts["epochs_left"]) == ("step", 9, 12)
    assert reason.facts["share_left"] == 0.6
    assert reason.facts["gain"] == pytest.approx(0.12)


def test_a_cosine_that_ends_with_the_budget_did_not_reach_zero_early(made: Made) -> None:
    reasons = analyse(*made({"cosine": {}, "onecycle": {}, "constant": {}}, epochs=30)).reasons
    assert ReasonCode.REACHED_ZERO not in {reason.code for reason in reasons}
    assert ReasonCode.ENDED_MID_CYCLE not in {reason.code for reason in reasons}


@pytest.mark.parametrize(
    ("key", "parameters", "cycles", "length"),
    [
        ("cosine-restarts", {"T_0": 8}, 2.5, 8),
        ("cosine-restarts", {"T_0": 4, "T_mult": 2}, 2.5, 16),
        ("cosine-restarts-warmup", {"T_0": 5, "T_mult": 2, "warmup": 1}, 2 + 6 / 17, 17),
        ("cosine", {"T_max": 12}, 20 / 24, 24),
        ("cyclic", {"step_size_up": 320}, 1.0, 20),
        ("cyclic", {"step_size_up": 160, "step_size_down": 320}, 20 / 15, 15),
    ],
)
def test_ended_mid_cycle(made: Made, key: str, parameters: dict[str, Any], cycles: float, length: float) -> None:
    # digits: 1,000 images in batches of 32 are 32 steps an epoch.
    reasons = analyse(*made({"own": {"scheduler": key, **parameters}, "constant": {}})).reasons
    if cycles == 1.0:
        assert ReasonCode.ENDED_MID_CYCLE not in {reason.code for reason in reasons}
        return
    reason = only(reasons, ReasonCode.ENDED_MID_CYCLE)
    assert (reason.facts["cycles"], reason.facts["cycle_epochs"]) == pytest.approx((cycles, length))
    assert reason.facts["share"] == pytest.approx(reason.facts["last_lr"] / reason.facts["peak_lr"])  # type: ignore[operator]


def test_accuracy_that_falls_after_restarts(made: Made) -> None:
    def saw(label: str, base_lr: float, seed: int, epoch: int) -> float:
        return 0.9 - (0.05 + 0.001 * seed if epoch in (6, 11, 16) else 0.0)

    reason = only(
        analyse(*made({"cosine-restarts": {"T_0": 5}, "constant": {}}, noisy, saw)).reasons, ReasonCode.RESTART_DROPS
    )
    assert reason.facts["epochs"] == (6, 11, 16)
    assert reason.facts["drops"] == pytest.approx((0.0525,) * 3)
    assert reason.facts["mean_drop"] == pytest.approx(0.0525)
    later = made({"cosine-restarts-warmup": {"T_0": 5, "warmup": 1}, "constant": {}}, noisy, saw)
    assert ReasonCode.RESTART_DROPS not in {reason.code for reason in analyse(*later).reasons}  # peaks at 7, 11, 15, 19


def test_a_fall_within_the_noise_is_not_mentioned(made: Made) -> None:
    def flat(label: str, base_lr: float, seed: int, epoch: int) -> float:
        return 0.9 + (0.02 if seed % 2 else -0.025) * (epoch == 11)

    reasons = analyse(*made({"cosine-restarts": {"T_0": 10}, "constant": {}}, noisy, flat)).reasons
    assert ReasonCode.RESTART_DROPS not in {reason.code for reason in reasons}


def test_plateau_says_when_it_fired(made: Made) -> None:
    def stuck(label: str, base_lr: float, seed: int, epoch: int) -> float:
        return min(0.5 + 0.1 * epoch, 0.8 if seed else 0.9)  # the best is at epoch 3, with seed 0 at epoch 4

    reason = only(
        analyse(*made({"plateau": {"patience": 3}, "constant": {}}, noisy, stuck)).reasons, ReasonCode.PLATEAU_FIRED
    )
    assert (reason.facts["fewest"], reason.facts["most"], reason.facts["n"]) == (3, 4, 6)
    assert reason.facts["epochs"] == pytest.approx((8 + 1 / 6, 12 + 1 / 6, 16 + 1 / 6, 20))
    assert reason.facts["last_share"] == pytest.approx((5 * 1e-4 + 1e-3) / 6)


def test_warmup_prevented_divergence(made: Made) -> None:
    def gone(label: str, base_lr: float, seed: int) -> int | None:
        return 2 if base_lr == 1.0 and label in ("constant", "step") and seed < 5 else None

    reasons = analyse(
        *made({"onecycle": {}, "constant": {}, "step": {}}, noisy, diverged=gone, base_lrs=[0.1, 1.0])
    ).reasons
    reason = only(reasons, ReasonCode.WARMUP_SAVED)
    assert reason.scheduler == "onecycle"
    assert reason.facts["others"] == ("constant", "step")
    assert (reason.facts["base_lr"], reason.facts["others_n"], reason.facts["others_diverged"]) == (1.0, 12, 10)
    assert reason.facts["first_lr"] == pytest.approx(1 / 25)
    assert reason.facts["n"] == 6
    away = next(reason for reason in reasons if reason.code is ReasonCode.DIVERGED and reason.scheduler == "step")
    assert away.facts == {"base_lrs": (1.0,), "diverged": (5,), "of": (6,), "epoch": 2, "ranked": 0}


def test_warmup_prevented_lost_epochs(made: Made) -> None:
    def late(label: str, base_lr: float, seed: int, epoch: int) -> float:
        return 0.1 if label == "constant" and epoch <= 3 else 0.9

    reason = only(analyse(*made({"onecycle": {}, "constant": {}}, noisy, late)).reasons, ReasonCode.WARMUP_SAVED)
    assert (reason.facts["others_diverged"], reason.facts["others_lost"]) == (0, 6)


def test_no_warmup_is_praised_that_failed_as_well_or_was_not_needed(made: Made) -> None:
    schedules: Parameters = {"onecycle": {}, "constant": {}}
    for gone in (lambda label, lr, seed: 2, lambda label, lr, seed: None):
        reasons = analyse(*made(schedules, noisy, diverged=gone)).reasons
        assert ReasonCode.WARMUP_SAVED not in {reason.code for reason in reasons}


def test_the_best_base_lr_at_the_edge_of_the_grid(made: Made) -> None:
    def accuracy(label: str, base_lr: float, seed: int) -> float:
        return noisy(label, base_lr, seed) + {"step": base_lr / 10, "constant": -base_lr / 10, "cosine": 0.0}[label]

    schedules: Parameters = {"step": {}, "constant": {}, "cosine": {}}
    reasons = analyse(*made(schedules, accuracy, base_lrs=[0.3, 0.1, 0.2])).reasons
    edges = {r.scheduler: r.facts for r in reasons if r.code is ReasonCode.LR_AT_EDGE}
    assert set(edges) == {"step", "constant"}  # cosine ties at all of them
    assert edges["step"] == {"base_lr": 0.3, "edge": "high", "grid": (0.1, 0.2, 0.3), "gain": pytest.approx(0.01)}
    assert (edges["constant"]["base_lr"], edges["constant"]["edge"]) == (0.1, "low")
    two = analyse(*made(schedules, accuracy, base_lrs=[0.3, 0.1])).reasons
    assert ReasonCode.LR_AT_EDGE not in {reason.code for reason in two}


def test_a_high_lr_to_the_end_leaves_a_noisy_end(made: Made) -> None:
    def worse(label: str, base_lr: float, seed: int) -> float:
        return 0.02 + 0.001 * seed

    reasons = analyse(*made({"constant": {}, "cosine": {}}, noisy, last=worse)).reasons
    reason = only(reasons, ReasonCode.NOISY_END)  # cosine's last epoch is as much worse, but its LR is low
    assert reason.scheduler == "constant"
    assert (reason.facts["share"], reason.facts["drop"], reason.facts["n"]) == pytest.approx((1, 0.0225, 6))


def test_schedules_that_end_low_against_those_that_end_high(made: Made) -> None:
    def accuracy(label: str, base_lr: float, seed: int) -> float:
        return noisy(label, base_lr, seed) - (0.02 + 0.001 * seed if label in ("constant", "step") else 0.0)

    reasons = analyse(*made({"constant": {}, "step": {}, "cosine": {}, "onecycle": {}}, accuracy)).reasons
    reason = only(reasons, ReasonCode.FINAL_LR)
    assert (reason.facts["low"], reason.facts["high"]) == (("cosine", "onecycle"), ("constant", "step"))
    assert reason.facts["difference"] == pytest.approx(0.0225)
    assert 0 < reason.facts["diff_low"] < 0.0225 < reason.facts["diff_high"]  # type: ignore[operator]
    same = analyse(*made({"constant": {}, "step": {}, "cosine": {}}, noisy)).reasons
    assert ReasonCode.FINAL_LR not in {reason.code for reason in same}

    def mixed(label: str, base_lr: float, seed: int) -> float:
        """As many points apart on average, but the best of all ended low: nobody may read that it did not pay."""
        return noisy(label, base_lr, seed) - (
            0.1 + 0.001 * seed if label == "onecycle" else 0.001 * (label == "constant")
        )

    overlapping = analyse(*made({"constant": {}, "cosine": {}, "onecycle": {}}, mixed)).reasons
    assert ReasonCode.FINAL_LR not in {reason.code for reason in overlapping}


def test_a_best_epoch_that_came_early(made: Made) -> None:
    def peak(label: str, base_lr: float, seed: int, epoch: int) -> float:
        return 0.9 - 0.01 * abs(epoch - (4 if label == "cosine" else 15)) - 0.001 * seed

    reasons = analyse(*made({"cosine": {}, "step": {"step_size": 5}}, noisy, peak)).reasons
    reason = only(reasons, ReasonCode.BEST_EPOCH_EARLY)
    assert reason.scheduler == "cosine"
    assert reason.facts == {"best_epoch": 4, "latest": 4, "epochs": 20, "n": 6}
    over = {reason.scheduler: reason for reason in reasons if reason.code is ReasonCode.OVERFITTING}
    assert set(over) == {"cosine", "step"}
    assert over["cosine"].facts["lowest_epoch"] == 4
    # Validation loss is 1 - accuracy: 0.1025 at its lowest, 0.16 more at the end.
    assert over["cosine"].facts["lowest_val_loss"] == pytest.approx(0.1025)
    assert over["cosine"].facts["val_loss"] == pytest.approx(0.2625)


def test_one_seed_supports_no_rule_that_needs_noise(made: Made) -> None:
    def saw(label: str, base_lr: float, seed: int, epoch: int) -> float:
        return 0.9 - 0.05 * (epoch == 11) - 0.01 * (epoch > 15)

    schedules: Parameters = {"cosine-restarts": {"T_0": 10}, "constant": {}, "cosine": {}}
    reasons = analyse(*made(schedules, noisy, saw, last=lambda *cell: 0.05, seeds=1)).reasons
    assert {reason.code for reason in reasons} == set()


def test_weights_order_and_stay_in_their_tier(made: Made) -> None:
    schedules: Parameters = {
        "constant": {},
        "step": {},
        "cyclic": {},
        "lambda": {},
        "exponential": {},
        "cosine-restarts": {},
    }
    reasons = analyse(*made(schedules, epochs=30)).reasons
    weights = [reason.weight for reason in reasons]
    assert weights == sorted(weights, reverse=True)
    for reason in reasons:
        assert TIERS[reason.code] <= reason.weight <= TIERS[reason.code] + 1
        assert set(reason.facts) == set(FACTS[reason.code])
