"""The whole report in one language: section 3 of the outline under a title of its own."""

from collections.abc import Mapping, Sequence

from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.report.design import design
from lrtui.report.document import Block, Document, Heading, Paragraph
from lrtui.report.reasons import reasons
from lrtui.report.results import results
from lrtui.report.texts import texts_of
from lrtui.report.wording import verdict


def compose(
    comparison: ComparisonView,
    analysis: Analysis,
    runs: Sequence[RunView],
    curves: Mapping[int, Curve],
    lang: str = "en",
) -> Document:
    """A title with the verdict below it, then section 3: the design (3-1), the results (3-2) and the reasons for them (3-3).

    What follows the title and its paragraphs can be put into a paper as it is.

    Raises:
        UserError: there is no such language.
    """
    words = texts_of(comparison.spec, lang)
    created = comparison.created_at
    about = words.say("headings.about", name=words.phrase(comparison.name), id=comparison.id, created=created)
    title = words.say("headings.title", name=comparison.name, day=created[:10])
    blocks: list[Block] = [
        Heading(1, title),
        Paragraph(verdict(analysis.ranking, words), strong=True),
        Paragraph(about),
        Heading(2, words.say("headings.section")),
        *design(comparison, analysis.ranking, runs, words),
        *results(comparison, analysis, runs, curves, words),
        *reasons(analysis, words),
    ]
    return Document(title, lang, blocks)
