"""Seeds side by side, and what is said about a share of resamples."""

from dataclasses import replace

import pytest

from lrtui.analysis.ranking import rank
from lrtui.comparison.snapshot import RunView
from lrtui.comparison.status import RunStatus
from lrtui.report.by_seed import by_seed
from lrtui.report.document import Paragraph, Table
from lrtui.report.evidence import firmness
from lrtui.report.texts import texts
from tests.report.conftest import ReportOf, WholeOf

CHANCE = 0.1


def table_of(runs: list[RunView]) -> list[list[str]]:
    ranking = rank([run.outcome(CHANCE) for run in runs])
    _, table = by_seed(ranking, runs, CHANCE, texts("en"))
    assert isinstance(table, Table)
    assert table.header[3:] == tuple(f"seed {seed}" for seed in ranking.seeds)
    return [list(row) for row in table.rows]


def scored(runs: list[RunView], scores: dict[str, list[float]]) -> list[RunView]:
    """At base LR 0.1 these test accuracies by schedule and seed; at the other one nothing worth choosing."""
    return [
        replace(run, test=scores[run.label][run.seed], selection=0.9)
        if run.base_lr == 0.1
        else replace(run, test=0.2, selection=0.2)
        for run in runs
    ]


def test_the_highest_under_each_seed_is_marked_ties_for_all(report_of: ReportOf) -> None:
    _, _, runs = report_of()
    scores = {
        "constant": [0.90, 0.80, 0.80, 0.80, 0.80, 0.70],
        "step": [0.90, 0.91, 0.92, 0.93, 0.94, 0.95],
        "onecycle": [0.85, 0.91, 0.80, 0.80, 0.80, 0.80],
    }
    first, second, third = table_of(scored(runs, scores))
    assert first == ["step", "0.1", "6", "*90.00", "*91.00", "*92.00", "*93.00", "*94.00", "*95.00"]
    assert second == ["onecycle", "0.1", "1", "85.00", "*91.00", "80.00", "80.00", "80.00", "80.00"]
    assert third[:5] == ["constant", "0.1", "1", "*90.00", "80.00"]


def test_a_run_that_diverged_is_marked_and_counts_with_chance_where_it_has_nothing_else(report_of: ReportOf) -> None:
    _, _, runs = report_of()
    runs = scored(runs, {label: [0.9] * 6 for label in ("constant", "step", "onecycle")})
    runs = [
        replace(run, status=RunStatus.DIVERGED, test=None, selection=None, diverged_at=1)
        if (run.label, run.base_lr, run.seed) == ("step", 0.1, 2)
        else run
        for run in runs
    ]
    step = next(row for row in table_of(runs) if row[0] == "step")
    assert step[3:] == ["*90.00", "*90.00", "!10.00", "*90.00", "*90.00", "*90.00"]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_share_of_resamples_is_no_probability_and_no_evidence_among_those_that_tie(
    lang: str, whole_of: WholeOf
) -> None:
    analysis, words = whole_of().analysis, texts(lang)
    said = {}
    for leaders in (1, 2):
        rows = tuple(replace(row, leads=row.rank <= leaders) for row in analysis.ranking.rows)
        changed = replace(analysis, ranking=replace(analysis.ranking, rows=rows))
        said[leaders] = [block.text for block in firmness(changed, words) if isinstance(block, Paragraph)]
    assert {"en": "not the probability", "ko": "확률이 아니다"}[lang] in said[1][0]
    assert set(said[2]) - set(said[1]) == {words.say("results.evidence_tie", n=2)}
