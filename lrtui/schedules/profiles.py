"""The profiles, which say where parameter values come from when nobody types them, and the budget that they spend.

`pytorch` binds only what has no default, with the value PyTorch's own documentation shows; `fitted` spends the budget of E epochs;
`study` is the fixed setting of the study the outline comes from. Each scheduler knows its own values (`Scheduler.defaults`).
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from lrtui.errors import UserError, unknown
from lrtui.schedules.parameters import shown

ProfileName = Literal["pytorch", "fitted", "study"]
PROFILES: tuple[ProfileName, ...] = get_args(ProfileName)


@dataclass(frozen=True)
class Budget:
    """What a schedule has to spend: epochs (E), optimizer steps per epoch (S), and the optimizer's initial LR.

    Raises:
        UserError: a number of epochs or steps below 1, or a learning rate that is not a finite number above 0.
    """

    epochs: int
    steps_per_epoch: int
    base_lr: float

    def __post_init__(self) -> None:
        for name, value, most in (("epochs", self.epochs, 10**5), ("steps_per_epoch", self.steps_per_epoch, 10**7)):
            if not 1 <= value <= most:
                raise UserError(f"{name}={shown(value)}: expected a whole number >= 1 and <= {most}")
        if not 0 < self.base_lr <= 1000:
            raise UserError(f"base_lr={shown(self.base_lr)}: expected a learning rate > 0 and <= 1000")

    @classmethod
    def stored(cls, epochs: int, steps_per_epoch: int, base_lr: float) -> "Budget":
        """The budget that something was trained with, whatever the limits of today are."""
        budget = object.__new__(cls)
        for name, value in (("epochs", epochs), ("steps_per_epoch", steps_per_epoch), ("base_lr", base_lr)):
            object.__setattr__(budget, name, value)
        return budget

    @property
    def steps(self) -> int:
        """Optimizer steps in the whole run, E·S."""
        return self.epochs * self.steps_per_epoch


def at_least_one(value: float) -> int:
    """The value rounded up to a whole number of epochs or steps, of which there is at least one."""
    return max(1, math.ceil(value))


def profile_name(text: str) -> ProfileName:
    """The profile called `text`.

    Raises:
        UserError: there is none.
    """
    for name in PROFILES:
        if name == text:
            return name
    raise unknown("profile", text, PROFILES)
