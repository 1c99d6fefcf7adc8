"""How far a comparison is, and how long it will take."""

from dataclasses import dataclass

from rich.text import Text

from lrtui.comparison.snapshot import Snapshot
from lrtui.comparison.status import RunStatus
from lrtui.formats import duration
from lrtui.tui.figures import bar
from lrtui.tui.keys import shown_key


@dataclass(frozen=True, slots=True)
class Progress:
    """`share` of all epochs, 0 to 1; `left` in seconds, None where nothing tells; `waits` says why nothing happens.

    `abandoned`: nobody works on it, and nobody will unless asked.
    """

    share: float
    ended: int
    runs: int
    left: float | None
    waits: str = ""
    abandoned: bool = False


def progress_text(progress: Progress | None, width: int) -> Text:
    """The progress on one line of a screen this wide; empty where there is none."""
    if progress is None:
        return Text()
    text = Text(f" {bar(progress.share, max(8, min(40, width - 62)))}", "bold")
    text.append(f" {100 * progress.share:3.0f} %  {progress.ended} of {progress.runs} runs ended", "not bold")
    if progress.left is not None:
        text.append(f", about {duration(progress.left)} left", "not bold")
    if progress.waits:
        text.append(f"  ({progress.waits})", "not bold")
    return text


def progress_of(snapshot: Snapshot) -> Progress | None:
    """The open comparison's progress; None where none is open.

    A run that ended early counts as whole. The time left is that of the epochs still to be trained, each taking `_pace`,
    as many at a time as runs are at work now; at least that of the run with most of them. Runs that are paused wait for
    a person and count for none.
    """
    comparison, runs = snapshot.open, snapshot.runs
    if comparison is None or not runs:
        return None
    epochs = runs[0].epochs  # all runs of a comparison have as many
    unended = [run for run in runs if not run.status.ended]
    missing = sum([epochs - run.epoch for run in unended]) + comparison.to_come * epochs
    paused, running = RunStatus.PAUSED, RunStatus.RUNNING  # looked up once: there may be 5,000 runs
    waiting = [epochs - run.epoch for run in unended if run.status is not paused]
    if comparison.unproposed_status is RunStatus.QUEUED:
        waiting += [epochs] * comparison.unproposed
    at_work = len([run for run in unended if run.status is running and not run.stalled])
    pace = _pace(snapshot) if at_work else None
    left = None if pace is None else pace * max(sum(waiting) / at_work, *waiting)
    abandoned = bool(waiting) and snapshot.supervisor_pid is None and not at_work
    waits = ""
    if abandoned:
        waits = f"nobody works on it: {shown_key('live.resume')} goes on"
    elif waiting and not any(run.epoch for run in runs):
        busy = [c.id for c in snapshot.comparisons if c.id != comparison.id and c.counts.get(RunStatus.RUNNING, 0)]
        waits = f"waits for comparison {busy[0]}" if busy else ""
    share = 1 - missing / max(1, comparison.size * epochs)
    return Progress(share, comparison.ended_runs, comparison.size, left, waits, abandoned)


def _pace(snapshot: Snapshot) -> float | None:
    """Seconds an epoch takes: the median of the last ones of the runs begun last, None where there is none yet.

    What the training measured, not the clock on the wall: nobody trains while all is paused, or overnight after a stop.
    The median, since an epoch in which the worker itself was stopped may have taken hours.
    """
    recent: list[float] = []
    for curve in reversed(tuple(snapshot.curves.values())):
        recent += curve.seconds[-_EPOCHS_OF_A_RUN:]
        if len(recent) >= _RECENT:
            break
    return sorted(recent)[len(recent) // 2] if recent else None


_RECENT, _EPOCHS_OF_A_RUN = 60, 15
