"""Measures the dashboard from outside, on a real pseudo-terminal of 120×40, beside an empty Textual app in the same run.

    python benchmarks/dashboard.py [--sizes 20,500,5000] [--keep FOLDER] [--leet FOLDER] [--json]

Databases of that many runs of 200 epochs are built with the real store. First paint is the time from the start of the
process to the first scheduler on the screen; a key's latency is the time to the first byte it makes the terminal show. With
"writing" four runs get an epoch every 50 ms each, and Live shows them. How late the loop is at most, and how long frames take,
is measured inside the program (`lateness.py`), in a process of its own so that it costs the other figures nothing.
Times depend on the machine and on what else it does: compare the columns of one run, and look at the ratios.

`--leet` puts `wandb leet` beside it, where `wandb` is on the PATH: FOLDER holds as many offline runs as the sizes say, in
FOLDER/20/wandb, FOLDER/500/wandb and so on.
"""

import argparse
import json
import math
import multiprocessing
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs as a script
from benchmarks.terminal import Terminal, quantiles
from lrtui.comparison.records import EvaluationRow
from lrtui.comparison.spec import spec_from_dict
from lrtui.store import claims, comparisons, workers
from lrtui.store.connection import open_database
from lrtui.store.transactions import now, transaction

Column = dict[str, float | str]

EPOCHS = 200
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("Lambda")
Empty().run()
"""
WRITING_SECONDS = 10.0


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
                "INSERT INTO evaluations (run_id, epoch, lr_first, lr_last, lr_min, lr_max, train_loss, val_loss, score,"
                " seconds, examples_per_second) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0.05, 20000)",
                rows,
            )
            db.execute(
                "UPDATE runs SET status = 'done', epoch = ?, lr = 0, last_score = ?, score = ?, selection = ?,"
                " test = ?, test_last = ?, best_epoch = ?, seconds = 10, started_at = ?, ended_at = ? WHERE id = ?",
                (EPOCHS, top, top, top, top - 0.01, top - 0.01, EPOCHS, now(), now(), run_id),
            )
    connection.close()


def set_back(path: Path) -> None:
    """Four runs of the comparison are to be trained anew."""
    connection = open_database(path)
    with transaction(connection) as db:
        last = "(SELECT id FROM runs ORDER BY id DESC LIMIT 4)"
        db.execute(f"DELETE FROM evaluations WHERE run_id IN {last}")
        db.execute(f"UPDATE runs SET status = 'queued', epoch = 0, ended_at = NULL, score = NULL WHERE id IN {last}")
    connection.close()


def write(path: Path, seconds: float) -> None:
    """Play the workers on those runs."""
    connection = open_database(path)
    worker_id = workers.register(connection, "cpu:0")
    taken = [
        claim for _ in range(4) if (claim := claims.claim_next(connection, worker_id, "cpu", ["auto"])) is not None
    ]
    end, epoch = time.monotonic() + seconds, 0
    while time.monotonic() < end and epoch < EPOCHS:
        epoch += 1
        row = EvaluationRow(
            epoch,
            32 * epoch,
            1000 * epoch,
            0.1,
            0.1,
            0.1,
            0.1,
            2.3,
            2.3 * math.exp(-epoch / 40),
            1 - math.exp(-epoch / 20),
            0.05,
            2e4,
        )
        with transaction(connection) as db:
            for claim in taken:
                claims.write_epochs(db, claim.run_id, claim.claim, [row])
        if epoch % 20 == 0:
            workers.beat(connection, worker_id)
        time.sleep(0.05)
    connection.close()


def first_paint(start: Callable[[], Terminal], words: bytes, repeats: int) -> Column:
    paints = []
    for _ in range(repeats):
        terminal = start()
        paints.append(terminal.until(words))
        terminal.end()
    return {"first paint s": round(min(paints), 3), "first paint median s": round(statistics.median(paints), 3)}


def at_rest(terminal: Terminal) -> Column:
    cpu, sent = terminal.watch(5)
    own, *children = terminal.memory()
    return {
        "idle CPU %": round(cpu, 2),
        "idle bytes/s": round(sent),
        "memory MB": round(own),
        "and its processes' MB": " + ".join(f"{child:.0f}" for child in children) or "–",
    }


def empty_app() -> Column:
    def start() -> Terminal:
        return Terminal([sys.executable, "-c", EMPTY])

    result = first_paint(start, b"Lambda", 5)
    terminal = start()
    terminal.until(b"Lambda")
    terminal.settle(1)
    result |= at_rest(terminal)
    terminal.end()
    return result


def dashboard(path: Path) -> Column:
    """One column of the table."""

    def start() -> Terminal:
        return Terminal([sys.executable, "-m", "lrtui.tui", str(path)])

    result = first_paint(start, b"Lambda", 5)
    terminal = start()
    terminal.until(b"Lambda")
    terminal.settle(1.5, 60)
    result |= quantiles("key on Schedules", terminal.latencies(["down", "up"], 60))
    terminal.press("2")
    terminal.settle(1, 30)
    terminal.press("3")
    terminal.until("✓ done".encode())
    terminal.settle(1.5, 60)
    result |= quantiles("key on Live", terminal.latencies(["down", "down", "up"], 60))
    terminal.press("4")
    terminal.settle(4, 60)
    result |= quantiles("key on Ranking", terminal.latencies(["down", "up"], 60))
    terminal.press("5")
    terminal.settle(2, 60)
    result |= quantiles("switch of mode", terminal.latencies(["3", "4", "1", "5"], 24))
    terminal.press("3")
    terminal.settle(1, 30)
    result |= at_rest(terminal)
    terminal.end()
    return result | under_writing(path) | lateness(path)


def under_writing(path: Path) -> Column:
    """Live while runs are trained, from outside."""
    with tempfile.TemporaryDirectory() as folder:
        live = Path(shutil.copy(path, folder))
        set_back(live)
        writer = multiprocessing.Process(target=write, args=(live, WRITING_SECONDS))
        terminal = Terminal([sys.executable, "-m", "lrtui.tui", str(live)])
        terminal.until(b"Lambda")
        terminal.press("3")
        terminal.settle(1.5, 60)
        writer.start()
        cpu, sent = terminal.watch(WRITING_SECONDS / 2)
        result: Column = {"writing: CPU %": round(cpu, 1), "writing: bytes/s": round(sent)}
        result |= quantiles("writing: key on Live", terminal.latencies(["down", "up"], 30))
        terminal.end()
        writer.join()
    return result


def lateness(path: Path) -> Column:
    """How late the loop comes to its turn, while every mode is visited and keys are pressed, then while runs are trained."""
    with tempfile.TemporaryDirectory() as folder:
        live, report = Path(shutil.copy(path, folder)), Path(folder, "report.json")
        set_back(live)
        terminal = Terminal([sys.executable, str(Path(__file__).with_name("lateness.py")), str(live), str(report)])
        terminal.until(b"Lambda")
        terminal.settle(1.5, 60)
        marks = [time.perf_counter()]
        for key in "2345123451":
            terminal.press(key)
            terminal.settle(1, 30)
            for own in ("down", "down", "up"):
                terminal.press(own)
                terminal.settle(0.1, 2)
        marks.append(time.perf_counter())
        terminal.press("3")
        terminal.settle(1, 30)
        writer = multiprocessing.Process(target=write, args=(live, WRITING_SECONDS))
        writer.start()
        terminal.watch(WRITING_SECONDS)
        marks.append(time.perf_counter())
        terminal.end(signal.SIGTERM)
        writer.join()
        watched = json.loads(report.read_text())
    frames = sorted(took * 1e3 for when, took in watched["frames"] if marks[1] <= when <= marks[2])
    return {
        **_most("start: loop late, at most ms", watched["late"], 0.0, marks[0]),
        **_most("visits: loop late, at most ms", watched["late"], marks[0], marks[1]),
        **_most("writing: loop late, at most ms", watched["late"], marks[1], marks[2]),
        **quantiles("writing: a frame", frames),
    }


def _most(name: str, late: list[tuple[float, float, float]], after: float, before: float) -> Column:
    """The longest wait for a turn, and how much of it the loop's own thread was computing."""
    waits = [(seconds, computing) for when, seconds, computing in late if after <= when < when + seconds < before]
    seconds, computing = max(waits, default=(0.0, 0.0))
    return {name: f"{seconds * 1e3:.0f} ({computing * 1e3:.0f} own)"}


