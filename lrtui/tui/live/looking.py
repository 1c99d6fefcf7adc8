"""Panels that look at the machine themselves, about once a second while there is something to see."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from time import monotonic

from textual.message import Message

from lrtui.errors import sentence_of
from lrtui.terminal_text import clean
from lrtui.tui.widgets.steady import Steady

SECONDS = 0.9  # a little less than the time between two snapshots while workers are at work


class LookingPanel(Steady):
    """Looks in a thread, one look at a time, and only while it can be seen.

    A look is due when something else is wanted than the last time, and about once a second for as long as it goes on.
    The snapshots are the clock: without workers there are none, and an idle screen costs nothing.
    """

    @dataclass
    class Seen(Message):
        """What a look found, as a text to show."""

        text: str

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._looking = False
        self._resting = True
        self._missed: tuple[Hashable, Callable[[], str]] | None = None
        self._wanted: Hashable = None
        self._at = 0.0

    def look_for(self, wanted: Hashable, look: Callable[[], str], *, goes_on: bool) -> None:
        """Have `look` run in a thread if one is due; it returns the text to show, cleaned."""
        if wanted == self._wanted:
            self._missed = None  # what was wanted in between is not any more
        due = wanted != self._wanted or (goes_on and monotonic() - self._at >= SECONDS)
        if not due or not self.size.height or not self.screen.is_current:
            return
        self._resting = False
        if self._looking:
            self._missed = (wanted, look)
            return
        self._looking, self._missed, self._wanted, self._at = True, None, wanted, monotonic()
        self.run_worker(partial(self._look, look), thread=True, group=self.id or "", description="looking")

    def rest(self, text: str) -> None:
        """Show a text while there is nothing to look for; what a look under way finds is not shown any more."""
        self._resting, self._missed, self._wanted = True, None, None
        self.show(text)

    def _look(self, look: Callable[[], str]) -> None:
        try:
            text = look()
        except Exception as error:  # a panel that cannot look must not end the dashboard
            text = f" {clean(sentence_of(error))}"
        self.post_message(self.Seen(text))

    def on_looking_panel_seen(self, message: Seen) -> None:
        """Show it, and look for what was wanted meanwhile."""
        message.stop()
        self._looking = False
        if not self._resting:
            self.show(message.text)
        if self._missed is not None:
            wanted, look = self._missed
            self._missed = None
            self.look_for(wanted, look, goes_on=False)
