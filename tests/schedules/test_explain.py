import tomllib
import unicodedata
from importlib.resources import files

import pytest

from lrtui.errors import UserError
from lrtui.schedules.explain import LANGUAGES, explain, why
from lrtui.schedules.registry import BUILT_IN_KEYS, scheduler


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", BUILT_IN_KEYS)
def test_every_scheduler_is_explained_in_full(key: str, lang: str) -> None:
    it = explain(key, lang)
    assert list(it.parameters) == [p.name for p in scheduler(key).parameters]
    for prose in (it.what, it.when, it.source, *it.parameters.values()):
        assert prose == " ".join(prose.split()), "prose is one line: whoever shows it wraps it"
        assert prose
    for line in it.formula.split("\n"):
        assert line == line.rstrip()
        assert 0 < width(line) <= 76, "a formula is not wrapped"
    assert len(it.what) > 30
    assert it.what.endswith((".", "다."))


@pytest.mark.parametrize("key", BUILT_IN_KEYS)
def test_korean_is_korean(key: str) -> None:
    english, korean = explain(key, "en"), explain(key, "ko")
    for text in (korean.what, korean.when, *korean.parameters.values()):
        assert any("가" <= char <= "힣" for char in text), text
    for text in (english.what, english.when, english.formula, *english.parameters.values()):
        assert text.isascii(), text
    assert korean.what.endswith("다.")
    assert korean.when.endswith("다.")


def test_no_text_is_left_over() -> None:
    for lang in LANGUAGES:
        texts = tomllib.loads(
            files("lrtui.schedules").joinpath(f"explanations_{lang}.toml").read_text(encoding="utf-8")
        )
        assert list(texts) == ["why", *BUILT_IN_KEYS]
        for key in BUILT_IN_KEYS:
            assert set(texts[key]) <= {"what", "formula", "when", "source", "parameters"}
            assert list(texts[key].get("parameters", {})) == [p.name for p in scheduler(key).parameters]


def test_why_schedulers_exist() -> None:
    assert "learning rate" in why("en").text
    assert "학습률" in why("ko").text


def test_unknown_language_and_scheduler_name_the_nearest() -> None:
    with pytest.raises(UserError, match=r"unknown language 'kor'.*'ko'"):
        explain("step", "kor")
    with pytest.raises(UserError, match="did you mean 'cosine'"):
        explain("cosin", "en")
    with pytest.raises(UserError, match="unknown language"):
        why("")
