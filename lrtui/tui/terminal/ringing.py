"""Telling a person who is not looking that a comparison has ended."""

from lrtui.comparison.snapshot import ComparisonView, Snapshot
from lrtui.terminal_text import clean


def just_ended(before: Snapshot, after: Snapshot) -> ComparisonView | None:
    """The open comparison, if it had not ended before and has now."""
    comparison = after.open
    if comparison is None or not comparison.ended:
        return None
    was = next((c for c in before.comparisons if c.id == comparison.id), None)
    return comparison if was is not None and not was.ended else None


def desktop_notification(text: str) -> str:
    """The escape sequence (OSC 9) that iTerm2, kitty, WezTerm, Ghostty, foot and others show as a notification."""
    return f"\x1b]9;{clean(text, 200)}\x1b\\"
