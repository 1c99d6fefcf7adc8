"""A column of the ranking is described once, and every face has it."""

import csv
import json
from collections.abc import Callable
from io import StringIO

import pytest

from lrtui.analysis.result import Ranking
from lrtui.cli.ranking import print_ranking
from lrtui.comparison.snapshot import ComparisonView, RunView
from lrtui.report import columns
from lrtui.report.csv_table import ranking_csv
from lrtui.report.html import to_html
from lrtui.report.json_data import rank_data, to_json
from lrtui.report.summary import summary, summary_document
from lrtui.tui.ranking import rank_rows

ReportOf = Callable[..., tuple[ComparisonView, Ranking, list[RunView]]]


def test_a_new_column_touches_one_table(
    report_of: ReportOf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    comparison, ranking, _ = report_of()
    new = columns.RankColumn(
        key="luck",
        data={"luck": lambda row, metric: 7 * row.rank},
        text=lambda row, metric: f"luck{7 * row.rank}",
    )
    monkeypatch.setattr(columns, "RANK_COLUMNS", (*columns.RANK_COLUMNS, new))
    assert json.loads(to_json(rank_data(comparison, ranking)))["rows"][1]["luck"] == 14
    assert next(csv.DictReader(StringIO(ranking_csv(ranking))))["luck"] == "7"
    for text in (summary(comparison, ranking), to_html(summary_document(ranking, comparison))):
        assert "luck" in text
        assert "luck14" in text
    print_ranking(comparison, ranking)
    assert "luck21" in capsys.readouterr().out
    titles = [column.title for column in rank_rows.columns(130)]
    cells = rank_rows.RankRows(ranking.rows).cells(ranking.rows[0].label, 130)
    assert cells[titles.index("luck")] == "luck7"


def test_a_loss_is_never_called_an_accuracy(report_of: ReportOf) -> None:
    from dataclasses import replace

    from lrtui.tasks.info import Metric

    comparison, ranking, _ = report_of()
    lower = replace(ranking, metric=Metric("loss", "nats", "lower"))
    text = summary_document(lower, None)
    assert "accuracy" not in str(text)
    assert "test loss, nats" in str(text)
    row = rank_data(comparison, lower)["rows"][0]
    assert row["test_acc"] is row["ci_low"] is row["test_acc_last"] is None
    assert row["score"] == ranking.rows[0].score
