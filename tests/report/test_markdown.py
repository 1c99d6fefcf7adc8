import re
import unicodedata
from collections.abc import Iterator

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from lrtui.analysis.result import Ranking
from lrtui.analysis.values import Analysis
from lrtui.report.compose import compose
from lrtui.report.escape import escape, escape_line
from lrtui.report.markdown import to_markdown
from tests.report.conftest import WholeOf
from tests.report.hostile import HOSTILE

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


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


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_it_fills_section_3_of_the_outline(whole_of: WholeOf) -> None:
    text = to_markdown(whole_of().document())
    title, *sections = (line for line in headings(text) if not line.startswith("####"))
    assert re.fullmatch(r"# Learning-rate schedulers compared: .+, \d{4}-\d\d-\d\d", title)
    assert sections == [
        "## 3. Experiment: which LR scheduler performs best?",
        "### 3-1. Design of the experiment",
        "### 3-2. Results",
        "### 3-3. Why the results came out this way",
    ]
    assert text.split("\n\n")[1] == "**onecycle and step lead and cannot be told apart at n = 6**"
    assert text.count("**onecycle and step lead and cannot be told apart at n = 6**") == 2
    assert "Seeds on one task support claims about that task only." in text
    assert text.endswith("\n")


def test_in_korean_the_headings_are_the_outlines(whole_of: WholeOf) -> None:
    text = to_markdown(whole_of().document("ko"))
    assert [line for line in headings(text) if not line.startswith(("####", "# L.R. Scheduler 비교: "))] == [
        "## 3. 실험: 가장 성능이 좋은 L.R. Scheduler 는?",
        "### 3-1. 실험 설계",
        "### 3-2. 실험 결과",
        "### 3-3. 실험 결과에 대한 이유 분석",
    ]
    assert "**2개 Scheduler (onecycle, step) 가 선두이며, n = 6 에서 서로 구별되지 않는다**" in text


def test_the_ranking_table_shows_percent_and_points(whole_of: WholeOf) -> None:
    whole = whole_of()
    table = [row for row in cells(to_markdown(whole.document())) if len(row) == 12]
    header, best, second, last = table
    assert header == [
        "rank", "scheduler", "base LR", "n", "test accuracy, % [95 % interval]",
        "difference to best, points [95 % interval]", "p_mcs", "leading group", "last epoch, %", "best epoch", "diverged",
        "seconds",
    ]  # fmt: skip
    row = whole.analysis.ranking.rows[2]
    assert row.score_low is not None
    assert row.score_high is not None
    assert last[4] == f"{100 * row.score:.2f} [{100 * row.score_low:.2f}, {100 * row.score_high:.2f}]"
    assert last[5].startswith(f"{100 * row.delta_to_best:+.2f} [-")
    assert best[5] == "–"
    assert [r[7] for r in (best, second, last)] == ["leads", "leads", ""]
    assert last[6] == "0.031"
    assert best[9:] == ["40.0", "0", "2.5"]


def test_every_parameter_says_where_it_comes_from(whole_of: WholeOf) -> None:
    whole = whole_of()
    for lang, own, default, at in (
        ("en", "yours", "PyTorch default", "at base LR {lr:g}: "),
        ("ko", "직접 지정", "PyTorch 기본값", "기본 학습률 {lr:g} 기준: "),
    ):
        rows = [row for row in cells(to_markdown(whole.document(lang))) if len(row) == 4]
        table = {row[0]: row for row in reversed(rows)}  # the first table of four columns
        base_lr = next(row.base_lr for row in whole.analysis.ranking.rows if row.label == "step")
        assert table["step"][3] == at.format(lr=base_lr) + f"step_size = 7 ({own}); gamma = 0.1 ({default})"
        assert table["onecycle"][3].endswith(f"three_phase = false ({default})")


def test_the_design_and_the_environment(whole_of: WholeOf) -> None:
    facts = {row[0]: row[1] for row in cells(to_markdown(whole_of().document())) if len(row) == 2}
    assert facts["task"] == "digits, 10 classes"
    assert facts["images"].startswith("1,000 training, 197 validation")
    assert facts["optimizer"] == "sgd, momentum 0.9, weight decay 0"
    assert facts["budget"] == "100 epochs of 32 steps, batches of 32"
    assert facts["base LRs"] == "0.1, 0.01"
    assert facts["seeds"] == "6: 0 to 5"
    assert facts["created"] == "2026-01-31T12:00:00Z"
    assert facts["torch"] == "2.9.0"


def test_charts_are_text_blocks_of_every_schedule(whole_of: WholeOf) -> None:
    blocks = [token.content for token in tokens(to_markdown(whole_of().document())) if token.type == "code_block"]
    assert len(blocks) == 5  # intervals, mean ranks, accuracy, learning rate, base LRs
    assert all(label in block for block in blocks for label in ("constant", "step", "onecycle"))


def test_failed_runs_are_counted_noted_and_quoted(whole_of: WholeOf) -> None:
    whole = whole_of(error="CUDA out of memory")
    text = to_markdown(whole.document())
    assert "36 runs: 35 done, 1 failed. 90 s of training in all." in text
    assert "- run 1, constant, base LR 0.1, seed 0: CUDA out of memory" in text
    assert "- 1 run failed: not scored" in text
    korean = to_markdown(whole.document("ko"))
    assert "36회 학습: 완료 35회, 실패 1회." in korean
    assert "- 1회 학습이 실패하여 점수에 넣지 않았다" in korean


def test_without_results_there_is_no_table_but_a_reason(whole_of: WholeOf) -> None:
    nothing = Ranking("test accuracy", (), 0.05, "none", "nothing to rank yet: no run has ended", ())
    text = to_markdown(compose(whole_of().comparison, Analysis(nothing), [], {}))
    assert "**nothing to rank yet: no run has ended**" in text
    assert "### Ranking" not in text
    assert "### Runs" not in text


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_everywhere(text: str, lang: str, whole_of: WholeOf) -> None:
    plain = to_markdown(whole_of(error="CUDA out of memory").document(lang))
    hostile = to_markdown(whole_of(label=text, name=text, error=text).document(lang))
    allowed = {token.type for token in tokens(plain)}
    # No code, emphasis, link, image, HTML, quotation, list or heading that the plain report has not.
    assert [t.type for t in tokens(hostile) if t.type.endswith(("_open", "_block"))] == [
        t.type for t in tokens(plain) if t.type.endswith(("_open", "_block"))
    ]
    assert {token.type for token in tokens(hostile)} <= allowed | {"text_special"}
    assert [len(row) for row in cells(hostile)] == [len(row) for row in cells(plain)]
    assert all(unicodedata.category(char) not in ("Cc", "Cf") for char in hostile.replace("\n", ""))


@pytest.mark.parametrize("text", [t for t in HOSTILE if len(t) < 400 and t.isprintable() and t == t.strip()])
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
