"""A ranking and a report as a notebook shows them."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from lrtui.analysis import result
from lrtui.comparison.snapshot import ComparisonView
from lrtui.report.document import Document


@dataclass(frozen=True, slots=True)
class Ranking(result.Ranking):
    """A ranking that shows itself in a notebook. `comparison` is what was ranked, None for results from elsewhere."""

    comparison: ComparisonView | None = None

    @classmethod
    def of(cls, ranking: result.Ranking, comparison: ComparisonView | None = None) -> Self:
        """The same ranking, of this comparison."""
        return cls(**{f.name: getattr(ranking, f.name) for f in fields(ranking)}, comparison=comparison)

    def to_markdown(self, lang: str = "en") -> str:
        """The verdict, the table, what was left out, and how it was computed.

        Raises:
            UserError: there is no such language.
        """
        from lrtui.report.markdown import to_markdown

        return to_markdown(self._document(lang))

    def to_html(self, lang: str = "en") -> str:
        """The same as HTML, to be put into a page.

        Raises:
            UserError: there is no such language.
        """
        from lrtui.report.html import to_fragment

        return to_fragment(self._document(lang))

    def _document(self, lang: str) -> Document:
        from lrtui.report.summary import summary_document

        return summary_document(self, self.comparison, lang)

    def __str__(self) -> str:
        return self.to_markdown()

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_html_(self) -> str:
        return self.to_html()


class Report(str):
    """A comparison's report: a text that shows itself in a notebook, and can be saved.

    Args:
        text: the report.
        format: `md`, `html`, `csv` or `json`.
        comparison_id: what it is about.
    """

    __slots__ = ("comparison_id", "format_name")
    format_name: str
    comparison_id: int

    def __new__(cls, text: str, format_name: str, comparison_id: int) -> Self:
        """A text that knows its format."""
        report = super().__new__(cls, text)
        report.format_name, report.comparison_id = format_name, comparison_id
        return report

    def __getnewargs_ex__(self) -> tuple[tuple[str, str, int], dict[str, object]]:
        """For copies and pickles."""
        return (str(self), self.format_name, self.comparison_id), {}

    def save(self, path: str | Path | None = None) -> Path:
        """Write it to a file, by default to `lrtui-ID.FORMAT` here, over what is there. Returns the absolute path.

        Raises:
            OperationFailed: the file cannot be written.
        """
        from lrtui.report.write import report_path, write_file

        return write_file(str(self), Path(path) if path else report_path(self.comparison_id, self.format_name))

    def _repr_markdown_(self) -> str | None:
        return str(self) if self.format_name == "md" else None

    def _repr_html_(self) -> str | None:
        from lrtui.report.html import in_frame

        return in_frame(str(self)) if self.format_name == "html" else None
