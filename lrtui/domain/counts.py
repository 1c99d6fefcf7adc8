"""Numbers of things in words."""


def counted(n: int, what: str) -> str:
    """A number with its noun, whose plural has an s: 1 run, 18 runs."""
    return f"{n} {what}{'' if n == 1 else 's'}"
