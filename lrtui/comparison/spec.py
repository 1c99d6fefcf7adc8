"""The spec: everything that defines a comparison, checked, and the runs it expands to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from lrtui.comparison.cell import Cell
from lrtui.comparison.search import LEAST_RATIO, Search, draw, startup_trials
from lrtui.comparison.setting_kinds import as_list, as_text
from lrtui.comparison.settings import DEFAULTS, NAMES, SETTINGS, Precision, check_settings
from lrtui.errors import UserError, unknown
from lrtui.schedules.binding import bind
from lrtui.schedules.parameters import Value, shown
from lrtui.schedules.profiles import Budget, ProfileName
from lrtui.schedules.reference import is_reference
from lrtui.schedules.registry import scheduler
from lrtui.schedules.schedule import Schedule
from lrtui.tasks.catalogue import built_in_task, dataset
from lrtui.tasks.info import ACCURACY, Metric, TaskInfo
from lrtui.tasks.references import short_reference


@dataclass(frozen=True)
class Choice:
    """A scheduler picked for a comparison, under a label of its own, with the parameters that were typed for it.

    `table` is the LR table of a person's own function, where the helper process has made it: a multiple of the base LR
    for each optimizer step. It belongs to one budget and is no part of plain data.
    """

    label: str
    scheduler: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    table: Sequence[float] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class PlannedRun:
    """One training of a comparison: a cell and a seed, numbered from 1 in the order they are claimed."""

    number: int
    cell: Cell
    seed: int

    @property
    def label(self) -> str:
        """The schedule's label."""
        return self.cell.label

    @property
    def schedule(self) -> Schedule:
        """The schedule it is trained with."""
        return self.cell.schedule

    @property
    def base_lr(self) -> float:
        """The optimizer's LR."""
        return self.cell.base_lr


NO_SPLITS = (0, 0, 0)
"""Splits that nobody chose: those of the task, or of a folder of images that nobody has looked into yet."""


