"""A run's curve: what went in comes out, and nothing that is not a number ever does."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.comparison.losses import Losses
from lrtui.comparison.snapshot import Curve, Row

_LOSS = st.none() | st.floats(width=32, allow_nan=False, allow_infinity=False)
_NUMBER = st.floats(allow_nan=False, allow_infinity=False)
_SECONDS = st.floats(0, 1e6, width=32)


@st.composite
def _rows(draw: st.DrawFn) -> list[Row]:
    epochs = sorted(draw(st.sets(st.integers(1, 10**6), max_size=20)))
    return [(epoch, *draw(st.tuples(_NUMBER, _LOSS, _LOSS, _NUMBER, _SECONDS))) for epoch in epochs]


@given(_rows(), st.integers(0, 10**6))
def test_a_curve_gives_back_its_rows_up_to_an_epoch(rows: list[Row], last: int) -> None:
    curve = Curve.of(rows)
    assert list(curve.rows()) == rows
    assert list(curve.until(last).rows()) == [row for row in rows if row[0] <= last]


@given(_rows())
def test_a_curve_to_draw_lacks_the_training_losses_and_gives_back_all_else(rows: list[Row]) -> None:
    rows = [(epoch, lr, train, val, 1 / (1 + epoch), seconds) for epoch, lr, train, val, _, seconds in rows]
    curve = Curve.to_draw(rows)
    assert [(epoch, lr, val, seconds) for epoch, lr, _, val, _, seconds in curve.rows()] == [
        (epoch, lr, val, seconds) for epoch, lr, _, val, _, seconds in rows
    ]
    assert len(curve.train_loss) == 0
    assert list(curve.score) == pytest.approx([row[4] for row in rows], rel=1e-7)
    assert Curve.to_draw(curve.rows()) == curve


def test_a_part_that_is_everything_is_the_same_object() -> None:
    curve = Curve.of([(1, 0.1, 0.5, None, 0.9, 0.01), (2, 0.1, 0.4, 0.6, 0.9, 0.01)])
    assert curve.until(2) is curve
    assert len(curve.until(1)) == 1
    assert len(Curve().until(5)) == 0


@pytest.mark.parametrize("value", [None, nan, inf, -inf, 1e300])
def test_a_loss_that_is_no_number_is_none_wherever_it_is_read(value: float | None) -> None:
    losses = Losses([0.5, value])
    assert (losses[1], losses[-1], list(losses), list(losses[1:])) == (None, None, [0.5, None], [None])
    assert losses == Losses([0.5, None])
