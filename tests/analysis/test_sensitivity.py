import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.analysis.selection import select
from lrtui.analysis.sensitivity import sensitivity
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.status import RunStatus


def run(
    base_lr: float, seed: int, selection: float | None, status: RunStatus = RunStatus.DONE, label: str = "a"
) -> Outcome:
    test = None if selection is None else selection - 0.05
    return Outcome(label, base_lr, seed, status, chance=0.1, selection=selection, test=test)


def cells(means: dict[float, float], spread: float = 0.0) -> list[Outcome]:
    return [run(lr, seed, mean + sign * spread) for lr, mean in means.items() for seed, sign in enumerate((-1, 1))]


def test_points_come_in_order_with_means_and_the_best_is_the_rankings() -> None:
    (found,) = sensitivity(cells({0.3: 0.8, 0.03: 0.7, 0.1: 0.9}, spread=0.01))
    assert [point.base_lr for point in found.points] == [0.03, 0.1, 0.3]
    assert [point.selection_acc for point in found.points] == pytest.approx([0.7, 0.9, 0.8])
    assert [point.test_acc for point in found.points] == pytest.approx([0.65, 0.85, 0.75])
    assert [point.n for point in found.points] == [2, 2, 2]
    assert found.best_base_lr == 0.1


def test_half_a_point_is_tolerated_where_seeds_agree() -> None:
    (found,) = sensitivity(cells({0.01: 0.8949, 0.03: 0.895, 0.1: 0.9, 0.3: 0.896, 1.0: 0.5}))
    assert found.tolerance == 0.005
    assert (found.robust_low, found.robust_high) == (0.03, 0.3)


def test_one_standard_error_is_tolerated_where_they_do_not() -> None:
    (found,) = sensitivity(cells({0.03: 0.885, 0.1: 0.9, 0.3: 0.87}, spread=0.02))
    assert found.tolerance == pytest.approx(0.02)  # sd 0.02 · sqrt(2) over sqrt(2)
    assert (found.robust_low, found.robust_high) == (0.03, 0.1)


def test_a_gap_ends_the_range() -> None:
    (found,) = sensitivity(cells({0.01: 0.9, 0.03: 0.6, 0.1: 0.9, 0.3: 0.9}))
    assert found.best_base_lr == 0.01  # of equals the smaller
    assert (found.robust_low, found.robust_high) == (0.01, 0.01)


def test_a_base_lr_without_a_result_is_shown_empty_and_ends_the_range() -> None:
    runs = [*cells({0.1: 0.9, 1.0: 0.9}), run(0.3, 0, 0.9, RunStatus.FAILED)]
    (found,) = sensitivity(runs)
    empty = found.points[1]
    assert (empty.n, empty.selection_acc, empty.test_acc) == (0, None, None)
    assert found.robust_high == 0.1


def test_diverged_runs_are_counted_and_score_chance() -> None:
    gone = [run(0.3, seed, None, RunStatus.DIVERGED) for seed in range(2)]
    (found,) = sensitivity([*cells({0.1: 0.9}), *gone])
    assert (found.points[1].diverged, found.points[1].selection_acc, found.points[1].test_acc) == (2, 0.1, 0.1)


def test_means_are_over_the_seeds_that_base_lrs_share() -> None:
    (found,) = sensitivity([run(0.1, 0, 0.9), run(0.1, 1, 0.5), run(0.3, 0, 0.8)])
    assert [(point.n, point.selection_acc) for point in found.points] == [(1, 0.9), (1, 0.8)]


fractions = st.none() | st.integers(0, 8).map(lambda correct: correct / 8)


@settings(deadline=None)
@given(st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from([0.1, 0.3, 1.0]), st.integers(0, 3)),
                       st.tuples(fractions, st.sampled_from(list(RunStatus)))), st.randoms(use_true_random=False))  # fmt: skip
def test_order_does_not_matter_and_the_best_is_in_its_range(
    facts: dict[tuple[str, float, int], tuple[float | None, RunStatus]], random: object
) -> None:
    runs = [run(lr, seed, acc, status, label) for (label, lr, seed), (acc, status) in facts.items()]
    found = sensitivity(runs)
    shuffled = list(runs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sensitivity(shuffled) == found
    assert {entry.scheduler: entry.best_base_lr for entry in found} == {c.label: c.base_lr for c in select(runs).chosen}
    for entry in found:
        assert entry.robust_low <= entry.best_base_lr <= entry.robust_high
