import unicodedata
from collections.abc import Callable, Iterator

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from lrtui.domain.ranking import Ranking
from lrtui.domain.snapshot import ComparisonView, RunView
from lrtui.report.escape import escape, escape_line
from lrtui.report.markdown import markdown

ReportOf = Callable[..., tuple[ComparisonView, Ranking, list[RunView]]]
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

HOSTILE = [
    "a|b", "`code`", "*a* _b_ **c**", "~~gone~~", "[link](http://evil.example)", "![image](x.png)", "<b>bold</b>",
    "<script>alert(1)</script>", "<!-- comment", "<http://evil.example>", "http://evil.example", "www.evil.example",
    "&lt;b&gt; &#35;", "- item", "+ item", "1. item", "2) item", "# heading", "> quote", "---", "===", "back\\slash",
    "\\", "a\\|b", "[ref]: http://evil.example", "@someone #12 $x$", "two\n\nparagraphs", "| --- | --- |",
    "\x1b]52;c;Zm9v\x07", "\u202ereversed", "\x9b31m", "\x1b]8;;http://evil.example", "[/red]", "x" * 3_000,
    "=1+1", "배치 크기 64", "step_size_2",
]  # fmt: skip


def tokens(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def cells(text: str) -> list[list[str]]:
    """The rows of every table as the reader sees them."""
    rows: list[list[str]] = []
    stream = PARSER.parse(text)
    for place, token in enumerate(stream):
        if token.type == "tr_open":
            rows.append([])
        if token.type in ("th_open", "td_open"):
            rows[-1].append(shown(stream[place + 1]))
    return rows


def shown(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


def test_the_report_from_top_to_bottom(report_of: ReportOf) -> None:
    text = markdown(*report_of())
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == ["# quick", "## Ranking", "## Method", "## Design", "## Schedules", "## Runs", "## Environment"]
    assert "**onecycle and step lead and cannot be told apart at n = 6**" in text
    assert "Seeds on one task support claims about that task only." in text
    assert text.endswith("\n")


def test_the_ranking_table_shows_percent_and_points(report_of: ReportOf) -> None:
    comparison, ranking, runs = report_of()
    header, best, second, last = cells(markdown(comparison, ranking, runs))[:4]
    assert header == [
        "rank", "scheduler", "base LR", "n", "test accuracy, % [95 % interval]",
        "difference to best, points [95 % interval]", "p_mcs", "leading group", "last epoch's accuracy, %",
        "best epoch", "diverged", "seconds",
    ]  # fmt: skip
    row = ranking.rows[2]
    assert row.ci_low is not None
    assert row.ci_high is not None
    assert last[4] == f"{100 * row.test_acc:.2f} [{100 * row.ci_low:.2f}, {100 * row.ci_high:.2f}]"
    assert last[5].startswith(f"{100 * row.delta_to_best:+.2f} [-")
    assert best[5] == "–"
    assert [r[7] for r in (best, second, last)] == ["leads", "leads", ""]
    assert last[6] == "0.031"
    assert best[9:] == ["40.0", "0", "2.5"]


def test_every_parameter_says_where_it_comes_from(report_of: ReportOf) -> None:
    comparison, ranking, runs = report_of()
    table = {row[0]: row for row in cells(markdown(comparison, ranking, runs)) if len(row) == 4}
    base_lr = next(row.base_lr for row in ranking.rows if row.scheduler == "step")
    assert table["step"][1:] == [
        "StepLR", "epoch", f"at base LR {base_lr:g}: step_size = 7 (yours); gamma = 0.1 (PyTorch default)",
    ]  # fmt: skip
    assert table["constant"][1:] == ["none", "–", "none"]
    assert table["onecycle"][3].endswith("three_phase = false (PyTorch default)")


def test_the_design_and_the_environment(report_of: ReportOf) -> None:
    facts = {row[0]: row[1] for row in cells(markdown(*report_of())) if len(row) == 2}
    assert facts["task"] == "digits (10 classes), mlp"
    assert facts["images"] == "1000 train, 197 validation, 200 selection, 400 test"
    assert facts["optimizer"] == "sgd, momentum 0.9, weight decay 0"
    assert facts["budget"] == "100 epochs of 32 steps, batch 32"
    assert facts["base LRs"] == "0.1, 0.01"
    assert facts["seeds"] == "6: 0 to 5"
    assert facts["created"] == "2026-01-31T12:00:00Z"
    assert facts["torch"] == "2.9.0"


def test_failed_runs_are_counted_noted_and_quoted(report_of: ReportOf) -> None:
    text = markdown(*report_of(error="CUDA out of memory"))
    assert "36 runs: 35 done, 1 failed. 90 s of training in all." in text
    assert "- run 1, constant, base LR 0.1, seed 0: CUDA out of memory" in text
    assert "- 1 run failed: not scored" in text


def test_without_results_there_is_no_table_but_a_reason(report_of: ReportOf) -> None:
    comparison, *_ = report_of()
    nothing = Ranking("test accuracy", (), 0.05, "none", "nothing to rank yet: no run has ended", ())
    text = markdown(comparison, nothing, [])
    assert "**nothing to rank yet: no run has ended**" in text
    assert "## Ranking" not in text
    assert "## Runs" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_everywhere(text: str, report_of: ReportOf) -> None:
    plain = markdown(*report_of(error="CUDA out of memory"))
    hostile = markdown(*report_of(label=text, name=text, error=text))
    allowed = {token.type for token in tokens(plain)}
    # No code, emphasis, link, image, HTML, quotation, list or heading that the plain report has not.
    assert [t.type for t in tokens(hostile) if t.type.endswith("_open")] == [
        t.type for t in tokens(plain) if t.type.endswith("_open")
    ]
    assert {token.type for token in tokens(hostile)} <= allowed | {"text_special"}
    assert [len(row) for row in cells(hostile)] == [len(row) for row in cells(plain)]
    assert all(unicodedata.category(char) not in ("Cc", "Cf") for char in hostile.replace("\n", ""))


@pytest.mark.parametrize("text", [t for t in HOSTILE if len(t) < 400 and t.isprintable()])
def test_escaped_text_reads_as_it_was(text: str) -> None:
    for source in (escape_line(text), f"# {escape(text)}", f"- {escape_line(text)}"):
        (inline,) = [token for token in PARSER.parse(source) if token.type == "inline"]
        assert shown(inline) == text
    assert cells(f"| a | b |\n| --- | --- |\n| {escape(text)} | x |")[1] == [text, "x"]


def test_github_finds_no_address_to_link() -> None:
    # markdown-it needs another package to link bare addresses: what its rule looks for must not be there.
    assert "http://" not in escape("http://evil.example")
    assert "www." not in escape("WWW.evil.example").lower()


def test_ordinary_words_are_left_readable() -> None:
    for text in ("cosine-restarts-warmup", "step_size_up = 2000", "0.05", "Nunez & Nason (2011)", "a, b and c!"):
        assert escape_line(text) == text
