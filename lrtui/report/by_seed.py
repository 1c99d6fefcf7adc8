"""The seeds side by side: what every ranked schedule scored under each of them."""

from collections.abc import Iterator, Sequence

from lrtui.analysis.orientation import orientation
from lrtui.analysis.result import Ranking
from lrtui.analysis.selection import ranked_score
from lrtui.comparison.snapshot import RunView
from lrtui.comparison.status import RunStatus
from lrtui.formats import exact_rate, score
from lrtui.report.document import Block, Paragraph, Table
from lrtui.report.texts import Texts
from lrtui.tasks.info import Metric

_SAME = 1e-12  # accuracies of one test split, and scores of size 1, differ by more, or not at all


def by_seed(ranking: Ranking, runs: Sequence[RunView], chance: float | None, words: Texts) -> Iterator[Block]:
    """What the marks mean, and the table: a schedule a row, a seed a column. Nothing where no seed is ranked.

    Args:
        ranking: the ranking; its seeds and base LRs are shown.
        runs: the comparison's runs.
        chance: what a run counts for that diverged before its first epoch ended; None: not known, then the worst score of all.
        words: the language.
    """
    if not ranking.rows:
        return
    cells = {(run.label, run.base_lr, run.seed): run for run in runs}
    table = [[cells[row.label, row.base_lr, seed] for seed in ranking.seeds] for row in ranking.rows]
    how = orientation([run.outcome(chance) for run in runs], words.metric)
    scores = [[ranked_score(how.outcome(run.outcome(chance))) or 0.0 for run in line] for line in table]
    best = [max(column) for column in zip(*scores, strict=True)]
    rows = []
    for row, line, own in zip(ranking.rows, table, scores, strict=True):
        first = [score >= top - _SAME for score, top in zip(own, best, strict=True)]
        marked = (
            _cell(run, how.score(score), top, words.metric) for run, score, top in zip(line, own, first, strict=True)
        )
        rows.append((row.label, exact_rate(row.base_lr), str(sum(first)), *marked))
    instead = words.say("results.worst_instead" if chance is None else "results.chance_instead")
    header = tuple(words.say(f"columns.{name}") for name in ("scheduler", "base_lr", "seeds_first"))
    seeds = tuple(words.say("columns.seed", seed=f"{seed}") for seed in ranking.seeds)
    yield Paragraph(words.say("results.by_seed", n=len(ranking.seeds), instead=instead))
    yield Table((*header, *seeds), tuple(rows), frozenset(range(1, 3 + len(seeds))))


def _cell(run: RunView, value: float, first: bool, metric: Metric) -> str:
    return f"{'!' if run.status is RunStatus.DIVERGED else ''}{'*' if first else ''}{score(value, metric)}"
