"""Tries a person's own task before the start: two steps, an evaluation, and whether runs of one seed begin alike."""

import hashlib
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from lrtui.comparison.spec import Spec
from lrtui.errors import UserError
from lrtui.tasks.findings import Finding, Level
from lrtui.tasks.info import Metric, TaskInfo
from lrtui.training.evaluation import batch_loss, values_of
from lrtui.training.memory import peak_memory
from lrtui.training.models import state_hash
from lrtui.training.optimizers import make_optimizer
from lrtui.training.precision import Arithmetic, arithmetic, resolve_precision
from lrtui.training.references import FaultInFile, Loaded, line_in
from lrtui.training.seeding import seed_everything
from lrtui.training.source_lines import line_of_entry
from lrtui.training.splits import Own, Split
from lrtui.training.task import SPLITS, Setup, Task, make_task

_MOST_BATCHES = 1_000_000  # of an epoch: more, and it is taken to have no end
_COUNT_SECONDS = 120.0
_STEPS = 2


@dataclass
class Tried:
    """What has come out. `info` is None where it could not be found out."""

    findings: list[Finding] = field(default_factory=list)
    info: TaskInfo | None = None
    seconds_per_step: float | None = None
    memory_bytes: int | None = None
    shapes: str = ""

    @property
    def unpaired(self) -> str:
        """Why runs of one seed cannot be compared pair by pair, "" where they can."""
        return next((finding.sentence for finding in self.findings if finding.code == "unpaired"), "")


def finding_of(fault: UserError, level: Level = "error") -> Finding:
    """A mistake as a finding."""
    if isinstance(fault, FaultInFile):
        return Finding(fault.code, fault.sentence, fault.file, fault.line, level)
    return Finding("refused", str(fault), level=level)


def try_task(loaded: Loaded, spec: Spec, data_dir: Path | None, device: torch.device) -> Tried:
    """Look at a task as it would be trained in this comparison. Never raises for a mistake in the task."""
    trial = _Trial(loaded, spec, data_dir, device)
    try:
        trial.run()
    except UserError as fault:
        trial.tried.findings.append(finding_of(fault))
    return trial.tried


