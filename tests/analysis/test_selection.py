import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.analysis.selection import Selection, enumeration, select
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.status import RunStatus

DONE = RunStatus.DONE


def run(  # one word a fact, so that a test reads as a table
    label: str,
    base_lr: float,
    seed: int,
    selection: float | None = None,
    test: float | None = 0.9,
    status: RunStatus = DONE,
) -> Outcome:
    return Outcome(label, base_lr, seed, status, chance=0.1, selection=selection, test=test)


def base_lr_of(selection: Selection, label: str = "a") -> float:
    return next(chosen.base_lr for chosen in selection.chosen if chosen.label == label)


def test_the_base_lr_has_the_best_mean_selection_accuracy_whatever_the_test_accuracy() -> None:
    runs = [
        run("a", 0.1, 0, 0.9, 0.5),
        run("a", 0.1, 1, 0.7, 0.5),
        run("a", 0.3, 0, 0.7, 0.99),
        run("a", 0.3, 1, 0.8, 0.99),
    ]
    assert base_lr_of(select(runs)) == 0.1


def test_of_equal_base_lrs_the_smaller_is_chosen() -> None:
    # 0.1 + 0.2 + 0.3 depends on the order in floating point; the mean must not.
    runs = [run("a", 0.3, s, acc) for s, acc in enumerate([0.1, 0.2, 0.3])]
    runs += [run("a", 0.1, s, acc) for s, acc in enumerate([0.3, 0.2, 0.1])]
    assert base_lr_of(select(runs)) == 0.1


def test_base_lrs_are_compared_on_the_seeds_they_share() -> None:
    easy_seed_only = [run("a", 0.3, 0, 0.8)]
    both = [run("a", 0.1, 0, 0.9), run("a", 0.1, 1, 0.2)]
    assert base_lr_of(select(easy_seed_only + both)) == 0.1


def test_without_a_shared_seed_each_base_lr_is_judged_on_its_own() -> None:
    assert base_lr_of(select([run("a", 0.1, 0, 0.7), run("a", 0.3, 1, 0.8)])) == 0.3


def test_a_run_that_diverged_at_once_is_judged_and_scored_at_chance() -> None:
    gone = run("a", 0.3, 0, None, None, RunStatus.DIVERGED)
    assert base_lr_of(select([gone, run("a", 0.1, 0, 0.2)])) == 0.1
    assert base_lr_of(select([gone, run("a", 0.1, 0, 0.05)])) == 0.3


def test_a_run_that_diverged_late_keeps_its_best_epoch() -> None:
    late = run("a", 0.3, 0, 0.8, 0.8, RunStatus.DIVERGED)
    assert base_lr_of(select([late, run("a", 0.1, 0, 0.7)])) == 0.3


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.RUNNING, RunStatus.QUEUED])
def test_a_run_without_a_result_takes_no_part(status: RunStatus) -> None:
    selection = select([run("a", 0.3, 0, 0.99, 0.99, status), run("a", 0.1, 0, 0.5)])
    assert base_lr_of(selection) == 0.1
    assert "a: base LR 0.3 took no part in the choice, no run there has a result" in selection.notes


def test_one_base_lr_needs_no_selection_accuracy() -> None:
    assert base_lr_of(select([run("a", 0.1, 0, None)])) == 0.1


def test_a_not_finite_accuracy_is_a_missing_one() -> None:
    selection = select([run("a", 0.1, 0, 0.9, float("nan")), run("b", 0.1, 0, 0.9)])
    assert [chosen.label for chosen in selection.chosen] == ["b"]
    assert "1 run ended without a test accuracy: not scored" in selection.notes


def test_only_seeds_that_every_schedule_has_are_ranked_and_the_note_says_who_lacks_them() -> None:
    runs = [run("a", 0.1, s, 0.9) for s in range(4)] + [run("b", 0.1, s, 0.9) for s in (0, 2)]
    runs.append(run("b", 0.1, 1, status=RunStatus.FAILED))
    runs.append(run("b", 0.1, 3, status=RunStatus.CANCELLED))
    selection = select(runs)
    assert selection.seeds == (0, 2)
    assert selection.notes == (
        "ranked on 2 of 4 seeds, those that every schedule has a result for; results are lacking from b (2 seeds)",
        "1 run failed: not scored",
        "1 run cancelled: not scored",
    )
    assert not selection.provisional


def test_a_schedule_without_any_result_is_left_out_by_name_and_costs_nobody_a_seed() -> None:
    selection = select([run("a", 0.1, 0, 0.9), run("b", 0.1, 0, status=RunStatus.QUEUED)])
    assert [chosen.label for chosen in selection.chosen] == ["a"]
    assert selection.seeds == (0,)
    assert selection.notes[0] == "b is left out: none of its runs has ended with a result"
    assert selection.provisional
    assert any("1 run of 2 not ended" in note for note in selection.notes)


def test_a_complete_comparison_needs_no_notes() -> None:
    selection = select([run(label, 0.1, s, 0.9) for label in "ab" for s in range(3)])
    assert selection.notes == ()
    assert selection.seeds == (0, 1, 2)


def test_a_label_is_cleaned_in_notes() -> None:
    (note, *_) = select([run("a\x1b]0;x\x07", 0.1, 0, status=RunStatus.QUEUED)]).notes
    assert note.startswith("a·]0;x· is left out")


def test_two_results_for_one_run_are_refused() -> None:
    with pytest.raises(ValueError, match="two outcomes of 'a'"):
        select([run("a", 0.1, 0), run("a", 0.1, 0)])


statuses = st.sampled_from(list(RunStatus))
fractions = st.none() | st.floats(0, 1)


@given(st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from([0.1, 0.3]), st.integers(0, 3)),
                       st.tuples(fractions, fractions, statuses)), st.randoms(use_true_random=False))  # fmt: skip
def test_the_order_of_runs_does_not_matter(
    cells: dict[tuple[str, float, int], tuple[float | None, float | None, RunStatus]], random: object
) -> None:
    runs = [run(*cell, *facts) for cell, facts in cells.items()]
    shuffled = list(runs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert select(shuffled) == select(runs)


@pytest.mark.parametrize(
    ("names", "text"),
    [("", ""), ("a", "a"), ("ab", "a and b"), ("abcd", "a, b, c and d"), ("abcde", "a, b, c, d and 1 more")],
)
def test_enumeration(names: str, text: str) -> None:
    assert enumeration(list(names)) == text
