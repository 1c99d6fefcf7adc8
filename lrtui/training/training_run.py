"""One run in progress: everything an epoch changes, and how it goes into a checkpoint and comes out of it."""

import copy
import hashlib
import json
import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import astuple
from itertools import islice
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from lrtui.comparison.job import Job
from lrtui.comparison.records import EVALUATION_COLUMNS, EvaluationRow, Provenance, RunResult
from lrtui.comparison.settings import SETTINGS
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from lrtui.training.devices import describe
from lrtui.training.evaluation import Evaluation, batch_loss, evaluate
from lrtui.training.models import state_hash
from lrtui.training.optimizers import make_optimizer
from lrtui.training.precision import Arithmetic, resolve_precision
from lrtui.training.references import FaultInFile
from lrtui.training.schedulers import BoundScheduler
from lrtui.training.seeding import seed_epoch
from lrtui.training.splits import Batches, Split, first_example
from lrtui.training.task import Task
from lrtui.training.user_code import calling

# which runs there are, or how the comparison is called, not how one run goes
_NOT_THE_RUNS = {"schedulers", "schedules"} | {setting.name for setting in SETTINGS if not setting.changes_the_run}


class TrainingRun:
    """A run between two evaluations. `each_batch` is called before every batch and may raise to abandon the run."""

    def __init__(self, job: Job, task: Task, device: torch.device, *, each_batch: Callable[[], None]) -> None:
        self._spec, self._planned, self._task = job.spec, job.planned, task
        self._device, self._each_batch = device, each_batch
        self._precision = resolve_precision(job.spec.precision, task.bf16, device)
        self._model = task.model
        with self._calling():
            self._refuse_lonely_example()
            init_hash = state_hash(self._model)
            self._optimizer = self._make_optimizer()
        self._scheduler = BoundScheduler(job.planned.schedule, self._optimizer)
        self._best_epoch: int | None = None
        self._best_weights: dict[str, Tensor] = {}
        self._diverged_at: int | None = None
        self._data_epoch, self._batches_seen, self._examples = 0, 0, 0
        self._batches: Batches = iter(())
        self.rows: list[EvaluationRow] = []
        self.fingerprint = _fingerprint(job, init_hash, self._precision)
        self.provenance = Provenance(
            init_hash,
            task.train.order_hash(job.planned.seed, self._data_epochs),
            self._precision,
            torch.__version__,
            describe(device),
        )

    @property
    def _data_epochs(self) -> int:
        """How many epochs of the data the budget reaches into, as far as the data say how long one is."""
        spec, size = self._spec, self._task.train.size
        if spec.steps is None or size is None:
            return spec.epochs
        return math.ceil(spec.steps / math.ceil(size / spec.batch_size))

    def _make_optimizer(self) -> Optimizer:
        base_lr, own = self._planned.base_lr, self._task.optimizer
        if own is None:
            return make_optimizer(self._spec, self._model.parameters(), base_lr)
        optimizer = own(list(self._model.parameters()), base_lr)
        if not isinstance(optimizer, Optimizer):
            raise UserError(f"optimizer returns a {type(optimizer).__name__}: expected a torch.optim.Optimizer")
        return optimizer

    @property
    def over(self) -> bool:
        """Whether no epoch is left to train."""
        return len(self.rows) >= self._spec.epochs or self._diverged_at is not None or self._stopped_early

    @property
    def _stopped_early(self) -> bool:
        patience = self._spec.early_stopping
        return patience is not None and len(self.rows) - (self._best_epoch or 0) >= patience

    def train_epoch(self) -> EvaluationRow:
        """Train and validate one more epoch, step the scheduler, and keep the weights if they are the best yet.

        Raises:
            FaultInFile: a person's own code raised something.
        """
        with self._calling():
            return self._train_epoch()

    def _calling(self) -> AbstractContextManager[None]:
        """Where an own task is called: what it raises is told with the line in its file."""
        source = self._spec.info.source if self._spec.own and self._spec.info else None
        return calling(source.path) if source else nullcontext()

    def _train_epoch(self) -> EvaluationRow:
        epoch = len(self.rows) + 1
        started = time.perf_counter()
        rates, train_loss, examples = self._train(epoch)
        trained = time.perf_counter()
        validation = self._evaluate(self._task.validation)
        ended = time.perf_counter()
        row = EvaluationRow(
            epoch,
            epoch * self._spec.steps_per_epoch,
            self._examples,
            *rates,
            train_loss=_finite(train_loss),
            val_loss=_finite(validation.loss),
            score=self._finite_score(validation.score),
            seconds=ended - started,
            examples_per_second=examples / (trained - started),
        )
        self.rows.append(row)
        if row.train_loss is None or row.val_loss is None or not math.isfinite(validation.score):
            self._diverged_at = epoch
            return row
        better = self._task.metric.oriented
        self._scheduler.after_epoch(row.val_loss, better(row.score))
        if self._best_epoch is None or better(row.score) > better(self.rows[self._best_epoch - 1].score):
            self._keep_best(epoch)
        return row

    def _finite_score(self, score: float) -> float:
        """The score; where it is not finite the last one that was, else what guessing scores: the run ends as diverged."""
        if math.isfinite(score):
            return score
        return self.rows[-1].score if self.rows else self._task.metric.chance or 0.0

    def _train(self, epoch: int) -> tuple[tuple[float, float, float, float], float, int]:
        """Until the next evaluation: the first, last, lowest and highest LR applied, the mean loss, and the examples seen."""
        optimizer, group = self._optimizer, self._optimizer.param_groups[0]
        task, precision, device = self._task, self._precision, self._device
        batches = self._next_batches()
        seed_epoch(self._planned.seed, epoch)
        self._model.train()
        first = lowest = highest = lr = float(group["lr"])
        losses: list[Tensor] = []
        counts: list[int] = []
        for batch, n in batches:
            self._each_batch()
            loss = batch_loss(task, batch, precision, device)
            torch.autograd.backward(loss)
            lr = float(group["lr"])
            lowest, highest = min(lowest, lr), max(highest, lr)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            self._scheduler.after_batch()
            losses.append(loss.detach())
            counts.append(n)
        steps = self._spec.steps_per_epoch
        if len(losses) != steps:
            raise FaultInFile(
                f"train gave {'more' if len(losses) > steps else len(losses)} batches in epoch {self._data_epoch}, and {steps} when lrtui looked at it: expected as many in every epoch, or a budget in --steps"
            )
        examples = sum(counts)
        self._examples += examples
        weights = (torch.tensor(counts, dtype=torch.float64) / examples).float()
        mean = torch.stack(losses).float().reshape(-1).cpu() @ weights
        return (first, lr, lowest, highest), float(mean), examples

    def _next_batches(self) -> Batches:
        """The batches until the next evaluation: an epoch of the data, or as many as the budget in steps says."""
        train, seed, size = self._task.train, self._planned.seed, self._spec.batch_size
        if self._spec.steps is None:
            self._data_epoch += 1
            # One more than there should be is noticed.
            return islice(train.shuffled(seed, self._data_epoch, size), self._spec.steps_per_epoch + 1)
        return self._some_batches()

    def _some_batches(self) -> Batches:
        """As many batches as there are steps between two evaluations, from where the data are, through as many epochs of them."""
        train, seed, size = self._task.train, self._planned.seed, self._spec.batch_size
        for _ in range(self._spec.steps_per_epoch):
            found = next(self._batches, None)
            if found is None:
                self._data_epoch, self._batches_seen = self._data_epoch + 1, 0
                self._batches = train.shuffled(seed, self._data_epoch, size)
                found = next(self._batches, None)
            if found is None:
                raise FaultInFile(
                    f"train gave no batch in epoch {self._data_epoch}: expected at least one", code="empty"
                )
            self._batches_seen += 1
            yield found

    def _evaluate(self, split: Split) -> Evaluation:
        batch = self._task.evaluation_batch or 4 * self._spec.batch_size
        return evaluate(self._task, split, batch, self._precision, self._device, self._each_batch)

    def _keep_best(self, epoch: int) -> None:
        self._best_epoch = epoch
        state = self._model.state_dict()
        if self._best_weights:
            for name, value in state.items():
                self._best_weights[name].copy_(value)
        else:
            self._best_weights = {name: value.detach().clone() for name, value in state.items()}

    def result(self) -> RunResult:
        """Read the test set, at the last and at the best evaluation; the run cannot be trained further after this.

        Validation stands in for a split that the task does not have: for selection at its best, for test as it was last.

        Raises:
            FaultInFile: a person's own code raised something.
        """
        with self._calling():
            return self._result()

    def _result(self) -> RunResult:
        started = time.perf_counter()
        seed_epoch(self._planned.seed, 0)
        best = self.rows[self._best_epoch - 1].score if self._best_epoch else None
        finished = self._diverged_at is None
        last = at_best = selection = None
        if self._task.test is None:
            last = self.rows[-1].score if finished else None
            at_best = last if finished else best
        elif finished:
            last = self._evaluate(self._task.test).score
        if self._best_epoch is not None:
            if self._best_epoch < len(self.rows):
                self._model.load_state_dict(self._best_weights)
            if self._task.test is not None:
                at_best = last if self._best_epoch == len(self.rows) else self._evaluate(self._task.test).score
            selection = best if self._task.selection is None else self._evaluate(self._task.selection).score
        epochs_run = len(self.rows)
        stopped = self._diverged_at is None and self._stopped_early and epochs_run < self._spec.epochs
        return RunResult(
            status=RunStatus.DONE if self._diverged_at is None else RunStatus.DIVERGED,
            epochs_run=epochs_run,
            seconds=sum(row.seconds for row in self.rows) + time.perf_counter() - started,
            best_epoch=self._best_epoch,
            score=best,
            selection=selection,
            test=at_best,
            score_last=None if self._diverged_at is not None else self.rows[-1].score,
            test_last=last,
            diverged_at=self._diverged_at,
            stopped_early_at=epochs_run if stopped else None,
        )

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds: tensors and plain Python values. The random state is not in it; see `seeding`."""
        return {
            "fingerprint": self.fingerprint,
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "scheduler": self._scheduler.state_dict(),
            "best_epoch": self._best_epoch,
            "best_weights": self._best_weights,
            "data": [self._data_epoch, self._batches_seen, self._examples],
            "rows": [astuple(row) for row in self.rows],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state` of this very run.

        Raises:
            KeyError, TypeError, ValueError, RuntimeError: it is not one; this object is of no use any more.
        """
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._scheduler.load_state_dict(state["scheduler"])
        self._best_epoch, self._best_weights = state["best_epoch"], state["best_weights"]
        rows, size = state["rows"], self._task.train.size or 0
        if rows and len(rows[0]) == len(EVALUATION_COLUMNS) - 2:  # of before steps and examples were counted
            rows = [(row[0], row[0] * self._spec.steps_per_epoch, row[0] * size, *row[1:]) for row in rows]
        self.rows = [EvaluationRow(*row) for row in rows]
        self._data_epoch, self._batches_seen, self._examples = state.get("data", (len(rows), 0, len(rows) * size))
        if self._spec.steps is not None and self._data_epoch:
            train, seed, size = self._task.train, self._planned.seed, self._spec.batch_size
            self._batches = train.shuffled(seed, self._data_epoch, size, self._batches_seen)

    def _refuse_lonely_example(self) -> None:
        """Batch normalisation over one value has no variance: say so before an epoch has been spent."""
        spec, size = self._spec, self._task.train.size
        if size is None or (size % spec.batch_size != 1 and spec.batch_size != 1):
            return
        batch, _ = next(self._task.train.shuffled(self._planned.seed, 1, spec.batch_size))
        weights = copy.deepcopy(self._model.state_dict())
        self._model.train()
        try:
            with torch.no_grad():
                batch_loss(self._task, first_example(batch), self._precision, self._device)
        except ValueError:
            what, whose = ("example", "the model") if spec.own else ("image", spec.model)
            raise UserError(
                f"batch_size={spec.batch_size} with {size} training {what}s: a batch of one {what}, "
                f"on which the batch normalisation of {whose} cannot train; expected another batch size"
            ) from None
        self._model.load_state_dict(weights)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _fingerprint(job: Job, init_hash: str, precision: Arithmetic) -> str:
    """A digest of all that decides how a run goes: a checkpoint with another one is another run's."""
    spec, planned = job.spec, job.planned
    identity = {
        "format": 1,
        "run": job.run_id,
        "spec": {k: v for k, v in spec.to_dict().items() if k not in _NOT_THE_RUNS},
        "schedule": planned.schedule.identity,
        "base_lr": planned.base_lr,
        "seed": planned.seed,
        "init": init_hash,
        "precision": precision,
    }
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
