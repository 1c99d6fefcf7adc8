"""The dashboard on a real pseudo-terminal, and what a process that imports it holds."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pyte
import pytest

from tests.tui.databases import Writer
from tests.tui.test_trouble import HOSTILE
from tests.waiting import eventually


class Terminal:
    """A program on a pseudo-terminal of 80×24."""

    def __init__(self, *argv: str) -> None:
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(sys.executable, [sys.executable, *argv])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def read(self, seconds: float) -> bool:
        """Take what comes within some seconds; False at the end."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.raw += data
        if data:
            self.stream.feed(data)
        return bool(data)

    def until(self, pattern: str, limit: float = 20) -> None:
        end = monotonic() + limit
        while not re.search(pattern, "\n".join(self.screen.display)):
            assert monotonic() < end, "\n".join(self.screen.display)
            assert self.read(0.1), "\n".join(self.screen.display)

    def until_ended(self, limit: float = 20) -> int:
        end = monotonic() + limit
        while self.read(0.1):
            assert monotonic() < end
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def press(self, keys: str) -> None:
        os.write(self.fd, keys.encode())


@pytest.fixture
def terminal(finished: Writer) -> Iterator[Terminal]:
    opened = Terminal("-m", "lrtui.tui", str(finished.database))
    opened.until("1 Schedules")
    yield opened
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(opened.pid, signal.SIGKILL)
        os.waitpid(opened.pid, 0)
    with suppress(OSError):
        os.close(opened.fd)


def left_clean(raw: bytes) -> bool:
    """The alternate screen and the mouse are off again, the cursor is back."""
    off = {b"\x1b[?1049l": b"\x1b[?1049h", b"\x1b[?1000l": b"\x1b[?1000h", b"\x1b[?25h": b"\x1b[?25l"}
    return all(raw.rfind(last) > raw.rfind(before) for last, before in off.items())


def test_a_person_goes_through_the_modes_and_quits(terminal: Terminal) -> None:
    terminal.press("3")
    terminal.until("18 of 18 runs ended")
    terminal.press("4")
    terminal.until("cosine leads")
    terminal.press("q")
    assert terminal.until_ended() == 0
    assert left_clean(terminal.raw)
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_leave_the_terminal_clean(terminal: Terminal, number: signal.Signals) -> None:
    os.kill(terminal.pid, number)
    terminal.until_ended()
    assert left_clean(terminal.raw)
    assert b"Traceback" not in terminal.raw


def test_keys_that_come_faster_than_frames_all_count_in_their_order(terminal: Terminal) -> None:
    """500 at once in every mode, while nobody waits for the screen, and the size changes under them."""
    terminal.press("3")
    terminal.until("18 of 18 runs ended")
    for mode in "12345":
        terminal.press(mode + "j" * 250 + "k" * 250)
        for size in ((1, 1), (120, 400), (24, 80)):
            fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    terminal.press("3" + "j" * 300 + "k" * 6 + "53" + "/" + "x" * 500 + "\x7f" * 500 + "seed" + "\x7f" * 4 + "cosine")
    terminal.until("run 12: cosine")
    terminal.until("(?m)^ cosine +$")
    terminal.press("\x1b")
    terminal.until("11 step")
    terminal.press("5dn" + "5n" + "a second\r")
    terminal.until("#1 a second")
    terminal.press("1" + "tsv" * 20 + "3")  # which mean nothing where they are pressed, and something on Live
    terminal.until("18 of 18 runs ended")
    terminal.press("/cosine")
    terminal.until("(?m)^ cosine +$")
    terminal.until("start cut off")
    assert not re.search("smoothed|↑1", "\n".join(terminal.screen.display))
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize(
    ("opening", "words", "closing"),
    [
        ("\x10", "what do you want to do", "\r"),  # the first of all commands: Schedules
        ("?", "esc closes this, ", "\x1b[<0;1;1M\x1b[<0;1;1m"),
        ("5n", "Leave .esc", "\r"),
    ],
    ids=["palette", "help", "line"],
)
def test_what_closes_a_screen_may_arrive_twice(terminal: Terminal, opening: str, words: str, closing: str) -> None:
    terminal.press("5")
    terminal.until("digits mlp")
    terminal.press(opening)
    terminal.until(words)
    terminal.press(closing * 2)
    terminal.until(rf"\A(?![\s\S]*{words})")
    terminal.press("3")
    terminal.until("18 of 18 runs ended")
    assert b"Traceback" not in terminal.raw


def ends_soon(terminal: Terminal) -> None:
    """Close the terminal under the dashboard: it may take some seconds to end, and then the kernel ends it."""
    os.close(terminal.fd)
    eventually(lambda: os.waitpid(terminal.pid, os.WNOHANG)[0] != 0, 20, "still running without a terminal")