@dataclass(frozen=True)
class Spec:
    """A comparison before it runs. Units: epochs, examples (batch, splits); learning rates are the optimizer's.

    What is trained is a built-in data set and model, a person's own `task`, or their own `loop`; `task_options` are for
    those. Where there is one of them, `dataset` and `model` only name it for people, and `splits` are zeros.

    A budget in `steps` is evaluated every `eval_every` steps: then `epochs` counts evaluations, and data go on through their
    own epochs underneath.

    `early_stopping` is the number of epochs without a new best validation accuracy after which a run ends (None: never).
    `splits` are the images for training, validation and selection; the test set is the data set's own.

    A `grid` search tries every one of `base_lrs`. `random` and `tpe` try `trials` base LRs for each schedule between the
    two `base_lrs`: drawn once for all of them, or proposed for each from its own results.

    `info` is what is known of the task. It is stored beside the spec, not in it; None until the helper process has looked
    at an own task. Change a spec with `with_changes`, which knows when it does not hold any more.
    `unknown` are settings of a stored spec that this version does not have; they are kept as they are.
    """

    schedules: tuple[Choice, ...]
    name: str = DEFAULTS["name"]
    profile: ProfileName = DEFAULTS["profile"]
    task: str | None = DEFAULTS["task"]
    loop: str | None = DEFAULTS["loop"]
    task_options: Mapping[str, Any] = field(default_factory=dict)
    dataset: str = DEFAULTS["dataset"]
    model: str = DEFAULTS["model"]
    optimizer: str = DEFAULTS["optimizer"]
    momentum: float = DEFAULTS["momentum"]
    weight_decay: float = DEFAULTS["weight_decay"]
    epochs: int = DEFAULTS["epochs"]
    steps: int | None = DEFAULTS["steps"]
    eval_every: int | None = DEFAULTS["eval_every"]
    batch_size: int = DEFAULTS["batch_size"]
    base_lrs: tuple[float, ...] = DEFAULTS["base_lrs"]
    search: Search = DEFAULTS["search"]
    trials: int = DEFAULTS["trials"]
    seeds: tuple[int, ...] = DEFAULTS["seeds"]
    early_stopping: int | None = DEFAULTS["early_stopping"]
    splits: tuple[int, int, int] = DEFAULTS["splits"]
    augment: bool = DEFAULTS["augment"]
    precision: Precision = DEFAULTS["precision"]
    device: str = DEFAULTS["device"]
    info: TaskInfo | None = field(default=None, compare=False, repr=False)
    unknown: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.steps is not None and self.eval_every is not None:
            object.__setattr__(self, "epochs", self.steps // self.eval_every)
        if self.own is not None:
            named: dict[str, Any] = {
                "dataset": short_reference(self.own),
                "model": "own",
                "splits": NO_SPLITS,
            }
        elif self.info is None and (info := built_in_task(self.dataset, self.splits, self.batch_size)):
            named = {"info": info}
        else:
            return
        for name, value in named.items():
            object.__setattr__(self, name, value)

    @property
    def own(self) -> str | None:
        """The reference of the person's own task or loop; None for a built-in data set."""
        return self.task or self.loop

    @property
    def resolved(self) -> bool:
        """Whether it is known what is trained, so that schedules can be bound to the budget."""
        return self.info is not None

    @property
    def metric(self) -> Metric:
        """What a run is scored by; accuracy until it is known."""
        return self.info.metric if self.info else ACCURACY

    @property
    def chance(self) -> float | None:
        """What guessing scores; None where it is not known."""
        return self.metric.chance

    def lacks(self, split: str) -> bool:
        """Whether it is known that the task has no examples of its own for "selection" or "test", so that validation stands in."""
        return self.info is not None and split not in self.info.sizes

    @property
    def ranked_split(self) -> str:
        """The examples that schedules are ranked on: "test", or "validation" where the task has no others."""
        return "validation" if self.lacks("test") else "test"

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps per evaluation, by default an epoch, whose last batch may be smaller.

        Raises:
            UserError: nobody has looked at the task yet.
        """
        if self.eval_every is not None:
            return self.eval_every
        if self.info is None:
            raise UserError(f"{self.dataset}: its steps per epoch are not known before lrtui has looked at it")
        return self.info.steps_per_epoch

    @property
    def examples_per_epoch(self) -> int:
        """Training examples per evaluation, as far as the task says."""
        size = self.info.sizes.get("train") if self.info and self.eval_every is None else None
        return size or self.steps_per_epoch * self.batch_size

    def with_info(self, info: TaskInfo) -> "Spec":
        """The same spec once it is known what is trained, checked as far as that could not be checked before.

        Raises:
            UserError: a schedule does not go with the budget, or a batch is larger than the training examples.
        """
        spec = replace(self, info=info)
        if self.own is None and self.splits == NO_SPLITS:
            sizes = [info.sizes.get(name) or 0 for name in ("train", "validation", "selection")]
            spec = replace(spec, splits=(sizes[0], sizes[1], sizes[2]))
        _check_budget(spec)
        return spec

    @property
    def without_table(self) -> tuple[Choice, ...]:
        """The schedules that are functions of a person's own, and whose LR tables have not been made."""
        return tuple(one for one in self.schedules if one.table is None and is_reference(one.scheduler))

    def with_tables(self, tables: Mapping[str, Sequence[float]]) -> "Spec":
        """The same spec with these LR tables, by label."""
        choices = (replace(one, table=tables.get(one.label, one.table)) for one in self.schedules)
        return replace(self, schedules=tuple(choices))

    def budget(self, base_lr: float) -> Budget:
        """The budget every schedule is bound to at one base LR."""
        return Budget(self.epochs, self.steps_per_epoch, base_lr)

    def schedule(self, choice: Choice, base_lr: float) -> Schedule:
        """The choice bound to this comparison's profile and budget."""
        return bind(choice.scheduler, self.profile, self.budget(base_lr), choice.parameters, choice.table)

    def cell(self, choice: Choice, base_lr: float) -> Cell:
        """The cell of a choice at one base LR, bound by the rules of today."""
        return Cell(choice.label, base_lr, self.schedule(choice, base_lr))

    @property
    def first_cells(self) -> tuple[Cell, ...]:
        """The cells at the `first_base_lrs`, bound by the rules of today, in the order in which they are trained."""
        return tuple(self.cell(choice, base_lr) for base_lr in self.first_base_lrs for choice in self.schedules)

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
        cells = self.first_cells
        number = 0
        for seed in self.seeds:
            for cell in cells:
                number += 1
                yield PlannedRun(number, cell, seed)

    @property
    def size(self) -> int:
        """How many runs there are, those that a search has still to propose included."""
        return len(self.schedules) * self.base_lrs_each * len(self.seeds)

    def to_dict(self) -> dict[str, Any]:
        """The spec as plain data, in the order a person reads it: what TOML and JSON hold. None is left out."""
        data: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name in self._left_out():
                continue
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
        options = {"task_options": dict(self.task_options)} if self.task_options else {}
        return data | options | dict(self.unknown) | ({"schedules": tables} if tables else {})

    def _left_out(self) -> set[str]:
        """Settings that say nothing in this spec, or are said at its end."""
        left_out = {"info", "unknown", "task_options"}
        if self.own is not None:
            left_out |= {"dataset", "model", "splits", "augment"}
        if self.splits == NO_SPLITS:
            left_out.add("splits")
        if self.steps is not None:
            left_out.add("epochs")
        return left_out


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
    known = [*NAMES, "schedules", "schedulers"]
    for key in data:
        if key not in known:
            raise unknown("setting", key, known)
    checked = check_settings(data)
    checked["schedules"] = choices_from_dict(data)
    _check_steps(checked)
    own = _check_own(checked)
    if not own:
        data_set = dataset(checked.get("dataset", Spec.dataset))
        checked.setdefault("splits", data_set.splits)
        checked.setdefault("augment", data_set.augment)
        wanted = sum(checked["splits"])
        if data_set.pool and wanted > data_set.pool:
            raise UserError(
                f"splits={list(checked['splits'])}: expected at most {data_set.pool} images in all, what {data_set.key} has beside its test set"
            )
    spec = Spec(**checked)
    _check_search(spec, data)
    if spec.size > 100_000:
        raise UserError(f"{spec.size} runs: expected at most 100000 in one comparison")
    _check_budget(spec)
    return spec


def _check_own(checked: Mapping[str, Any]) -> bool:
    """Whether it is a person's own task or loop; neither goes with the settings of a built-in data set."""
    own = [name for name in ("task", "loop") if checked.get(name) is not None]
    if len(own) > 1:
        raise UserError(f"task={checked['task']!r} and loop={checked['loop']!r}: expected one of the two")
    if not own and checked.get("task_options") and checked.get("dataset") != "images":
        raise UserError("task_options: expected only with a task or loop of your own, or with the data set images")
    for name in ("dataset", "model", "splits", "augment"):
        if own and name in checked:
            raise UserError(f"{name}={shown(checked[name])}: expected only without {own[0]}={checked[own[0]]!r}")
    return bool(own)


def _check_steps(checked: dict[str, Any]) -> None:
    """Turn a budget in steps into as many evaluations."""
    steps, every = checked.get("steps"), checked.get("eval_every")
    if steps is None:
        if every is not None:
            raise UserError(f"eval_every={every}: expected only with steps, the optimizer steps of a run")
        return
    if "epochs" in checked:
        raise UserError(f"steps={steps} and epochs={checked['epochs']}: expected one of the two")
    every = every or max(1, steps // 10)
    if steps % every:
        raise UserError(f"steps={steps}: expected a multiple of eval_every={every}")
    if steps // every > 100_000:
        raise UserError(f"eval_every={every}: expected at least {-(-steps // 100_000)}, for at most 100000 evaluations")
    checked["eval_every"], checked["epochs"] = every, steps // every


def _check_budget(spec: Spec) -> None:
    """What can be checked once it is known how many steps a run has."""
    train = spec.info.sizes.get("train") if spec.info else None
    if train is not None and spec.batch_size > train:
        what = "examples" if spec.own else "images"
        raise UserError(f"batch_size={spec.batch_size}: expected at most the {train} training {what}")
    if not (spec.resolved or spec.eval_every):
        return
    for choice in spec.schedules:
        for base_lr in spec.base_lrs:
            _bind_or_explain(spec, choice, base_lr)
    if spec.optimizer == "sgd" and spec.momentum == 0:
        _refuse_momentum_cycles(spec)


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
        if spec.schedule(choice, spec.base_lrs[0]).momentum is not None:
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
        entry = scheduler(key)
        choices.append(Choice(entry.label, entry.key))
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
        label = as_text("label", table.get("label", entry.label))
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
    if spec.own is None:
        usual = dataset(spec.dataset)
        for name, value in (("splits", list(usual.splits)), ("augment", usual.augment)):
            if data.get(name) == value:
                del data[name]
    if "schedulers" in changes or "schedules" in changes:
        data.pop("schedulers", None)
        data.pop("schedules", None)
    if changes.get("search") == "grid":
        data.pop("trials", None)
    for setting in SETTINGS:
        if changes.get(setting.name) is not None:
            for other in setting.instead_of:
                data.pop(other, None)
    changed = spec_from_dict(data | changes)
    same = all(getattr(changed, name) == getattr(spec, name) for name in _DECIDE_INFO)
    return changed.with_info(spec.info) if same and spec.info and not changed.resolved else changed


_DECIDE_INFO = ("task", "loop", "task_options", "dataset", "model", "splits", "batch_size")
