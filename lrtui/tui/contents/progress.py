"""How far a comparison is, and how long it will take."""

from dataclasses import dataclass

from rich.text import Text

from lrtui.domain.durations import duration
from lrtui.domain.snapshot import Snapshot
from lrtui.domain.status import RunStatus
from lrtui.tui.contents.figures import age, bar
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

    The time left is that of the epochs to come at the pace of the epochs since the first run started, as many at a
    time as then. A run that ended early counts as whole.
    """
    runs = snapshot.runs
    if not runs:
        return None
    unproposed = snapshot.open.unproposed if snapshot.open else 0  # all runs of a comparison have as many epochs
    given_up = snapshot.open.unproposed - snapshot.open.to_come if snapshot.open else 0
    planned = sum(run.epochs for run in runs) + unproposed * runs[0].epochs
    done = sum(run.epochs if run.status.ended else run.epoch for run in runs) + given_up * runs[0].epochs
    ended = sum(run.status.ended for run in runs) + given_up
    trained = sum(run.epoch for run in runs)
    starts = [run.started_at for run in runs if run.started_at]
    waiting = any(run.status in (RunStatus.QUEUED, RunStatus.RUNNING) for run in runs)
    if snapshot.open and snapshot.open.to_come and snapshot.open.unproposed_status is RunStatus.QUEUED:
        waiting = True
    since = age(min(starts)) if starts else None
    working = any(run.status is RunStatus.RUNNING and not run.stalled for run in runs)
    left = since / trained * (planned - done) if since and trained and working else None
    waits = ""
    abandoned = waiting and snapshot.supervisor_pid is None and not working
    if abandoned:
        waits = f"nobody works on it: {shown_key('live.resume')}"
    elif waiting and not trained:
        busy = [c.id for c in snapshot.comparisons if c.id != snapshot.open_id and c.counts.get(RunStatus.RUNNING, 0)]
        waits = f"waits for comparison {busy[0]}" if busy else ""
    return Progress(done / max(1, planned), ended, len(runs) + unproposed, left, waits, abandoned)
