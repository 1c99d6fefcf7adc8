"""The spec: everything that defines a comparison, checked, and the runs it expands to."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from lrtui.comparison.search import LEAST_RATIO, Search, draw, startup_trials
from lrtui.comparison.settings import CHECKS, Precision, as_list, as_text
from lrtui.errors import UserError, unknown
from lrtui.schedules.catalogue import scheduler
from lrtui.schedules.parameters import Value, shown
from lrtui.schedules.profiles import Budget, ProfileName
from lrtui.schedules.schedule import Schedule, bind
from lrtui.tasks.catalogue import dataset


@dataclass(frozen=True)
class Choice:
    """A scheduler picked for a comparison, under a label of its own, with the parameters that were typed for it."""

    label: str
    scheduler: str
    parameters: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedRun:
    """One training of a comparison: schedule × base LR × seed, numbered from 1 in the order they are claimed."""

    number: int
    label: str
    schedule: Schedule
    base_lr: float
    seed: int


@dataclass(frozen=True)
class Spec:
    """A comparison before it runs. Units: epochs, images (batch, splits); learning rates are the optimizer's.

    `early_stopping` is the number of epochs without a new best validation accuracy after which a run ends (None: never).
    `splits` are the images for training, validation and selection; the test set is the data set's own.

    A `grid` search tries every one of `base_lrs`. `random` and `tpe` try `trials` base LRs for each schedule between the
    two `base_lrs`: drawn once for all of them, or proposed for each from its own results.
    """

    schedules: tuple[Choice, ...]
    name: str = "comparison"
    profile: ProfileName = "pytorch"
    dataset: str = "digits"
    model: str = "mlp"
    optimizer: str = "sgd"
    momentum: float = 0.9
    weight_decay: float = 0.0
    epochs: int = 100
    batch_size: int = 32
    base_lrs: tuple[float, ...] = (0.1,)
    search: Search = "grid"
    trials: int = 10
    seeds: tuple[int, ...] = (0, 1, 2)
    early_stopping: int | None = None
    splits: tuple[int, int, int] = (1000, 197, 200)
    augment: bool = False
    precision: Precision = "fp32"
    device: str = "auto"

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps an epoch; the last batch may be smaller."""
        return math.ceil(self.splits[0] / self.batch_size)

    def budget(self, base_lr: float) -> Budget:
        """The budget every schedule is bound to at one base LR."""
        return Budget(self.epochs, self.steps_per_epoch, base_lr)

    def schedule(self, choice: Choice, base_lr: float) -> Schedule:
        """The choice bound to this comparison's profile and budget."""
        return bind(choice.scheduler, self.profile, self.budget(base_lr), choice.parameters)

    @property
    def base_lrs_each(self) -> int:
        """How many base LRs every schedule is tried at."""
        return len(self.base_lrs) if self.search == "grid" else self.trials

    @property
    def first_base_lrs(self) -> tuple[float, ...]:
        """The base LRs known before anything is trained: all of them, but for those that TPE proposes later.

        What is drawn depends on the range and the first seed alone.
        """
        if self.search == "grid":
            return self.base_lrs
        low, high = self.base_lrs
        n = startup_trials(self.trials) if self.search == "tpe" else self.trials
        return draw(low, high, n, self.seeds[0])

    def runs(self) -> Iterator[PlannedRun]:
        """Every run at the `first_base_lrs`, seed by seed, so that a comparison stopped early is still balanced."""
        cells = [(c, lr, self.schedule(c, lr)) for lr in self.first_base_lrs for c in self.schedules]
        number = 0
        for seed in self.seeds:
            for choice, base_lr, schedule in cells:
                number += 1
                yield PlannedRun(number, choice.label, schedule, base_lr, seed)

    @property
    def size(self) -> int:
        """How many runs there are, those that a search has still to propose included."""
        return len(self.schedules) * self.base_lrs_each * len(self.seeds)

    def to_dict(self) -> dict[str, Any]:
        """The spec as plain data, in the order a person reads it: what TOML and JSON hold. None is left out."""
        data: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name == "schedules":
                plain = all(c.label == c.scheduler and not c.parameters for c in value)
                data["schedulers" if plain else "schedules"] = [
                    c.scheduler if plain else choice_to_dict(c) for c in value
                ]
            elif item.name in ("search", "trials") and self.search == "grid":
                continue  # as a person writes it
            elif value is not None:
                data[item.name] = list(value) if isinstance(value, tuple) else value
        tables = data.pop("schedules", None)  # TOML wants arrays of tables last
        return data | ({"schedules": tables} if tables else {})


def choice_to_dict(choice: Choice) -> dict[str, Any]:
    """A table of `[[schedules]]`, as plain data."""
    data: dict[str, Any] = {"label": choice.label, "scheduler": choice.scheduler}
    if choice.parameters:
        data["parameters"] = {k: _plain(v) for k, v in choice.parameters.items()}
    return data


def _plain(value: Value) -> Any:
    if value is None:
        return "none"  # TOML has no null
    return list(value) if isinstance(value, tuple) else value


