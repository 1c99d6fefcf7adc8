"""Measures the dashboard from outside, on a real pseudo-terminal of 120×40, beside an empty Textual app in the same run.

    python benchmarks/dashboard.py [--sizes 20,500,5000] [--keep FOLDER] [--json]

Databases of that many runs of 200 epochs are built with the real store. First paint is the time from the start of the
process to the first scheduler on the screen; a key's latency is the time to the first byte it makes the terminal show.
Times depend on the machine and on what else it does: compare the columns of one run, and look at the ratios.
"""

import argparse
import fcntl
import json
import math
import os
import pty
import random
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

import psutil

from lrtui.domain.spec import spec_from_dict
from lrtui.store import comparisons
from lrtui.store.connection import now, open_database, transaction

EPOCHS = 200
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("Lambda")
Empty().run()
"""
KEYS = {"down": "\x1b[B", "up": "\x1b[A"}


def build(path: Path, runs: int) -> None:
    """A comparison of that many finished runs: 4 schedulers, or 5 × 10 base LRs, and seeds for the rest."""
    connection = open_database(path)
    schedulers = ["constant", "lambda", "step", "cosine", "onecycle"]
    rates = [0.1] if runs < 500 else [round(0.01 * (i + 1), 3) for i in range(10)]
    seeds = max(1, runs // len(schedulers) // len(rates))
    spec = spec_from_dict(
        {"name": f"{runs} runs", "schedulers": schedulers, "base_lrs": rates, "seeds": seeds, "epochs": EPOCHS}
    )
    comparison_id = comparisons.create(connection, spec, {"made": "up"})
    rng = random.Random(runs)
    with transaction(connection) as db:
        for (run_id,) in db.execute("SELECT id FROM runs WHERE comparison_id = ?", (comparison_id,)).fetchall():
            top = rng.gauss(0.93, 0.005)
            rows = [
                (run_id, e, 0.1, 0.1 * (1 - e / EPOCHS), 0.0, 0.1, 2.3 * math.exp(-e / 30), 2.3 * math.exp(-e / 40), top * (1 - math.exp(-e / 20)))
                for e in range(1, EPOCHS + 1)
            ]  # fmt: skip
            db.executemany(
                "INSERT INTO epochs (run_id, epoch, lr_first, lr_last, lr_min, lr_max, train_loss, val_loss, val_acc,"
                " seconds, images_per_second) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0.05, 20000)",
                rows,
            )
            db.execute(
                "UPDATE runs SET status = 'done', epoch = ?, lr = 0, last_val_acc = ?, val_acc = ?, selection_acc = ?,"
                " test_acc = ?, test_acc_last = ?, best_epoch = ?, seconds = 10, started_at = ?, ended_at = ? WHERE id = ?",
                (EPOCHS, top, top, top, top - 0.01, top - 0.01, EPOCHS, now(), now(), run_id),
            )
    connection.close()


class Terminal:
    """A program on a pseudo-terminal. Answers no queries, as some terminals do not."""

    def __init__(self, argv: list[str], cols: int = 120, rows: int = 40) -> None:
        self.raw = bytearray()
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS=str(cols), LINES=str(rows))
            os.execv(argv[0], argv)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def pump(self, seconds: float) -> bytes:
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        data = os.read(self.fd, 1 << 16)
        self.raw += data
        return data

    def until(self, words: bytes, limit: float = 60) -> float:
        end = time.perf_counter() + limit
        while words not in self.raw:
            self.pump(0.02)
            if time.perf_counter() > end:
                raise TimeoutError(words)
        return time.perf_counter() - self.started

    def settle(self, quiet: float, limit: float = 10) -> None:
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

    def idle(self, seconds: float) -> tuple[float, float]:
        """CPU in percent of one core, and bytes a second to the terminal."""
        process = psutil.Process(self.pid)
        cpu, sent, start = sum(process.cpu_times()[:2]), len(self.raw), time.perf_counter()
        while time.perf_counter() - start < seconds:
            self.pump(0.2)
        taken = time.perf_counter() - start
        return (sum(process.cpu_times()[:2]) - cpu) / taken * 100, (len(self.raw) - sent) / taken

    def memory(self) -> float:
        return float(psutil.Process(self.pid).memory_info().rss) / 1e6

    def close(self) -> None:
        psutil.Process(self.pid).kill()
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def _quantiles(name: str, taken: list[float]) -> dict[str, float]:
    if not taken:
        return {}
    return {
        f"{name} p50 ms": round(statistics.median(taken), 1),
        f"{name} p95 ms": round(taken[int(0.95 * (len(taken) - 1))], 1),
    }


def measure(argv: list[str], *, empty: bool = False, repeats: int = 5) -> dict[str, float]:
    """One column of the table."""
    paints = []
    for _ in range(repeats):
        terminal = Terminal(argv)
        paints.append(terminal.until(b"Lambda"))
        terminal.close()
    result: dict[str, float] = {
        "first paint s": round(min(paints), 3),
        "first paint median s": round(statistics.median(paints), 3),
    }
    terminal = Terminal(argv)
    terminal.until(b"Lambda")
    terminal.settle(1.5, 60)
    if not empty:
        result |= _quantiles("key on Schedules", terminal.latencies(["down", "up"], 60))
        terminal.press("3")
        terminal.until("✓ done".encode())
        terminal.settle(1.5, 60)
        result |= _quantiles("key on Live", terminal.latencies(["down", "down", "up"], 60))
        terminal.press("4")
        terminal.until(b"model confidence set")
        terminal.settle(1, 30)
        result |= _quantiles("switch of mode", terminal.latencies(["3", "4", "1", "5"], 24))
        terminal.press("3")
        terminal.settle(1, 30)
    cpu, sent = terminal.idle(5)
    result |= {"idle CPU %": round(cpu, 2), "idle bytes/s": round(sent), "memory MB": round(terminal.memory())}
    terminal.close()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="20,500,5000")
    parser.add_argument("--keep", type=Path, help="a folder for the databases, used again when they are there")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="lrtui-benchmark-"))
    folder.mkdir(exist_ok=True)
    columns = {"empty Textual app": measure([sys.executable, "-c", EMPTY], empty=True)}
    for runs in map(int, options.sizes.split(",")):
        path = folder / f"{runs}.db"
        if not path.exists():
            print(f"building {path} …", file=sys.stderr)
            build(path, runs)
        columns[f"{runs} runs"] = measure([sys.executable, "-m", "lrtui.tui", str(path)])
    if options.json:
        print(json.dumps(columns))
        return
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    print(f"| {'':24} | " + " | ".join(f"{title:>17}" for title in columns) + " |")
    print(f"|{'-' * 26}|" + "|".join("-" * 19 for _ in columns) + "|")
    for name in names:
        print(f"| {name:24} | " + " | ".join(f"{column.get(name, '–'):>17}" for column in columns.values()) + " |")
    print(f"\nload {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
