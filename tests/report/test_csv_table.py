import csv
from collections.abc import Callable
from io import StringIO

import pytest

from lrtui.analysis.result import Ranking
from lrtui.comparison.snapshot import ComparisonView, RunView
from lrtui.report.csv_table import ranking_csv

ReportOf = Callable[..., tuple[ComparisonView, Ranking, list[RunView]]]


def read(ranking: Ranking) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(ranking_csv(ranking), newline="")))


def test_it_reads_back_as_the_rows_in_fractions(report_of: ReportOf) -> None:
    _, ranking, _ = report_of()
    lines = read(ranking)
    assert [line["scheduler"] for line in lines] == [row.label for row in ranking.rows]
    assert [float(line["test_acc"]) for line in lines] == [row.score for row in ranking.rows]
    assert [float(line["delta_low"]) for line in lines] == [row.delta_low for row in ranking.rows]
    assert [line["leads"] for line in lines] == ["True", "True", "False"]
    assert list(lines[0]) == [
        "rank", "scheduler", "base_lr", "n", "test_acc", "ci_low", "ci_high", "delta_to_best", "delta_low",
        "delta_high", "p_mcs", "leads", "best_epoch", "test_acc_last", "diverged", "seconds",
        "score", "score_low", "score_high", "score_last", "regret_high", "dropped_at",
    ]  # fmt: skip


def test_a_negative_number_stays_a_number(report_of: ReportOf) -> None:
    _, ranking, _ = report_of()
    assert read(ranking)[2]["delta_to_best"].startswith("-0.")


@pytest.mark.parametrize("start", [*"=+-@\t\r\n＝＋－＠", " ="])
def test_a_label_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str, report_of: ReportOf) -> None:
    _, ranking, _ = report_of(label=start + "cmd|' /C calc'!A0")
    labels = [line["scheduler"] for line in read(ranking)]
    assert any(label.startswith("'") and label.endswith("cmd|' /C calc'!A0") for label in labels)


def test_a_label_cannot_break_the_line_or_reach_the_terminal(report_of: ReportOf) -> None:
    _, ranking, _ = report_of(label='a",b\r\n\x1b[31m\u202e;')
    assert 'a",b···[31m·;' in [line["scheduler"] for line in read(ranking)]
    assert len(ranking_csv(ranking).splitlines()) == 4


def test_an_ordinary_label_is_left_alone(report_of: ReportOf) -> None:
    _, ranking, _ = report_of(label="cosine-restarts, 코사인")
    assert "cosine-restarts, 코사인" in [line["scheduler"] for line in read(ranking)]


def test_no_rows_leave_the_header() -> None:
    assert ranking_csv(Ranking("m", (), 0.05, "", "", ())).count("\n") == 1
