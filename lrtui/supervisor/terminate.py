"""Ending a worker and whatever it started: SIGTERM to its process group, SIGKILL after the grace."""

import os
import signal
from contextlib import suppress

from lrtui.store.process_identity import ProcessIdentity, boot_id, is_alive


def signal_group(identity: ProcessIdentity, number: signal.Signals) -> None:
    """Signal the process group that the process leads. Nothing is signalled by pid alone: it must be that very process."""
    if is_alive(identity):
        with suppress(ProcessLookupError):
            os.killpg(identity.pid, number)


def kill_group(identity: ProcessIdentity) -> None:
    """SIGKILL to the group that the process leads or, being dead, has led.

    A group keeps its number while any process of it lives, so that no other process can have been given that pid.
    """
    if identity.boot_id != boot_id():
        return
    if is_alive(identity) or not _pid_in_use(identity.pid):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(identity.pid, signal.SIGKILL)


def _pid_in_use(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
