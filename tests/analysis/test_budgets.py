from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from lrtui.analysis.analyse import analyse
from lrtui.analysis.budgets import kendall_tau
from lrtui.analysis.values import BudgetRanking, EpochsTo

Made = Callable[..., Any]
FAST_THEN_FLAT = {"fast": {"scheduler": "exponential", "gamma": 0.5}, "slow": {"scheduler": "cosine"}}


def crossing(label: str, base_lr: float, seed: int, epoch: int) -> float:
    return 0.8 if label == "fast" else 0.5 + 0.02 * epoch  # 0.8 is passed after epoch 15 of 20


def orders(budgets: tuple[BudgetRanking, ...]) -> dict[int, list[str]]:
    return {budget.epochs: [row.scheduler for row in budget.rows] for budget in budgets}


def test_the_order_changes_where_the_curves_cross(made: Made) -> None:
    accuracy = {"fast": 0.8, "slow": 0.9}
    budgets = analyse(*made(FAST_THEN_FLAT, lambda label, lr, seed: accuracy[label], crossing)).budgets
    assert orders(budgets) == {5: ["fast", "slow"], 10: ["fast", "slow"], 15: ["fast", "slow"], 20: ["slow", "fast"]}
    assert [budget.tau for budget in budgets] == [-1, -1, None, 1]  # at epoch 15 both have 0.8: no order to agree with
    assert budgets[0].rows[1].val_acc == pytest.approx(0.6)


def test_schedules_that_spread_over_the_budget_are_marked_where_it_is_cut(made: Made) -> None:
    schedules = {
        "cosine": {}, "step": {}, "onecycle": {}, "plateau": {}, "lambda": {"lr_lambda": "1 - epoch / E"},
        "cyclic": {}, "constant": {},
    }  # fmt: skip
    budgets = analyse(*made(schedules)).budgets
    marked = {row.scheduler for row in budgets[0].rows if row.depends_on_budget}
    assert marked == {"cosine", "onecycle", "lambda"}
    assert not any(row.depends_on_budget for row in budgets[-1].rows)
    fitted = analyse(*made({"plateau": {}, "constant": {}}, profile="fitted")).budgets
    assert {row.scheduler for row in fitted[0].rows if row.depends_on_budget} == {"plateau"}


def test_a_short_budget_has_each_epoch_once(made: Made) -> None:
    assert [budget.epochs for budget in analyse(*made({"step": {}, "constant": {}}, epochs=2)).budgets] == [1, 2]


def test_seeds_without_a_curve_are_left_out_and_none_at_all_gives_nothing(made: Made) -> None:
    comparison, runs, curves = made(FAST_THEN_FLAT, val_acc=lambda label, lr, seed, epoch: 0.5 + 0.1 * seed)
    missing = next(run.id for run in runs if run.seed == 5)
    some = {run_id: curve for run_id, curve in curves.items() if run_id != missing}
    assert analyse(comparison, runs, some).budgets[0].rows[0].val_acc == pytest.approx(0.7)  # mean of seeds 0 to 4
    assert analyse(comparison, runs, {}).budgets == ()
    assert analyse(comparison, runs, {}).epochs_to_95 == ()


def test_epochs_to_95_percent_is_a_median_in_which_never_is_late(made: Made) -> None:
    # The best reaches 0.9 at once; the other reaches 0.855 at epoch 10 with the first `reaching` seeds only.
    def curve(label: str, base_lr: float, seed: int, epoch: int) -> float:
        return 0.9 if label == "slow" or (epoch >= 10 + seed and seed < reaching) else 0.2

    def found() -> EpochsTo:
        accuracy = {"fast": 0.8, "slow": 0.9}
        best, other = analyse(*made(FAST_THEN_FLAT, lambda label, lr, seed: accuracy[label], curve)).epochs_to_95
        assert (best.scheduler, best.median, best.reached) == ("slow", 1, 6)
        return other

    reaching = 6
    assert found().threshold == pytest.approx(0.855)
    assert found().median == 12.5
    reaching = 4
    assert (found().median, found().reached, found().n) == (12.5, 4, 6)
    reaching = 3
    assert found().median is None


def test_the_epoch_of_a_divergence_counts_for_nothing(made: Made) -> None:
    gone = made({"step": {}, "constant": {}}, diverged=lambda label, lr, seed: 1 if label == "step" else None)
    last = analyse(*gone).budgets[-1].rows[-1]
    assert last.scheduler == "step"
    assert last.val_acc == pytest.approx(0.1)  # chance


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=9))
def test_tau_is_scipys(pairs: list[tuple[int, int]]) -> None:
    x, y = (list(map(float, column)) for column in zip(*pairs, strict=True))
    expected = kendalltau(x, y).statistic
    found = kendall_tau(x, y)
    assert (found is None) == bool(np.isnan(expected))
    if found is not None:
        assert found == pytest.approx(expected, abs=1e-9)
