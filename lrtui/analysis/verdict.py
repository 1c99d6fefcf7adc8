"""The sentence on top of a ranking. It never names a winner that the data do not support."""

from collections.abc import Sequence

from lrtui.analysis.result import RankRow, Sentence
from lrtui.analysis.selection import enumeration
from lrtui.comparison.seeds import seeds_needed, too_few
from lrtui.terminal_text import clean


def verdict(rows: Sequence[RankRow], alpha: float, *, provisional: bool) -> Sentence:
    """What the rows allow to be said, best first as in the rows. `provisional`: some runs have not ended.

    Labels are cleaned of what a terminal would obey.
    """
    said = _sentence(rows, alpha)
    text = f"so far, {said}" if provisional else str(said)
    return Sentence(said.code, text, **said.facts, provisional=provisional)


def nothing_to_rank(*, scored: bool, provisional: bool) -> Sentence:
    """The sentence of a ranking without rows. `scored`: some schedule has a result, but no seed has one for all."""
    if scored and provisional:
        return Sentence("no_shared_seed_yet", "nothing to rank yet: no seed has ended for every schedule")
    if scored:
        return Sentence("no_shared_seed", "nothing to rank: no seed has a result for every schedule")
    if provisional:
        return Sentence("no_run_yet", "nothing to rank yet: no run has ended")
    return Sentence("no_run", "nothing to rank: no run ended with a result")


def _sentence(rows: Sequence[RankRow], alpha: float) -> Sentence:
    n = rows[0].n
    names = [clean(row.label, 60) for row in rows]
    if len(rows) == 1:
        text = f"{names[0]} is the only schedule with results: there is nothing to compare it with"
        return Sentence("only_one", text, label=rows[0].label)
    leaders = [name for name, row in zip(names, rows, strict=True) if row.leads]
    if len(leaders) == 1:
        text = f"{leaders[0]} leads: no other schedule is in the {100 * (1 - alpha):g} % leading group at n = {n}"
        label = next(row.label for row in rows if row.leads)
        return Sentence("one_leads", text, label=label, level=1 - alpha, n=n)
    few = too_few(n, alpha)
    if few:
        return Sentence("too_few_seeds", few, n=n, needed=seeds_needed(alpha))
    if len(leaders) == len(rows) > 2:
        return Sentence("all_alike", f"the {len(rows)} schedules cannot be told apart at n = {n}", count=len(rows), n=n)
    lead = "" if len(leaders) == len(rows) else "lead and "
    text = f"{enumeration(leaders)} {lead}cannot be told apart at n = {n}"
    labels = tuple(row.label for row in rows if row.leads)
    return Sentence("some_lead" if lead else "both_alike", text, labels=labels, n=n)
