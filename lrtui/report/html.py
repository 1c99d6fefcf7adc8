"""A document as one HTML file: charts as SVG, no script, nothing fetched, light and dark as the reader's system is."""

from html import escape
from importlib.resources import files

from lrtui.report.document import Block, Bullets, Chart, Document, Heading, Paragraph, Table
from lrtui.report.svg_charts import svg_chart
from lrtui.terminal_text import clean

_LONG = 2_000


def to_html(document: Document) -> str:
    """A complete page in UTF-8. Its policy forbids scripts and every fetch, should an escape ever be missed."""
    style = files("lrtui.report").joinpath("report.css").read_text(encoding="utf-8")
    body = "\n".join(map(_block, document.blocks))
    return f"""<!doctype html>
<html lang="{document.lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{_text(document.title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def to_fragment(document: Document) -> str:
    """The document's blocks for another page, a notebook's for example, whose style they take."""
    return f'<div lang="{document.lang}">\n' + "\n".join(map(_block_unstyled, document.blocks)) + "\n</div>\n"


def in_frame(page: str) -> str:
    """A complete page within another: with its own style and policy, and no rights."""
    return (
        f'<iframe sandbox srcdoc="{escape(page)}" title="lrtui" loading="lazy" '
        'style="width: 100%; height: 40rem; border: 1px solid #8888"></iframe>\n'
    )


def _block_unstyled(block: Block) -> str:
    match block:
        case Paragraph(text, strong=True):
            return f"<p><strong>{_text(text)}</strong></p>"
    return _block(block)


def _text(text: str) -> str:
    return escape(clean(text, _LONG))


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level}>{_text(text)}</h{level}>"
        case Paragraph(text, strong=True):
            return f'<p class="verdict">{_text(text)}</p>'
        case Paragraph(text):
            return f"<p>{_text(text)}</p>"
        case Bullets(items):
            return "<ul>\n" + "\n".join(f"<li>{_text(item)}</li>" for item in items) + "\n</ul>"
        case Table():
            return _table(block)
        case Chart(figure):
            return f"<figure>\n<figcaption>{_text(figure.caption)}</figcaption>\n{svg_chart(figure)}\n</figure>"


def _table(table: Table) -> str:
    def row(cells: tuple[str, ...], tag: str) -> str:
        kinds = (' class="number"' if column in table.numbers else "" for column in range(len(cells)))
        return "<tr>" + "".join(f"<{tag}{k}>{_text(c)}</{tag}>" for k, c in zip(kinds, cells, strict=True)) + "</tr>"

    head = f"<thead>{row(table.header, 'th')}</thead>"
    body = "\n".join(row(cells, "td") for cells in table.rows)
    kind = ' class="figures"' if table.numbers else ""
    return f'<div class="wide"><table{kind}>{head}\n<tbody>\n{body}\n</tbody></table></div>'
