"""Sets the learning rates of an optimizer that a person's own loop has made, as a schedule says."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

from lrtui.errors import UserError
from lrtui.schedules.schedule import Schedule
from lrtui.training.schedulers import BoundScheduler


class LoopRates:
    """A schedule on any optimizer, whatever its parameter groups are.

    The schedule's real torch scheduler drives a stand-in with one group; what it sets there is carried over. The first
    group gets the schedule's LR, each other one the same multiple of it that its initial LR was; a schedule that moves
    momentum moves that of all groups.

    Raises:
        UserError: the schedule moves momentum and the optimizer has none, or the optimizer has no LR to set.
    """

    def __init__(self, schedule: Schedule, optimizer: Optimizer) -> None:
        groups = optimizer.param_groups
        if not groups or any("lr" not in group for group in groups):
            raise UserError(f"the optimizer {type(optimizer).__name__} has no learning rate: expected an lr in each of its groups")  # fmt: skip
        initial = [float(group["lr"]) for group in groups]
        self._shares = [lr / initial[0] if initial[0] else 1.0 for lr in initial]
        self._optimizer = optimizer  # and not its groups: they are others after a `load_state_dict`
        self._stand_in = _stand_in(schedule, optimizer)
        self._momentum = schedule.values.get("cycle_momentum") is True
        self._scheduler = BoundScheduler(schedule, self._stand_in)
        self._stand_in.step()  # torch would warn of a scheduler that comes before its optimizer; nothing is changed by it

    @property
    def lr(self) -> float:
        """The LR of the first group in the step at hand."""
        return float(self._stand_in.param_groups[0]["lr"])

    def apply(self) -> float:
        """Set the rates for the step at hand; returns that of the first group."""
        source = self._stand_in.param_groups[0]
        lr = float(source["lr"])
        for group, share in zip(self._optimizer.param_groups, self._shares, strict=False):
            if isinstance(group["lr"], Tensor):  # captured in a CUDA graph, or compiled: it must stay the same tensor
                group["lr"].fill_(lr * share)
            else:
                group["lr"] = lr * share
            if self._momentum and "betas" in group:
                group["betas"] = (source["betas"][0], *group["betas"][1:])
            elif self._momentum:
                group["momentum"] = source["momentum"]
        return lr

    def overruled(self) -> float | None:
        """The LR that somebody else has set in the first group since `apply`; None where nobody did, or it is a tensor."""
        lr = self._optimizer.param_groups[0]["lr"]
        return float(lr) if not isinstance(lr, Tensor) and lr != self.lr * self._shares[0] else None

    def after_step(self) -> None:
        """The optimizer has made its step."""
        self._scheduler.after_batch()

    def after_evaluation(self, val_loss: float | None, score: float | None) -> None:
        """An evaluation has ended; a schedule that steps once per evaluation steps now."""
        self._scheduler.after_epoch(val_loss, score)

    def state_dict(self) -> dict[str, Any]:
        """Plain data for a checkpoint."""
        return {"stand_in": self._stand_in.state_dict(), "scheduler": self._scheduler.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a `state_dict` of the same schedule."""
        self._stand_in.load_state_dict(state["stand_in"])
        self._scheduler.load_state_dict(state["scheduler"])


def _stand_in(schedule: Schedule, optimizer: Optimizer) -> Optimizer:
    """An optimizer of one number at the schedule's base LR, with the momentum that the real one has."""
    parameter = nn.Parameter(torch.zeros(1))
    first = optimizer.param_groups[0]
    if "betas" in first:
        return Adam([parameter], schedule.budget.base_lr, betas=(float(first["betas"][0]), float(first["betas"][-1])))
    momentum = float(first.get("momentum") or 0.0)
    if schedule.values.get("cycle_momentum") is True and momentum == 0:
        raise UserError(
            f"{schedule.scheduler.key} moves the momentum, and the optimizer {type(optimizer).__name__} has none: "
            "expected an optimizer with momentum, or cycle_momentum = false"
        )
    return SGD([parameter], schedule.budget.base_lr, momentum=momentum)
