"""Where parameter values come from when nobody types them: the profiles `pytorch`, `fitted` and `study`.

`pytorch` binds only what has no default, with the value PyTorch's own documentation shows; `fitted` spends the budget of E epochs;
`study` is the fixed setting of the study the outline comes from. Each returns (values, source of those values).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from lrtui.errors import UserError, unknown
from lrtui.schedules.catalogue import StepsEvery, scheduler
from lrtui.schedules.parameters import Source, Value, shown

ProfileName = Literal["pytorch", "fitted", "study"]
PROFILES: tuple[ProfileName, ...] = get_args(ProfileName)


@dataclass(frozen=True)
class Budget:
    """What a schedule has to spend: epochs (E), optimizer steps an epoch (S), and the optimizer's initial LR.

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

    @property
    def steps(self) -> int:
        """Optimizer steps in the whole run, E·S."""
        return self.epochs * self.steps_per_epoch


Values = dict[str, Value]
_Rule = Callable[[Budget], Values]


def _ceil(value: float) -> int:
    return max(1, math.ceil(value))


def _fitted_restarts(b: Budget) -> Values:
    return {"T_0": _ceil(b.epochs / 7), "T_mult": 2}


def _fitted_warmup(b: Budget) -> Values:
    first = _ceil(b.epochs / 7)
    return {"T_0": first, "T_mult": 2, "warmup": min(_ceil(first / 5), first - 1)}


_DOCS: dict[str, _Rule] = {
    "lambda": lambda b: {"lr_lambda": "0.95 ** epoch"},
    "multiplicative": lambda b: {"lr_lambda": "0.95"},
    "exponential": lambda b: {"gamma": 0.95},
    "step": lambda b: {"step_size": 30},
    "multistep": lambda b: {"milestones": (30, 80)},
    "cosine-restarts": lambda b: {"T_0": 20},
    "cyclic": lambda b: {"base_lr": b.base_lr / 10, "max_lr": b.base_lr},
}
# No documentation to quote: Custom A and B are lrtui's own.
_OWN: dict[str, _Rule] = {
    "cosine-restarts-warmup": lambda b: {"T_0": 20, "warmup": 5},
    "cosine-restarts-decay": lambda b: {"T_0": 20, "gamma": 0.5},
}
# Tied to the budget in every profile: any other value would be a different experiment.
_ALWAYS_FITTED: dict[str, _Rule] = {
    "cosine": lambda b: {"T_max": b.epochs},
    "onecycle": lambda b: {"max_lr": b.base_lr, "total_steps": b.steps},
    "linear": lambda b: {"total_iters": b.steps},
    "polynomial": lambda b: {"total_iters": b.steps},
    "warmup-cosine": lambda b: {"warmup_steps": b.steps // 20, "total_iters": b.steps},
    "wsd": lambda b: {"warmup_steps": b.steps // 20, "decay_steps": _ceil(b.steps / 5), "total_iters": b.steps},
    "rex": lambda b: {"total_iters": b.steps},
}
_FITTED: dict[str, _Rule] = {
    "lambda": lambda b: {"lr_lambda": "0.01 ** (epoch / E)"},
    "multiplicative": lambda b: {"lr_lambda": "0.01 ** (1 / E)"},
    "exponential": lambda b: {"gamma": 0.01 ** (1 / b.epochs)},
    "step": lambda b: {"step_size": _ceil(b.epochs / 3)},
    "multistep": lambda b: {"milestones": (max(1, b.epochs // 2), max(1, 3 * b.epochs // 4))},
    "plateau": lambda b: {"patience": _ceil(b.epochs / 10)},
    "cosine-restarts": _fitted_restarts,
    "cosine-restarts-warmup": _fitted_warmup,
    "cosine-restarts-decay": lambda b: {**_fitted_restarts(b), "gamma": 0.5},
    "cyclic": lambda b: {
        "base_lr": b.base_lr / 10,
        "max_lr": b.base_lr,
        "step_size_up": _ceil(b.steps / 6),
    },
}
_STUDY: dict[str, _Rule] = {
    "lambda": lambda b: {"lr_lambda": "0.95 ** epoch"},
    "multiplicative": lambda b: {"lr_lambda": "0.98 ** epoch"},
    "exponential": lambda b: {"gamma": 0.95},
    "step": lambda b: {"step_size": 10, "gamma": 0.5},
    "multistep": lambda b: {"milestones": (15, 25, 30, 35, 45), "gamma": 0.5},
    "plateau": lambda b: {"mode": "max", "patience": 5, "factor": 0.25},
    "cosine": lambda b: {"T_max": 10},
    "cosine-restarts": lambda b: {"T_0": 5, "T_mult": 2, "eta_min": 1e-5},
    "cosine-restarts-warmup": lambda b: {"T_0": 5, "T_mult": 2, "eta_min": 1e-5, "warmup": 1},
    "cosine-restarts-decay": lambda b: {"T_0": 5, "T_mult": 2, "eta_min": 1e-5, "gamma": 0.5},
    "cyclic": lambda b: {
        "base_lr": 1e-5,
        "max_lr": b.base_lr,
        "step_size_up": 5,
        "mode": "exp_range",
        "gamma": 0.92,
    },
}
_RULES: dict[ProfileName, list[tuple[dict[str, _Rule], Source]]] = {
    "pytorch": [(_DOCS, Source.DOCS_EXAMPLE), (_OWN, Source.LRTUI_DEFAULT), (_ALWAYS_FITTED, Source.FITTED)],
    "fitted": [(_FITTED, Source.FITTED), (_ALWAYS_FITTED, Source.FITTED)],
    "study": [(_STUDY, Source.STUDY), (_ALWAYS_FITTED, Source.FITTED)],
}


def profile_name(text: str) -> ProfileName:
    """The profile called `text`.

    Raises:
        UserError: there is none.
    """
    for name in PROFILES:
        if name == text:
            return name
    raise unknown("profile", text, PROFILES)


def profile_values(key: str, profile: ProfileName, budget: Budget) -> tuple[Values, Source]:
    """The values the profile binds for a scheduler, and their source; empty where torch's defaults say it all."""
    for rules, source in _RULES[profile]:
        if key in rules:
            return rules[key](budget), source
    return {}, Source.PYTORCH_DEFAULT


def steps_every(key: str, profile: ProfileName) -> StepsEvery:
    """How often the scheduler is stepped: the study steps CyclicLR once an epoch, everyone else once a batch."""
    if key == "cyclic" and profile == "study":
        return "epoch"
    return scheduler(key).steps_every
