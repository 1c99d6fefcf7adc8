"""The dashboard with a watch on its loop: how long it was kept from its turn, by what, and how long frames take.

    python benchmarks/lateness.py DATABASE REPORT.json       in a terminal; writes the report when it ends (q, SIGTERM)
    python benchmarks/lateness.py --show REPORT.json         what kept the loop for over 50 ms, with the code that ran then

A task asks for its turn every 2 ms and notes how late it comes, and how much of that the loop's own thread was computing:
on a machine with other work the rest may be somebody else's. A frame is what Textual makes of a change and sends.
"""

import asyncio
import gc
import json
import sys
import threading
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path

from textual.screen import Screen

import lrtui.tui.app
from lrtui.tui.start import run_dashboard

TURN = 0.002
LATE = 0.05
MAIN = threading.main_thread().ident or 0


@dataclass
class Watch:
    """Seconds, on the clock that all processes share: (when, how late, of that computing), (when, a frame's)."""

    late: list[tuple[float, float, float]] = field(default_factory=list)
    frames: list[tuple[float, float]] = field(default_factory=list)
    stacks: list[tuple[float, list[str]]] = field(default_factory=list)
    turn: float = 0.0
    searching: float = 0.0

    async def watch(self) -> None:
        while True:
            self.turn, computing = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TURN)
            late = time.perf_counter() - self.turn - TURN
            if late > 5 * TURN:
                self.late.append((self.turn, late, time.thread_time() - computing))

    def sample(self) -> None:
        """What the loop's thread does while it is late."""
        while True:
            time.sleep(0.004)
            if self.turn and time.perf_counter() - self.turn > LATE / 2:
                frames = traceback.extract_stack(sys._current_frames()[MAIN])[-8:]
                self.stacks.append((time.perf_counter(), [f"{f.filename}:{f.lineno} {f.name}" for f in frames]))

    def garbage(self, phase: str, found: dict[str, int]) -> None:
        """The same of a search for garbage, while which no other thread runs."""
        if phase == "start":
            self.searching = time.perf_counter()
        else:
            took = time.perf_counter() - self.searching
            self.stacks.append(
                (time.perf_counter(), [f"garbage: generation {found['generation']}, {took * 1e3:.1f} ms"])
            )

    def show(self) -> None:
        for when, late, computing in self.late:
            if late > LATE:
                print(f"{late * 1e3:.0f} ms late, {computing * 1e3:.0f} of them computing")
                for at, stack in self.stacks:
                    if when <= at <= when + late:
                        print("   ", " < ".join(line.rpartition("site-packages/")[2] for line in reversed(stack)))


def main(database: Path, report: Path) -> None:
    watch = Watch()
    paint = Screen._compositor_refresh

    class Watched(lrtui.tui.app.Dashboard):
        CSS_PATH = str(Path(lrtui.tui.app.__file__).with_name("lrtui.tcss"))

        def on_load(self) -> None:
            self.watching = asyncio.ensure_future(watch.watch())
            threading.Thread(target=watch.sample, daemon=True).start()

    def timed(screen: Screen[object]) -> None:
        start = time.perf_counter()
        paint(screen)
        watch.frames.append((start, time.perf_counter() - start))

    gc.callbacks.append(watch.garbage)
    Screen._compositor_refresh = timed  # type: ignore[method-assign,assignment]
    lrtui.tui.app.Dashboard = Watched  # type: ignore[misc]
    try:
        run_dashboard(database)
    finally:
        report.write_text(json.dumps(asdict(watch)))


if __name__ == "__main__":
    if sys.argv[1] == "--show":
        Watch(**json.loads(Path(sys.argv[2]).read_text())).show()
    else:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
