"""The application: five modes over one snapshot of the database."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.filter import LineFilter, Monochrome
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import AwaitMount
from textual.widgets import Input

from lrtui.comparison.snapshot import Snapshot
from lrtui.config.preferences import Preferences
from lrtui.tui.keys import Key, bindings
from lrtui.tui.messages import DatabaseTrouble, SnapshotReady
from lrtui.tui.mode import ModeScreen
from lrtui.tui.palette import Command, comparison_commands, key_commands, theme_commands
from lrtui.tui.poller import Poller
from lrtui.tui.schedules.screen import SchedulesScreen
from lrtui.tui.session import Session
from lrtui.tui.terminal.ascii import AsciiFilter, wants_ascii
from lrtui.tui.terminal.few_colours import NoColours, SixteenColours
from lrtui.tui.terminal.leaving import Leaving
from lrtui.tui.terminal.ringing import desktop_notification, just_ended


def _compare() -> Screen[None]:
    from lrtui.tui.compare.screen import CompareScreen

    return CompareScreen()


def _live() -> Screen[None]:
    from lrtui.tui.live.screen import LiveScreen

    return LiveScreen()


def _ranking() -> Screen[None]:
    from lrtui.tui.ranking.screen import RankingScreen

    return RankingScreen()


def _history() -> Screen[None]:
    from lrtui.tui.history.screen import HistoryScreen

    return HistoryScreen()


class Dashboard(Session):
    """The dashboard on one database.

    Args:
        database: the file; it need not exist yet.
        open_id: the comparison to open, on Live; None: one at work, on Live, else the newest, on Schedules.
        chosen: the settings; None: those of the environment and the settings file.
        when_loaded: called in a thread when the first mode is on the screen and what the others need is imported.
    """

    TITLE = "lrtui"
    CSS_PATH = "lrtui.tcss"
    BINDINGS = bindings("everywhere")
    ENABLE_COMMAND_PALETTE = False  # there is one of our own
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "schedules": SchedulesScreen, "compare": _compare, "live": _live, "ranking": _ranking, "history": _history,
    }  # fmt: skip
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 (Textual declares it, not as a ClassVar)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-tall")]  # noqa: RUF012 (Textual declares it, not as a ClassVar)

    untouched: reactive[bool] = reactive(False, repaint=False)
    """Whether the database was looked at and nothing was ever started in it."""

    def __init__(
        self,
        database: Path,
        open_id: int | None = None,
        chosen: Preferences | None = None,
        when_loaded: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(database, chosen)
        self._first_mode = "schedules" if open_id is None else "live"
        self._goes_to_work = open_id is None
        self._when_loaded = when_loaded
        self._opening: int | None = None
        self._poller = Poller(database, self.post_message, open_id)
        if self.preferences.theme in self.available_themes:
            self.theme = self.preferences.theme
        self._ascii = wants_ascii()
        self._leaving = Leaving(self.exit)

    def on_mount(self) -> None:
        """Show the first mode, then look at the database."""
        self.switch_mode(self._first_mode)
        self._leaving.watch(None if self.is_headless else 0)
        self.call_after_refresh(self._poller.start)
        self.call_after_refresh(
            self.run_worker, self._load, thread=True, group="load", description="what other modes need"
        )
        self.theme_changed_signal.subscribe(self, self.remember_theme)
        self.complain()

    def _load(self) -> None:
        """Import the other modes, so that no key has to wait for it."""
        from lrtui.tui.compare import screen as compare  # noqa: F401
        from lrtui.tui.dialogs import palette_screen as palette  # noqa: F401
        from lrtui.tui.history import screen as history  # noqa: F401
        from lrtui.tui.live import screen as live  # noqa: F401
        from lrtui.tui.ranking import screen as ranking  # noqa: F401

        self._when_loaded()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's, and what the terminal or the person asks for: no colours instead of greys, 16 colours, ASCII."""
        filters = list(super().get_line_filters())
        if self.no_color:
            filters = [one for one in filters if not isinstance(one, Monochrome)]
            filters.append(NoColours(self.theme_variables["background"]))
        elif self.console.color_system == "standard":
            filters.append(SixteenColours())
        if self._ascii:
            filters.append(AsciiFilter())
        return filters

    def on_unmount(self) -> None:
        """End the poller, and what computes rankings; give the signals back."""
        self._leaving.close()
        self._poller.stop()
        self.close_session()

    @property
    def mode_screen(self) -> ModeScreen | None:
        """The mode on the screen, also under a question."""
        screen = self.screen_stack[0] if self.screen_stack else None
        return screen if isinstance(screen, ModeScreen) else None

    async def on_snapshot_ready(self, message: SnapshotReady) -> None:
        """Take the newest snapshot. Where the first one shows runs at work, go to Live.

        A look before the first frame would tell as well, but that frame would wait for the file, which may be locked or far
        away, and for what Live imports. What a person pressed meanwhile decides where they are.
        """
        self.untouched = not message.snapshot.comparisons
        self._take(message.snapshot)
        goes, self._goes_to_work = self._goes_to_work, False
        if goes and self.snapshot.open_id in self.snapshot.at_work:
            await self.switch_mode("live")  # keys that come meanwhile are Live's

    def on_database_trouble(self, message: DatabaseTrouble) -> None:
        """Take what is wrong with the database."""
        self.trouble = message.sentence

    def watch_snapshot(self, before: Snapshot, snapshot: Snapshot) -> None:
        """Hand it to the mode on the screen; ring where the open comparison has ended."""
        ended = just_ended(before, snapshot)
        if ended is not None and self.preferences.notify:
            self.ring(f"lrtui: comparison {ended.id}, {ended.name}, has ended: {ended.status}")
        screen = self.mode_screen
        if screen is not None and screen.is_mounted:
            screen.snapshot = snapshot

    def watch_trouble(self, sentence: str | None) -> None:
        """Hand it to the mode on the screen."""
        screen = self.mode_screen
        if screen is not None and screen.is_mounted:
            screen.show_trouble(sentence)

    def open_comparison(self, comparison_id: int) -> None:
        """Open another comparison: at once without its runs, with them when the poller has read them."""
        self._opening = comparison_id
        self._poller.open(comparison_id)
        self._take(self.snapshot)

    def _take(self, snapshot: Snapshot) -> None:
        """Take a snapshot, but no runs of another comparison than the one being opened: keys are meant for that."""
        if self._opening is not None and snapshot.open_id not in (None, self._opening):
            self.snapshot = replace(snapshot, open_id=self._opening, runs=(), curves={})
        else:
            self._opening, self.snapshot = None, snapshot

    def delay_update(self, delay: float = 0.01) -> None:
        """Show a mode when it had the time to catch up with what happened; Textual waits for 50 ms."""
        super().delay_update(delay)

    async def on_event(self, event: events.Event) -> None:
        """Do what a key does before the next one is looked at, so that keys which arrive together each meet the screen
        that the one before left. Textual would hand all of them to the part that has the focus now. Letters of a line
        that is typed in are the line's own.
        """
        if isinstance(event, events.InputEvent) and not isinstance(event, events.MouseMove):
            self._goes_to_work = False
            if self.mode_screen is not None:
                self.mode_screen.forget()
        if isinstance(event, events.Key) and not event.is_forwarded and not isinstance(self.focused, Input):
            self.app_focus = True
            before = self.screen
            active = before.active_bindings.get(event.key)
            done = active is not None and active.enabled and await self.run_action(active.binding.action, active.node)
            if done and self.screen is not before:
                await AwaitMount(self.screen, [self.screen])  # it has its focus
            elif not done and isinstance(before, ModeScreen):
                before.cannot(event.key)
            return  # a key that means nothing here is not kept for the next screen, where it may mean something
        await super().on_event(event)

    def action_mode(self, mode: str) -> asyncio.Task[None]:
        """Go to a mode; what is returned ends when it shows the newest snapshot."""
        return asyncio.create_task(self._shown(self.switch_mode(mode)))

    async def _shown(self, mounted: AwaitMount) -> None:
        await mounted
        if self.mode_screen is not None:
            await self.mode_screen.caught_up()

    def ring(self, text: str) -> None:
        """Sound the terminal's bell and send a desktop notification, where the terminal knows them."""
        if self._driver is not None:
            self._driver.write(desktop_notification(text))
        self.bell()

    def action_ring(self) -> None:
        """Ring when the open comparison ends, or do not any more; remembered."""
        self.remember(notify=not self.preferences.notify)
        self.say("rings when the open comparison ends" if self.preferences.notify else "does not ring")

    def action_help(self) -> None:
        """Show every key."""
        from lrtui.tui.dialogs.reading import HelpScreen

        self.push_screen(HelpScreen(self.current_mode))

    def action_palette(self) -> None:
        """List everything that can be done, and do what is chosen."""
        from lrtui.tui.dialogs.palette_screen import PaletteScreen

        def run(command: Command | None) -> None:
            if command is not None:
                self.call_later(command.run)

        self.push_screen(PaletteScreen(self._commands()), run)

    def _commands(self) -> list[Command]:
        possible = [active.binding.action for active in self.screen.active_bindings.values() if active.enabled]
        return [
            *key_commands(self.current_mode, possible, self.perform),
            Command("Everywhere", "Save a picture of the screen (SVG)", self.deliver_screenshot, also="screenshot"),
            *comparison_commands(self.snapshot.comparisons, self._open_on_live),
            *theme_commands(self.available_themes, self.theme, partial(setattr, self, "theme")),
        ]

    async def perform(self, key: Key) -> None:
        """Do what a key does, in its mode."""
        if key.where == "everywhere":
            await self.run_action(key.action)
            return
        elsewhere = key.where != self.current_mode
        if elsewhere:
            await self.action_mode(key.where)
        if self.mode_screen is not None:
            await self.mode_screen.perform(key, wait=elsewhere)

    async def _open_on_live(self, comparison_id: int) -> None:
        self.open_comparison(comparison_id)
        await self.action_mode("live")
