"""What a number of seeds can show, told before anything runs.

Source: the paired t-test's power under the noncentral t distribution (Cohen 1988, "Statistical Power Analysis for the
Behavioral Sciences", ch. 2).
"""

from math import ceil, log2, sqrt


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


def detectable_difference(n: int, sd: float, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """The true mean difference between two schedules that `n` seeds detect with probability `power`.

    In the unit of `sd`, the standard deviation of the seed-wise differences, which must be guessed or taken from an
    earlier comparison. For a two-sided paired t-test with normal differences; None where n seeds cannot show anything.
    The ranking's own test allows for every pair at once, so with more than two schedules, or as few as 6 or 7 seeds,
    a difference must be larger than this.
    """
    if too_few(n, alpha):
        return None
    from scipy.special import nctdtrinc, stdtrit

    critical = stdtrit(n - 1, 1 - alpha / 2)
    return float(nctdtrinc(n - 1, 1 - power, critical)) * sd / sqrt(n)


def launch_sentence(n: int, sd: float = 0.01, alpha: float = 0.05) -> str:
    """What to expect from `n` seeds, for the form where a comparison is planned. `sd` is a fraction of accuracy."""
    difference = detectable_difference(n, sd, alpha)
    if difference is None:
        return too_few(n, alpha) or ""
    return (
        f"{n} seeds detect a difference of {100 * difference:.2g} points between two schedules 4 times in 5, "
        f"if paired differences vary by {100 * sd:.2g} points (standard deviation)"
    )
