"""A comparison in the format asked for."""

from collections.abc import Callable, Sequence

from lrtui.domain.errors import unknown
from lrtui.domain.ranking import Ranking
from lrtui.domain.snapshot import ComparisonView, RunView
from lrtui.report.csv_table import ranking_csv
from lrtui.report.json_data import rank_data, to_json
from lrtui.report.markdown import markdown

_Renderer = Callable[[ComparisonView, Ranking, Sequence[RunView]], str]

_RENDERERS: dict[str, _Renderer] = {
    "md": markdown,
    "csv": lambda comparison, ranking, runs: ranking_csv(ranking),
    "json": lambda comparison, ranking, runs: to_json(rank_data(comparison, ranking)),
}
FORMATS: tuple[str, ...] = tuple(_RENDERERS)


def render(format_name: str, comparison: ComparisonView, ranking: Ranking, runs: Sequence[RunView]) -> str:
    """The text to save: the Markdown report, the ranking's CSV, or the JSON that `rank --json` prints.

    Raises:
        UserError: there is no such format.
    """
    if format_name not in _RENDERERS:
        raise unknown("format", format_name, FORMATS)
    return _RENDERERS[format_name](comparison, ranking, runs)
