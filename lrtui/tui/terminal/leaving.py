"""Ending on a signal, or with the terminal: cleanly where that can be, and for certain."""

import asyncio
import os
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from types import FrameType
from typing import Any

LAST_SECONDS = 3  # to restore the terminal and finish requests; then the kernel ends the process
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Leaving:
    """Watches for SIGTERM, SIGHUP and the terminal's hang-up.

    Textual's loop writes to a thread through a bounded queue. When a slow line stalls and its terminal is then closed,
    the thread dies, the loop waits for it for ever, and no handler of the loop's runs. So nothing here needs the loop:
    Python runs a signal's handler while the main thread waits for a lock, a thread waits for the hang-up (a process that
    is not in the terminal's foreground gets no signal), and an alarm ends what cannot end itself.

    Args:
        leave: ends the application; called in the loop.
    """

    def __init__(self, leave: Callable[[], object]) -> None:
        self._leave = leave
        self._loop: asyncio.AbstractEventLoop | None = None
        self._before: dict[signal.Signals, Any] = {}
        self._begun = False

    def watch(self, terminal: int | None) -> None:
        """Begin, in the loop. `terminal` is the file descriptor of one, if there is one."""
        self._loop = asyncio.get_running_loop()
        with suppress(ValueError):  # not in the main thread: a test, a web page
            for number in _SIGNALS:
                self._before[number] = signal.signal(number, self._signalled)
        if terminal is not None and os.isatty(terminal):
            Thread(target=self._wait_for_hang_up, args=(terminal,), name="hang-up", daemon=True).start()

    def close(self) -> None:
        """Give the signals back to who had them before."""
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before.clear()

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        self._begin()

    def _wait_for_hang_up(self, terminal: int) -> None:
        waiting = select.poll()
        waiting.register(terminal, 0)  # no event but the hang-up, which is always told
        waiting.poll()
        self._begin()

    def _begin(self) -> None:
        if not self._begun and self._loop is not None:
            self._begun = True
            signal.alarm(LAST_SECONDS)
            with suppress(RuntimeError):  # it has ended meanwhile
                self._loop.call_soon_threadsafe(self._leave)
