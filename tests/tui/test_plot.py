import subprocess
import sys

import pytest

from lrtui.tui.charts.plot import letter, plot, thin
from lrtui.tui.charts.series import Series


def text(series: list[Series], width: int = 60, height: int = 12, log: bool = False) -> str:
    return "\n".join("".join(span.text for span in line) for line in plot(series, width, height, log=log))


def line(values: list[float | None], index: int = 0) -> Series:
    return Series(f"s{index}", index, tuple(float(i) for i in range(len(values))), tuple(values))


def test_a_picture_has_the_size_asked_for_and_no_escape_sequence() -> None:
    for width, height in ((16, 4), (40, 10), (79, 23), (200, 60)):
        picture = text([line([0.1 * i for i in range(50)])], width, height)
        lines = picture.split("\n")
        assert len(lines) == height
        assert {len(one) for one in lines} == {width}
        assert "\x1b" not in picture


def test_a_falling_curve_falls() -> None:
    picture = text([line([10.0 - i for i in range(11)])]).split("\n")
    dots = [[x for x, char in enumerate(one) if "\u2800" < char <= "\u28ff"] for one in picture]
    firsts = [columns[0] for columns in dots if columns]
    assert firsts == sorted(firsts)
    assert len(firsts) > 6


def test_every_curve_carries_its_letter_and_its_colour() -> None:
    curves = [line([float(i * j) for j in range(30)], i) for i in range(4)]
    picture = plot(curves, 60, 16)
    for curve in curves:
        spans = [span for row in picture for span in row if span.colour == curve.index]
        assert any(letter(curve.index) in span.text for span in spans)


def test_one_curve_is_one_span_a_line() -> None:
    for row in plot([line([float(i % 10) for i in range(60)])], 60, 12):
        assert [span.colour for span in row] in ([None], [None, 0], [None, None, 0]), row


def test_the_cursor_stands_where_it_reads() -> None:
    picture = plot([line([0.0, 10.0, 0.0, 10.0, 0.0])], 60, 12, cursor=3.0)
    *rows, axis, labels = ["".join(span.text for span in row) for row in picture]
    column = labels.index("3")
    assert axis[column] == "┬"
    assert all(row[column] != " " for row in rows)
    assert sum(row[column] == "│" for row in rows) >= len(rows) - 3, "the curve goes over it"


def test_ticks_are_round_numbers_in_the_range() -> None:
    assert "0.05" in text([line([0.1, 0.05, 0.001])])
    assert "1e-2" in text([line([0.1, 0.01, 0.0001])], log=True)


def test_thinning_keeps_the_extremes_of_every_column() -> None:
    points = [(i / 999, float(i % 10)) for i in range(1000)]
    thinned = thin(points, 50)
    assert len(thinned) <= 102
    assert thinned == sorted(thinned)
    assert (thinned[0], thinned[-1]) == (points[0], points[-1])
    assert {y for _, y in thinned} >= {0.0, 9.0}


def test_thinning_leaves_a_step_where_it_is() -> None:
    points = [(float(i), 0.1 if i < 333 else 0.01) for i in range(1000)]
    thinned = thin(points, 50)
    place = thinned.index((333.0, 0.01))
    assert thinned[place - 1] == (332.0, 0.1)


def test_a_late_axis_shows_what_the_climb_hides() -> None:
    climbing = [line([0.1 + 0.09 * min(i, 9) + 0.004 * j for i in range(100)], j) for j in range(2)]

    def last_rows(late: bool) -> tuple[int, ...]:
        """The rows in which either curve runs at the right edge."""
        picture = ["".join(span.text for span in row) for row in plot(climbing, 60, 12, late=late)]
        return tuple(y for y, row in enumerate(picture) if "\u2800" < row[-3] <= "\u28ff")

    assert len(last_rows(late=False)) == 1, "one line at the top"
    assert len(last_rows(late=True)) == 2, "told apart"


@pytest.mark.parametrize("values", [[], [None, None], [float("nan")], [float("inf"), float("-inf")]])
def test_nothing_to_draw_draws_nothing(values: list[float | None]) -> None:
    assert plot([line(values)], 60, 12) == ()


FUZZ = """
import math, random
from lrtui.tui.charts.plot import plot
from lrtui.tui.charts.series import Series
special = [float("nan"), float("inf"), float("-inf"), None, 0.0, -0.0, 5e-324, -5e-324, 1.7976931348623157e308,
           -1.7976931348623157e308, 1e-300, 1e300, 1.0, 1 + 2**-52, -1.0, 0.1, 1e16, 1e-16]
rng = random.Random(3)
def value():
    kind = rng.random()
    if kind < 0.5: return rng.choice(special)
    if kind < 0.8: return rng.uniform(-1, 1)
    return math.ldexp(rng.uniform(-1, 1), rng.randrange(-1074, 1024))
for round in range(400):
    curves = []
    for index in range(rng.randrange(0, 4)):
        n = rng.choice([0, 1, 2, 3, 50, 300])
        xs = sorted(x for x in (value() for _ in range(n)) if x is not None and not math.isnan(x))
        if rng.random() < 0.7: xs = [float(i) for i in range(n)]
        curves.append(Series("s", index * 7, tuple(xs), tuple(value() for _ in range(n)), tuple(value() for _ in range(n))))
    width, height = rng.choice([(1, 1), (16, 4), (20, 5), (80, 24), (200, 50)])
    cursor = rng.choice([None, value()])
    picture = plot(curves, width, height, log=rng.random() < 0.5, cursor=cursor, late=rng.random() < 0.5, band=0)
    assert len(picture) in (0, height), (len(picture), height)
    assert all(sum(len(s.text) for s in row) == width for row in picture)
print("survived")
"""


def test_any_floats_leave_the_process_alive() -> None:
    done = subprocess.run([sys.executable, "-c", FUZZ], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.strip() == "survived", done.stderr[-2000:]
