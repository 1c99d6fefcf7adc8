"""The whole report: section 3 of the outline, in one language."""

from collections.abc import Mapping, Sequence

from lrtui.domain.analysis import Analysis
from lrtui.domain.snapshot import ComparisonView, Curve, RunView
from lrtui.report.design import design
from lrtui.report.document import Block, Document, Heading, Paragraph
from lrtui.report.reasons import reasons
from lrtui.report.results import results
from lrtui.report.texts import texts
from lrtui.report.wording import verdict


def compose(
    comparison: ComparisonView,
    analysis: Analysis,
    runs: Sequence[RunView],
    curves: Mapping[int, Curve],
    lang: str = "en",
) -> Document:
    """The design (3-1), the results (3-2) and the reasons for them (3-3), with the verdict on top.

    Raises:
        UserError: there is no such language.
    """
    words = texts(lang)
    about = words.say("headings.about", name=words.phrase(comparison.name), id=comparison.id, created=comparison.created_at)  # fmt: skip
    blocks: list[Block] = [
        Heading(1, words.say("headings.title")),
        Paragraph(about),
        Paragraph(verdict(analysis.ranking, words), strong=True),
        *design(comparison, analysis.ranking, words),
        *results(comparison, analysis, runs, curves, words),
        *reasons(analysis, words),
    ]
    return Document(f"{comparison.name}: {words.say('headings.title')}", lang, blocks)
