"""Locks that a process holds by keeping a file open, so that its death, however it dies, releases them."""

import fcntl
import json
import os
from pathlib import Path
from time import sleep
from typing import Any

ANOTHER_AT_WORK = 75  # exit status of a process that found its lock taken: EX_TEMPFAIL of sysexits.h


class HeldLock:
    """An exclusive lock on a file, whose content says who holds it. Released by `release` or by the process's end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go. The file stays: removing it would let two holders lock two different files of one name."""
        os.close(self._descriptor)


def try_lock(path: Path, holder: dict[str, Any] | None = None) -> HeldLock | None:
    """Take the lock, write `holder` into the file, and return it; None when another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for patience in (0.01, 0.02, 0.05, None):  # `lock_holder` looks by sharing the lock for a few microseconds
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if patience is None:
                os.close(descriptor)
                return None
            sleep(patience)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps(holder or {}).encode())
    return HeldLock(descriptor)


def lock_holder(path: Path) -> dict[str, Any] | None:
    """What the present holder wrote; None when nobody holds the lock."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        try:
            content = json.loads(os.read(descriptor, 4096) or b"{}")
        except ValueError:  # the holder is about to write it
            content = {}
        return content if isinstance(content, dict) else {}
    finally:
        os.close(descriptor)
    return None
