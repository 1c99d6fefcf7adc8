"""The engine: trains the runs it is given on one device, and keeps what they share."""

import gc
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from lrtui.comparison.records import RunResult
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError, sentence_of
from lrtui.training import checkpoint
from lrtui.training.checkpoint import CheckpointRefused
from lrtui.training.coordinator import Coordinator, Job
from lrtui.training.devices import keep_freed_memory, torch_device
from lrtui.training.download import Progress
from lrtui.training.image_classification import ImageClassification
from lrtui.training.loop_job import train_loop
from lrtui.training.references import load_reference
from lrtui.training.task import Setup, Task, make_task
from lrtui.training.training_run import TrainingRun

__all__ = ["Coordinator", "DeviceLost", "Engine", "Job"]

_CHECKPOINT_SHARE = 0.05  # of the time may go into writing checkpoints, however large the model


class _Abandoned(BaseException):
    """A stop of the run was requested. No `Exception`, which a person's own code may catch on its way."""


class DeviceLost(Exception):
    """The device cannot be used any more by this process: a CUDA error leaves its context broken."""


class Engine:
    """Trains runs one after the other on one device.

    Data and initial weights are kept from run to run, so one long-lived engine a process is what pays.

    Args:
        device: `cpu`, `cuda` or `cuda:N`.
        checkpoint_seconds: how much training a killed process may lose; longer where writing takes long.
        capacity: how many runs are claimed at once for it.
        progress: told about a download.

    Raises:
        UserError: torch has no such device here.
    """

    def __init__(
        self, device: str, *, checkpoint_seconds: float = 5.0, capacity: int = 1, progress: Progress | None = None
    ) -> None:
        self.capacity = capacity
        self._device = torch_device(device)
        self._checkpoint_seconds = checkpoint_seconds
        self._progress = progress
        self._images = ImageClassification(progress)
        self._run: TrainingRun | None = None
        if self._device.type == "cuda":
            torch.backends.cudnn.benchmark = True
        else:
            keep_freed_memory()

    def train(self, jobs: Sequence[Job], coordinator: Coordinator) -> None:
        """Train each run until it ends, is paused or is stopped; the coordinator is told which. No run's end is another's.

        A run that cannot be trained (files missing, memory exhausted, a defect) ends as failed and says why, and the next
        is begun. A checkpoint that is not this run's, or cannot be read, is told as a notice: the run starts over.

        Raises:
            DeviceLost: a run has failed so that no other can be trained; those that were not begun count as stopped.
        """
        for place, job in enumerate(jobs):
            stopped, lost, error = False, False, None
            try:
                if coordinator.requested(job.run_id) == "stop":
                    raise _Abandoned
                self._train(job, coordinator)
            except _Abandoned:
                stopped = True
            except UserError as refusal:
                error, lost = str(refusal), "CUDA error" in str(refusal)
            except Exception as failure:
                if _out_of_memory(failure):
                    error = _memory_advice(job, self._device)
                else:
                    traceback.print_exc()
                    error, lost = sentence_of(failure), "CUDA error" in str(failure)
                    coordinator.notice(job.run_id, f"training failed: {error}", traceback.format_exc())
            # Only now, outside the handler, has the traceback let go of the tensors.
            rows, self._run = self._run.rows if self._run else [], None
            if stopped:
                coordinator.stopped(job.run_id)
            if error is not None:
                self._release_memory()
                seconds = sum(row.seconds for row in rows)
                coordinator.finish(job.run_id, RunResult(RunStatus.FAILED, len(rows), seconds, error=error))
            if lost:
                for other in jobs[place + 1 :]:
                    coordinator.stopped(other.run_id)
                raise DeviceLost(error)

    def _train(self, job: Job, coordinator: Coordinator) -> None:
        if job.spec.loop is not None:
            loop = load_reference("loop", job.spec.loop, job.spec.info.source if job.spec.info else None)
            train_loop(job, coordinator, self._device, loop.function, loop.source.path, self._checkpoint_seconds)
            return

        def each_batch() -> None:
            if coordinator.requested(job.run_id) == "stop":
                raise _Abandoned

        def begin() -> TrainingRun:
            return TrainingRun(job, self._task(job), self._device, each_batch=each_batch)

        run = self._run = begin()
        coordinator.provenance(job.run_id, run.provenance)
        try:
            _resume(run, job.checkpoint, self._device)
        except CheckpointRefused as refusal:
            coordinator.notice(job.run_id, f"{refusal}; the run starts over")
            run = self._run = begin()
        for row in run.rows:
            coordinator.evaluated(job.run_id, row)
        wait, written = self._checkpoint_seconds, time.monotonic()
        while not run.over:
            coordinator.evaluated(job.run_id, run.train_epoch())
            pausing = coordinator.requested(job.run_id) == "pause"
            if run.over or not (pausing or time.monotonic() - written >= wait):
                continue
            started = time.monotonic()
            try:
                checkpoint.save(job.checkpoint, run.state())
            except OSError as error:
                coordinator.paused(
                    job.run_id, f"{job.checkpoint}: cannot write the checkpoint ({error.strerror or error})"
                )
                return
            if pausing:
                coordinator.paused(job.run_id)
                return
            written = time.monotonic()
            wait = max(self._checkpoint_seconds, (written - started) / _CHECKPOINT_SHARE)
        coordinator.finish(job.run_id, run.result())
        checkpoint.remove(job.checkpoint)

    def _task(self, job: Job) -> Task:
        """The task of a run, called anew, so that nothing of an earlier run is left in it."""
        spec = job.spec
        options: Mapping[str, Any] = spec.task_options
        if spec.task is None:
            options = {**options, **{name: getattr(spec, name) for name in ("dataset", "model", "splits", "augment")}}
        setup = Setup(job.planned.seed, self._device, job.data_dir, options, spec.batch_size)
        if spec.task is None:
            return make_task(self._images, setup)
        loaded = load_reference("task", spec.task, spec.info.source if spec.info else None)
        return make_task(loaded.function, setup, loaded.source.path)

    def _release_memory(self) -> None:
        self._run = None
        self._images = ImageClassification(self._progress)
        gc.collect()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


def _resume(run: TrainingRun, path: Path, device: torch.device) -> None:
    """Let the run go on from its checkpoint, if there is one.

    Raises:
        CheckpointRefused: there is one, but not one of this run's.
    """
    state = checkpoint.load(path, run.fingerprint, device)
    if state is None:
        return
    try:
        run.restore(state)
    except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise CheckpointRefused(f"{path}: not a state of this run ({type(error).__name__})") from None


# What torch says on the CPU, where running out of memory has no class of its own; the last two are oneDNN's
# (a primitive "descriptor" that it cannot create is an operation it does not have, which is another matter).
_CPU_MEMORY_ERRORS = (
    "not enough memory",
    "can't allocate memory",
    "could not create a primitive",
    "could not execute a primitive",
)


def _out_of_memory(error: BaseException) -> bool:
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(
        words in str(error) and "descriptor" not in str(error) for words in _CPU_MEMORY_ERRORS
    )


def _memory_advice(job: Job, device: torch.device) -> str:
    spec = job.spec
    return (
        f"not enough memory on {device} for {spec.dataset if spec.own else f'{spec.model} on {spec.dataset}'} with batch_size={spec.batch_size}; "
        "expected a smaller --batch-size, a smaller --model, or fewer workers on the device"
    )
