"""Promise 16, at its root: text from elsewhere cannot command the terminal."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.terminal_text import clean, clean_lines, columns, shortened

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"
HOSTILE = {
    "OSC 52 writes the clipboard": f"a{ESC}]52;c;cm0gLXJmIH4={BEL}b",
    "OSC 8 hides a link": f"{ESC}]8;;https://evil.example{ST}click{ESC}]8;;{ST}",
    "OSC 0 sets the title": f"{ESC}]0;root@server{BEL}",
    "unterminated OSC swallows what follows": f"{ESC}]52;c;cm0gLXJmIH4=",
    "C1 OSC": "\x9d52;c;cm0gLXJmIH4=\x9c",
    "C1 CSI": "\x9b2J\x9bH",
    "CSI clears the screen": f"{ESC}[2J{ESC}[H",
    "DCS": f"{ESC}P+q544e{ST}",
    "carriage return overwrites": "failed\rdone  ",
    "backspaces": "failed\b\b\b\b\b\bdone",
    "bidi override": "step\u202egnitsixe\u202c",
    "bidi isolate": "\u2066a\u2069",
    "zero width": "st\u200bep\u200d\ufeff",
    "tag characters": "a\U000e0041\U000e007f",
    "line separators": "a\u2028b\u2029c\x85d",
    "NUL and DEL": "a\x00b\x7f",
    "lone surrogate": "a\ud800b",
    "tab, vertical tab, form feed": "a\tb\vc\fd",
    "markup stays text": "[/x][bold red]not markup[/]",
}
UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_no_character_is_left_that_a_terminal_obeys(text: str) -> None:
    for safe in (clean(text), *clean_lines(text).split("\n")):
        assert not [char for char in safe if unicodedata.category(char) in UNSAFE]
        safe.encode()


def test_what_is_harmless_is_kept() -> None:
    for text in ("cosine, T_0=5", "학습률 0.1", "Hägele", "naïve café", "模型", "[/x]", "👍"):
        assert clean(text) == text


def test_it_looks_odd_instead_of_like_another() -> None:
    assert clean("st\u200bep") == "st·ep"
    assert clean(f"{ESC}[2Jstep") == "·[2Jstep"


@given(st.text(max_size=300), st.integers(1, 250))
def test_never_longer_than_its_limit_and_never_unsafe(text: str, limit: int) -> None:
    safe = clean(text, limit)
    assert len(safe) <= limit
    assert not [char for char in safe if unicodedata.category(char) in UNSAFE]
    if len(text) <= limit:
        assert len(safe) == len(text)
    assert clean(safe, limit) == safe


@given(st.text(max_size=300))
def test_lines_survive_and_nothing_else_does(text: str) -> None:
    safe = clean_lines(text)
    assert safe.count("\n") == text.count("\n")
    assert not [char for char in safe.replace("\n", "") if unicodedata.category(char) in UNSAFE]


def test_a_name_of_a_megabyte_is_cut_quickly() -> None:
    name = f"{ESC}]52;c;" + "x" * 1_000_000
    started = time.process_time()
    assert len(clean(name)) == 200
    assert clean(name).endswith("…")
    assert len(clean_lines(name)) <= 20_000
    assert time.process_time() - started < 0.1


def test_a_logs_tail_is_what_is_kept() -> None:
    log = "\n".join(f"line {i}" for i in range(10_000))
    assert clean_lines(log, limit=100).endswith("line 9999")
    assert clean_lines("a\r\n\tb") == "a\n    b"


NFD = unicodedata.normalize("NFD", "학습률")  # as macOS spells it: consonants and vowels each on its own


@pytest.mark.parametrize(
    ("text", "expected"),
    [("step", 4), ("학습률", 6), (NFD, 6), ("模型", 4), ("naïve", 5), ("nai\u0308ve", 5), ("ｗｉｄｅ", 8), ("✓ 👍", 4)],
)
def test_columns_are_what_a_terminal_takes(text: str, expected: int) -> None:
    assert columns(text) == expected


@pytest.mark.parametrize(
    ("name", "limit", "expected"),
    [
        ("exponential with gamma 3", 15, "exponent…amma 3"),
        ("코사인 재시작 학습률", 12, "코사인 …습률"),
        ("코사인 재시작 학습률", 13, "코사인 …습률"),
        ("코사인 재시작 학습률", 20, "코사인 재시작 학습률"),
        (NFD * 4, 7, f"{NFD[:6]}…{NFD[-3:]}"),
        ("abc", 2, "a…"),
    ],
)
def test_a_name_is_cut_in_its_middle_to_columns(name: str, limit: int, expected: str) -> None:
    assert shortened(name, limit) == expected


@given(st.text(st.sampled_from("ab 학률模ｗ\u0308\u1100\u1161\u11a8👍"), max_size=40), st.integers(1, 30))
def test_a_cut_name_never_takes_more_columns_than_it_may(name: str, limit: int) -> None:
    short = shortened(name, limit)
    assert columns(short) <= limit
    assert short == name if columns(name) <= limit else "…" in short
