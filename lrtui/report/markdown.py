"""A document as Markdown that GitHub renders: CommonMark with tables, charts as text blocks."""

from lrtui.report.document import Block, Bullets, Chart, Document, Heading, Paragraph, Table
from lrtui.report.escape import escape, escape_line
from lrtui.report.text_charts import text_chart

_LONG = 2_000


def to_markdown(document: Document) -> str:
    """The document's blocks between blank lines, ended by a line feed. Whatever a block says stays text."""
    return "\n\n".join(map(_block, document.blocks)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {escape(text)}"
        case Paragraph(text, strong=True):
            return f"**{escape(text, _LONG)}**"
        case Paragraph(text):
            return escape_line(text, _LONG)
        case Bullets(items):
            return "\n".join(f"- {escape_line(item, _LONG)}" for item in items)
        case Table():
            return _table(block)
        case Chart(figure):
            # Indented code cannot be ended by what a label says, as a fence could.
            drawn = "\n".join("    " + line for line in text_chart(figure).splitlines())
            return f"{escape_line(figure.caption, _LONG)}\n\n{drawn}"


def _table(table: Table) -> str:
    rule = tuple("--:" if column in table.numbers else "---" for column in range(len(table.header)))
    rows = [tuple(map(escape, table.header)), rule, *(tuple(escape(cell, _LONG) for cell in row) for row in table.rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
