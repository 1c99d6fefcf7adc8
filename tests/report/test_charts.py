from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.report.figures import CriticalDifference, Dot, Figure, Intervals, Lines, Series
from lrtui.report.svg_base import SERIES_COLOURS, dash, marker, ticks
from lrtui.report.svg_charts import svg_chart
from lrtui.report.text_charts import columns, text_chart


def test_intervals_as_text() -> None:
    figure = Intervals("", "%", (Dot("a", 97.0, 96.0, 98.0, True), Dot("긴 이름", 95.0, 94.0, 96.0, False)))
    assert text_chart(figure, 37).splitlines() == [
        "a                  ├────●────┤  97.00",
        "긴 이름  ├────○────┤            95.00",
        "         94.00           98.00",
        "                   %",
    ]


def test_lines_as_text_show_the_last_value_of_each_cell() -> None:
    saw = Series("saw", tuple(map(float, range(1, 17))), (1.0, 8.0) * 8, "1 → 8")
    flat = Series("flat", tuple(map(float, range(1, 17))), (1.0,) * 16)
    first, second, scale = text_chart(Lines("", "epoch", "LR", (saw, flat)), 21).splitlines()
    assert first == "saw   ████████  1 → 8"
    assert second == "flat  ▁▁▁▁▁▁▁▁"
    assert scale.strip() == "epoch: 1…16; LR: ▁ 1, █ 8"


def test_few_points_are_drawn_wide_and_a_line_that_ended_early_is_short() -> None:
    full = Series("full", (1.0, 2.0, 3.0), (1.0, 2.0, 3.0))
    short = Series("short", (1.0, 2.0), (1.0, 3.0))
    first, second, _ = text_chart(Lines("", "trial", "%", (full, short))).splitlines()
    assert first == "full   ▁▁▁▁▅▅▅▅████"
    assert second == "short  ▁▁▁▁████"


def test_a_line_that_starts_below_the_chart_comes_up_through_its_floor() -> None:
    late = Series("late", (1.0, 2.0, 3.0), (0.0, 80.0, 100.0))
    full = Series("full", (1.0, 2.0, 3.0), (90.0, 95.0, 100.0))
    drawn = ElementTree.fromstring(svg_chart(Lines("", "", "", (late, full), y_low=90.0)))
    points = [line.get("points", "").split(" ") for line in drawn.iter("polyline")]
    assert len(points[0]) == 2  # half way between 2 and 3, and 3
    (x0, y0), (x1, y1) = (tuple(map(float, point.split(","))) for point in points[0])
    (left, floor), _, (right, top) = (tuple(map(float, point.split(","))) for point in points[1])
    assert x0 == pytest.approx(left + 0.75 * (right - left), abs=0.1)
    assert y0 == floor
    assert (x1, y1) == (right, top)


def test_critical_difference_as_text_joins_what_is_not_told_apart() -> None:
    entries = (("a", 1.0), ("b", 2.0), ("c", 3.5), ("d", 4.0))
    text = text_chart(CriticalDifference("", entries, 1.6, ((0, 1), (1, 2), (2, 3))), 31)
    assert text.splitlines() == [
        "                  1           4",
        "  1.00  a  ┐      ●············",
        "  2.00  b  ┘ ┐    ····●········",
        "  3.50  c    ┘ ┐  ··········●··",
        "  4.00  d      ┘  ············●",
        "CD = 1.60         ├─────┤",
    ]


LABEL = "a label of twenty-five cc"
DOTS = tuple(Dot(LABEL, 96.0 + i / 7, 95.0, 97.5, i < 2) for i in range(13))
RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
WIDE_FIGURES = (
    Intervals("", "%", DOTS),
    Lines("", "base LR", "%", tuple(Series(LABEL, RATES, (90.0, 91.0, 95.0, 93.0, 50.0)) for _ in DOTS), log_x=True),
    Lines("", "epoch", "%", (Series(LABEL, tuple(map(float, range(300))), tuple(map(float, range(300))), "12.34"),)),
    CriticalDifference("", tuple((LABEL, 1.0 + i) for i in range(13)), 5.8, tuple((i, i + 5) for i in range(8))),
)


@pytest.mark.parametrize("width", [78, 100, 198])
@pytest.mark.parametrize("figure", WIDE_FIGURES)
def test_a_chart_keeps_to_the_width(figure: Figure, width: int) -> None:
    assert max(map(columns, text_chart(figure, width).splitlines())) <= width


def test_a_bar_for_each_base_lr() -> None:
    series = (Series("a", (0.01, 0.1), (90.0, 95.0)), Series("b", (0.1,), (92.5,)))
    lines = text_chart(Lines("", "base LR", "%", series, log_x=True)).splitlines()
    assert lines[1] == "a  █·········  90.00  ██████████  95.00"
    assert lines[2] == "b  ··········         ██████····  92.50"


def test_korean_letters_take_two_columns() -> None:
    assert columns("코사인") == 6
    assert columns("cosine") == 6


def test_ticks_are_round_and_inside() -> None:
    assert ticks(94.2, 97.9) == [95.0, 96.0, 97.0]
    assert ticks(0, 0.1) == pytest.approx([0, 0.02, 0.04, 0.06, 0.08, 0.1])


def test_no_two_of_42_series_look_alike() -> None:
    looks = {(i % SERIES_COLOURS, dash(i), marker(0, 0, i)) for i in range(42)}
    assert len(looks) == 42


finite = st.floats(-1e6, 1e6, allow_nan=False)


@st.composite
def lines(draw: st.DrawFn) -> Lines:
    n = draw(st.integers(1, 60))
    labels = draw(st.lists(st.text(max_size=40), min_size=1, max_size=15))
    xs = tuple(float(x) for x in range(1, n + 1))
    series = tuple(Series(label, xs, tuple(draw(st.lists(finite, min_size=n, max_size=n)))) for label in labels)
    return Lines(draw(st.text()), "x", "y", series, draw(st.booleans()), draw(st.booleans()), draw(st.none() | finite))


@settings(max_examples=60, deadline=None)
@given(lines())
def test_any_finite_lines_can_be_drawn(figure: Lines) -> None:
    ElementTree.fromstring(svg_chart(figure))
    assert len(text_chart(figure).splitlines()) > len(figure.series)


@given(st.lists(st.tuples(finite, st.booleans()), min_size=1, max_size=20))
def test_any_finite_intervals_can_be_drawn(means: list[tuple[float, bool]]) -> None:
    dots = tuple(Dot("x", m, None if bold else m - 1, None if bold else m + 1, bold) for m, bold in means)
    ElementTree.fromstring(svg_chart(Intervals("", "", dots)))
    text_chart(Intervals("", "", dots))
