"""Showing the dashboard in a terminal."""

import asyncio
import gc
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.comparison.snapshot import Snapshot
from lrtui.terminal_text import clean

if TYPE_CHECKING:
    from lrtui.config.preferences import Preferences
    from lrtui.tui.app import Dashboard

LEAVE_SECONDS = 1.0


def run_dashboard(database: Path, open_id: int | None = None, chosen: "Preferences | None" = None) -> int:
    """Show the dashboard until it is closed, then say whether training goes on. Returns the exit status."""
    # There is no garbage among what is imported: looking for it takes a tenth of the time to the first paint.
    gc.disable()
    from lrtui.tui.app import Dashboard

    # The poller reads in Python: the loop gets its turn ten times as soon as by default, also after a key.
    sys.setswitchinterval(0.0005)
    app = Dashboard(database, open_id, chosen, _collect_garbage)
    asyncio.run(_shown(app))
    with suppress(OSError):  # the terminal may be gone
        print(_what_goes_on(app.snapshot), end="", file=sys.stderr)
    return app.return_code or 0


def _what_goes_on(snapshot: Snapshot) -> str:
    """Which comparisons have runs to train, and whether somebody does; a line, or nothing."""
    waiting = [c for c in snapshot.comparisons if c.status in ("running", "queued")]
    if not waiting:
        return ""
    names = ", ".join(f"{c.id} ({clean(c.name, 40)})" for c in waiting)
    if snapshot.at_work:
        return f"training goes on: comparison {names}; `lrtui` shows it again, `lrtui stop` ends it\n"
    return f"nobody works on comparison {names}: `lrtui resume {waiting[0].id}` has somebody take it up\n"


async def _shown(app: "Dashboard") -> None:
    """Show it; then wait for what was asked for and is under way in a thread, and say so where that takes long."""
    await app.run_async()
    ending = asyncio.ensure_future(asyncio.get_running_loop().shutdown_default_executor())
    if (await asyncio.wait([ending], timeout=LEAVE_SECONDS))[1]:
        with suppress(OSError):
            print("finishing what was asked for: the start of a comparison may have data to download", file=sys.stderr)
    await ending


def _collect_garbage() -> None:
    """From now on, but not among what is there for good, in small portions, and hardly ever among what lives long.

    To search everything stops the loop for 50 ms, every now and then; what the thresholds usually allow, for 30.
    """
    gc.freeze()
    gc.set_threshold(2_000, 10, 1_000)
    gc.enable()
