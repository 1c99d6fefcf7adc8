"""Text that came from somewhere else, made safe to print.

Names, errors and log lines reach `runs.db` from spec files, data sets and tracebacks. A terminal would obey what is
hidden in them (OSC 52 writes the clipboard, bidi controls reorder a line), so nothing from the database is printed
without passing through here.
"""

import unicodedata
from collections.abc import Iterable
from itertools import accumulate

# Cc: C0 and C1 controls. Cf: bidi controls, zero-width characters and tags. Cs: lone surrogates. Zl/Zp: line separators.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def clean(text: object, limit: int = 200) -> str:
    """`text` on one line, without a character that a terminal would obey, at most `limit` characters long.

    Each unsafe character becomes a middle dot, so that a hostile name looks odd instead of looking like another.

    >>> clean("a\\x1b]52;c;Zm9v\\x07b")
    'a·]52;c;Zm9v·b'
    """
    head = str(text)[: limit + 1]
    safe = "".join("·" if unicodedata.category(char) in _UNSAFE else char for char in head)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def columns(text: str) -> int:
    """How many columns of a terminal a clean text takes.

    >>> columns("학습률 0.1")
    10
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(char: str) -> int:
    """Two for a wide character, none for a mark on the one before it, such as an accent or a syllable's vowel."""
    if unicodedata.category(char).startswith("M") or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def shortened(name: object, limit: int) -> str:
    """A clean name of at most that many columns, cut in the middle: names that begin alike end differently.

    >>> shortened("exponential with gamma 3", 15)
    'exponent…amma 3'
    """
    safe = clean(name)
    if columns(safe) <= limit:
        return safe
    widths = [_columns(char) for char in safe]
    head = min(limit // 2 + 1, limit - 1)
    first, last = _fitting(widths, head), len(safe) - _fitting(reversed(widths), limit - head - 1)
    while last < len(safe) and not widths[last]:  # a mark without the character it is on
        last += 1
    return f"{safe[:first]}…{safe[last:]}"


def _fitting(widths: Iterable[int], room: int) -> int:
    """How many of the first ones fit into so many columns."""
    return sum(used <= room for used in accumulate(widths))


def clean_lines(text: object, limit: int = 20_000) -> str:
    """Like `clean`, but keeps line breaks (a traceback, a log's tail); tabs become four spaces."""
    lines = str(text)[-limit:].replace("\r\n", "\n").replace("\t", "    ").split("\n")
    return "\n".join(clean(line, limit=2_000) for line in lines)
