"""Numbers as the dashboard prints them: short, of one width in a column, and never NaN."""

from datetime import datetime


def percent(fraction: float | None, digits: int = 2) -> str:
    """An accuracy: 0.9341 → 93.41; absent → –."""
    return "–" if fraction is None else f"{100 * fraction:.{digits}f}"


def points(fraction: float | None) -> str:
    """A difference of accuracies in percentage points, signed: -0.013 → -1.30; absent → –."""
    return "–" if fraction is None else f"{100 * fraction:+.2f}"


def rate(lr: float | None) -> str:
    """A learning rate in at most eight characters: 0.1, 0.00123, 5e-05; absent → –."""
    return "–" if lr is None else f"{lr:.3g}"


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
