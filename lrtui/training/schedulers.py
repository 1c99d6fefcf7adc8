"""The one place where a schedule of the catalogue becomes a `torch.optim.lr_scheduler` on a real optimizer."""

import math
from importlib import import_module
from typing import Any

from torch.optim import Optimizer, lr_scheduler

from lrtui.schedules.schedule import Schedule
from lrtui.schedules.torch_call import Factor


class BoundScheduler:
    """A schedule that drives an optimizer's LR, stepped as PyTorch documents: always after the optimizer.

    Construct it before the first optimizer step, on an optimizer whose LR is the schedule's base LR. To resume,
    construct it, then load the optimizer's state, then this one's: constructing a torch scheduler sets the LR.

    The step after the budget's last one is not taken: nothing is trained at the LR that would follow, and torch's
    classes and lambda expressions may have no value there (OneCycleLR with pct_start=1, `1 / (E - epoch)`).
    """

    def __init__(self, schedule: Schedule, optimizer: Optimizer) -> None:
        self.schedule = schedule
        self._optimizer = optimizer
        self._torch = make_torch_scheduler(schedule, optimizer)
        self._every_batch = schedule.steps_every == "batch"
        self._steps = 0
        self._steps_in_budget = schedule.budget.steps if self._every_batch else schedule.budget.epochs

    @property
    def lr(self) -> float:
        """The LR that the next optimizer step will use (of the first parameter group)."""
        return float(self._optimizer.param_groups[0]["lr"])

    def after_batch(self) -> None:
        """Call after each optimizer step."""
        if self._every_batch:
            self._advance(None)

    def after_epoch(self, val_loss: float | None, score: float | None) -> None:
        """Call after each epoch's validation; a metric without a finite value is None and counts as no improvement."""
        if not self._every_batch:
            self._advance(val_loss if self.schedule.metric == "val_loss" else score)

    def _advance(self, metric: float | None) -> None:
        self._steps += 1
        if self._steps >= self._steps_in_budget:
            return
        if self._torch is None:
            return
        if self.schedule.metric is not None:
            self._torch.step(math.nan if metric is None else metric)  # type: ignore[arg-type]  # as ReduceLROnPlateau takes it
        else:
            self._torch.step()

    def state_dict(self) -> dict[str, Any]:
        """Plain data for a checkpoint, loadable with `weights_only=True`.

        Functions are not in it: they come from the schedule that this object is constructed with again.
        """
        state = {} if self._torch is None else self._torch.state_dict()
        state.pop("milestones", None)  # a Counter, which weights_only may refuse; the constructor makes it again
        return {"scheduler": self.schedule.scheduler.key, "steps": self._steps, "torch": state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a `state_dict`, on an optimizer whose own state is already loaded.

        Raises:
            ValueError: the state is of another scheduler.
        """
        if state["scheduler"] != self.schedule.scheduler.key:
            raise ValueError(
                f"checkpoint of scheduler {state['scheduler']!r}, expected {self.schedule.scheduler.key!r}"
            )
        self._steps = state["steps"]
        if self._torch is not None:
            self._torch.load_state_dict(dict(state["torch"]))  # a copy: CyclicLR takes keys out of what it loads


def make_torch_scheduler(schedule: Schedule, optimizer: Optimizer) -> lr_scheduler.LRScheduler | None:
    """The torch scheduler that the schedule calls for; None where it needs none.

    Raises:
        UserError: its scheduler is not there today.
    """
    call = schedule.torch_call()
    if call is None:
        return None
    arguments = {n: v.function if isinstance(v, Factor) else v for n, v in call.arguments.items()}
    made: lr_scheduler.LRScheduler = getattr(import_module(call.module), call.name)(optimizer, **arguments)
    return made