def test_it_ends_when_the_terminal_is_gone(terminal: Terminal) -> None:
    ends_soon(terminal)


def test_it_ends_when_a_line_stalls_and_the_terminal_is_closed(terminal: Terminal) -> None:
    """Nobody reads any more: what is to be written waits, and with it the application."""
    os.set_blocking(terminal.fd, False)

    waiting = looks = 0

    def is_stuck() -> bool:
        """The main thread waits for a lock, at every look: for the thread that writes, which waits for the terminal."""
        nonlocal waiting, looks
        looks += 1
        with suppress(BlockingIOError):
            os.write(terminal.fd, b"\x1b[B" if looks % 20 < 10 else b"\x1b[A")
        waiting = waiting + 1 if "futex" in Path(f"/proc/{terminal.pid}/wchan").read_text() else 0
        return waiting > 50

    eventually(is_stuck)
    with suppress(BlockingIOError):
        os.write(terminal.fd, (b"\x1b[B" * 10 + b"\x1b[A" * 10) * 40)  # there is more to draw than the queue takes
    waiting = 0
    eventually(is_stuck)
    ends_soon(terminal)


def test_it_ends_with_a_terminal_that_sends_no_signal(finished: Writer) -> None:
    """The terminal is not the process's own, as under a program that starts it in a session apart."""
    master, slave = pty.openpty()
    argv = [sys.executable, "-m", "lrtui.tui", str(finished.database)]
    with subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, start_new_session=True) as dashboard:
        os.close(slave)
        shown = b""
        while b"Lambda" not in shown:
            shown += os.read(master, 65536)
        os.close(master)
        try:
            dashboard.wait(20)
        finally:
            dashboard.kill()


def test_quitting_says_that_it_waits_for_what_was_asked_for(terminal: Terminal, finished: Writer) -> None:
    terminal.press("5")
    terminal.until("digits mlp")
    terminal.press("n")
    terminal.until("Leave .esc")
    finished.connection.execute("BEGIN IMMEDIATE")  # for as long as it is, nobody else can write
    terminal.press("\x15another\r")
    terminal.until(r"\A(?![\s\S]*Leave .esc)")
    terminal.press("q")
    terminal.until("finishing what was asked for")
    finished.connection.execute("ROLLBACK")
    assert terminal.until_ended() == 0
    assert finished.connection.execute("SELECT name FROM comparisons").fetchone()[0] == "another"


def test_an_error_is_an_exit_status(finished: Writer) -> None:
    program = (
        "import sys, pathlib; from lrtui.tui import app, start; app.Dashboard.action_help = lambda self: 1 / 0; "
        f"sys.exit(start.run_dashboard(pathlib.Path({str(finished.database)!r})))"
    )
    terminal = Terminal("-c", program)
    terminal.until("Lambda")
    terminal.press("?")
    assert terminal.until_ended() == 1
    assert left_clean(terminal.raw)


def test_quitting_says_that_training_goes_on(writer: Writer) -> None:
    writer.create(name=HOSTILE)
    assert writer.claim() is not None
    terminal = Terminal("-m", "lrtui.tui", str(writer.database))
    terminal.until("1 Schedules")
    terminal.press("3")
    terminal.until("▶ running")
    terminal.press("q")
    assert terminal.until_ended() == 0
    assert b"training goes on: comparison 1" in terminal.raw
    for payload in (b"\x1b]52;", b"\xe2\x80\xae", b"\xc2\x9b", b"\x00"):
        assert payload not in terminal.raw


def test_the_demo_says_once_whether_training_goes_on(database: Path) -> None:
    code = (
        "from lrtui.cli.main import main; from lrtui.supervisor import control; "
        "control.ensure_supervisor = lambda files: None; "  # what is queued stays so
        f"main(['--db', {str(database)!r}, 'demo'])"
    )
    terminal = Terminal("-c", code)
    terminal.until("· queued")
    terminal.press("q")
    assert terminal.until_ended() == 0
    assert terminal.raw.count(b"nobody works on comparison 1") == 1
    assert b"training goes on" not in terminal.raw


def test_the_import_brings_neither_torch_nor_what_the_first_paint_does_not_need() -> None:
    code = "import lrtui.tui.app, sys; print([m for m in ('torch', 'numpy', 'scipy', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_module_of_the_dashboard_names_a_colour() -> None:
    import lrtui.tui

    folder = Path(lrtui.tui.__file__).parent
    for path in folder.rglob("*.py"):
        assert not re.search(r"#[0-9a-fA-F]{6}\b", path.read_text()), path
