"""The ranking as CSV: one line a schedule, accuracies and differences as fractions, an empty field where there is none."""

import csv
from dataclasses import astuple, fields
from io import StringIO

from lrtui.analysis.result import Ranking, RankRow
from lrtui.terminal_text import clean

_PUBLIC = {
    "label": "scheduler",
    "score": "test_acc",
    "score_low": "ci_low",
    "score_high": "ci_high",
    "score_last": "test_acc_last",
}
COLUMNS: tuple[str, ...] = tuple(_PUBLIC.get(field.name, field.name) for field in fields(RankRow))
# A spreadsheet runs a field that starts with one of these, the full-width forms included, as a formula (OWASP).
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def ranking_csv(ranking: Ranking) -> str:
    """Lines of `COLUMNS`, ended by a line feed. Text that a spreadsheet would run is preceded by an apostrophe."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_field(value) for value in astuple(row)] for row in ranking.rows)
    return out.getvalue()


def _field(value: object) -> object:
    if not isinstance(value, str):
        return value
    guard = "'" if value.lstrip(" ").startswith(_FORMULA_STARTS) else ""
    return guard + clean(value)
