"""The canvas: dots where the line runs, signs over them, colours of what was drawn last."""

import pytest

from lrtui.tui.canvas import Canvas


def rows(canvas: Canvas) -> list[str]:
    return ["".join(span.text for span in line) for line in canvas.lines()]


def test_a_line_joins_its_points_dot_by_dot() -> None:
    canvas = Canvas(4, 1)
    canvas.line([(0.0, 0.0), (1.0, 0.0)], 0)
    assert rows(canvas) == ["⣀⣀⣀⣀"]
    canvas.line([(0.0, 1.0), (1.0, 1.0)], 1)
    assert rows(canvas) == ["⣉⣉⣉⣉"]


def test_a_steep_line_has_no_holes() -> None:
    canvas = Canvas(2, 5)
    canvas.line([(0.0, 0.0), (0.3, 1.0)], 0)
    assert all(row.strip() for row in rows(canvas))


def test_one_point_is_one_dot() -> None:
    canvas = Canvas(3, 1)
    canvas.line([(0.0, 0.0)], 0)
    assert rows(canvas) == ["⡀  "]


def test_what_is_drawn_last_gives_a_cell_its_colour() -> None:
    canvas = Canvas(3, 1)
    canvas.line([(0.0, 0.0), (1.0, 0.0)], 4)
    canvas.sign((0.5, 0.0), "b", 2)
    (line,) = canvas.lines()
    assert [(span.text, span.colour) for span in line] == [("⣀", 4), ("b", 2), ("⣀", 4)]
    canvas.line([(0.5, 0.0)], 1)
    assert "b" not in rows(canvas)[0]


@pytest.mark.parametrize(("x", "column"), [(0.0, 0), (0.2, 0), (0.4, 1), (1.0, 3)])
def test_an_upright_stands_in_the_column_of_its_x(x: float, column: int) -> None:
    canvas = Canvas(4, 2)
    canvas.upright(x, "│")
    assert [row.index("│") for row in rows(canvas)] == [column, column]
    assert canvas.column(x) == column
