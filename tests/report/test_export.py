import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from lrtui.domain.errors import UserError
from lrtui.domain.ranking import Ranking
from lrtui.domain.snapshot import ComparisonView, RunView
from lrtui.report.csv_table import ranking_csv
from lrtui.report.export import FORMATS, render
from lrtui.report.json_data import rank_data
from lrtui.report.markdown import markdown

ReportOf = Callable[..., tuple[ComparisonView, Ranking, list[RunView]]]


def test_each_format_is_its_renderers_text(report_of: ReportOf) -> None:
    comparison, ranking, runs = report_of()
    assert FORMATS == ("md", "csv", "json")
    assert render("md", comparison, ranking, runs) == markdown(comparison, ranking, runs)
    assert render("csv", comparison, ranking, runs) == ranking_csv(ranking)
    assert json.loads(render("json", comparison, ranking, runs)) == rank_data(comparison, ranking)


def test_an_unknown_format_names_the_known_ones(report_of: ReportOf) -> None:
    with pytest.raises(UserError, match="unknown format 'jsn': did you mean 'json'"):
        render("jsn", *report_of())


def test_reports_need_neither_numpy_nor_a_dashboard() -> None:
    script = (
        "import sys, lrtui.report.export; print({'numpy', 'scipy', 'torch', 'textual', 'sqlite3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
