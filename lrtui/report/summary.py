"""A ranking in short: the verdict, the table, what was left out, and how it was computed. To paste, and for notebooks."""

from lrtui.analysis.result import Ranking
from lrtui.comparison.snapshot import ComparisonView
from lrtui.report.columns import ranking_table
from lrtui.report.document import Block, Bullets, Document, Paragraph
from lrtui.report.markdown import to_markdown
from lrtui.report.texts import texts, texts_of
from lrtui.report.wording import notes, statistics, verdict


def summary(comparison: ComparisonView, ranking: Ranking, lang: str = "en") -> str:
    """The ranking as the report has it, without the report around it, as Markdown.

    Raises:
        UserError: there is no such language.
    """
    return to_markdown(summary_document(ranking, comparison, lang))


def summary_document(ranking: Ranking, comparison: ComparisonView | None, lang: str = "en") -> Document:
    """The same before it has a format; `comparison` is what was ranked, None for results from elsewhere.

    Raises:
        UserError: there is no such language.
    """
    words = texts(lang, ranking.metric) if comparison is None else texts_of(comparison.spec, lang)
    blocks: list[Block] = [Paragraph(verdict(ranking, words), strong=True)]
    if ranking.rows:
        blocks.append(ranking_table(ranking, words))
    if ranking.notes:
        blocks.append(Bullets(notes(ranking, words)))
    blocks.append(Paragraph(statistics(ranking, words)))
    if comparison is not None:
        facts = {"name": words.phrase(comparison.name), "id": comparison.id, "created": comparison.created_at}
        blocks.append(Paragraph(words.say("headings.about", **facts)))
    return Document("" if comparison is None else comparison.name, lang, blocks)
