"""A sink that remembers what it was told, and small comparisons to train."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from lrtui.comparison.records import EvaluationRow, Provenance, RunResult
from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.training.engine import Engine
from lrtui.training.jobs import Job, Request


class RecordingSink:
    """`answer` is asked with the number of rows told so far and the number of requests since the last of them."""

    def __init__(self, answer: Callable[[int, int], Request] = lambda rows, batch: "go") -> None:
        self.answer = answer
        self.provenances: list[Provenance] = []
        self.rows: list[EvaluationRow] = []
        self.results: list[RunResult] = []
        self.pauses: list[str | None] = []
        self.notices: list[str] = []
        self._batch = 0

    def provenance(self, run_id: int, provenance: Provenance) -> None:
        self.provenances.append(provenance)

    def epoch(self, run_id: int, row: EvaluationRow) -> None:
        self.rows.append(row)
        self._batch = 0

    def finish(self, run_id: int, result: RunResult) -> None:
        self.results.append(result)

    def paused(self, run_id: int, reason: str | None = None) -> None:
        self.pauses.append(reason)

    def notice(self, run_id: int, message: str) -> None:
        self.notices.append(message)

    def request(self, run_id: int) -> Request:
        self._batch += 1
        return self.answer(len(self.rows), self._batch)


def small_spec(scheduler: str = "constant", **settings: Any) -> Spec:
    """One schedule on 160 digits for four epochs, unless told otherwise."""
    defaults: dict[str, Any] = {"epochs": 4, "splits": [160, 80, 80], "seeds": [0], "base_lrs": [0.05]}
    return spec_from_dict({"schedulers": [scheduler]} | defaults | settings)


def jobs_of(spec: Spec, folder: Path, data_dir: Path | None = None) -> list[Job]:
    return [Job(run.number, spec, run, folder / f"run-{run.number}.pt", data_dir) for run in spec.runs()]


def train(
    spec: Spec, folder: Path, sink: RecordingSink | None = None, *, checkpoint_seconds: float = 1e9
) -> RecordingSink:
    """Train all runs of the spec."""
    sink = sink or RecordingSink()
    Engine("cpu", checkpoint_seconds=checkpoint_seconds).train(jobs_of(spec, folder), sink)
    return sink


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
