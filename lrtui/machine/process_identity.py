"""Who a process is: its pid alone is reused, and a reboot makes all of them new."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process across pid reuse and reboots. `start` is its start time in the kernel's own count, as text."""

    boot_id: str
    pid: int
    start: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def boot_id() -> str:
    """A name for the time since the machine was started."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # not Linux
        return str(int(psutil.boot_time()))


def identify(pid: int | None = None, *, zombies: bool = False) -> ProcessIdentity | None:
    """The identity of a process (this one by default); None when there is none, or it is a zombie and those are not asked for."""
    pid = pid or os.getpid()
    try:
        # Field 22 of /proc/PID/stat: ticks since boot, which a change of the clock does not move. The command name before it
        # may hold spaces and brackets, hence the split at the last one.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] in "ZX" and not zombies else ProcessIdentity(boot_id(), pid, fields[19])
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return None
    except ProcessLookupError:
        return None
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE and not zombies:
            return None
        return ProcessIdentity(boot_id(), pid, repr(process.create_time()))
    except psutil.NoSuchProcess:
        return None


def is_alive(identity: ProcessIdentity) -> bool:
    """Whether that very process still runs."""
    return identify(identity.pid) == identity
