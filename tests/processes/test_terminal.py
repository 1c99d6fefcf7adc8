"""Promise 3: the terminal is closed under `lrtui run` and under the dashboard, and training goes on."""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress

import pytest

from lrtui.machine.process_identity import is_alive
from lrtui.store.reader import Reader
from lrtui.supervisor import control
from tests.processes.lab import Lab
from tests.waiting import eventually

pytestmark = pytest.mark.processes


class Terminal:
    """A pseudo-terminal of 80×24 with a program on it, which it controls like a login does."""

    def __init__(self, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(self.master, (24, 80))
        self.program = subprocess.Popen(
            [sys.executable, "-m", "lrtui", *arguments],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env=os.environ | {"TERM": "xterm-256color"},
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )  # fmt: skip
        os.close(slave)
        os.set_blocking(self.master, False)
        self.shown = b""

    def read(self) -> bytes:
        """All that has been shown so far; what is not read would block the program."""
        with suppress(BlockingIOError, OSError):
            while chunk := os.read(self.master, 65536):
                self.shown += chunk
        return self.shown

    def hang_up(self) -> None:
        os.close(self.master)
        self.master = -1

    def close(self) -> None:
        if self.master >= 0:
            self.hang_up()
        self.program.kill()
        self.program.wait()


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def test_3_training_goes_on_when_the_terminal_is_closed(lab: Lab, terminals: list[Terminal]) -> None:
    database = ["--db", str(lab.database)]
    running = Terminal(*database, "run", "--schedulers", "constant", "--seeds", "1", "--epochs", "100000", "--device", "cpu")  # fmt: skip
    terminals.append(running)
    eventually(lambda: running.read() and lab.connection.execute("SELECT 1 FROM runs").fetchone())
    eventually(lambda: running.read() and lab.run().epoch > 3, seconds=60)
    worker, supervisor = lab.worker_of(), control.supervisor_identity(lab.files)
    assert supervisor is not None

    def goes_on() -> None:
        lab.trains_past(lab.run().epoch + 10)
        assert is_alive(supervisor)
        assert [w.identity for w in lab.workers()] == [worker.identity]

    running.hang_up()
    running.program.wait(20)
    goes_on()

    for end in ("hang up", "kill"):
        dashboard = Terminal(*database)
        terminals.append(dashboard)
        eventually(lambda: b"constant" in dashboard.read() or len(dashboard.shown) > 4000)  # noqa: B023
        assert dashboard.program.poll() is None, dashboard.shown.decode(errors="replace")
        if end == "hang up":
            dashboard.hang_up()
        else:
            dashboard.program.send_signal(signal.SIGKILL)
        dashboard.program.wait(20)
        goes_on()

    reader = Reader(lab.database)
    snapshot = reader.read(1)
    reader.close()
    assert snapshot.supervisor_pid == supervisor.pid
    assert not snapshot.runs[0].stalled
    assert len(snapshot.curves[snapshot.runs[0].id].epoch) == snapshot.runs[0].epoch
