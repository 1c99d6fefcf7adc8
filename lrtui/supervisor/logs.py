"""The log files of workers and of the supervisor: kept small, and read from their end."""

from collections.abc import Iterable
from pathlib import Path

from lrtui.comparison.job import announces, begins_others

MAX_BYTES = 1_000_000
_TAIL_BYTES = 100_000


def rotate(path: Path) -> None:
    """Move a log that has grown past `MAX_BYTES` to `.1`, replacing the older one. For when nobody has it open."""
    if path.exists() and path.stat().st_size > MAX_BYTES:
        path.replace(path.with_name(path.name + ".1"))


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log; empty where there is none."""
    return "\n".join(_end(path)[-lines:])


def tail_of_run(logs: Iterable[Path], comparison_id: int, run_number: int, lines: int = 20) -> tuple[Path, str] | None:
    """The worker's log that tells of a run, and its last lines up to the end of what it tells; None where none does.

    Of several, because the run was tried again, the one that was written to last.
    """
    for path in sorted(logs, key=_written_at, reverse=True):
        told = _end(path)
        starts = [place for place, line in enumerate(told) if announces(line, comparison_id, run_number)]
        if starts:
            later = (place for place in range(starts[-1] + 1, len(told)) if begins_others(told[place]))
            return path, "\n".join(told[: next(later, len(told))][-lines:])
    return None


def _end(path: Path) -> list[str]:
    """The lines in the last `_TAIL_BYTES` of a log; none where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            return file.read().decode(errors="replace").splitlines()
    except OSError:
        return []


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
