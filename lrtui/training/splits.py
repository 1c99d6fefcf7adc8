"""The three kinds of data a task may name, each as batches: tensors in memory, a map-style Dataset, an iterable per epoch.

A batch is whatever the loss and the score of the task take. The order of an epoch depends on (seed, epoch) alone.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.utils.data import default_collate

from lrtui.training.seeding import derived_seed, epoch_order, generator, order_hash

GATHERED_BYTES = 32 << 20  # how much of a shuffled epoch is gathered at once: few calls, little memory

Batches = Iterator[tuple[Any, int]]
"""Batches on the training device, each with its number of examples."""


class Split(Protocol):
    """Training, validation, selection or test data."""

    @property
    def size(self) -> int | None:
        """How many examples; None where the data do not say."""

    def shuffled(self, seed: int, epoch: int, batch: int, start: int = 0) -> Batches:
        """The batches of an epoch (from 1) in the order of the seed, from the batch `start` on."""

    def in_order(self, batch: int) -> Batches:
        """All batches in a fixed order."""

    def order_hash(self, seed: int, epochs: int) -> str:
        """SHA-256 (hex) that is the same for runs which see the same order in so many epochs."""


class Tensors:
    """Tensors of equal length on the training device: a batch is a tuple of the same rows of each."""

    def __init__(self, tensors: Sequence[Tensor], device: torch.device) -> None:
        self._tensors = tuple(tensor.to(device) for tensor in tensors)
        self._device = device
        self.size = len(self._tensors[0])

    def shuffled(self, seed: int, epoch: int, batch: int, start: int = 0) -> Batches:
        """As `Split` says."""
        return gathered(self._tensors, epoch_order(seed, epoch, self.size)[start * batch :], batch)

    def in_order(self, batch: int) -> Batches:
        """As `Split` says."""
        for rows in zip(*(torch.split(tensor, batch) for tensor in self._tensors), strict=True):
            yield rows, len(rows[0])

    def order_hash(self, seed: int, epochs: int) -> str:
        """As `Split` says."""
        return order_hash(seed, epochs, self.size)


def gathered(
    tensors: Sequence[Tensor],
    order: Tensor,
    batch: int,
    change: Callable[[list[Tensor], int], list[Tensor]] = lambda rows, start: rows,
) -> Batches:
    """The rows of tensors in an order, batch by batch, a few megabytes gathered at once.

    `change` is given what was gathered and where in the order that begins.
    """
    if not len(order):
        return
    order = order.to(tensors[0].device)
    per_example = sum(tensor[0].nbytes for tensor in tensors)
    start = 0
    for indices in torch.split(order, max(1, GATHERED_BYTES // (per_example * batch)) * batch):
        rows = change([tensor.index_select(0, indices) for tensor in tensors], start)
        start += len(indices)
        for parts in zip(*(torch.split(part, batch) for part in rows), strict=True):
            yield parts, len(parts[0])


class Items:
    """A map-style Dataset: its items are put together as torch's DataLoader does."""

    def __init__(self, dataset: Any, device: torch.device) -> None:
        self._dataset, self._device = dataset, device
        self.size = len(dataset)

    def shuffled(self, seed: int, epoch: int, batch: int, start: int = 0) -> Batches:
        """As `Split` says."""
        return self._batches(epoch_order(seed, epoch, self.size)[start * batch :].tolist(), batch)

    def in_order(self, batch: int) -> Batches:
        """As `Split` says."""
        return self._batches(range(self.size), batch)

    def _batches(self, order: Sequence[int], batch: int) -> Batches:
        many = getattr(self._dataset, "__getitems__", None)
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            items = many(list(chosen)) if many is not None else [self._dataset[index] for index in chosen]
            yield moved(default_collate(items), self._device), len(chosen)

    def order_hash(self, seed: int, epochs: int) -> str:
        """As `Split` says."""
        return order_hash(seed, epochs, self.size)


class Own:
    """A function (epoch, generator) -> iterable of batches. One that has a length says how many examples an epoch has."""

    def __init__(self, function: Callable[[int, torch.Generator], Any], device: torch.device) -> None:
        self._function, self._device = function, device
        self.size: int | None = len(function) if hasattr(function, "__len__") else None

    def shuffled(self, seed: int, epoch: int, batch: int, start: int = 0) -> Batches:
        """As `Split` says; what comes before `start` is drawn and thrown away."""
        return self._batches(epoch, generator("order", seed, epoch), start)

    def in_order(self, batch: int) -> Batches:
        """As `Split` says: epoch 1, and always the same generator."""
        return self._batches(1, generator("order of evaluation"), 0)

    def _batches(self, epoch: int, source: torch.Generator, start: int) -> Batches:
        for batch in islice(self._function(epoch, source), start, None):
            yield moved(batch, self._device), examples_in(batch)

    def order_hash(self, seed: int, epochs: int) -> str:
        """As `Split` says: of what its generators were seeded with. What it makes of them, only a look at two can tell."""
        if self.size is not None:
            return order_hash(seed, epochs, self.size)
        seeds = [derived_seed("order", seed, epoch) for epoch in range(1, epochs + 1)]
        return hashlib.sha256(repr(seeds).encode()).hexdigest()


def moved(batch: Any, device: torch.device) -> Any:
    """The batch with every tensor in it on the device."""
    if isinstance(batch, Tensor):
        return batch if batch.device == device else batch.to(device, non_blocking=True)
    if isinstance(batch, Mapping):
        return {name: moved(part, device) for name, part in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(moved(part, device) for part in batch))
    if isinstance(batch, list | tuple):
        return type(batch)(moved(part, device) for part in batch)
    return batch.to(device) if hasattr(batch, "to") else batch


def examples_in(batch: Any) -> int:
    """How many examples a batch holds: the length of the first tensor in it, 1 where there is none."""
    if isinstance(batch, Tensor):
        return len(batch) if batch.dim() else 1
    parts = batch.values() if isinstance(batch, Mapping) else batch if isinstance(batch, list | tuple) else ()
    return next((examples_in(part) for part in parts if isinstance(part, Tensor | Mapping | list | tuple)), 1)


def first_example(batch: Any) -> Any:
    """The batch cut to its first example."""
    if isinstance(batch, Tensor):
        return batch[:1]
    if isinstance(batch, Mapping):
        return {name: first_example(part) for name, part in batch.items()}
    return type(batch)(first_example(part) for part in batch) if isinstance(batch, list | tuple) else batch
