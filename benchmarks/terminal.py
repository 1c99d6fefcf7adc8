"""A program on a pseudo-terminal of 120×40, driven and timed from outside."""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import termios
import time
from contextlib import suppress

import psutil

KEYS = {"down": "\x1b[B", "up": "\x1b[A"}
_ANSWERS = {  # what most terminals answer to the questions that programs ask
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b]11;?": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    b"\x1b]10;?": b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
}


class Terminal:
    """Starts the program. It answers questions only where asked to, as some terminals answer none."""

    def __init__(self, argv: list[str], cols: int = 120, rows: int = 40, *, answers: bool = False) -> None:
        self.raw = bytearray()
        self.started = time.perf_counter()
        self._answers = answers
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS=str(cols), LINES=str(rows))
            os.execvp(argv[0], argv)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def pump(self, seconds: float) -> bytes:
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        data = os.read(self.fd, 1 << 16)
        if self._answers:
            os.write(self.fd, b"".join(answer for question, answer in _ANSWERS.items() if question in data))
        self.raw += data
        return data

    def until(self, words: bytes, limit: float = 60) -> float:
        """Seconds since the start when the words are shown."""
        end = time.perf_counter() + limit
        while words not in self.raw:
            self.pump(0.02)
            if time.perf_counter() > end:
                raise TimeoutError(words)
        return time.perf_counter() - self.started

    def settle(self, quiet: float, limit: float = 10) -> None:
        """Wait until nothing was shown for so long."""
        end = time.perf_counter() + limit
        last = time.perf_counter()
        while time.perf_counter() < end and time.perf_counter() - last < quiet:
            if self.pump(0.01):
                last = time.perf_counter()

    def press(self, key: str) -> None:
        os.write(self.fd, KEYS.get(key, key).encode())

    def latencies(self, keys: list[str], presses: int) -> list[float]:
        """Milliseconds from a key to the first byte, for keys that show something."""
        taken = []
        for i in range(presses):
            start = time.perf_counter()
            self.press(keys[i % len(keys)])
            while time.perf_counter() - start < 2:
                if self.pump(0.002):
                    taken.append((time.perf_counter() - start) * 1e3)
                    break
            self.settle(0.05, 1)
        return sorted(taken)

    def watch(self, seconds: float) -> tuple[float, float]:
        """CPU in percent of one core, and bytes a second to the terminal, while nobody presses a key."""
        cpu, sent, start = self._cpu(), len(self.raw), time.perf_counter()
        while time.perf_counter() - start < seconds:
            self.pump(0.2)
        taken = time.perf_counter() - start
        return (self._cpu() - cpu) / taken * 100, (len(self.raw) - sent) / taken

    def memory(self) -> list[float]:
        """Megabytes of the program and of each process that it has started."""
        return [process.memory_info().rss / 1e6 for process in self._tree()]

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it, with a signal; what it shows meanwhile is read."""
        for process in self._tree() if number is signal.SIGKILL else self._tree()[:1]:
            process.send_signal(number)
        with suppress(OSError):  # the terminal closes with the last of them
            while True:
                self.pump(0.1)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def _tree(self) -> list[psutil.Process]:
        program = psutil.Process(self.pid)
        return [program, *program.children(recursive=True)]

    def _cpu(self) -> float:
        return sum(sum(process.cpu_times()[:2]) for process in self._tree())


def quantiles(name: str, taken: list[float]) -> dict[str, float]:
    """The median and the 95th percentile of sorted milliseconds; nothing of nothing."""
    if not taken:
        return {}
    return {
        f"{name} p50 ms": round(statistics.median(taken), 1),
        f"{name} p95 ms": round(taken[int(0.95 * (len(taken) - 1))], 1),
    }
