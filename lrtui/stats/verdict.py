"""The sentence on top of a ranking. It never names a winner that the data do not support."""

from collections.abc import Sequence

from lrtui.domain.ranking import RankRow
from lrtui.domain.terminal_text import clean
from lrtui.stats.power import too_few
from lrtui.stats.selection import enumeration


def verdict(rows: Sequence[RankRow], alpha: float, *, provisional: bool) -> str:
    """What the rows allow to be said, best first as in the rows. `provisional`: some runs have not ended.

    Labels are cleaned of what a terminal would obey.
    """
    sentence = _sentence(rows, alpha)
    return f"so far, {sentence}" if provisional else sentence


def nothing_to_rank(*, scored: bool, provisional: bool) -> str:
    """The sentence of a ranking without rows. `scored`: some schedule has a result, but no seed has one for all."""
    if scored and provisional:
        return "nothing to rank yet: no seed has ended for every schedule"
    if scored:
        return "nothing to rank: no seed has a result for every schedule"
    if provisional:
        return "nothing to rank yet: no run has ended"
    return "nothing to rank: no run ended with a result"


def _sentence(rows: Sequence[RankRow], alpha: float) -> str:
    n = rows[0].n
    names = [clean(row.scheduler, 60) for row in rows]
    if len(rows) == 1:
        return f"{names[0]} is the only schedule with results: there is nothing to compare it with"
    leaders = [name for name, row in zip(names, rows, strict=True) if row.leads]
    if len(leaders) == 1:
        return f"{leaders[0]} leads: no other schedule is in the {100 * (1 - alpha):g} % leading group at n = {n}"
    few = too_few(n, alpha)
    if few:
        return few
    if len(leaders) == len(rows) > 2:
        return f"the {len(rows)} schedules cannot be told apart at n = {n}"
    lead = "" if len(leaders) == len(rows) else "lead and "
    return f"{enumeration(leaders)} {lead}cannot be told apart at n = {n}"
