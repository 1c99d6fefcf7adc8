"""Everything on the screen in ASCII, for terminals and locales without Unicode: each sign becomes one of the same width."""

import os
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# Python itself sets LC_CTYPE to one of these where the locale is C (PEP 538): they say nothing about the terminal.
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
_LIKE = {
    "-": "─┄┅┈┉╌╍╴╶╸╺╼╾–—−‐", "|": "│┃┆┇┊┋╎╏║╵╷╹╻╽╿▉▊▋▌▍▎▏▐▕", "/": "╱", "\\": "╲", "X": "╳χ", "#": "█▄▅▆▇▓", "_": "▁▂▃",
    '"': "▀▔“”", "'": "‘’′", ":": "░▒", "%": "∞", "*": "●•", "o": "○", ".": "·", ">": "▶▷→≥", "<": "◀←≤⌫", "^": "▲↑⇧",
    "v": "▼↓", "+": "✓±", "x": "✗✕×", "=": "━═‖≠", "~": "≈…", "[": "⌈⌊", "]": "⌉⌋", "V": "√", "n": "η", "g": "γ", "a": "α",
    "b": "β", "u": "μ", "s": "σ", "p": "π", "t": "τ", "q": "θ", "l": "λ",
}  # fmt: skip
_SIGNS = {ord(sign): plain for plain, signs in _LIKE.items() for sign in signs}


def wants_ascii(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether `LRTUI_ASCII` asks for it, or the locale that was set is not UTF-8. One that is not set says nothing."""
    asked = environment.get("LRTUI_ASCII", "").lower()
    if asked:
        return asked not in ("0", "no", "false", "off")
    every, own, rest = (environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    if not every and own in _COERCED and rest in ("C", "POSIX"):
        own = ""
    name = every or own or rest
    return bool(name) and "utf" not in name.lower()


def to_ascii(text: str) -> str:
    """The text in as many columns, without a character beyond ASCII."""
    return text if text.isascii() else "".join(map(_sign, text))


@lru_cache(4096)
def _sign(char: str) -> str:
    if char.isascii():
        return char
    width = cell_len(char)
    if "\u2800" <= char <= "\u28ff":  # braille: dots 1, 2, 4, 5 are the upper half
        dots = ord(char) - 0x2800
        return (" ", "'", ".", ":")[bool(dots & 0x1B) + 2 * bool(dots & 0xE4)]
    found = char.translate(_SIGNS)
    if not found.isascii():
        found = "+" if "\u2500" <= char <= "\u257f" else unicodedata.normalize("NFKD", char)[:1]
    return (found if found.isascii() else "?") * width


class AsciiFilter(LineFilter):
    """The last thing that happens to a line before it is drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII."""
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]
