import re
import unicodedata
from html.parser import HTMLParser
from importlib.resources import files
from xml.etree import ElementTree

import pytest

from lrtui.report.html import to_html
from tests.report.conftest import WholeOf
from tests.report.hostile import HOSTILE

VOID = {"meta"}


class Page(HTMLParser):
    """The tags with their attributes, the text, and whether every tag is closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_one_file_that_needs_nothing_else(whole_of: WholeOf) -> None:
    source = to_html(whole_of().document())
    page = Page(source)
    assert page.open == []
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {tag for tag, _ in page.tags}
    assert not {"src", "href", "onload"} & {name for name, _ in page.attributes}
    assert "url(" not in source
    assert "@import" not in source
    assert "http" not in "".join(re.findall(r"<style>.*?</style>", source, re.S))
    assert "default-src 'none'" in source
    assert source.startswith('<!doctype html>\n<html lang="en">')


def test_five_charts_in_well_formed_svg(whole_of: WholeOf) -> None:
    charts = re.findall(r"<svg.*?</svg>", to_html(whole_of().document()), re.S)
    assert len(charts) == 5
    for chart in charts:
        root = ElementTree.fromstring(chart)
        assert root.get("aria-label")
        words = [text.text for text in root.iter("text")]
        assert any("onecycle" in (word or "") for word in words)


def test_it_says_what_the_markdown_says(whole_of: WholeOf) -> None:
    page = Page(to_html(whole_of().document("ko")))
    text = "".join(page.text)
    assert "3-3. 실험 결과에 대한 이유 분석" in text
    assert "2개 Scheduler (onecycle, step) 가 선두이며" in text
    assert dict(page.attributes)["lang"] == "ko"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str, whole_of: WholeOf) -> None:
    plain = Page(to_html(whole_of(error="CUDA out of memory").document()))
    source = to_html(whole_of(label=text, name=text, error=text).document())
    hostile = Page(source)
    assert sorted(hostile.tags) == sorted(plain.tags)
    assert all(unicodedata.category(char) not in ("Cc", "Cf") for char in source.replace("\n", ""))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_lines_stand_out_from_the_page_in_light_and_in_dark() -> None:
    css = files("lrtui.report").joinpath("report.css").read_text(encoding="utf-8")
    themes = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{.*?\}", css, re.S)]
    assert len(themes) == 2
    for theme in themes:
        for name, least in {"ink": 7.0, "soft": 4.5, **{f"s{i}": 3.0 for i in range(7)}}.items():
            light, dark = sorted((luminance(theme[name]), luminance(theme["paper"])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= least, (name, theme[name])
