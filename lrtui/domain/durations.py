"""Stretches of time in words."""


def duration(seconds: float | None) -> str:
    """A stretch of time: 8 s, 3 min, 2 h 05; absent → –."""
    if seconds is None:
        return "–"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60:02d}"
