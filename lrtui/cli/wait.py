"""Waiting for a comparison: a progress bar on a terminal, a line now and then elsewhere."""

import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from lrtui.comparison.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from lrtui.workspace.comparison import Comparison

LINE_SECONDS = 5.0


class Display(Protocol):
    """Shows progress."""

    def show(self, progress: Progress, speed: float | None) -> None:
        """Show it; `speed` is in epochs a second, None while unknown."""


@dataclass
class Speed:
    """Epochs a second over the last ten seconds."""

    seen: deque[tuple[float, int]] = field(default_factory=deque)

    def update(self, epochs: int) -> float | None:
        """The speed, now that so many epochs are done."""
        now = monotonic()
        self.seen.append((now, epochs))
        while now - self.seen[0][0] > 10:
            self.seen.popleft()
        seconds = now - self.seen[0][0]
        return (epochs - self.seen[0][1]) / seconds if seconds > 0.5 else None


def clock(seconds: float) -> str:
    """Seconds as `m:ss` or `h:mm:ss`."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def describe(progress: Progress, speed: float | None) -> str:
    """Runs done, epochs a second and time left, as one line."""
    text = f"{progress.ended}/{progress.runs} runs"
    if speed:
        text += f", {speed:.3g} epochs/s, {clock(progress.epochs_left / speed)} left"
    return text + (f", {progress.failed} failed" if progress.failed else "")


class Lines:
    """A line every few seconds: for logs and pipes."""

    def __init__(self) -> None:
        self._next = 0.0

    def show(self, progress: Progress, speed: float | None) -> None:
        """Print a line if the last one is old enough, or it is all over."""
        if monotonic() >= self._next or progress.over:
            print(describe(progress, speed), file=sys.stderr, flush=True)
            self._next = monotonic() + LINE_SECONDS


class Bar:
    """A progress bar over all epochs."""

    def __init__(self, bar: "RichProgress") -> None:
        self._bar = bar
        self._task = bar.add_task("starting", total=None)

    def show(self, progress: Progress, speed: float | None) -> None:
        """Redraw."""
        done = progress.epochs_planned - progress.epochs_left
        self._bar.update(
            self._task, total=progress.epochs_planned, completed=done, description=describe(progress, speed)
        )


@contextmanager
def _display() -> Iterator[Display]:
    if not sys.stderr.isatty():
        yield Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True)
    with RichProgress(BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), console=console, refresh_per_second=4) as bar:  # fmt: skip
        yield Bar(bar)


def wait_for(comparison: "Comparison") -> None:
    """Return when every run of the comparison has ended, showing how far it is.

    Raises:
        OperationFailed: all that is left is paused: nothing would ever happen.
        UserError: it is gone.
    """
    speed = Speed()
    with _display() as display:
        for progress in comparison.watch():
            display.show(progress, speed.update(progress.epochs_done))
