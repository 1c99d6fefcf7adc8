"""A person at a real terminal compares two schedulers: the program as installed, real training, nothing simulated."""

import os
import re
import select
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from pty import fork
from time import monotonic

import pyte
import pytest

from lrtui.comparison.settings import setting
from lrtui.comparison.spec import Spec
from lrtui.comparison.status import RunStatus
from lrtui.store import comparisons
from lrtui.tui.draft import Draft
from tests.processes.lab import Lab
from tests.waiting import eventually

pytestmark = pytest.mark.processes

ENTER, DOWN, HOME, BACKSPACE = "\r", "\x1b[B", "\x1b[H", "\x7f"
EPOCHS, SEEDS = 3, 2
RUNS = 2 * SEEDS


class Person:
    """Somebody at a terminal of some size, with `lrtui` on it in a folder of their own."""

    def __init__(self, database: Path, folder: Path, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.pid, self.fd = fork()
        if self.pid == 0:
            termios.tcsetwinsize(0, (rows, columns))
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", PYTHONPATH=os.getcwd())
            os.chdir(folder)
            os.execv(sys.executable, [sys.executable, "-m", "lrtui", "--db", str(database)])

    @property
    def shown(self) -> str:
        return "\n".join(self.screen.display)

    def look(self) -> bool:
        """Take what comes; False at the end."""
        if select.select([self.fd], [], [], 0.1)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                return False
            self.raw += data
            self.stream.feed(data)
            return bool(data)
        return True

    def sees(self, pattern: str, seconds: float = 30) -> None:
        """Wait until the screen shows it."""
        end = monotonic() + seconds
        while not re.search(pattern, self.shown):
            assert monotonic() < end, f"no {pattern!r} in\n{self.shown}"
            assert self.look(), f"it ended before {pattern!r}\n{self.raw[-2000:].decode(errors='replace')}"

    def press(self, *keys: str) -> None:
        for key in keys:
            os.write(self.fd, key.encode())

    def place(self, pattern: str) -> tuple[int, int]:
        """Column and line, from 0, of the first character that matches."""
        self.sees(pattern)
        for y, line in enumerate(self.screen.display):
            if found := re.search(pattern, line):
                return found.start(), y
        raise AssertionError(pattern)

    def click(self, pattern: str) -> None:
        """Click on what the screen shows, one character in: the name, not the space before it."""
        while select.select([self.fd], [], [], 0.3)[0]:  # what is still being drawn may move it
            assert self.look()
        x, y = self.place(pattern)
        os.write(self.fd, f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m".encode())

    def scroll(self, pattern: str, lines: int) -> None:
        """Turn the wheel over what the screen shows."""
        x, y = self.place(pattern)
        os.write(self.fd, f"\x1b[<65;{x + 1};{y + 1}M".encode() * lines)

    def hang_up(self) -> None:
        os.close(self.fd)
        self.fd = -1

    def ended(self, seconds: float = 30) -> int:
        end = monotonic() + seconds
        while self.fd >= 0 and self.look():
            assert monotonic() < end, self.shown
        status = os.waitpid(self.pid, 0)[1]
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        if self.pid:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        if self.fd >= 0:
            self.hang_up()


@pytest.fixture(params=[(80, 24), (200, 60)], ids=["80x24", "200x60"])
def person(lab: Lab, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Person]:
    folder = tmp_path / "reports"
    folder.mkdir()
    opened = Person(lab.database, folder, *request.param)
    opened.sees("1 Schedules")
    opened.sees("Lambda")
    yield opened
    opened.close()


def _types(person: Person, label: str, text: str) -> None:
    """Type a value into the line that is open for a setting, over what is there."""
    person.sees(rf"(?m)^ {label} = ")
    person.press(BACKSPACE * 5 + text + ENTER)  # at once: each key in its order
    person.sees(rf"(?m)^ {label} +{text} ")


def _sets(person: Person, label: str, text: str) -> None:
    """With the keyboard: go down to a setting and type its value."""
    shown = map(setting, Draft().shown_settings)
    place, chosen = next((i, s) for i, s in enumerate(shown) if s.label == label)
    person.press(HOME, *[DOWN] * place)
    person.sees(re.escape(chosen.help[:20]))
    person.press(ENTER)
    _types(person, label, text)


def _set_up(person: Person) -> None:
    person.sees("0 picked|space picks")
    person.press(" ")
    person.sees("1 picked")
    person.press(DOWN, " ")
    person.sees("2 picked")
    person.press("2")
    person.sees("s  Start")
    _sets(person, "epochs", str(EPOCHS))
    _sets(person, "seeds", str(SEEDS))
    person.sees(f"{RUNS} runs")


def _spec(lab: Lab) -> Spec:
    return comparisons.get(lab.connection, 1).spec


def _all_done(lab: Lab) -> bool:
    runs = lab.runs()
    return len(runs) == RUNS and all(run.status is RunStatus.DONE and run.epoch == EPOCHS for run in runs)


def _found(person: Person, folder: Path, lab: Lab) -> None:
    """Ranked, exported: the file says what the screen says."""
    eventually(lambda: person.look() and (folder / "lrtui-1.md").is_file())
    person.sees("written:")
    report = (folder / "lrtui-1.md").read_text()
    assert all(schedule.label in report for schedule in _spec(lab).schedules)


def test_with_the_keyboard(person: Person, lab: Lab, tmp_path: Path) -> None:
    _set_up(person)
    person.press("s")
    person.sees(rf"{RUNS} of {RUNS} runs ended", 100)
    assert _all_done(lab)
    assert (_spec(lab).dataset, _spec(lab).model, _spec(lab).epochs) == ("digits", "mlp", EPOCHS)
    person.press("4")
    person.sees(r"model confidence set|leads|cannot|no difference|tie")
    person.press("e")
    _found(person, tmp_path / "reports", lab)
    person.press("q")
    assert person.ended() == 0
    assert b"Traceback" not in person.raw


def test_with_the_mouse(person: Person, lab: Lab, tmp_path: Path) -> None:
    """Everything but the digits of the two numbers, which no mouse types."""
    person.click(r"(?<=\[ \] )Lambda")
    person.sees("1 picked")
    for _ in range(2):  # the first click goes there, the second picks
        person.click(r"(?<=\] )Multiplicative")
    person.sees("2 picked")
    person.click("2 Compare")
    person.sees("s  Start")
    for label, value in (("epochs", EPOCHS), ("seeds", SEEDS)):
        person.click(rf"{label} +\d")
        person.click(rf"{label} +\d")
        _types(person, label, str(value))
    person.sees(f"{RUNS} runs")
    person.click("s  Start")
    person.sees(rf"{RUNS} of {RUNS} runs ended", 100)
    assert _all_done(lab)
    person.click("4 Ranking")
    person.sees(r"model confidence set|leads|cannot|no difference|tie")
    person.click("e export")
    _found(person, tmp_path / "reports", lab)
    person.click("q quit")
    assert person.ended() == 0
    assert b"Traceback" not in person.raw


@pytest.mark.parametrize("person", [(80, 24)], ids=["80x24"], indirect=True)
def test_training_goes_on_to_the_end_when_the_terminal_is_closed(person: Person, lab: Lab) -> None:
    _set_up(person)
    person.press("s")
    eventually(lambda: person.look() and any(run.status is RunStatus.RUNNING for run in lab.runs()))
    person.hang_up()
    person.ended()
    assert not _all_done(lab)
    eventually(lambda: _all_done(lab), 100, lab.story())
