"""A comparison in the format asked for."""

from collections.abc import Mapping, Sequence

from lrtui.analysis.result import Ranking
from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.errors import unknown
from lrtui.report.csv_table import ranking_csv
from lrtui.report.json_data import export_data, to_json

FORMATS: tuple[str, ...] = ("md", "html", "csv", "json")


def render(
    format_name: str,
    comparison: ComparisonView,
    ranking: Ranking,
    runs: Sequence[RunView],
    curves: Mapping[int, Curve] | None = None,
    analysis: Analysis | None = None,
    lang: str = "en",
) -> str:
    """The text to save: the report as Markdown or as one HTML file, the ranking as CSV, or both as JSON.

    Args:
        format_name: one of `FORMATS`.
        comparison: what was compared.
        ranking: its ranking.
        runs: its runs.
        curves: the runs' histories by run id; without them the report has no curves and fewer reasons.
        analysis: the analysis of this ranking; computed where it is needed and not given.
        lang: the report's language; CSV and JSON have none.

    Raises:
        UserError: there is no such format or language.
    """
    from lrtui.report.texts import texts_of

    words = texts_of(comparison.spec, lang)
    curves = curves or {}
    match format_name:
        case "csv":
            return ranking_csv(ranking)
        case "md" | "html" | "json":
            if analysis is None:
                from lrtui.report.ranked import analyse_comparison

                analysis = analyse_comparison(comparison, runs, curves)
        case _:
            raise unknown("format", format_name, FORMATS)
    if format_name == "json":
        return to_json(export_data(comparison, analysis, words))
    from lrtui.report.compose import compose
    from lrtui.report.html import to_html
    from lrtui.report.markdown import to_markdown

    document = compose(comparison, analysis, runs, curves, lang)
    return to_html(document) if format_name == "html" else to_markdown(document)
