"""Text that came from somewhere else, made safe to print.

Names, errors and log lines reach `runs.db` from spec files, data sets and tracebacks. A terminal would obey what is
hidden in them (OSC 52 writes the clipboard, bidi controls reorder a line), so nothing from the database is printed
without passing through here.
"""

import unicodedata

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


def shortened(name: object, limit: int) -> str:
    """A clean name of at most that many characters, cut in the middle: names that begin alike end differently.

    >>> shortened("exponential with gamma 3", 15)
    'exponent…amma 3'
    """
    safe = clean(name)
    head = limit // 2 + 1
    return safe if len(safe) <= limit else f"{safe[:head]}…{safe[len(safe) - (limit - head - 1) :]}"


def clean_lines(text: object, limit: int = 20_000) -> str:
    """Like `clean`, but keeps line breaks (a traceback, a log's tail); tabs become four spaces."""
    lines = str(text)[-limit:].replace("\r\n", "\n").replace("\t", "    ").split("\n")
    return "\n".join(clean(line, limit=2_000) for line in lines)