class _Trial:
    def __init__(self, loaded: Loaded, spec: Spec, data_dir: Path | None, device: torch.device) -> None:
        self._loaded, self._spec, self._device = loaded, spec, device
        self._path = loaded.source.path
        self._setup = Setup(spec.seeds[0], device, data_dir, spec.task_options, spec.batch_size)
        self.tried = Tried()

    def _make(self, seed: int) -> Task:
        return make_task(self._loaded.function, replace(self._setup, seed=seed), self._path)

    def _fault(self, code: str, sentence: str, key: str | None = None) -> FaultInFile:
        return FaultInFile(sentence, self._path, line_of_entry(self._loaded.function, key), code)

    def _warn(self, code: str, sentence: str, key: str | None = None) -> None:
        self.tried.findings.append(finding_of(self._fault(code, sentence, key), "warning"))

    @contextmanager
    def _calling(self, code: str, what: str, key: str) -> Iterator[None]:
        """What the block raises becomes one sentence with the line in the person's file."""
        try:
            yield
        except (UserError, MemoryError, torch.OutOfMemoryError):
            raise
        except (Exception, SystemExit) as error:
            line = line_in(self._path, error) or line_of_entry(self._loaded.function, key)
            said = " ".join(str(error).split())[:300]
            raise FaultInFile(f"{what} raises {type(error).__name__}: {said}", self._path, line, code) from error

    def run(self) -> None:
        """Everything, from what is needed most on."""
        seed = self._setup.seed
        task = self._make(seed)
        init = state_hash(task.model)
        precision = resolve_precision(self._spec.precision, task.bf16, self._device)
        steps_per_epoch = self._steps_per_epoch(task.train)
        batch, _ = self._first("train", task.train.shuffled(seed, 1, self._spec.batch_size))
        self.tried.shapes = _shapes(batch)
        optimizer = self._optimizer(task)
        task.model.train()
        self._loss(task, batch, precision)
        self._lr_counts(task, optimizer, batch, precision)
        self._steps(task, optimizer, precision)
        chance = self._evaluate(task, precision)
        self._pairing(task, init, batch)
        metric = task.metric if chance is None else replace(task.metric, chance=chance)
        sizes = {name: split.size for name in SPLITS if (split := getattr(task, name)) is not None}
        count = sum(p.numel() for p in task.model.parameters() if p.requires_grad)
        reference = self._spec.task or ""
        source = self._loaded.source
        self.tried.info = TaskInfo(reference, metric, sizes, steps_per_epoch, count, self.tried.unpaired, source)
        self.tried.memory_bytes = peak_memory(self._device)

    def _first(self, name: str, batches: Iterator[tuple[Any, int]]) -> tuple[Any, int]:
        with self._calling("data", f"{name}: drawing a batch", name):
            found = next(iter(batches), None)
        if found is None:
            raise self._fault("empty", f"{name} gives no batch: expected at least one", name)
        batch, n = found
        if not n:
            raise self._fault("empty", f"{name} gives a batch without examples: expected at least one", name)
        return batch, n

    def _steps_per_epoch(self, train: Split) -> int:
        size = train.size
        if not isinstance(train, Own) and size is not None:
            return math.ceil(size / self._spec.batch_size)
        if self._spec.eval_every is not None:
            return self._spec.eval_every
        started, count = time.monotonic(), 0
        with self._calling("data", "train: going through an epoch", "train"):
            for _ in train.shuffled(self._setup.seed, 1, self._spec.batch_size):
                count += 1
                if count >= _MOST_BATCHES or time.monotonic() - started > _COUNT_SECONDS:
                    raise self._fault("endless", f"train gave {count} batches in epoch 1 and did not end: expected an end, or a budget in --steps", "train")  # fmt: skip
        if not count:
            raise self._fault("empty", "train gives no batch: expected at least one", "train")
        return count

    def _loss(self, task: Task, batch: Any, precision: Arithmetic) -> Tensor:
        """A loss that can be trained on, with its gradients made."""
        key = "loss" if task.loss is not None else "model"
        if task.loss is None and not (isinstance(batch, tuple | list) and len(batch) == 2 and all(isinstance(part, Tensor) for part in batch)):  # fmt: skip
            raise self._fault("batch", f"a batch is {_shapes(batch)}: expected (x, y), or a loss of your own that takes it", "train")  # fmt: skip
        with self._calling("shapes", f"the loss of a batch of {_shapes(batch)}", key):
            loss = batch_loss(task, batch, precision, self._device)
        if not isinstance(loss, Tensor):
            raise self._fault("loss", f"loss returns a {type(loss).__name__}: expected a scalar tensor", key)
        if loss.numel() != 1:
            raise self._fault(
                "loss", f"loss returns shape {tuple(loss.shape)}: expected one number, for example its mean", key
            )
        if not loss.requires_grad:
            raise self._fault("no-gradient", "loss has no gradient: expected that it is computed from the model, without detach, item or no_grad", key)  # fmt: skip
        if not torch.isfinite(loss.detach()).item():
            raise self._fault("not-finite", f"the loss of the first batch is {loss.item()}: look for a division by 0, a logarithm of 0, or data that are not finite", key)  # fmt: skip
        with self._calling("backward", "the gradient of the loss", key):
            torch.autograd.backward(loss)
        if all(parameter.grad is None for parameter in task.model.parameters()):
            raise self._fault("no-gradient", "loss gives the model no gradient: expected that it is computed from this model", key)  # fmt: skip
        return loss

    def _optimizer(self, task: Task) -> Optimizer:
        base_lr = self._spec.base_lrs[0]
        parameters = list(task.model.parameters())
        if task.optimizer is None:
            return make_optimizer(self._spec, parameters, base_lr)
        with self._calling("optimizer", "optimizer", "optimizer"):
            doubled = task.optimizer(parameters, 2 * base_lr)
            optimizer = task.optimizer(parameters, base_lr)
        if not isinstance(optimizer, Optimizer):
            raise self._fault("optimizer", f"optimizer returns a {type(optimizer).__name__}: expected a torch.optim.Optimizer", "optimizer")  # fmt: skip
        theirs = {id(p) for group in optimizer.param_groups for p in group["params"]}
        ours = {id(p) for p in parameters}
        if theirs - ours:
            raise self._fault("other-parameters", f"the optimizer has {_counted(len(theirs - ours), 'parameter')} that the model does not have: give it the parameters that it is called with", "optimizer")  # fmt: skip
        missing = [name for name, p in task.model.named_parameters() if p.requires_grad and id(p) not in theirs]
        if missing:
            self._warn("missing-parameters", f"the optimizer leaves out {', '.join(missing[:3])}{' and more' if len(missing) > 3 else ''}: they are never trained", "optimizer")  # fmt: skip
        for group, other in zip(optimizer.param_groups, doubled.param_groups, strict=True):
            if not math.isclose(2 * float(group["lr"]), float(other["lr"]), rel_tol=1e-6):
                raise self._fault("lr-ignored", f"the optimizer starts at LR {float(group['lr']):g} whatever base_lr is: use base_lr", "optimizer")  # fmt: skip
        return optimizer

    def _lr_counts(self, task: Task, optimizer: Optimizer, batch: Any, precision: Arithmetic) -> None:
        """With an LR of 0, a step must leave the weights alone: schedules act through param_groups."""
        rates = [group["lr"] for group in optimizer.param_groups]
        for group in optimizer.param_groups:
            group["lr"] = torch.zeros_like(group["lr"]) if isinstance(group["lr"], Tensor) else 0.0
        before = [p.detach().clone() for p in task.model.parameters()]
        with self._calling("optimizer", "a step of the optimizer", "optimizer"):
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        changed = any(not torch.equal(a, b) for a, b in zip(before, task.model.parameters(), strict=True))
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        if changed:
            raise self._fault("lr-ignored", "a step with an LR of 0 changes the weights: the optimizer has to use the lr of its param_groups, which schedules set", "optimizer")  # fmt: skip

    def _steps(self, task: Task, optimizer: Optimizer, precision: Arithmetic) -> None:
        if self._device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self._device)
        seed_everything("dropout", self._setup.seed, 1)
        times = []
        batches = task.train.shuffled(self._setup.seed, 1, self._spec.batch_size)
        for _ in range(_STEPS):
            with self._calling("data", "train: drawing a batch", "train"):
                found = next(batches, None)
            if found is None:
                break
            started = time.perf_counter()
            self._loss(task, found[0], precision)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if self._device.type == "cuda":
                torch.cuda.synchronize(self._device)
            times.append(time.perf_counter() - started)
        self.tried.seconds_per_step = min(times) if times else None

    def _evaluate(self, task: Task, precision: Arithmetic) -> float | None:
        """Look at a batch of each split that is there. Returns what guessing scores, where that can be told."""
        chance, scores = task.metric.chance, []
        task.model.eval()
        for name in SPLITS[1:]:
            split: Split | None = getattr(task, name)
            if split is None:
                continue
            batch, n = self._first(name, split.in_order(task.evaluation_batch or 4 * self._spec.batch_size))
            with torch.no_grad(), arithmetic(precision, self._device):
                with self._calling("shapes", f"the loss of a batch of {_shapes(batch)} of {name}", "loss"):
                    loss = batch_loss(task, batch, precision, self._device)
                if not math.isfinite(float(loss)):
                    self._warn("not-finite", f"the loss of {name} is {float(loss)} after two steps: look for a division by 0, or data that are not finite", name)  # fmt: skip
                values, classes = self._values(task, batch, n, name)
            scores.append(values)
            if task.score is None and chance is None and classes:
                chance = 1 / classes
        self._look_at(task.metric, torch.cat(scores))
        return chance

    def _values(self, task: Task, batch: Any, n: int, name: str) -> tuple[Tensor, int | None]:
        if task.score is None:
            with self._calling("shapes", f"the accuracy of a batch of {_shapes(batch)} of {name}", "model"):
                logits = task.model(batch[0])
                right = logits.argmax(1) == batch[1]
            return right.float().reshape(-1), logits.shape[1]
        with self._calling("score", f"the score of a batch of {_shapes(batch)} of {name}", "score"):
            try:
                return values_of(task.score, task.model, batch, n), None
            except FaultInFile as fault:
                raise self._fault("score", fault.sentence, "score") from None

    def _look_at(self, metric: Metric, values: Tensor) -> None:
        if not torch.isfinite(values).all().item():
            self._warn("not-finite", "the score is not finite for some examples: look for a division by 0, or a logarithm of 0", "score")  # fmt: skip
        elif metric.percent and not -1e-6 <= values.mean().item() <= 1 + 1e-6:
            self._warn("percent", f'unit="%" with a score of {values.mean().item():.4g}: expected fractions from 0 to 1, or another unit', "unit")  # fmt: skip

    def _pairing(self, task: Task, init: str, batch: Any) -> None:
        """The same seed must give the same weights and data, another seed other weights."""
        seed = self._setup.seed
        again = self._make(seed)
        if state_hash(again.model) != init:
            self._warn("unpaired", "the same seed gives other initial weights: draw them from torch's, numpy's or Python's generator, which are seeded, or from setup.seed", "model")  # fmt: skip
            return
        first, _ = self._first("train", again.train.shuffled(seed, 1, self._spec.batch_size))
        seed_everything("dropout", seed, 1)
        if isinstance(task.train, Own) and _digest(first) != _digest(batch):
            self._warn("unpaired", "the same seed gives other training batches: draw their order from the generator that train is called with", "train")  # fmt: skip
            return
        if state_hash(self._make(seed + 1).model) == init:
            self._warn("seed-ignored", "another seed gives the same initial weights: runs of different seeds differ only in the order of the data", "model")  # fmt: skip


def _digest(batch: Any) -> str:
    digest = hashlib.sha256()
    for part in _tensors(batch):
        digest.update(part.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _tensors(batch: Any) -> Iterator[Tensor]:
    if isinstance(batch, Tensor):
        yield batch
    elif isinstance(batch, Mapping):
        for part in batch.values():
            yield from _tensors(part)
    elif isinstance(batch, list | tuple):
        for part in batch:
            yield from _tensors(part)


def _shapes(batch: Any) -> str:
    """The shapes in a batch, for a sentence: (32, 10) and (32,)."""
    if isinstance(batch, Mapping):
        return "{" + ", ".join(f"{name}: {_shapes(part)}" for name, part in batch.items()) + "}"
    if isinstance(batch, list | tuple):
        return " and ".join(_shapes(part) for part in batch) or "nothing"
    return str(tuple(batch.shape)) if isinstance(batch, Tensor) else f"a {type(batch).__name__}"


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
