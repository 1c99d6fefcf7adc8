"""What every SVG chart shares: numbers, text, axes and the marks that tell lines apart without colour.

Colours are CSS variables (`--s0` … and `--ink`, `--faint`), set once by the page for light and for dark.
"""

from html import escape
from math import ceil, floor, log10

from lrtui.terminal_text import clean

SERIES_COLOURS = 7
_DASHES = ("", "7 3", "2 3", "9 3 2 3")
_MARKERS = 6
WIDTH = 760


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, content: object, kind: str = "", anchor: str = "start", limit: int = 60) -> str:
    """A line of text; whatever it says stays text."""
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"{style}>{escape(clean(content, limit))}</text>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line of a CSS class."""
    return f'<line class="{kind}" x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"/>'


def colour(index: int) -> str:
    """The CSS colour of a series."""
    return f"var(--s{index % SERIES_COLOURS})"


def dash(index: int) -> str:
    """The dash pattern of a series; with colour and marker it tells 84 series apart."""
    return _DASHES[index % len(_DASHES)]


def polyline(points: list[tuple[float, float]], index: int) -> str:
    """A series' line."""
    pattern = f' stroke-dasharray="{dash(index)}"' if dash(index) else ""
    path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return f'<polyline class="series" stroke="{colour(index)}"{pattern} points="{path}"/>'


def marker(x: float, y: float, index: int) -> str:
    """A series' mark: circle, square, triangle, diamond, cross or plus."""
    r = 3.6
    shape = index % _MARKERS
    if shape == 0:
        return f'<circle fill="{colour(index)}" cx="{number(x)}" cy="{number(y)}" r="{r}"/>'
    if shape in (4, 5):
        a = r * 0.8 if shape == 4 else 0.0
        b = r * 0.8 if shape == 4 else r + 1
        if shape == 4:
            path = f"M{number(x - a)} {number(y - b)}L{number(x + a)} {number(y + b)}M{number(x - a)} {number(y + b)}L{number(x + a)} {number(y - b)}"
        else:
            path = f"M{number(x - b)} {number(y)}H{number(x + b)}M{number(x)} {number(y - b)}V{number(y + b)}"
        return f'<path class="series" stroke="{colour(index)}" d="{path}"/>'
    corners = {
        1: [(-r, -r), (r, -r), (r, r), (-r, r)],
        2: [(0, -r - 1), (r + 1, r), (-r - 1, r)],
        3: [(0, -r - 1.4), (r + 1.4, 0), (0, r + 1.4), (-r - 1.4, 0)],
    }[shape]
    path = " ".join(f"{number(x + dx)},{number(y + dy)}" for dx, dy in corners)
    return f'<polygon fill="{colour(index)}" points="{path}"/>'


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values from low to high, about so many."""
    rough = (high - low) / about
    magnitude = 10.0 ** floor(log10(rough))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= rough)
    first = ceil(low / step - 1e-9)
    return [i * step for i in range(first, floor(high / step + 1e-9) + 1)]


def svg(height: float, label: str, parts: list[str]) -> str:
    """The parts as one picture, as wide as the page lets it be; `label` is read out to those who do not see it."""
    head = f'<svg viewBox="0 0 {WIDTH} {number(height)}" role="img" aria-label="{escape(clean(label, 300))}">'
    return head + "".join(parts) + "</svg>"
