"""How base LRs are found: tried one by one (a grid), drawn from a range, or drawn first and then proposed from results."""

import math
from random import Random
from typing import Literal, get_args

Search = Literal["grid", "random", "tpe"]
SEARCHES: tuple[Search, ...] = get_args(Search)
LEAST_RATIO = 1.01  # ends closer than this do not hold 1,000 different rates of six digits


def startup_trials(trials: int) -> int:
    """How many of a TPE search's trials are drawn before any result is looked at: a third, at least 2, at most 10."""
    return min(trials, 10, max(2, math.ceil(trials / 3)))


def draw(low: float, high: float, n: int, seed: int) -> tuple[float, ...]:
    """`n` different base LRs, log-uniform between the ends, the same for the same seed; more trials only add to them.

    The ends are at least `LEAST_RATIO` apart.
    """
    generator = Random(seed)
    found: dict[float, None] = {}
    while len(found) < n:
        found[rounded(math.exp(generator.uniform(math.log(low), math.log(high))), low, high)] = None
    return tuple(found)


def rounded(lr: float, low: float, high: float) -> float:
    """The LR with six digits, which is what people read, and within the ends."""
    return min(high, max(low, float(f"{lr:.6g}")))
