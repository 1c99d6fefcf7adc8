"""How figures are written for people: counts and durations."""


def counted(n: int, what: str) -> str:
    """A number with its noun, whose plural has an s: 1 run, 18 runs."""
    return f"{n} {what}{'' if n == 1 else 's'}"


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
