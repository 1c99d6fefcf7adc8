"""Text that stays text in Markdown: a label or an error may hold anything a person or a traceback put there."""

import re

from lrtui.terminal_text import clean

# A backslash before ASCII punctuation makes it a plain character (CommonMark 2.4). These begin or end something inside
# a line: code, emphasis, links, images, HTML, entities, table cells, strikethrough, headings, and GitHub's mentions,
# formulas and bare addresses. An underscore inside a word is no emphasis.
_INLINE = re.compile(
    r"[\\`*\[\]<>|~#@$]|(?<![^\W_])_|_(?![^\W_])|&(?=[#a-z])|:(?=//)|(?<=www)\.", re.IGNORECASE | re.ASCII
)
_LIST_OR_RULE = re.compile(r"^([-+=])|^(\d+)([.)])(?=\s|$)")


def escape(text: object, limit: int = 400) -> str:
    """`text` as Markdown shows it unchanged inside a line or a table cell, at most `limit` characters before escaping."""
    return _INLINE.sub(r"\\\g<0>", clean(text, limit).strip())


def escape_line(text: object, limit: int = 400) -> str:
    """The same where a line or a list item begins: there a dash or a number would begin a list."""
    return _LIST_OR_RULE.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", escape(text, limit))