def leet(folder: Path) -> Column:
    """`wandb leet` on a folder of offline runs, showing the newest, as it starts."""

    def start() -> Terminal:
        return Terminal(["wandb", "leet", str(folder)], answers=True)

    result = first_paint(start, b"val_loss", 3)
    terminal = start()
    terminal.until(b"val_loss")
    terminal.settle(2, 60)
    result |= quantiles("key on Live", terminal.latencies(["down", "down", "up"], 60))
    terminal.settle(1, 30)
    result |= at_rest(terminal)
    terminal.end()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="20,500,5000")
    parser.add_argument("--keep", type=Path, help="a folder for the databases, used again when they are there")
    parser.add_argument("--leet", type=Path, help="a folder of folders of offline wandb runs")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="lrtui-benchmark-"))
    folder.mkdir(exist_ok=True)
    os.environ["XDG_CONFIG_HOME"] = str(folder / "config")  # nothing is set up, and nobody's settings hold
    columns = {"empty Textual app": empty_app()}
    for runs in map(int, options.sizes.split(",")):
        path = folder / f"{runs}.db"
        if not path.exists():
            print(f"building {path} …", file=sys.stderr)
            build(path, runs)
        columns[f"{runs} runs"] = dashboard(path)
        if options.leet and shutil.which("wandb") and (options.leet / str(runs) / "wandb").is_dir():
            columns[f"leet, {runs} runs"] = leet(options.leet / str(runs) / "wandb")
    if options.json:
        print(json.dumps(columns))
        return
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    print(f"| {'':30} | " + " | ".join(f"{title:>17}" for title in columns) + " |")
    print(f"|{'-' * 32}|" + "|".join("-" * 19 for _ in columns) + "|")
    for name in names:
        print(f"| {name:30} | " + " | ".join(f"{column.get(name, '–'):>17}" for column in columns.values()) + " |")
    print(f"\nload {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
