"""The schedulers to choose from: the outline's section 2 table, the baseline, and a group beyond the table.

An entry says what a scheduler is called, which torch class trains it and which parameters it takes. Where values come
from is in `profiles`, what the learning rate then does is in `curves`.
"""

from dataclasses import dataclass
from typing import Literal

from lrtui.errors import unknown
from lrtui.schedules.parameters import Parameter

StepsEvery = Literal["epoch", "batch"]
Family = Literal["baseline", "exponential decay", "step decay", "cosine", "other", "beyond the table"]


@dataclass(frozen=True)
class Scheduler:
    """One catalogue entry.

    `torch_class` is the class that really trains it: a name in `torch.optim.lr_scheduler`, or
    `CosineAnnealingWarmupRestarts` for the one lrtui adds; None for the baseline, which has no scheduler.
    """

    key: str
    name: str
    family: Family
    torch_class: str | None
    steps_every: StepsEvery
    in_table: bool
    parameters: tuple[Parameter, ...] = ()

    def parameter(self, name: str) -> Parameter:
        """The parameter called `name`.

        Raises:
            UserError: the scheduler has no such parameter.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        if not self.parameters:
            raise unknown(f"parameter of {self.key}", name, ["(it has none)"])
        raise unknown(f"parameter of {self.key}", name, [p.name for p in self.parameters])


_GAMMA = Parameter("gamma", "float", default=0.1, above=0, high=1)
_ETA_MIN = Parameter("eta_min", "float", default=0.0, low=0)
_LAMBDA = Parameter("lr_lambda", "expression")
_CYCLE_MOMENTUM = Parameter("cycle_momentum", "bool", default=True)
_WARM_RESTARTS = (
    Parameter("T_0", "int", low=1),
    Parameter("T_mult", "int", default=1, low=1),
    _ETA_MIN,
)
_WARMUP = Parameter("warmup", "int", default=0, low=0)
_PEAK_GAMMA = Parameter("gamma", "float", default=1.0, above=0, high=1)
_TOTAL_ITERS = Parameter("total_iters", "int", low=1)
_WARMUP_STEPS = Parameter("warmup_steps", "int", low=0)

CATALOGUE: tuple[Scheduler, ...] = (
    Scheduler("constant", "Constant", "baseline", None, "epoch", in_table=False),
    Scheduler("lambda", "Lambda", "exponential decay", "LambdaLR", "epoch", True, (_LAMBDA,)),
    Scheduler("multiplicative", "Multiplicative", "exponential decay", "MultiplicativeLR", "epoch", True, (_LAMBDA,)),
    Scheduler(
        "exponential", "Exponential", "exponential decay", "ExponentialLR", "epoch", True,
        (Parameter("gamma", "float", above=0, high=1),),
    ),
    Scheduler(
        "step", "Step", "step decay", "StepLR", "epoch", True,
        (Parameter("step_size", "int", low=1), _GAMMA),
    ),
    Scheduler(
        "multistep", "Multi-Step", "step decay", "MultiStepLR", "epoch", True,
        (Parameter("milestones", "ints", low=0), _GAMMA),
    ),
    Scheduler(
        "plateau", "Reduce-LR-On-Plateau", "step decay", "ReduceLROnPlateau", "epoch", True,
        (
            Parameter("mode", "choice", default="min", choices=("min", "max")),
            Parameter("factor", "float", default=0.1, above=0, below=1),
            Parameter("patience", "int", default=10, low=0),
            Parameter("threshold", "float", default=1e-4, low=0),
            Parameter("threshold_mode", "choice", default="rel", choices=("rel", "abs")),
            Parameter("cooldown", "int", default=0, low=0),
            Parameter("min_lr", "float", default=0.0, low=0),
            Parameter("eps", "float", default=1e-8, low=0),
        ),
    ),
    Scheduler(
        "cosine", "Cosine-Annealing", "cosine", "CosineAnnealingLR", "epoch", True,
        (Parameter("T_max", "int", low=1), _ETA_MIN),
    ),
    Scheduler(
        "cosine-restarts", "Cosine-Annealing-Warm-Restarts", "cosine", "CosineAnnealingWarmRestarts", "epoch", True,
        _WARM_RESTARTS,
    ),
    Scheduler(
        "cosine-restarts-warmup", "Custom A: restarts with warm-up", "cosine", "CosineAnnealingWarmupRestarts",
        "epoch", True, (*_WARM_RESTARTS, _WARMUP, _PEAK_GAMMA),
    ),
    Scheduler(
        "cosine-restarts-decay", "Custom B: restarts with decaying peak", "cosine", "CosineAnnealingWarmupRestarts",
        "epoch", True, (*_WARM_RESTARTS, _WARMUP, _PEAK_GAMMA),
    ),
    Scheduler(
        "cyclic", "Cyclic", "other", "CyclicLR", "batch", True,
        (
            Parameter("base_lr", "float", low=0),
            Parameter("max_lr", "float", above=0),
            Parameter("step_size_up", "int", default=2000, low=1),
            Parameter("step_size_down", "int", default=None, low=1, optional_none=True),
            Parameter("mode", "choice", default="triangular", choices=("triangular", "triangular2", "exp_range")),
            Parameter("gamma", "float", default=1.0, above=0, high=1),
            _CYCLE_MOMENTUM,
            Parameter("base_momentum", "float", default=0.8, low=0, below=1),
            Parameter("max_momentum", "float", default=0.9, low=0, below=1),
        ),
    ),
    Scheduler(
        "onecycle", "One-Cycle", "other", "OneCycleLR", "batch", True,
        (
            Parameter("max_lr", "float", above=0),
            Parameter("total_steps", "int", low=1),
            Parameter("pct_start", "float", default=0.3, low=0, high=1),
            Parameter("anneal_strategy", "choice", default="cos", choices=("cos", "linear")),
            _CYCLE_MOMENTUM,
            Parameter("base_momentum", "float", default=0.85, low=0, below=1),
            Parameter("max_momentum", "float", default=0.95, low=0, below=1),
            Parameter("div_factor", "float", default=25.0, above=0),
            Parameter("final_div_factor", "float", default=1e4, above=0),
            Parameter("three_phase", "bool", default=False),
        ),
    ),
    Scheduler("linear", "Linear to zero", "beyond the table", "LinearLR", "batch", False, (_TOTAL_ITERS,)),
    Scheduler(
        "polynomial", "Polynomial", "beyond the table", "PolynomialLR", "batch", False,
        (_TOTAL_ITERS, Parameter("power", "float", default=2.0, above=0, high=10)),
    ),
    Scheduler(
        "warmup-cosine", "Warm-up, then cosine", "beyond the table", "LambdaLR", "batch", False,
        (_WARMUP_STEPS, _TOTAL_ITERS),
    ),
    Scheduler(
        "wsd", "Warm-up, stable, decay", "beyond the table", "LambdaLR", "batch", False,
        (_WARMUP_STEPS, Parameter("decay_steps", "int", low=1), _TOTAL_ITERS),
    ),
    Scheduler("rex", "REX (reflected exponential)", "beyond the table", "LambdaLR", "batch", False, (_TOTAL_ITERS,)),
)  # fmt: skip

KEYS: tuple[str, ...] = tuple(entry.key for entry in CATALOGUE)
TABLE: tuple[str, ...] = tuple(entry.key for entry in CATALOGUE if entry.in_table)
_BY_KEY = {entry.key: entry for entry in CATALOGUE}


def scheduler(key: str) -> Scheduler:
    """The entry called `key`.

    Raises:
        UserError: there is none; the message names the nearest.
    """
    if key not in _BY_KEY:
        raise unknown("scheduler", key, KEYS)
    return _BY_KEY[key]
