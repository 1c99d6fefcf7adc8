"""What every mode may ask of the application: the draft, requests, preferences, and sentences for the person."""

import asyncio
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import App
from textual.reactive import reactive
from textual.theme import Theme

from lrtui.comparison.snapshot import Snapshot
from lrtui.config.preferences import Preferences, preferences, preferences_path, remember
from lrtui.errors import UserError, sentence_of, unknown
from lrtui.terminal_text import clean
from lrtui.tui.draft import Draft
from lrtui.tui.kept_draft import KeptDraft
from lrtui.tui.requests import Requests
from lrtui.tui.terminal.clipboard import what_may_be_in_the_way

MOST_UNDONE = 500  # changes of the draft: they share what they have in common


class Session(App[None]):
    """One person's session on one database. `Dashboard` adds the modes; modes, dialogs and widgets know only this.

    Args:
        database: the file; it need not exist yet.
        chosen: the preferences; None: those of the environment and the settings file.
    """

    snapshot: reactive[Snapshot] = reactive(Snapshot, init=False, repaint=False, always_update=True)
    """The database as the poller last saw it. While runs are at work it is the clock of what looks at the machine, so that one
    in which nothing is new goes through as well.
    """
    trouble: reactive[str | None] = reactive(None, init=False, repaint=False)
    """What is wrong with the database, in a sentence."""
    draft: reactive[Draft] = reactive(Draft, init=False, repaint=False)
    """The comparison being set up."""

    def __init__(self, database: Path, chosen: Preferences | None = None) -> None:
        super().__init__()
        self.database = database
        self.requests = Requests(database)
        self.preferences = chosen or preferences()
        self._preferences_path = preferences_path()
        self._changes: deque[tuple[str, Draft]] = deque(maxlen=MOST_UNDONE)
        self._kept = KeptDraft()
        self._not_kept = ""
        self.set_reactive(Session.draft, self._kept.read())

    @abstractmethod
    def open_comparison(self, comparison_id: int) -> None:
        """Open another comparison."""

    @abstractmethod
    def action_mode(self, mode: str) -> asyncio.Task[None]:
        """Go to a mode; the task ends when it shows the newest snapshot."""

    def close_session(self) -> None:
        """Keep the draft and end what computes rankings."""
        with suppress(UserError):  # it was said when it was tried before
            self._kept.keep(lambda: self.draft)
        self.requests.process.close()

    def complain(self) -> None:
        """Say what is wrong with the settings."""
        theme = self.preferences.theme
        complaint = self.preferences.complaint
        if theme and theme not in self.available_themes:
            complaint = complaint or str(unknown("theme", theme, sorted(self.available_themes)))
        sentences = [*filter(None, (complaint, *self._kept.complaints))]
        if sentences:
            self.say("; ".join(sentences), True)

    def remember_theme(self, theme: Theme) -> None:
        """Keep the theme that was chosen."""
        self.remember(theme=theme.name)

    def remember(self, **changes: Any) -> None:
        """Take preferences and keep them in the settings file, off the loop."""
        self.preferences = replace(self.preferences, **changes)
        self.run_worker(
            partial(
                remember, self._preferences_path, lambda: {name: getattr(self.preferences, name) for name in changes}
            ),
            thread=True,
            group="preferences",
            description="preferences",
        )

    def change(self, draft: Draft, what: str) -> None:
        """Set up another comparison; `what` says in a few words what was done, for who undoes it."""
        if draft != self.draft:
            self._changes.append((what, self.draft))
            self.draft = draft

    @property
    def can_undo(self) -> bool:
        """Whether something was changed in the comparison being set up."""
        return bool(self._changes)

    def undo(self) -> None:
        """Take the last change of the comparison being set up back, whichever mode it was made in."""
        if self._changes:
            what, self.draft = self._changes.pop()
            self.say(f"undone: {what}")

    def watch_draft(self) -> None:
        """Keep it, off the loop."""
        self.run_worker(self._keep_draft, thread=True, group="draft", description="the comparison being set up")

    def _keep_draft(self) -> None:
        try:
            self._kept.keep(lambda: self.draft)
        except UserError as error:
            if str(error) != self._not_kept:  # once, not after every change
                self._not_kept = str(error)
                self.call_from_thread(self.say, self._not_kept, True)

    def in_background(self, work: Callable[[], str]) -> None:
        """Run something slow off the loop; what it returns, if anything, or the sentence it fails with, is shown."""
        self.run_worker(partial(self._work, work), thread=True, group="requests", description="requests")

    def _work(self, work: Callable[[], str]) -> None:
        try:
            text, wrong = work(), False
        except Exception as error:  # a full disk, a locked database: to be told, not to end the dashboard
            text, wrong = sentence_of(error), True
        if text:
            self.call_later(self.say, text, wrong)

    def say(self, text: str, wrong: bool = False) -> None:
        """Show a sentence for some seconds, in place of those before: several would cover the screen."""
        self.clear_notifications()
        self.notify(clean(text, 400), severity="error" if wrong else "information", timeout=8, markup=False)

    def copy(self, text: str, what: str, *also: str) -> None:
        """Copy a text to the terminal's clipboard, over SSH too, and say what it was and whatever else is to be said."""
        self.copy_to_clipboard(text)
        said = f"{what}, {len(text.splitlines())} lines, sent to the terminal's clipboard"
        self.say("; ".join(filter(None, (said, *also, what_may_be_in_the_way()))))
