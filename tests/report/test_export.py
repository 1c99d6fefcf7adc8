import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from lrtui.analysis.result import Ranking
from lrtui.comparison.snapshot import ComparisonView, RunView
from lrtui.errors import UserError
from lrtui.report.csv_table import ranking_csv
from lrtui.report.export import FORMATS, render
from lrtui.report.html import to_html
from lrtui.report.json_data import rank_data
from lrtui.report.markdown import to_markdown
from tests.report.conftest import WholeOf

ReportOf = Callable[..., tuple[ComparisonView, Ranking, list[RunView]]]


def test_each_format_is_its_renderers_text(whole_of: WholeOf) -> None:
    whole = whole_of()
    ranking = whole.analysis.ranking
    given = (whole.comparison, ranking, whole.runs, whole.curves, whole.analysis)
    assert FORMATS == ("md", "html", "csv", "json")
    assert render("md", *given) == to_markdown(whole.document())
    assert render("html", *given, "ko") == to_html(whole.document("ko"))
    assert render("csv", *given) == ranking_csv(ranking)
    exported = json.loads(render("json", *given))
    assert rank_data(whole.comparison, ranking).items() <= exported.items()


def test_the_analysis_is_made_where_it_is_not_given(whole_of: WholeOf) -> None:
    whole = whole_of()
    for name in ("md", "html", "json"):
        given = (name, whole.comparison, whole.analysis.ranking, whole.runs, whole.curves)
        assert render(*given) == render(*given, whole.analysis)


def test_json_has_every_reason_with_its_facts_and_a_sentence(whole_of: WholeOf) -> None:
    whole = whole_of()
    given = (whole.comparison, whole.analysis.ranking, whole.runs, whole.curves, whole.analysis)
    reasons = json.loads(render("json", *given, "ko"))["reasons"]
    assert [r["code"] for r in reasons] == [r.code for r in whole.analysis.reasons] != []
    assert all(r["text"] and r["facts"] for r in reasons)


def test_an_unknown_language_names_the_known_ones(report_of: ReportOf) -> None:
    with pytest.raises(UserError, match="unknown language 'kr': did you mean 'ko'"):
        render("md", *report_of(), lang="kr")


def test_an_unknown_format_names_the_known_ones(report_of: ReportOf) -> None:
    with pytest.raises(UserError, match="unknown format 'jsn': did you mean 'json'"):
        render("jsn", *report_of())


def test_reports_need_neither_numpy_nor_a_dashboard() -> None:
    script = (
        "import sys, lrtui.report.export; print({'numpy', 'scipy', 'torch', 'textual', 'sqlite3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
