"""What the five modes have in common: the lines around them, and the snapshot that reaches whichever is on the screen."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import cast

from textual import events
from textual.app import ComposeResult
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from lrtui.comparison.snapshot import Snapshot
from lrtui.terminal_text import clean
from lrtui.tui.keys import KEYS, Key, shown_key
from lrtui.tui.session import Session
from lrtui.tui.widgets.lines import Banner, KeyLine, ModeBar

CATCH_UP_SECONDS = 1.0
TELL_AGAIN_SECONDS = 8.0  # as long as a sentence stays
_NOT_NOW = "{}: there is nothing here now that this could be done to"
PATIENCE_SECONDS = 8.0  # for what `perform` waits for: a snapshot, a ranking


class ModeScreen(Screen[None]):
    """A mode. It gets the newest snapshot whenever it is on the screen, and none while it is not."""

    mode = ""
    AUTO_FOCUS = "Table"  # the first one has the focus from the first moment: keys may come before the first frame

    snapshot: reactive[Snapshot] = reactive(Snapshot, init=False, repaint=False, always_update=True)
    """The database as it is now."""

    def __init__(self) -> None:
        super().__init__()
        self._seen = False
        self._left = True
        self._caught_up = asyncio.Event()
        self._wanted: Key | None = None
        self._told: Key | None = None
        self._told_at = 0.0
        # A screen is styled when it is mounted. Textual parses all CSS anew, twice, for one that was not told: 80 ms.
        self._css_update_count = self.app._css_update_count
        # Nor need every widget be styled again as soon as the screen has a size.
        self.add_class(*self._sizes(), update=False)

    def _sizes(self) -> Iterable[str]:
        """The classes that Textual will give it for the terminal's size."""
        width, height = self.app.size
        for size, breakpoints in ((width, self.app.HORIZONTAL_BREAKPOINTS), (height, self.app.VERTICAL_BREAKPOINTS)):
            yield max((least, name) for least, name in breakpoints or [(0, "-any")] if least <= size)[1]

    @property
    def dashboard(self) -> Session:
        """The application, as modes know it."""
        return cast(Session, self.app)

    def body(self) -> Iterable[Widget]:
        """What is between the lines."""
        return ()

    def compose(self) -> ComposeResult:
        """The modes, the banner, the body, the keys."""
        yield ModeBar(self.mode)
        yield Banner("", id="banner")
        yield from self.body()
        yield KeyLine()

    def on_screen_suspend(self) -> None:
        """Another screen is shown."""
        self._caught_up.clear()
        self._left = self._left or self.app.current_mode != self.mode

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Catch up with what happened while another screen was shown."""
        event.refresh_styles = False  # they follow themes and sizes by themselves; all of them anew take 10 ms and more
        if self._seen:
            self.call_later(self._catch_up)  # so that the first frame shows it
        else:
            self.call_after_refresh(self._catch_up)  # when every widget has a size

    async def _catch_up(self) -> None:
        await asyncio.sleep(0)  # others' turn: with 5,000 runs the first frame and what follows take 20 and 30 ms
        self.show_trouble(self.dashboard.trouble)
        self.set_reactive(ModeScreen.snapshot, self.dashboard.snapshot)  # unwatched: `resumed` shows it, once
        self.note()
        if self._left:
            self.resumed()
        else:
            self.refreshed()
        self.refresh_bindings()
        self._seen, self._left = True, False
        self._caught_up.set()
        await self._perform_wanted()

    async def caught_up(self) -> None:
        """Return when what happened while another screen was shown is shown; soon in any case."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._caught_up.wait(), CATCH_UP_SECONDS)

    async def perform(self, key: Key, wait: bool) -> None:
        """Do what a key of this mode does; where it must wait for the mode to be filled, as soon as it can be done.

        Say so if it cannot. Another key or click ends the wait: it may be meant for something else by then.
        """
        self._wanted = key
        if wait:
            self.set_timer(PATIENCE_SECONDS, partial(self._give_up, key))
        await self._perform_wanted()
        if not wait:
            self._give_up(key)

    def forget(self) -> None:
        """Do not do any more what could not be done so far."""
        self._wanted = None

    def cannot(self, pressed: str) -> None:
        """Say that a key of this mode cannot do now what it is for, if it is one; but not over and over."""
        key = next((key for key in KEYS if key.where == self.mode and pressed in key.keys.split(",")), None)
        # Not of those that are in no footer, or that a person presses to be sure to be out of something.
        if (
            key is not None
            and key.label
            and pressed != "escape"
            and (key is not self._told or monotonic() - self._told_at > TELL_AGAIN_SECONDS)
        ):
            self._told, self._told_at = key, monotonic()
            self.dashboard.say(_NOT_NOW.format(key.tooltip))

    async def _perform_wanted(self) -> None:
        key = self._wanted
        if key is not None and self._caught_up.is_set() and self.is_current:
            self._wanted = None
            if not await self.app.run_action(key.action, self):
                self._wanted = key

    def show_queued(self, comparison_id: int) -> None:
        """Show a comparison that was queued from here; only say so where the person went on to something else, or types."""
        self.dashboard.open_comparison(comparison_id)
        if self.is_active and not isinstance(self.focused, Input):
            self.dashboard.action_mode("live")
        else:
            self.dashboard.say(f"comparison {comparison_id} is queued; {shown_key('mode.live')} shows it")

    def refresh_bindings(self) -> None:
        """What can be done may be other things than before, among them what waits for it."""
        super().refresh_bindings()
        if self._wanted is not None:
            self.call_later(self._perform_wanted)

    def _give_up(self, key: Key) -> None:
        if self._wanted is key:
            self._wanted = None
            self.dashboard.say(_NOT_NOW.format(key.tooltip))

    def resumed(self) -> None:
        """The mode is on the screen again, and `snapshot` is up to date: show it."""
        self.refreshed()

    def watch_snapshot(self) -> None:
        """Show what is new."""
        if self.is_mounted and self.app.is_running:  # one may still arrive while the dashboard is taken apart
            self.note()
            self.refreshed()
            self.refresh_bindings()

    def refreshed(self) -> None:
        """The snapshot is another one."""

    def show_trouble(self, sentence: str | None) -> None:
        """Show or hide the banner."""
        self.query_one(Banner).show(sentence)

    def note(self) -> None:
        """Say on the top line what is open."""
        comparison = self.dashboard.snapshot.open
        name = clean(self.dashboard.database.name, 30)
        if comparison is not None:
            own = f"{clean(comparison.name, 40)} · {comparison.status}"
            name = (
                f"{name} · comparison {comparison.id}: {own}" if self.size.width >= 100 else f"#{comparison.id} {own}"
            )
        self.query_one(ModeBar).note = name
