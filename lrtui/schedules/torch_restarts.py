"""Cosine restarts with warm-up and a decaying peak: "Custom A" and "Custom B" of the outline's section 2-8.

lrtui prints this file from its first import on, as code to paste: it needs torch and nothing else.
"""

import math

import torch
from torch.optim.lr_scheduler import LRScheduler


class CosineAnnealingWarmupRestarts(LRScheduler):
    r"""Cosine annealing with restarts, a linear warm-up in every cycle and a peak that shrinks from cycle to cycle.

    With cycle i of length T_i and peak_i = base_lr * gamma**i, the LR in step t of that cycle is

        eta_min + (peak_i - eta_min) * t / warmup                                                 for t < warmup
        eta_min + (peak_i - eta_min) * (1 + cos(pi * (t - warmup) / (T_i - warmup))) / 2          after it

    and the next cycle has the length T_{i+1} = (T_i - warmup) * T_mult + warmup: the warm-up keeps its length, the
    descent grows. With warmup=0 and gamma=1 this equals torch.optim.lr_scheduler.CosineAnnealingWarmRestarts at whole
    steps. The LR is a function of `last_epoch` alone, so a resumed training cannot drift from an uninterrupted one.

    The first step of a warm-up is taken at `eta_min`, and a peak that has decayed below `eta_min` is kept as it is.

    Source: restarts are SGDR (Loshchilov & Hutter 2017, https://arxiv.org/abs/1608.03983); the warm-up and the decay of
    the peak are additions common in practice.

    Args:
        optimizer: wrapped optimizer; each parameter group's initial LR is its base_lr.
        T_0: steps in the first cycle, its warm-up included.
        T_mult: factor by which the descent grows after each restart.
        eta_min: lowest LR, where each cycle starts to warm up and where it ends.
        warmup: steps of linear warm-up at the start of each cycle; less than T_0.
        gamma: factor on the peak after each restart.
        last_epoch: index of the last step when resuming; -1 starts from the beginning.

    Raises:
        ValueError: an argument outside its range.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        warmup: int = 0,
        gamma: float = 1.0,
        last_epoch: int = -1,
    ) -> None:
        if not isinstance(T_0, int) or T_0 < 1:
            raise ValueError(f"T_0={T_0!r}: expected a whole number >= 1")
        if not isinstance(T_mult, int) or T_mult < 1:
            raise ValueError(f"T_mult={T_mult!r}: expected a whole number >= 1")
        if not isinstance(eta_min, int | float) or not 0 <= eta_min < math.inf:
            raise ValueError(f"eta_min={eta_min!r}: expected a number >= 0")
        if not isinstance(warmup, int) or not 0 <= warmup < T_0:
            raise ValueError(f"warmup={warmup!r}: expected a whole number >= 0 and < T_0={T_0}")
        if not isinstance(gamma, int | float) or not 0 < gamma < math.inf:
            raise ValueError(f"gamma={gamma!r}: expected a number > 0")
        self.T_0 = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.warmup = warmup
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | torch.Tensor]:
        """The LR of each parameter group at `last_epoch`."""
        cycle, t, length = self._position()
        if t < self.warmup:
            height = t / self.warmup
        else:
            height = (1 + math.cos(math.pi * (t - self.warmup) / (length - self.warmup))) / 2
        return [self.eta_min + (lr * self.gamma**cycle - self.eta_min) * height for lr in self.base_lrs]

    def _position(self) -> tuple[int, int, int]:
        """The cycle that `last_epoch` lies in, the step within it, and the cycle's length."""
        if self.T_mult == 1:
            cycle, t = divmod(self.last_epoch, self.T_0)
            return cycle, t, self.T_0
        cycle, t, length = 0, self.last_epoch, self.T_0
        while t >= length:
            t -= length
            cycle += 1
            length = (length - self.warmup) * self.T_mult + self.warmup
        return cycle, t, length
