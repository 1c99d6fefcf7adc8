"""A run as whoever trains it gets it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lrtui.comparison.spec import PlannedRun, Spec

Request = Literal["go", "pause", "stop"]


@dataclass(frozen=True)
class Job:
    """One run to train.

    `checkpoint` is the path its checkpoint has, whether or not one is there; its folder exists. `data_dir` is where
    the data set's files are looked for (None: the cache and the system's folder). `comparison_id` is for people: they
    call the run `comparison_id/planned.number`.
    """

    run_id: int
    spec: Spec
    planned: PlannedRun
    checkpoint: Path
    data_dir: Path | None = None
    comparison_id: int = 0


def headings(jobs: Iterable[Job]) -> Iterator[str]:
    """How a worker's log announces the runs that its next lines are about: one line per run, the first one's first."""
    for place, job in enumerate(jobs):
        planned = job.planned
        start = _start(job.comparison_id, planned.number, "" if place == 0 else " too")
        yield f"{start}{planned.label}, base LR {planned.base_lr:g}, seed {planned.seed}"


def announces(line: str, comparison_id: int, run_number: int) -> bool:
    """Whether a line of a worker's log says that the next ones are about this run."""
    return line.startswith(tuple(_start(comparison_id, run_number, how) for how in ("", " too")))


def begins_others(line: str) -> bool:
    """Whether a line of a worker's log says that the next ones are about other runs than the lines before."""
    return _ANY_FIRST.match(line) is not None


def _start(comparison_id: int, run_number: int, how: str) -> str:
    return f"run {comparison_id}/{run_number}{how}: "


_ANY_FIRST = re.compile(r"run \d+/\d+: ")
