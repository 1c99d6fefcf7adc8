"""Ending a worker and whatever it started: SIGTERM to its process group, SIGKILL after the grace."""

import os
import signal
from contextlib import suppress

from lrtui.machine.process_identity import ProcessIdentity, boot_id, identify, is_alive


def signal_group(identity: ProcessIdentity, number: signal.Signals) -> None:
    """Signal the process group that the process leads. Nothing is signalled by pid alone: it must be that very process."""
    if is_alive(identity):
        with suppress(ProcessLookupError):
            os.killpg(identity.pid, number)


def kill_group(identity: ProcessIdentity) -> None:
    """SIGKILL to the group that the process leads or, being dead, has led.

    A group keeps its number while any process of it lives, so that no other process can have been given that pid.
    """
    if identity.boot_id == boot_id() and identify(identity.pid, zombies=True) in (identity, None):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(identity.pid, signal.SIGKILL)
