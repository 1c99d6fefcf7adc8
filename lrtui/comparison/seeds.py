"""How many seeds the test of who leads needs at the least."""

from math import ceil, log2


def seeds_needed(alpha: float = 0.05) -> int:
    """The fewest seeds that can tell anything: n seeds allow no p-value below 1 / 2^(n-1).

    >>> seeds_needed(0.05)
    6
    """
    fewest = ceil(1 - log2(alpha))
    return fewest if 2.0 ** (1 - fewest) < alpha else fewest + 1


def too_few(n: int, alpha: float = 0.05) -> str | None:
    """The sentence that `n` seeds cannot show a difference; None where they can."""
    needed = seeds_needed(alpha)
    if n >= needed:
        return None
    return f"{n} {'seed' if n == 1 else 'seeds'} cannot show a difference: at least {needed} are needed"
