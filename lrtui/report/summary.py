"""A ranking in short, as Markdown to paste: the verdict, the table, what was left out, and how it was computed."""

from lrtui.analysis.result import Ranking
from lrtui.comparison.snapshot import ComparisonView
from lrtui.report.document import Block, Bullets, Document, Paragraph
from lrtui.report.markdown import to_markdown
from lrtui.report.results import ranking_table
from lrtui.report.texts import texts
from lrtui.report.wording import notes, statistics, verdict


def summary(comparison: ComparisonView, ranking: Ranking, lang: str = "en") -> str:
    """The ranking as the report has it, without the report around it.

    Raises:
        UserError: there is no such language.
    """
    words = texts(lang)
    facts = {"name": words.phrase(comparison.name), "id": comparison.id, "created": comparison.created_at}
    blocks: list[Block] = [
        Paragraph(verdict(ranking, words), strong=True),
        ranking_table(ranking, words),
        *([Bullets(notes(ranking, words))] if ranking.notes else []),
        Paragraph(statistics(ranking, words)),
        Paragraph(words.say("headings.about", **facts)),
    ]
    return to_markdown(Document(comparison.name, lang, blocks))
