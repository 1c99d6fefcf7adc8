"""The contract of a task: a function of a `Setup` that returns a dict, and what lrtui makes of that dict.

Built-in data sets and people's own tasks come this way alike.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.data import DataLoader, Dataset, IterableDataset

from lrtui.errors import UserError
from lrtui.tasks.info import Metric
from lrtui.training.references import FaultInFile, line_in
from lrtui.training.seeding import seed_everything
from lrtui.training.source_lines import line_of_entry
from lrtui.training.splits import Items, Own, Split, Tensors

SPLITS = ("train", "validation", "selection", "test")
KEYS = (
    "model", *SPLITS, "loss", "score", "better", "unit", "optimizer", "metric", "chance", "evaluation_batch", "bf16",
)  # fmt: skip


@dataclass(frozen=True)
class Setup:
    """What a task is told.

    `device` is where it will be trained; models and tensors may be left on the CPU. `data_dir` is what --data-dir names, None
    without one. `options` are the spec's [task_options]. `batch_size` is the comparison's, for data that make their own batches.
    """

    seed: int
    device: torch.device
    data_dir: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    batch_size: int = 32


@dataclass
class Task:
    """A task as lrtui trains it: data as splits, everything absent as None.

    `evaluation_batch`: examples per batch of an evaluation. `bf16`: whether precision "auto" may mean bf16.
    """

    model: nn.Module
    train: Split
    validation: Split
    metric: Metric
    selection: Split | None = None
    test: Split | None = None
    loss: Callable[[nn.Module, Any], Tensor] | None = None
    score: Callable[[nn.Module, Any], Tensor] | None = None
    optimizer: Callable[[list[nn.Parameter], float], Optimizer] | None = None
    evaluation_batch: int | None = None
    bf16: bool = False


TaskFunction = Callable[[Setup], Any]


def make_task(function: TaskFunction, setup: Setup, path: str = "") -> Task:
    """Call a task with everything seeded, and check what it returns.

    Args:
        function: the task.
        setup: what it is told.
        path: the file it is in, to name the line of a mistake.

    Raises:
        FaultInFile: it raises, or returns something that cannot be trained.
    """
    return _Maker(function, setup, path).task()


class _Maker:
    def __init__(self, function: TaskFunction, setup: Setup, path: str) -> None:
        self._function, self._setup, self._path = function, setup, path
        self._name = getattr(function, "__name__", "task")

    def fault(self, code: str, sentence: str, key: str | None = None) -> FaultInFile:
        """A mistake in what the task returns, at the line of an entry where there is one."""
        return FaultInFile(sentence, self._path, line_of_entry(self._function, key), code)

    def task(self) -> Task:
        returned = self._call()
        if not isinstance(returned, Mapping):
            kind = "nothing" if returned is None else f"a {type(returned).__name__}"
            raise self.fault(
                "not-a-dict", f"{self._name} returns {kind}: expected a dict with model, train and validation"
            )
        for key in returned:
            if key not in KEYS:
                near = get_close_matches(str(key), KEYS, n=1, cutoff=0.5)
                hint = f"did you mean {near[0]!r}? " if near else ""
                raise self.fault("unknown-key", f"unknown key {key!r}: {hint}Known: {', '.join(KEYS)}", str(key))
        for key in ("model", "train", "validation"):
            if returned.get(key) is None:
                raise self.fault("missing-key", f"no {key!r} in what {self._name} returns: expected {_WANTED[key]}")
        model = self._model(returned["model"])
        splits = {name: self._split(name, returned[name]) for name in SPLITS if returned.get(name) is not None}
        for key in ("loss", "score", "optimizer"):
            if returned.get(key) is not None and not callable(returned[key]):
                raise self.fault(
                    "not-callable", f"{key} is a {type(returned[key]).__name__}: expected {_WANTED[key]}", key
                )
        batch = returned.get("evaluation_batch")
        if batch is not None and not (isinstance(batch, int) and batch > 0):
            raise self.fault(
                "evaluation-batch", f"evaluation_batch={batch!r}: expected a whole number > 0", "evaluation_batch"
            )
        return Task(
            model,
            splits["train"],
            splits["validation"],
            self._metric(returned),
            splits.get("selection"),
            splits.get("test"),
            returned.get("loss"),
            returned.get("score"),
            returned.get("optimizer"),
            batch,
            bool(returned.get("bf16", False)),
        )

    def _call(self) -> Any:
        try:
            inspect.signature(self._function).bind(self._setup)
        except TypeError:
            raise self.fault(
                "signature", f"{self._name} does not take one argument: expected def {self._name}(setup)"
            ) from None
        except ValueError:
            pass  # a callable without a signature
        seed_everything("init", self._setup.seed)
        try:
            return self._function(self._setup)
        except (UserError, MemoryError, torch.OutOfMemoryError):
            raise
        except (Exception, SystemExit) as error:
            if not self._path:  # lrtui's own task
                raise
            sentence = f"{self._name} raises {type(error).__name__}: {error}"
            raise FaultInFile(sentence, self._path, line_in(self._path, error), "raises") from error

    def _model(self, model: Any) -> nn.Module:
        if not isinstance(model, nn.Module):
            hint = ": call it, to make one" if isinstance(model, type) else ""
            raise self.fault("model", f"model is a {type(model).__name__}{hint}: expected a torch.nn.Module", "model")
        if not any(parameter.requires_grad for parameter in model.parameters()):
            raise self.fault(
                "model", "model has no trainable parameters: expected some that require a gradient", "model"
            )
        wanted = self._setup.device.type
        for name, parameter in model.named_parameters():
            if parameter.device.type not in ("cpu", wanted):
                raise self.fault("device", f"the model's {name} is on {parameter.device}: expected the CPU or setup.device, which is {self._setup.device}", "model")  # fmt: skip
        return model.to(self._setup.device)

    def _split(self, name: str, data: Any) -> Split:
        device = self._setup.device
        if isinstance(data, Tensor | numpy.ndarray):
            raise self.fault("split", f"{name} is one tensor: expected {_WANTED['train']}", name)
        if isinstance(data, tuple | list) and data and all(isinstance(part, Tensor | numpy.ndarray) for part in data):
            tensors = [torch.as_tensor(part) for part in data]
            if any(tensor.dim() == 0 for tensor in tensors):
                raise self.fault("split", f"{name} holds a tensor of one number: expected a row per example", name)
            lengths = [len(tensor) for tensor in tensors]
            if len(set(lengths)) != 1:
                raise self.fault("lengths", f"{name} holds tensors of {' and '.join(map(str, lengths))} rows: expected as many of each", name)  # fmt: skip
            if not lengths[0]:
                raise self.fault("empty", f"{name} is empty: expected at least one example", name)
            return Tensors(tensors, device)
        if isinstance(data, DataLoader | IterableDataset) or (
            hasattr(data, "__iter__") and not hasattr(data, "__getitem__")
        ):
            raise self.fault("split", f"{name} is a {type(data).__name__}, whose order lrtui cannot seed: give its Dataset, or a function (epoch, generator) that makes one", name)  # fmt: skip
        if isinstance(data, Dataset) or (hasattr(data, "__getitem__") and hasattr(data, "__len__") and not isinstance(data, str | Mapping)):  # fmt: skip
            if not hasattr(data, "__len__"):
                raise self.fault("split", f"{name} is a Dataset without a length: expected one with __len__, or a function (epoch, generator)", name)  # fmt: skip
            if not len(data):  # type: ignore[arg-type]
                raise self.fault("empty", f"{name} is empty: expected at least one example", name)
            return Items(data, device)
        if callable(data):
            try:
                inspect.signature(data).bind(1, torch.Generator())
            except TypeError:
                raise self.fault(
                    "split", f"the function {name} does not take two arguments: expected (epoch, generator)", name
                ) from None
            except ValueError:
                pass
            return Own(data, device)
        raise self.fault("split", f"{name} is a {type(data).__name__}: expected {_WANTED['train']}", name)

    def _metric(self, returned: Mapping[str, Any]) -> Metric:
        score = returned.get("score")
        own = getattr(score, "__name__", "score") if score is not None else "accuracy"
        name = returned.get("metric") or (own.replace("_", " ").strip() if own.isidentifier() else "score")
        unit = returned.get("unit", "%" if score is None else "")
        unit = "" if unit is None else unit
        better: Any = returned.get("better") or "higher"
        chance = returned.get("chance")
        for key, text in (("metric", name), ("unit", unit)):
            if not isinstance(text, str) or len(text) > 30 or not text.isprintable():
                raise self.fault(key, f"{key}={str(text)[:60]!r} is not a short text: expected {_WANTED[key]}", key)
        if better not in ("higher", "lower"):
            raise self.fault("better", f'better={str(better)[:60]!r}: expected "higher" or "lower"', "better")
        if chance is not None and (not isinstance(chance, int | float) or isinstance(chance, bool)):
            raise self.fault(
                "chance", f"chance={str(chance)[:60]!r}: expected the score of guessing, a number", "chance"
            )
        return Metric(name, unit, better, None if chance is None else float(chance))


_WANTED = {
    "model": "a torch.nn.Module",
    "train": "tensors (x, y), a map-style Dataset, or a function (epoch, generator) -> iterable of batches",
    "validation": "data of the same kinds as train, in a fixed order",
    "loss": "a function (model, batch) -> scalar tensor",
    "score": "a function (model, batch) -> one value per example",
    "optimizer": "a function (parameters, base_lr) -> Optimizer",
    "metric": 'the name of what is scored, for example "mse"',
    "unit": 'what people read it in, for example "%" or "bits"',
}
