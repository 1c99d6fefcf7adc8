"""Showing the dashboard in a terminal."""

import gc
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.domain.terminal_text import clean

if TYPE_CHECKING:
    from lrtui.tui.preferences import Preferences


def run_dashboard(database: Path, open_id: int | None = None, chosen: "Preferences | None" = None) -> None:
    """Show the dashboard until it is closed, then say whether training goes on."""
    # There is no garbage among what is imported: looking for it takes a tenth of the time to the first paint.
    gc.disable()
    from lrtui.tui.app import Dashboard

    # The poller reads in Python: the loop gets its turn ten times as soon as by default, also after a key.
    sys.setswitchinterval(0.0005)
    app = Dashboard(database, open_id, chosen, _collect_garbage)
    app.run()
    running = [c for c in app.snapshot.comparisons if c.status in ("running", "queued")]
    if running:
        names = ", ".join(f"{c.id} ({clean(c.name, 40)})" for c in running)
        with suppress(OSError):  # the terminal may be gone
            print(
                f"training goes on: comparison {names}; `lrtui` shows it again, `lrtui stop` ends it", file=sys.stderr
            )


def _collect_garbage() -> None:
    """From now on, but not among what is there for good, in small portions, and hardly ever among what lives long.

    To search everything stops the loop for 50 ms, every now and then; what the thresholds usually allow, for 30.
    """
    gc.freeze()
    gc.set_threshold(2_000, 10, 1_000)
    gc.enable()
