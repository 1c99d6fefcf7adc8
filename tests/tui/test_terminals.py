"""Poor terminals, each a real pseudo-terminal: no colours, 16 colours, no Unicode; and what rings."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from lrtui.tui.terminal.ascii import to_ascii, wants_ascii
from lrtui.tui.terminal.few_colours import LEGIBLE, _as_shown, _colourless, _legible, contrast
from tests.tui.databases import Writer
from tests.tui.driver import drive
from tests.tui.test_terminal import Terminal
from tests.tui.test_trouble import HOSTILE

Open = Callable[..., Terminal]
_START = "import os, sys; os.environ.pop('COLORTERM'); os.environ.update({0!r}); os.execv(sys.executable, [sys.executable, '-m', 'lrtui.tui', {1!r}, '1'])"
_OSC = re.compile(rb"\x1b\].*?(\x07|\x1b\\)")
_SGR = re.compile(rb"\x1b\[([\d;]*)m")


@pytest.fixture
def opened() -> Iterator[Open]:
    """The dashboard on Live, started in an environment."""
    terminals = []

    def start(writer: Writer, **environment: str) -> Terminal:
        terminals.append(Terminal("-c", _START.format(environment, str(writer.database))))
        return terminals[-1]

    yield start
    for terminal in terminals:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(terminal.pid, signal.SIGKILL)
            os.waitpid(terminal.pid, 0)
        with suppress(OSError):
            os.close(terminal.fd)


def styles(raw: bytes) -> list[list[int]]:
    """The numbers of every SGR sequence."""
    return [[int(part or 0) for part in found.split(b";")] for found in _SGR.findall(raw)]


def goes_around(terminal: Terminal) -> None:
    """Every mode, with charts drawn, a question and the help."""
    terminal.until("18 of 18 runs ended")
    terminal.until("a constant +b step")  # the legend: the charts are drawn
    for key, words in (("1", "Lambda"), ("2", "Start"), ("4", "cosine leads"), ("5", "digits mlp"), ("d", "Delete comparison 1"), ("n", "made up"), ("3", "    1 constant +0.1")):  # fmt: skip
        terminal.press(key)
        terminal.until(words)


def test_no_color_means_none_and_what_is_chosen_is_reversed(finished: Writer, opened: Open) -> None:
    terminal = opened(finished, NO_COLOR="1", TERM="xterm-256color", COLORTERM="truecolor")
    goes_around(terminal)
    coloured = [numbers for numbers in styles(terminal.raw) if any(30 <= n < 39 or 40 <= n < 49 or n >= 90 for n in numbers)]  # fmt: skip
    assert coloured == []
    row = next(y for y, line in enumerate(terminal.screen.display) if line.startswith("     1 constant"))
    cells = terminal.screen.buffer[row]
    assert all(cells[x].reverse for x in range(70))
    assert not terminal.screen.buffer[row + 1][8].reverse
    assert [terminal.screen.buffer[0][terminal.screen.display[0].index(m)].reverse for m in ("Live", "Ranking")] == [True, False]  # fmt: skip


def test_16_colours_are_enough_and_legible(finished: Writer, opened: Open) -> None:
    terminal = opened(finished, TERM="xterm")
    goes_around(terminal)
    assert not any(38 in numbers or 48 in numbers for numbers in styles(terminal.raw))
    assert any(30 <= n < 38 or 90 <= n < 98 for numbers in styles(terminal.raw) for n in numbers)
    for y in range(24):
        for cell in terminal.screen.buffer[y].values():
            assert cell.data == " " or cell.fg != cell.bg or cell.fg == "default", (y, cell)
    row = next(y for y, line in enumerate(terminal.screen.display) if line.startswith("     1 constant"))
    assert (terminal.screen.buffer[row][8].fg, terminal.screen.buffer[row][8].bg) == ("black", "cyan")


@pytest.mark.parametrize(
    "environment", [{"LC_ALL": "C"}, {"LRTUI_ASCII": "1"}, {"LANG": "C"}, {"LC_ALL": "ko_KR.eucKR"}]
)
def test_without_unicode_every_byte_is_ascii(finished: Writer, opened: Open, environment: dict[str, str]) -> None:
    terminal = opened(finished, **{"LANG": "", "LC_CTYPE": "", "TERM": "xterm-256color"} | environment)
    goes_around(terminal)
    assert max(terminal.raw) < 128
    assert "+ done" in "\n".join(terminal.screen.display)
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize(
    ("environment", "plain"),
    [
        ({}, False), ({"LANG": "C"}, True), ({"LANG": "C.UTF-8"}, False), ({"LANG": "en_US.ISO-8859-1"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True), ({"LC_CTYPE": "C.UTF-8"}, False), ({"LANG": "C", "LC_CTYPE": "ko_KR.utf8"}, False),
        ({"LANG": "C.UTF-8", "LC_ALL": "POSIX"}, True), ({"LC_ALL": "C", "LRTUI_ASCII": "0"}, False), ({"LRTUI_ASCII": "1"}, True),
    ],
)  # fmt: skip
def test_when_ascii_is_wanted(environment: dict[str, str], plain: bool) -> None:
    assert wants_ascii(environment) is plain


@given(st.text())
def test_ascii_is_as_wide_as_what_it_stands_for(text: str) -> None:
    plain = to_ascii(text)
    assert plain.isascii()
    assert cell_len(plain) == sum(map(cell_len, text)) or not text.isprintable()


@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3))
def test_letters_are_legible_in_16_colours(front: tuple[int, int, int], back: tuple[int, int, int]) -> None:
    from rich.color import ColorSystem

    style = _legible(Style(color=f"rgb{front}".replace(" ", ""), bgcolor=f"rgb{back}".replace(" ", "")))
    assert style.color is not None
    assert style.bgcolor is not None
    shown = [_as_shown(colour.downgrade(ColorSystem.STANDARD)) for colour in (style.color, style.bgcolor)]
    assert contrast(*shown) >= LEGIBLE


def test_without_colours_the_rest_of_a_style_stays() -> None:
    style = Style(color="red", bgcolor="rgb(0,120,212)", bold=True, underline=True)
    assert _colourless(style, "#121212") == Style(bold=True, underline=True, reverse=True)
    assert _colourless(Style(color="red", bgcolor="rgb(30,30,30)"), "#121212") == Style()


def test_the_end_of_the_open_comparison_rings_where_it_is_wanted(writer: Writer, opened: Open) -> None:
    writer.create(name=HOSTILE)
    terminal = opened(writer, LRTUI_NOTIFY="1", TERM="xterm-256color")
    silent = opened(writer, TERM="xterm-256color")
    for one in (terminal, silent):
        one.until("0 of 18 runs ended")
    writer.train_all()
    for one in (terminal, silent):
        one.until("18 of 18 runs ended")
        one.press("q")
        assert one.until_ended() == 0
    notifications = re.findall(rb"\x1b\]9;(.*?)\x1b\\", terminal.raw)
    assert len(notifications) == 1
    assert notifications[0].startswith(b"lrtui: comparison 1, ")
    assert notifications[0].endswith(b"has ended: done")
    assert [_OSC.sub(b"", one.raw).count(b"\x07") for one in (terminal, silent)] == [1, 0]
    assert b"\x1b]9;" not in silent.raw
    for payload in (b"\x1b]52;", b"\xe2\x80\xae", b"\xc2\x9b", b"\x00"):
        assert payload not in terminal.raw


@pytest.mark.parametrize(
    ("inside", "words"), [({"TMUX": "/tmp/tmux-0/default,1,0"}, "set-clipboard on"), ({"STY": "1.pts-0"}, "GNU screen"), ({}, "")]
)  # fmt: skip
async def test_what_may_keep_a_text_from_the_clipboard_is_said_where_it_is_sent(
    database: Path, monkeypatch: pytest.MonkeyPatch, inside: dict[str, str], words: str
) -> None:
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in inside.items():
        monkeypatch.setenv(name, value)
    async with drive(database, (120, 40)) as driver:
        await driver.press("down", "c")
        await driver.sees("the code, ")
        (said,) = [one.message for one in driver.app._notifications]
        assert words in said
        assert words or "tmux" not in said
