"""Watches the database from one thread and posts what is new, one frozen snapshot at a time."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from lrtui.comparison.snapshot import Snapshot
from lrtui.errors import UserError, sentence_of
from lrtui.terminal_text import clean
from lrtui.tui.messages import DatabaseTrouble, SnapshotReady
from lrtui.workspace import Workspace

if TYPE_CHECKING:
    from lrtui.workspace import Reader

LOOK_SECONDS = 0.25
AGE_SECONDS = 1.0


class Poller(Thread):
    """Looks four times a second whether the database changed, and once a second while runs are at work.

    Without a database it posts an empty snapshot and waits for one to appear. Whatever goes wrong becomes a
    `DatabaseTrouble` and another try.

    Args:
        database: the file.
        post: takes a message from any thread.
        open_id: the comparison to open; None: one at work, else the newest.
    """

    def __init__(self, database: Path, post: Callable[[Message], object], open_id: int | None = None) -> None:
        super().__init__(name="poller", daemon=True)
        self._database = database
        self._post = post
        self._wake = Event()
        self._choosing = Lock()
        self._ending = False
        self._open_id = open_id
        self._chosen = open_id is not None
        self._reader: Reader | None = None
        self._was_there = False
        self._trouble: str | None = None
        self._posted: Snapshot | None = None

    def open(self, comparison_id: int | None) -> None:
        """Open another comparison. From any thread."""
        with self._choosing:
            self._open_id, self._chosen = comparison_id, True
        self._wake.set()

    def stop(self) -> None:
        """End the thread soon. From any thread."""
        self._ending = True
        self._wake.set()

    def run(self) -> None:
        """Look until stopped."""
        last = 0.0
        while not self._ending:
            try:
                if self._look(monotonic() - last >= AGE_SECONDS):
                    last = monotonic()
                self._report(None)
            except Exception as error:  # a thread that ends would leave the screen silently old
                self._close()
                self._report(_sentence(error))
            self._wake.wait(LOOK_SECONDS if self._trouble is None else AGE_SECONDS)
            self._wake.clear()
        self._close()

    def _look(self, due: bool) -> bool:
        """Read if there is something new, or runs are at work and a look is due. Whether it read."""
        if self._reader is None:
            if not self._database.is_file():
                if self._was_there:
                    raise self._gone()
                if self._posted is None:
                    self._send(Snapshot())
                return False
            self._reader = Workspace(self._database).reader(to_draw=True)
            self._was_there = True
        elif not self._reader.same_file():
            raise self._gone()
        at_work = self._posted is not None and bool(self._posted.workers)
        if not self._reader.changed(self._open_id) and not (at_work and due):
            return False
        snapshot = self._reader.read(self._open_id)
        if not self._chosen and snapshot.comparisons:
            self._begin_with(max(snapshot.at_work or [c.id for c in snapshot.comparisons]))
            snapshot = self._reader.read(self._open_id)
        self._send(snapshot)
        return True

    def _begin_with(self, comparison_id: int) -> None:
        """Open a comparison, unless one was chosen meanwhile."""
        with self._choosing:
            if not self._chosen:
                self._open_id, self._chosen = comparison_id, True

    def _gone(self) -> UserError:
        return UserError(
            f"{self._database} was removed or replaced: what was read last is shown; put it back, or q quits"
        )

    def _send(self, snapshot: Snapshot) -> None:
        self._posted = snapshot
        if not self._ending:
            self._post(SnapshotReady(snapshot))

    def _report(self, sentence: str | None) -> None:
        if sentence != self._trouble and not self._ending:
            self._trouble = sentence
            self._post(DatabaseTrouble(sentence))

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


def _sentence(error: Exception) -> str:
    if isinstance(error, UserError):
        return clean(error, 400)
    return clean(f"the database cannot be read ({sentence_of(error)}); trying again", 400)
