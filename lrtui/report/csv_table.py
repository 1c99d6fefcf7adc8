"""The ranking as CSV: one line per schedule with the keys of `rank --json`, scores and differences as stored, an empty field where there is none."""

import csv
from io import StringIO

from lrtui.analysis.result import Ranking
from lrtui.report.columns import data_keys, row_data
from lrtui.terminal_text import clean

# A spreadsheet runs a field that starts with one of these, the full-width forms included, as a formula (OWASP).
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def ranking_csv(ranking: Ranking) -> str:
    """A heading and a line per schedule, ended by a line feed. Text that a spreadsheet would run is preceded by an apostrophe."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(data_keys())
    rows = (row_data(row, ranking.metric) for row in ranking.rows)
    writer.writerows([_field(value) for value in row.values()] for row in rows)
    return out.getvalue()


def _field(value: object) -> object:
    if not isinstance(value, str):
        return value
    guard = "'" if value.lstrip(" ").startswith(_FORMULA_STARTS) else ""
    return guard + clean(value)