def spec_from_dict(data: Mapping[str, Any]) -> Spec:
    """Check plain data (parsed TOML or JSON) and make a spec of it.

    Splits and augmentation that are not given are the data set's usual ones. Every schedule is bound once at every
    base LR, or at the ends of their range, so that nothing can be wrong with it once runs have started.

    Raises:
        UserError: an unknown key or name, a wrong type or an impossible value, in one sentence.
    """
    known = [item.name for item in fields(Spec)] + ["schedulers"]
    for key in data:
        if key not in known:
            raise unknown("setting", key, known)
    checked: dict[str, Any] = {name: check(name, data[name]) for name, check in CHECKS.items() if name in data}
    checked["schedules"] = choices_from_dict(data)
    data_set = dataset(checked.get("dataset", Spec.dataset))
    checked.setdefault("splits", data_set.splits)
    checked.setdefault("augment", data_set.augment)
    spec = Spec(**checked)
    _check_search(spec, data)
    wanted = sum(spec.splits)
    if wanted > data_set.pool:
        raise UserError(
            f"splits={list(spec.splits)}: expected at most {data_set.pool} images in all, what {data_set.key} has beside its test set"
        )
    if spec.batch_size > spec.splits[0]:
        raise UserError(f"batch_size={spec.batch_size}: expected at most the {spec.splits[0]} training images")
    if spec.size > 100_000:
        raise UserError(f"{spec.size} runs: expected at most 100000 in one comparison")
    for choice in spec.schedules:
        for base_lr in spec.base_lrs:
            _bind_or_explain(spec, choice, base_lr)
    if spec.optimizer == "sgd" and spec.momentum == 0:
        _refuse_momentum_cycles(spec)
    return spec


def _check_search(spec: Spec, data: Mapping[str, Any]) -> None:
    if spec.search == "grid":
        if "trials" in data:
            raise UserError(
                f'trials={spec.trials}: expected only with search = "random" or "tpe"; a grid tries each of base_lrs'
            )
    elif len(spec.base_lrs) != 2 or spec.base_lrs[1] < LEAST_RATIO * spec.base_lrs[0]:
        raise UserError(
            f"base_lrs={shown(list(spec.base_lrs))}: expected two ascending numbers at least 1 % apart, the ends of the range of "
            f'search = "{spec.search}", for example [0.001, 1]'
        )


def _bind_or_explain(spec: Spec, choice: Choice, base_lr: float) -> None:
    try:
        spec.schedule(choice, base_lr)
    except UserError as error:
        raise UserError(f"{choice.label[:60]} at base LR {base_lr:g}: {error}") from None


def _refuse_momentum_cycles(spec: Spec) -> None:
    for choice in spec.schedules:
        if spec.schedule(choice, spec.base_lrs[0]).values.get("cycle_momentum"):
            raise UserError(
                f"momentum=0 with {choice.label[:60]}: it cycles momentum by default; expected a momentum > 0, or cycle_momentum = false"
            )


def choices_from_dict(data: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The schedules that plain data name under `schedulers`, then those of the tables under `schedules`.

    Raises:
        UserError: there are none, two have one label, or one is wrong by itself.
    """
    choices = []
    for key in as_list("schedulers", data.get("schedulers", [])):
        if not isinstance(key, str):
            raise UserError(f"schedulers: expected names of schedulers, not {shown(key)}")
        choices.append(Choice(key, scheduler(key).key))
    for table in as_list("schedules", data.get("schedules", [])):
        if not isinstance(table, Mapping) or not isinstance(table.get("scheduler"), str):
            raise UserError("schedules: expected tables with `scheduler`, and perhaps `label` and `parameters`")
        for key in table:
            if key not in ("label", "scheduler", "parameters"):
                raise unknown("setting of a schedule", key, ["label", "scheduler", "parameters"])
        parameters = table.get("parameters", {})
        if not isinstance(parameters, Mapping):
            raise UserError(f"parameters of {table['scheduler']}: expected a table of names and values")
        entry = scheduler(table["scheduler"])
        label = as_text("label", table.get("label", entry.key))
        values = {name: entry.parameter(name).check(value) for name, value in parameters.items()}
        choices.append(Choice(label, entry.key, values))
    if not choices:
        raise UserError('no schedulers: expected at least one, for example schedulers = ["step", "cosine"]')
    seen: set[str] = set()
    for choice in choices:
        if choice.label in seen:
            raise UserError(f"the label {shown(choice.label)} appears twice: give each schedule its own `label`")
        seen.add(choice.label)
    return tuple(choices)


def with_changes(spec: Spec, **changes: Any) -> Spec:
    """The spec with some settings changed, checked again as a whole.

    Splits and augmentation that were the old data set's usual ones become the new one's; chosen ones stay.
    """
    data = spec.to_dict()
    usual = dataset(spec.dataset)
    for name, value in (("splits", list(usual.splits)), ("augment", usual.augment)):
        if data[name] == value:
            del data[name]
    if "schedulers" in changes or "schedules" in changes:
        data.pop("schedulers", None)
        data.pop("schedules", None)
    if changes.get("search") == "grid":
        data.pop("trials", None)
    return spec_from_dict(data | changes)
