"""Who stands behind a person's own loop: a worker's run, a trial before the start, or nobody."""

import hashlib
import inspect
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from lrtui.comparison.records import EvaluationRow, Provenance, RunResult
from lrtui.errors import UserError
from lrtui.schedules.binding import bind
from lrtui.schedules.profiles import Budget
from lrtui.tasks.info import Metric
from lrtui.training import checkpoint
from lrtui.training.checkpoint import CheckpointRefused
from lrtui.training.coordinator import Coordinator, Job
from lrtui.training.devices import describe, torch_device
from lrtui.training.models import state_hash
from lrtui.training.own_loop import Ended, LoopPlan, Run
from lrtui.training.user_code import calling

OWN_PRECISION = "as the loop does"  # recorded as the precision: the arithmetic is the loop's own
_CHECKPOINT_SHARE = 0.05  # of the time may go into writing checkpoints, however large the model
_TRIED_STEPS = 2

_current: Run | None = None


def run(
    schedule: str = "constant",
    *,
    base_lr: float = 0.1,
    steps: int = 1000,
    eval_every: int | None = None,
    seed: int = 0,
    device: str | None = None,
    data_dir: str | Path | None = None,
    options: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    batch_size: int = 32,
) -> Run:
    """A run that stores nothing and prints each evaluation, so that a loop works alone; in a worker, the worker's run.

    Args:
        schedule: a scheduler's key.
        base_lr: the base LR.
        steps: the optimizer steps of the run, a multiple of `eval_every`.
        eval_every: the steps between evaluations; a tenth of the run by default.
        seed: the seed that the loop is told.
        device: cpu, cuda or cuda:N; by default the first GPU, else the CPU.
        data_dir: where the loop is told that its data are.
        options: what the loop is told as its options.
        parameters: the schedule's parameters, by name.
        batch_size: the batch size that the loop is told.

    Raises:
        UserError: there is no such scheduler, parameter or device, or the steps do not divide.
    """
    if _current is not None:
        return _current
    every = eval_every or max(1, steps // 10)
    if steps < 1 or steps % every:
        raise UserError(f"steps={steps}: expected a multiple of eval_every={every}")
    where = torch_device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    bound = bind(schedule, "fitted", Budget(steps // every, every, base_lr), parameters)
    folder = None if data_dir is None else Path(data_dir).expanduser().absolute()
    return Run(LoopPlan(seed, bound, where, folder, options or {}, batch_size), _Alone())


def train_loop(job: Job, coordinator: Coordinator, device: torch.device, loop: Callable[..., object], file: str, checkpoint_seconds: float) -> None:  # fmt: skip
    """Train one run with a person's own loop, as `Engine.train` does; the coordinator is told how it ends.

    Raises:
        FaultInFile: the loop raised, ended the process, or left something out.
    """
    host = _InWorker(job, coordinator, device, checkpoint_seconds)
    try:
        _call(loop, Run(_plan(job, device), host), file)
    except CheckpointRefused as refusal:
        coordinator.notice(job.run_id, f"{refusal}; the run starts over")
        host.start_over()
        _call(loop, Run(_plan(job, device), host), file)
    if not host.told:
        coordinator.stopped(job.run_id)


@dataclass
class Trial:
    """What two steps of a loop have shown."""

    init_hash: str = ""
    parameters: int | None = None
    metric: Metric | None = None
    losses: list[float] = field(default_factory=list)
    selection: bool = False
    test: bool = False
    optimizer_parameters: int | None = None
    seconds_per_step: float = 0.0


def try_loop(plan: LoopPlan, loop: Callable[..., object], file: str) -> Trial:
    """Let a loop make its first two steps, the second with an evaluation, and finish. It is told the real number of steps.

    Raises:
        FaultInFile: the loop raised, ended the process, or left something out.
    """
    host = _OnTrial()
    budget = plan.schedule.budget
    tried = Run(plan, host)
    tried.eval_every = min(_TRIED_STEPS, budget.steps)
    host.limit = tried.eval_every
    _call(loop, tried, file)
    return host.trial


def _plan(job: Job, device: torch.device) -> LoopPlan:
    spec = job.spec
    known = spec.info.metric if spec.info else None
    return LoopPlan(job.planned.seed, job.planned.schedule, device, job.data_dir, spec.task_options, spec.batch_size, spec.early_stopping, known)  # fmt: skip


def _call(loop: Callable[..., object], run: Run, file: str) -> None:
    """Call a loop with its run; one without arguments asks `lrtui.run()` for it."""
    global _current  # noqa: PLW0603
    _current = run
    try:
        with calling(file):
            try:
                if inspect.signature(loop).parameters:
                    loop(run)
                else:
                    loop()
                run.close()
            except Ended:
                pass
    finally:
        _current = None


class _Alone:
    """Nothing is stored; each evaluation is printed."""

    def attached(self, run: Run, model: nn.Module) -> None:
        """Nobody asks for the hash."""

    def saved(self, run: Run) -> None:
        """There never is a checkpoint."""

    def wanted(self) -> Literal["go"]:
        """Nobody wants anything."""
        return "go"

    def between_steps(self, run: Run) -> None:
        """There is no checkpoint."""

    def evaluated(self, row: EvaluationRow, metric: Metric) -> None:
        """Print the row."""
        score = f"{100 * row.score:.2f} %" if metric.percent else f"{row.score:.6g} {metric.unit}".rstrip()
        losses = " ".join(f"{name} {'not finite' if value is None else format(value, '.5g')}" for name, value in (("train loss", row.train_loss), ("validation loss", row.val_loss)))  # fmt: skip
        print(f"evaluation {row.epoch}: LR {row.lr_last:.4g}, {losses}, {metric.name} {score}", flush=True)

    def paused(self, run: Run) -> None:
        """Never."""

    def finished(self, run: Run, result: RunResult) -> None:
        """The rows have said it."""

    def notice(self, message: str) -> None:
        """Print it."""
        print(message, flush=True)


class _OnTrial(_Alone):
    """Looks at two steps."""

    def __init__(self) -> None:
        self.trial = Trial()
        self.limit = _TRIED_STEPS
        self._started = 0.0

    def attached(self, run: Run, model: nn.Module) -> None:
        """Look at the model."""
        self.trial.init_hash = state_hash(model)
        self.trial.parameters = sum(p.numel() for p in model.parameters() if p.requires_grad)
        self._started = time.perf_counter()

    def between_steps(self, run: Run) -> None:
        """After the second step there is no other."""
        if run.step >= self.limit:
            run.total_steps = run.step

    def evaluated(self, row: EvaluationRow, metric: Metric) -> None:
        """Look at the score."""
        self.trial.metric = metric
        self.trial.losses = [value for value in (row.train_loss, row.val_loss) if value is not None]
        self.trial.seconds_per_step = (time.perf_counter() - self._started) / self.limit

    def finished(self, run: Run, result: RunResult) -> None:
        """See which scores there are."""
        self.trial.selection, self.trial.test = run.told_selection, run.told_test

    def notice(self, message: str) -> None:
        """It will be said when it is trained."""


class _InWorker:
    """A run of a comparison."""

    def __init__(self, job: Job, coordinator: Coordinator, device: torch.device, checkpoint_seconds: float) -> None:
        self._job, self._coordinator, self._device = job, coordinator, device
        self._least = self._wait = checkpoint_seconds
        self._written = time.monotonic()
        self._fingerprint = self._init_hash = ""
        self._resumes = True
        self.told = False  # how the run ended

    def start_over(self) -> None:
        """Leave the checkpoint alone: it cannot be used."""
        self._resumes = False

    def attached(self, run: Run, model: nn.Module) -> None:
        """Record what the run starts from."""
        self._init_hash = state_hash(model)
        self._fingerprint = _fingerprint(self._job, self._init_hash)
        self._tell_provenance("")

    def saved(self, run: Run) -> dict[str, Any] | None:
        """The checkpoint, if there is one; its rows are told again."""
        state = checkpoint.load(self._job.checkpoint, self._fingerprint, self._device) if self._resumes else None
        for row in state["rows"] if state else ():
            self._coordinator.evaluated(self._job.run_id, EvaluationRow(*row))
        return state

    def wanted(self) -> Literal["go", "pause", "stop"]:
        """What the coordinator says."""
        return self._coordinator.requested(self._job.run_id)

    def between_steps(self, run: Run) -> None:
        """Write a checkpoint now and then."""
        if time.monotonic() - self._written < self._wait:
            return
        started = time.monotonic()
        try:
            self._save(run)
        except OSError as error:
            self._cannot_write(error)
            run.rest()
        self._written = time.monotonic()
        self._wait = max(self._least, (self._written - started) / _CHECKPOINT_SHARE)

    def evaluated(self, row: EvaluationRow, metric: Metric) -> None:
        """The coordinator takes the row."""
        self._coordinator.evaluated(self._job.run_id, row)

    def paused(self, run: Run) -> None:
        """Write a checkpoint and let go."""
        try:
            self._save(run)
        except OSError as error:
            self._cannot_write(error)
        else:
            self.told = True
            self._coordinator.paused(self._job.run_id)

    def finished(self, run: Run, result: RunResult) -> None:
        """The coordinator takes the result; the checkpoint is not needed any more."""
        if run.order_digest and result.diverged_at is None and result.stopped_early_at is None:
            self._tell_provenance(run.order_digest)
        self.told = True
        self._coordinator.finish(self._job.run_id, result)
        checkpoint.remove(self._job.checkpoint)

    def notice(self, message: str) -> None:
        """The coordinator records it."""
        self._coordinator.notice(self._job.run_id, message)

    def _save(self, run: Run) -> None:
        checkpoint.save(self._job.checkpoint, run.checkpoint_state() | {"fingerprint": self._fingerprint})

    def _cannot_write(self, error: OSError) -> None:
        reason = f"{self._job.checkpoint}: cannot write the checkpoint ({error.strerror or error})"
        self.told = True
        self._coordinator.paused(self._job.run_id, reason)

    def _tell_provenance(self, order: str) -> None:
        told = Provenance(self._init_hash, order, OWN_PRECISION, torch.__version__, describe(self._device))
        self._coordinator.provenance(self._job.run_id, told)


def _fingerprint(job: Job, init_hash: str) -> str:
    """A digest of all that decides how a run goes, the loop's file among it: a checkpoint with another one is another run's."""
    schedule, source = job.planned.schedule, job.spec.info.source if job.spec.info else None
    identity = {
        "format": "loop 1",
        "run": job.run_id,
        "loop": job.spec.loop,
        "source": [source.sha256, sorted(source.modules.items())] if source else None,
        "options": job.spec.task_options,
        "budget": [schedule.budget.epochs, schedule.budget.steps_per_epoch],
        "batch_size": job.spec.batch_size,
        "schedule": schedule.identity,
        "base_lr": job.planned.base_lr,
        "seed": job.planned.seed,
        "init": init_hash,
    }
    return hashlib.sha256(json.dumps(identity, sort_keys=True, default=str).encode()).hexdigest()
