"""The screen on terminals with 16 colours, and without colours (`NO_COLOR`)."""

from functools import lru_cache

from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.color import Color
from textual.filter import LineFilter

LEGIBLE = 3.0  # the contrast (WCAG 2) below which a letter is drawn in black or white instead
STANDS_OUT = 2.0  # the contrast to the screen's background above which a background means something
# The 16 colours of VGA, which Rich reckons with, too; those of other terminals are near them.
_VGA = TerminalTheme(
    (0, 0, 0), (170, 170, 170),
    [(0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170)],
    [(r, g, b) for b in (85, 255) for g in (85, 255) for r in (85, 255)],
)  # fmt: skip
_BLACK, _WHITE = RichColor.from_ansi(0), RichColor.from_ansi(15)


class SixteenColours(LineFilter):
    """Colours become the nearest of the 16, as Rich would make them; letters stay legible on what they are on."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in colours that go together."""
        return [Segment(text, style and _legible(style), control) for text, style, control in segments]


class NoColours(LineFilter):
    """No colour at all; what stood out by its background is reversed.

    Args:
        background: of the screen.
    """

    def __init__(self, background: str) -> None:
        super().__init__()
        self._background = background

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments without colours."""
        return [
            Segment(text, style and _colourless(style, self._background), control) for text, style, control in segments
        ]


@lru_cache(2048)
def _legible(style: Style) -> Style:
    if style.color is None or style.bgcolor is None or style.bgcolor.is_default:
        return style
    front, back = (_as_shown(colour.downgrade(ColorSystem.STANDARD)) for colour in (style.color, style.bgcolor))
    if contrast(front, back) >= LEGIBLE:
        return style
    best = max((_BLACK, _WHITE), key=lambda colour: contrast(_as_shown(colour), back))
    return style + Style(color=best)


@lru_cache(2048)
def _colourless(style: Style, background: str) -> Style:
    plain = style.without_color
    if style.bgcolor is None or style.bgcolor.is_default:
        return plain
    stands_out = contrast(_as_shown(style.bgcolor), Color.parse(background)) >= STANDS_OUT
    return plain + Style(reverse=True) if stands_out else plain


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2, 1 to 21."""
    darker, lighter = sorted(_luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    parts = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def _as_shown(colour: RichColor) -> Color:
    return Color(*colour.get_truecolor(_VGA))
