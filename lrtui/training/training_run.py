"""One run in progress: everything an epoch changes, and how it goes into a checkpoint and comes out of it."""

import copy
import hashlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import astuple
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from lrtui.comparison.records import EVALUATION_COLUMNS, EvaluationRow, RunResult
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from lrtui.tasks.catalogue import BUILT_IN
from lrtui.training.augmentation import epoch_augmentation
from lrtui.training.datasets import Split, TaskData
from lrtui.training.evaluation import Evaluation, evaluate, evaluation_batch
from lrtui.training.jobs import Job
from lrtui.training.models import InitialModel
from lrtui.training.optimizers import make_optimizer
from lrtui.training.precision import Arithmetic, arithmetic
from lrtui.training.schedulers import BoundScheduler
from lrtui.training.seeding import epoch_order, seed_epoch

# settings that say which runs there are, or how the comparison is called, not how one run goes
_NOT_THE_RUNS = frozenset({"name", "schedulers", "schedules", "profile", "base_lrs", "search", "trials", "seeds", "device", "precision"})  # fmt: skip
_GATHERED_BYTES = 32 << 20  # how much of a shuffled epoch is gathered at once: few calls, little memory


class TrainingRun:
    """A run between two epochs. `each_batch` is called before every batch and may raise to abandon the run."""

    def __init__(
        self,
        job: Job,
        data: TaskData,
        initial: InitialModel,
        device: torch.device,
        *,
        precision: Arithmetic,
        each_batch: Callable[[], None],
    ) -> None:
        self._spec, self._planned, self._data = job.spec, job.planned, data
        self._device, self._precision, self._each_batch = device, precision, each_batch
        self._model = copy.deepcopy(initial.module).to(device)
        self._refuse_lonely_image()
        self._optimizer = make_optimizer(job.spec, self._model.parameters(), job.planned.base_lr)
        self._scheduler = BoundScheduler(job.planned.schedule, self._optimizer)
        self._evaluation_batch = evaluation_batch(job.spec.model, device)
        self._best_epoch: int | None = None
        self._best_weights: dict[str, Tensor] = {}
        self._diverged_at: int | None = None
        self.rows: list[EvaluationRow] = []
        self.fingerprint = _fingerprint(job, initial.init_hash, precision)

    @property
    def over(self) -> bool:
        """Whether no epoch is left to train."""
        return len(self.rows) >= self._spec.epochs or self._diverged_at is not None or self._stopped_early

    @property
    def _stopped_early(self) -> bool:
        patience = self._spec.early_stopping
        return patience is not None and len(self.rows) - (self._best_epoch or 0) >= patience

    def train_epoch(self) -> EvaluationRow:
        """Train and validate one more epoch, step the scheduler, and keep the weights if they are the best yet."""
        epoch = len(self.rows) + 1
        started = time.perf_counter()
        rates, train_loss = self._train(epoch)
        trained = time.perf_counter()
        validation = self._evaluate(self._data.validation)
        ended = time.perf_counter()
        row = EvaluationRow(
            epoch,
            *self._progress(epoch),
            *rates,
            train_loss=_finite(train_loss),
            val_loss=_finite(validation.loss),
            score=validation.accuracy,
            seconds=ended - started,
            examples_per_second=len(self._data.train) / (trained - started),
        )
        self.rows.append(row)
        if row.train_loss is None or row.val_loss is None:
            self._diverged_at = epoch
            return row
        self._scheduler.after_epoch(row.val_loss, row.score)
        if self._best_epoch is None or row.score > self.rows[self._best_epoch - 1].score:
            self._keep_best(epoch)
        return row

    def _progress(self, epoch: int) -> tuple[int, int]:
        """The optimizer's steps, and the examples seen, by the end of an epoch."""
        return epoch * self._spec.steps_per_epoch, epoch * len(self._data.train)

    def _train(self, epoch: int) -> tuple[tuple[float, float, float, float], float]:
        """The first, last, lowest and highest LR applied, and the mean loss over the epoch's images."""
        train, batch, seed = self._data.train, self._spec.batch_size, self._planned.seed
        model, optimizer, group = self._model, self._optimizer, self._optimizer.param_groups[0]
        order = epoch_order(seed, epoch, len(train)).to(self._device)
        augmentation = None
        if self._spec.augment:
            flip = BUILT_IN[self._data.dataset.key].flips
            augmentation = epoch_augmentation(seed, epoch, len(train), flip, self._device)
        seed_epoch(seed, epoch)
        model.train()
        first = lowest = highest = lr = float(group["lr"])
        losses: list[Tensor] = []
        per_gather = max(1, _GATHERED_BYTES // (train.images[0].nbytes * batch)) * batch
        start = 0
        for indices in torch.split(order, per_gather):
            gathered = train.images.index_select(0, indices)
            if augmentation is not None:
                gathered = augmentation(gathered, self._data.black, start)
            start += len(indices)
            labels = train.labels.index_select(0, indices)
            for batch_images, batch_labels in zip(
                torch.split(gathered, batch), torch.split(labels, batch), strict=True
            ):
                self._each_batch()
                with arithmetic(self._precision, self._device):
                    logits = model(batch_images)
                loss = functional.cross_entropy(logits.float(), batch_labels)
                torch.autograd.backward(loss)
                lr = float(group["lr"])
                lowest, highest = min(lowest, lr), max(highest, lr)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                self._scheduler.after_batch()
                losses.append(loss.detach())
        weights = torch.full((len(losses),), batch / len(train))
        weights[-1] = (len(train) - batch * (len(losses) - 1)) / len(train)
        return (first, lr, lowest, highest), float(torch.stack(losses).cpu() @ weights)

    def _evaluate(self, split: Split) -> Evaluation:
        return evaluate(self._model, split, self._evaluation_batch, self._precision, self._each_batch)

    def _keep_best(self, epoch: int) -> None:
        self._best_epoch = epoch
        state = self._model.state_dict()
        if self._best_weights:
            for name, value in state.items():
                self._best_weights[name].copy_(value)
        else:
            self._best_weights = {name: value.detach().clone() for name, value in state.items()}

    def result(self) -> RunResult:
        """Read the test set, at the last and at the best epoch; the run cannot be trained further after this."""
        started = time.perf_counter()
        last = None if self._diverged_at is not None else self._evaluate(self._data.test).accuracy
        at_best = selection = None
        if self._best_epoch is not None:
            if self._best_epoch < len(self.rows):
                self._model.load_state_dict(self._best_weights)
            at_best = last if self._best_epoch == len(self.rows) else self._evaluate(self._data.test).accuracy
            selection = self._evaluate(self._data.selection).accuracy
        epochs_run = len(self.rows)
        stopped = self._diverged_at is None and self._stopped_early and epochs_run < self._spec.epochs
        return RunResult(
            status=RunStatus.DONE if self._diverged_at is None else RunStatus.DIVERGED,
            epochs_run=epochs_run,
            seconds=sum(row.seconds for row in self.rows) + time.perf_counter() - started,
            best_epoch=self._best_epoch,
            score=self.rows[self._best_epoch - 1].score if self._best_epoch else None,
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
        rows = state["rows"]
        if rows and len(rows[0]) == len(EVALUATION_COLUMNS) - 2:  # of before steps and examples were counted
            rows = [(row[0], *self._progress(row[0]), *row[1:]) for row in rows]
        self.rows = [EvaluationRow(*row) for row in rows]

    def _refuse_lonely_image(self) -> None:
        """Batch normalisation over one value has no variance: say so before an epoch has been spent."""
        if len(self._data.train) % self._spec.batch_size != 1 and self._spec.batch_size != 1:
            return
        probe = copy.deepcopy(self._model).train()
        try:
            probe(self._data.train.images[:1])
        except ValueError:
            raise UserError(
                f"batch_size={self._spec.batch_size} with {len(self._data.train)} training images: a batch of one image, "
                f"on which the batch normalisation of {self._spec.model} cannot train; expected another batch size"
            ) from None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _fingerprint(job: Job, init_hash: str, precision: Arithmetic) -> str:
    """A digest of all that decides how a run goes: a checkpoint with another one is another run's."""
    spec, planned = job.spec, job.planned
    identity = {
        "format": 1,
        "run": job.run_id,
        "spec": {k: v for k, v in spec.to_dict().items() if k not in _NOT_THE_RUNS},
        "schedule": [planned.schedule.scheduler.key, planned.schedule.steps_every, planned.schedule.values],
        "base_lr": planned.base_lr,
        "seed": planned.seed,
        "init": init_hash,
        "precision": precision,
    }
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
