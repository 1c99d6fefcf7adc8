"""Promise 16, at its root: text from elsewhere cannot command the terminal."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.domain.terminal_text import clean, clean_lines

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
