"""The worker's loop with a coordinator that has no database: the two know nothing of each other but the protocol."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lrtui.comparison.status import RunStatus
from lrtui.training.coordinator import Coordinator, Job, Request
from lrtui.training.engine import DeviceLost
from lrtui.training.training_run import TrainingRun
from lrtui.training.worker import Worker
from tests.training.memory_coordinator import MemoryCoordinator, jobs_of, small_spec

ACCEPTS = ("auto", "cpu")


class PerRun(MemoryCoordinator):
    """Every run goes on but those for which a request was put down."""

    def __init__(self, jobs: list[Job], **requests: Any) -> None:
        super().__init__(jobs=jobs)
        self.requests: dict[int, Request] = {
            int(name.removeprefix("run_")): request for name, request in requests.items()
        }

    def requested(self, run_id: int) -> Request:
        return self.requests.get(run_id, super().requested(run_id))


def work(coordinator: Coordinator) -> Worker:
    worker = Worker(coordinator, "cpu", idle_seconds=0.3)
    worker.work(ACCEPTS)
    return worker


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    return jobs_of(small_spec(schedulers=["constant", "cosine", "step"], epochs=2), tmp_path)


def test_a_worker_needs_nothing_but_a_coordinator(jobs: list[Job], capfd: pytest.CaptureFixture[str]) -> None:
    coordinator = MemoryCoordinator(jobs=jobs)
    work(coordinator)
    assert coordinator.claimed == [[1], [2], [3]], "one at a time, unless told otherwise"
    assert {run: result.status for run, result in coordinator.ended.items()} == dict.fromkeys((1, 2, 3), RunStatus.DONE)
    assert coordinator.held == set()
    said = capfd.readouterr().out
    assert "run 0/1: constant, base LR 0.05, seed 0\nrun 0/2: cosine, base LR 0.05, seed 0\n" in said


def test_a_worker_leaves_what_its_device_does_not_serve(tmp_path: Path) -> None:
    coordinator = MemoryCoordinator(jobs=jobs_of(small_spec(epochs=1, device="cuda:7"), tmp_path))
    work(coordinator)
    assert coordinator.claimed == []


def test_of_several_runs_one_is_cancelled_and_the_others_go_on(
    jobs: list[Job], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LRTUI_RUNS_TOGETHER", "3")
    coordinator = PerRun(jobs, run_1="stop")
    work(coordinator)
    assert coordinator.claimed == [[1, 2, 3]]
    assert coordinator.stops == [1]
    assert {run: result.status for run, result in coordinator.ended.items()} == {2: RunStatus.DONE, 3: RunStatus.DONE}
    assert coordinator.held == set()
    assert "run 0/1: constant, base LR 0.05, seed 0\nrun 0/2 too: cosine" in capfd.readouterr().out


def test_only_runs_of_one_comparison_are_taken_together(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LRTUI_RUNS_TOGETHER", "3")
    coordinator = MemoryCoordinator(jobs=[replace(jobs[0], comparison_id=7), *jobs[1:]])
    work(coordinator)
    assert coordinator.claimed == [[1], [2, 3]]


def test_who_is_told_to_stop_gives_back_all_it_holds(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LRTUI_RUNS_TOGETHER", "2")

    class Stopping(MemoryCoordinator):
        def evaluated(self, run_id: int, row: Any) -> None:
            super().evaluated(run_id, row)
            worker.stop()

    coordinator = Stopping(jobs=jobs)
    worker = Worker(coordinator, "cpu", idle_seconds=0.3)
    worker.work(ACCEPTS)
    assert coordinator.claimed == [[1, 2]]
    assert coordinator.stops == [1, 2]
    assert (len(coordinator.rows), coordinator.ended) == (1, {})


def _failing(monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    """The first run's training ends in an error that nobody expects."""
    whole = TrainingRun.train_epoch

    def train_epoch(run: Any) -> Any:
        if run._planned.number == 1:
            raise RuntimeError(message)
        return whole(run)

    monkeypatch.setattr(TrainingRun, "train_epoch", train_epoch)


def test_a_defect_in_one_run_fails_it_with_its_traceback_and_no_other(
    jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LRTUI_RUNS_TOGETHER", "3")
    _failing(monkeypatch, "shapes cannot be multiplied")
    coordinator = MemoryCoordinator(jobs=jobs)
    work(coordinator)
    assert [coordinator.ended[run].status for run in (1, 2, 3)] == [RunStatus.FAILED, RunStatus.DONE, RunStatus.DONE]
    assert "shapes cannot be multiplied" in (coordinator.ended[1].error or "")
    assert "shapes cannot be multiplied" in coordinator.notices[0]
    assert coordinator.notices[0].startswith("training failed: ")
    assert "Traceback (most recent call last)" in (coordinator.details[0] or "")


def test_a_lost_device_ends_the_worker_and_fails_one_run_only(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LRTUI_RUNS_TOGETHER", "3")
    _failing(monkeypatch, "CUDA error: an illegal memory access was encountered")
    coordinator = MemoryCoordinator(jobs=jobs)
    with pytest.raises(DeviceLost, match="CUDA error"):
        work(coordinator)
    assert {run: result.status for run, result in coordinator.ended.items()} == {1: RunStatus.FAILED}
    assert coordinator.stops == [2, 3]
    assert coordinator.held == set()
