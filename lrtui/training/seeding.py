"""Randomness paired by construction: what is drawn depends on the seed and the epoch, never on what ran before.

Every run of a seed starts from the same weights and sees the same images in the same order, whatever its schedule,
and a resumed run needs no generator's state. Everything is drawn on the CPU, so that a GPU changes nothing.
"""

import hashlib
import random
from functools import lru_cache

import numpy
import torch
from torch import Tensor


def derived_seed(purpose: str, *numbers: int) -> int:
    """A 63-bit seed of its own for each purpose and numbers, as independent of its neighbours as a hash can make it."""
    digest = hashlib.sha256(":".join([purpose, *map(str, numbers)]).encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


def generator(purpose: str, *numbers: int) -> torch.Generator:
    """A CPU generator seeded for one purpose."""
    return torch.Generator().manual_seed(derived_seed(purpose, *numbers))


def epoch_order(seed: int, epoch: int, n: int) -> Tensor:
    """The order in which epoch `epoch` (from 1) of a seed goes through its `n` training images."""
    return torch.randperm(n, generator=generator("order", seed, epoch))


def seed_epoch(seed: int, epoch: int) -> None:
    """Seed the global generators before an evaluation's training: torch's, which dropout draws from, numpy's and Python's."""
    seed_everything("dropout", seed, epoch)


def seed_everything(purpose: str, *numbers: int) -> None:
    """Seed the global generators that people's code draws from: torch's, numpy's and Python's."""
    seed = derived_seed(purpose, *numbers)
    torch.manual_seed(seed)
    numpy.random.seed(seed % 2**32)
    random.seed(seed)


@lru_cache(maxsize=256)
def order_hash(seed: int, epochs: int, n: int) -> str:
    """SHA-256 (hex) over the orders of all planned epochs."""
    digest = hashlib.sha256()
    for epoch in range(1, epochs + 1):
        digest.update(epoch_order(seed, epoch, n).numpy().tobytes())
    return digest.hexdigest()
