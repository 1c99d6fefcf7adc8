from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.comparison.status import ENDED, MOVES, WORKS_ON, RunStatus, Verb, sources, summarise

Q, R, P, D, X, F, C = RunStatus
LEGAL = {
    (Q, R), (Q, P), (Q, C),
    (R, D), (R, X), (R, F), (R, C), (R, P), (R, Q),
    (P, Q), (P, C),
    (F, Q), (C, Q), (X, Q),
}  # fmt: skip


@pytest.mark.parametrize(("current", "to"), list(product(RunStatus, RunStatus)))
def test_every_legal_move_is_in_the_table_and_no_other(current: RunStatus, to: RunStatus) -> None:
    assert (to in MOVES[current]) == (current in sources(to)) == ((current, to) in LEGAL)


def test_verbs_make_every_move_that_workers_do_not() -> None:
    goes_to: dict[Verb, RunStatus] = {"pause": P, "resume": Q, "cancel": C, "retry": Q}
    asked = {(status, goes_to[verb]) for verb, statuses in WORKS_ON.items() for status in statuses}
    assert asked == {move for move in LEGAL if R not in move} | {(R, P), (R, C)}


def test_ended_runs_can_only_be_queued_again() -> None:
    assert {D, X, F, C} == ENDED
    for status in RunStatus:
        assert status.ended == (status in ENDED)
        if status.ended:
            assert MOVES[status] <= {Q}


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        ({R: 1, Q: 9, F: 2}, "running"),
        ({Q: 1, D: 5}, "queued"),
        ({P: 1, D: 5}, "paused"),
        ({F: 1, D: 5, C: 2}, "failed"),
        ({C: 1, D: 5}, "cancelled"),
        ({D: 5, X: 1}, "done"),
        ({X: 1}, "done"),
        ({}, "done"),
    ],
)
def test_a_comparison_in_one_word(counts: dict[RunStatus, int], word: str) -> None:
    assert summarise(counts) == word


@given(st.dictionaries(st.sampled_from(list(RunStatus)), st.integers(0, 3)))
def test_a_comparison_with_work_left_is_never_called_ended(counts: dict[RunStatus, int]) -> None:
    left = any(counts.get(status, 0) for status in (Q, R, P))
    assert (summarise(counts) in {"running", "queued", "paused"}) == left
