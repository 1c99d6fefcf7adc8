"""Tables as text, and the ranking in short."""

import pytest

from lrtui.report import evidence
from lrtui.report.columns import ranking_table
from lrtui.report.document import Table
from lrtui.report.summary import summary
from lrtui.report.text_charts import columns
from lrtui.report.text_tables import text_table
from lrtui.report.texts import texts
from tests.report.conftest import WholeOf


def test_a_table_under_its_rule() -> None:
    table = Table(
        ("name", "base LR", "seeds won–lost"), (("a", "0.1", "3–1"), ("코사인", "0.03", "10–2")), frozenset({1, 2})
    )
    assert text_table(table, 60).splitlines() == [
        "              seeds",
        "        base   won–",
        "name      LR   lost",
        "──────  ────  ─────",
        "a        0.1    3–1",
        "코사인  0.03   10–2",
    ]


def test_columns_that_do_not_fit_go_below_with_the_first_one_repeated() -> None:
    table = Table(("name", "first", "second"), (("a", "1" * 8, "2" * 8),))
    assert text_table(table, 16).splitlines() == [
        "name  first",
        "────  ────────",
        "a     11111111",
        "",
        "name  second",
        "────  ────────",
        "a     22222222",
    ]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_the_dashboard_shows_fits_80_columns(lang: str, whole_of: WholeOf) -> None:
    whole, words = whole_of(), texts(lang)
    blocks = [
        *evidence.ranks(whole.analysis, words),
        *evidence.firmness(whole.analysis, words),
        *evidence.base_lrs(whole.analysis, whole.comparison.spec, whole.runs, words),
        *evidence.budgets(whole.analysis, words),
        ranking_table(whole.analysis.ranking, words),
    ]
    tables = [block for block in blocks if isinstance(block, Table)]
    assert len(tables) == 4
    for table in tables:
        assert max(map(columns, text_table(table, 78).splitlines())) <= 78


def test_hostile_text_stays_text() -> None:
    text = text_table(Table(("a\x1b]52;c;Zm9v\x07b",), (("\u202ea",),)), 80)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "a·]52" in text


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_summary_is_the_reports_table_with_the_verdict_on_top(lang: str, whole_of: WholeOf) -> None:
    whole = whole_of()
    text = summary(whole.comparison, whole.analysis.ranking, lang)
    first, *rest = text.split("\n\n")
    assert first.startswith("**")
    assert rest[0].startswith("| ")
    assert len(rest[0].splitlines()) == 2 + len(whole.analysis.ranking.rows)
    assert "BCa bootstrap" in text
    assert "64" in text  # sign flips of 6 seeds
