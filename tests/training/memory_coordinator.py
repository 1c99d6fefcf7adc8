"""A coordinator that remembers what it was told, and small comparisons to train."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from lrtui.comparison.records import EvaluationRow, Provenance, RunResult
from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.training.coordinator import Job, Request
from lrtui.training.engine import Engine


class MemoryCoordinator:
    """A coordinator without a database: it gives out `jobs`, and remembers what it was told.

    `answer` is asked with the number of rows told so far and the number of requests since the last of them.
    """

    def __init__(
        self, answer: Callable[[int, int], Request] = lambda rows, batch: "go", jobs: Sequence[Job] = ()
    ) -> None:
        self.answer = answer
        self.waiting = list(jobs)
        self.held: set[int] = set()
        self.claimed: list[list[int]] = []
        self.provenances: list[Provenance] = []
        self.rows: list[EvaluationRow] = []
        self.results: list[RunResult] = []
        self.ended: dict[int, RunResult] = {}
        self.pauses: list[str | None] = []
        self.stops: list[int] = []
        self.notices: list[str] = []
        self.details: list[str | None] = []
        self._batch = 0
        self._stopping = False

    def claim(self, n: int, accepts: Sequence[str]) -> list[Job]:
        fitting = [job for job in self.waiting if job.spec.device in accepts]
        taken = [job for job in fitting if job.comparison_id == fitting[0].comparison_id][:n]
        self.waiting = [job for job in self.waiting if job not in taken]
        self.held |= {job.run_id for job in taken}
        if taken:
            self.claimed.append([job.run_id for job in taken])
        return taken

    def provenance(self, run_id: int, provenance: Provenance) -> None:
        self.provenances.append(provenance)

    def evaluated(self, run_id: int, row: EvaluationRow) -> None:
        self.rows.append(row)
        self._batch = 0

    def requested(self, run_id: int) -> Request:
        self._batch += 1
        return "stop" if self._stopping else self.answer(len(self.rows), self._batch)

    def finish(self, run_id: int, result: RunResult) -> None:
        self.results.append(result)
        self.ended[run_id] = result
        self.held.discard(run_id)

    def paused(self, run_id: int, reason: str | None = None) -> None:
        self.pauses.append(reason)
        self.held.discard(run_id)

    def stopped(self, run_id: int) -> None:
        self.stops.append(run_id)
        self.held.discard(run_id)

    def notice(self, run_id: int, message: str, detail: str | None = None) -> None:
        self.notices.append(message)
        self.details.append(detail)

    def stop_all(self) -> None:
        self._stopping = True


def small_spec(scheduler: str = "constant", **settings: Any) -> Spec:
    """One schedule on 160 digits for four epochs, unless told otherwise."""
    defaults: dict[str, Any] = {"epochs": 4, "splits": [160, 80, 80], "seeds": [0], "base_lrs": [0.05]}
    return spec_from_dict({"schedulers": [scheduler]} | defaults | settings)


def jobs_of(spec: Spec, folder: Path, data_dir: Path | None = None) -> list[Job]:
    return [Job(run.number, spec, run, folder / f"run-{run.number}.pt", data_dir) for run in spec.runs()]


def train(
    spec: Spec, folder: Path, coordinator: MemoryCoordinator | None = None, *, checkpoint_seconds: float = 1e9
) -> MemoryCoordinator:
    """Train all runs of the spec."""
    coordinator = coordinator or MemoryCoordinator()
    Engine("cpu", checkpoint_seconds=checkpoint_seconds).train(jobs_of(spec, folder), coordinator)
    return coordinator


def without_clock(rows: list[EvaluationRow]) -> list[EvaluationRow]:
    """The rows with what no two trainings share taken out."""
    return [replace(row, seconds=0.0, examples_per_second=0.0) for row in rows]


def assert_same(ours: Any, theirs: Any, path: str = "state") -> None:
    assert type(ours) is type(theirs), path
    if isinstance(ours, torch.Tensor):
        assert ours.dtype == theirs.dtype
        assert ours.stride() == theirs.stride(), path
        assert ours.numpy().tobytes() == theirs.numpy().tobytes(), path
    elif isinstance(ours, dict):
        assert ours.keys() == theirs.keys(), path
        for key in ours:
            assert_same(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(ours, list | tuple):
        assert len(ours) == len(theirs), path
        for index, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(a, b, f"{path}[{index}]")
    else:
        assert ours == theirs, path
