"""What only the dashboard prints: bars, and moments in the local time zone. Figures are in `lrtui.formats`."""

from datetime import datetime


def bar(part: float, width: int) -> str:
    """A bar of a share, 0 to 1, in halves of a column; what is missing is dotted."""
    full, half = divmod(round(max(0.0, min(1.0, part)) * width * 2), 2)
    return ("━" * full + "╸" * half).ljust(width, "·")


def moment(iso: str) -> str:
    """A time of the database in the local time zone, to the minute; what is no time is printed as dashes."""
    try:
        return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):  # the first and the last day there is, in another time zone
        return "–"
