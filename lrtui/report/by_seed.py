"""The seeds side by side: what every ranked schedule scored under each of them."""

from collections.abc import Iterator, Sequence

from lrtui.analysis.result import Ranking
from lrtui.analysis.selection import ranked_accuracy
from lrtui.comparison.snapshot import RunView
from lrtui.comparison.status import RunStatus
from lrtui.report.document import Block, Paragraph, Table
from lrtui.report.texts import Texts

_SAME = 1e-12  # accuracies of one test split differ by more, or not at all


def by_seed(ranking: Ranking, runs: Sequence[RunView], chance: float, words: Texts) -> Iterator[Block]:
    """What the marks mean, and the table: a schedule a row, a seed a column. Nothing where no seed is ranked.

    Args:
        ranking: the ranking; its seeds and base LRs are shown.
        runs: the comparison's runs.
        chance: what a run counts for that diverged before its first epoch ended.
        words: the language.
    """
    if not ranking.rows:
        return
    cells = {(run.label, run.base_lr, run.seed): run for run in runs}
    table = [[cells[row.label, row.base_lr, seed] for seed in ranking.seeds] for row in ranking.rows]
    scores = [[ranked_accuracy(run.outcome(chance)) or 0.0 for run in line] for line in table]
    best = [max(column) for column in zip(*scores, strict=True)]
    rows = []
    for row, line, own in zip(ranking.rows, table, scores, strict=True):
        first = [score >= top - _SAME for score, top in zip(own, best, strict=True)]
        marked = (_cell(*entry) for entry in zip(line, own, first, strict=True))
        rows.append((row.label, f"{row.base_lr:g}", str(sum(first)), *marked))
    header = tuple(words.say(f"columns.{name}") for name in ("scheduler", "base_lr", "seeds_first"))
    seeds = tuple(words.say("columns.seed", seed=f"{seed}") for seed in ranking.seeds)
    yield Paragraph(words.say("results.by_seed", n=len(ranking.seeds)))
    yield Table((*header, *seeds), tuple(rows), frozenset(range(1, 3 + len(seeds))))


def _cell(run: RunView, score: float, first: bool) -> str:
    return f"{'!' if run.status is RunStatus.DIVERGED else ''}{'*' if first else ''}{100 * score:.2f}"
