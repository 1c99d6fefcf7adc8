"""The log files of workers and of the supervisor: kept small, and read from their end."""

from pathlib import Path

MAX_BYTES = 1_000_000


def rotate(path: Path) -> None:
    """Move a log that has grown past `MAX_BYTES` to `.1`, replacing the older one. For when nobody has it open."""
    if path.exists() and path.stat().st_size > MAX_BYTES:
        path.replace(path.with_name(path.name + ".1"))


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log; empty where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 100_000))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
