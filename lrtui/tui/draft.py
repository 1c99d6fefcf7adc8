"""The comparison being set up: what is picked, typed and chosen, before it is a spec."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from lrtui.domain.catalogue import CATALOGUE, scheduler
from lrtui.domain.errors import UserError
from lrtui.domain.parameters import Value
from lrtui.domain.presets import PRESETS
from lrtui.domain.profiles import PROFILES, Budget, ProfileName
from lrtui.domain.schedule import Schedule, bind
from lrtui.domain.search import SEARCHES
from lrtui.domain.settings import CHECKS, Precision
from lrtui.domain.spec import Spec, spec_from_dict
from lrtui.domain.tasks import DATASETS, MODELS, OPTIMIZERS, dataset


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the form: how it is called and explained, how a typed text is read, and its choices if it has some."""

    name: str
    label: str
    help: str
    read: Callable[[str], Any]
    choices: tuple[str, ...] = ()


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _numbers(text: str) -> Any:
    return [_number(part) for part in text.replace(";", ",").replace(" ", ",").strip("[](),").split(",") if part]


def _seeds(text: str) -> Any:
    return _numbers(text) if "," in text.strip() else _number(text)


def _never(text: str) -> Any:
    return None if text.strip().lower() in ("", "never", "none") else _number(text)


def _yes(text: str) -> Any:
    return {"yes": True, "true": True, "no": False, "false": False}.get(text.strip().lower(), text)


SETTINGS: tuple[Setting, ...] = (
    Setting("name", "name", "What the comparison is called", str.strip),
    Setting("dataset", "dataset", "digits is bundled; the others are found in the data folder, or downloaded", str.strip, tuple(DATASETS)),
    Setting("model", "model", "What is trained", str.strip, MODELS),
    Setting("optimizer", "optimizer", "Whose learning rate is scheduled", str.strip, OPTIMIZERS),
    Setting("profile", "profile", "Where parameter values come from that nobody typed", str.strip, PROFILES),
    Setting("epochs", "epochs", "Passes over the training images in each run", _number),
    Setting("splits", "images", "For training, validation and selection; the test set is the data set's own", _numbers),
    Setting("batch_size", "batch size", "Images in one optimizer step", _number),
    Setting("base_lrs", "base LRs", "The optimizer's initial LR; several, separated by commas, are tried for every scheduler", _numbers),
    Setting("search", "LR search", "grid: every base LR; random, tpe: that many trials between the lowest and the highest", str.strip, SEARCHES),
    Setting("trials", "trials", "Base LRs that a random or tpe search tries for each scheduler", _number),
    Setting("seeds", "seeds", "How many (0 to n-1), or a list; 6 or more can show a difference", _seeds),
    Setting("early_stopping", "early stop", "End a run after this many epochs without a new best; never: train them all", _never),
    Setting("momentum", "momentum", "Of sgd", _number),
    Setting("weight_decay", "weight decay", "Of the optimizer", _number),
    Setting("augment", "augment", "Random crops and flips of the training images", _yes, ("no", "yes")),
    Setting("precision", "precision", "fp32; bf16 on GPUs that have it; auto: the faster one", str.strip, get_args(Precision)),
    Setting("device", "device", "auto: every GPU, else the CPU; or cpu, cuda, cuda:1", str.strip, ("auto", "cpu", "cuda")),
    Setting("data_dir", "data folder", "Where the data set's files lie; empty: the usual places, or a download", str.strip),
)  # fmt: skip
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_START: dict[str, Any] = {"name": "comparison", "epochs": 100, "base_lrs": [0.1], "seeds": 6}


@dataclass(frozen=True)
class Draft:
    """A comparison that may still be incomplete. Each change returns a new one."""

    picked: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=lambda: dict(_START))
    data_dir: str = ""
    preset: str | None = None

    @property
    def profile(self) -> ProfileName:
        """Where values come from that nobody typed."""
        name: ProfileName = self.settings.get("profile", Spec.profile)
        return name

    @property
    def budget(self) -> Budget:
        """What previews are drawn for: the first base LR."""
        data = dataset(self.settings.get("dataset", Spec.dataset))
        train = self.settings.get("splits", data.splits)[0]
        batch = min(self.settings.get("batch_size", Spec.batch_size), train)
        return Budget(
            self.settings.get("epochs", Spec.epochs),
            -(-train // batch),
            float(self.settings.get("base_lrs", Spec.base_lrs)[0]),
        )

    def schedule(self, key: str, typed: Mapping[str, Value] | None = None) -> Schedule:
        """A scheduler bound to the draft's budget; `typed` are values on trial.

        Raises:
            UserError: values that do not go together, or not with the budget.
        """
        return bind(key, self.profile, self.budget, {**self.values.get(key, {}), **(typed or {})})

    def with_pick(self, key: str) -> "Draft":
        """Take a scheduler in, or out."""
        return replace(self, picked=self.picked ^ {key}, preset=None)

    def with_value(self, key: str, name: str, text: str | None) -> "Draft":
        """Set a parameter from a typed text; None takes the profile's value again.

        Raises:
            UserError: not such a value, or it does not go together with the others.
        """
        values = {**self.values.get(key, {})}
        values.pop(name, None)
        if text is not None:
            values[name] = scheduler(key).parameter(name).parse(text)
        changed = replace(self, values={**self.values, key: values}, preset=None)
        changed.schedule(key)
        return changed

    def with_setting(self, name: str, text: str) -> "Draft":
        """Set a setting from a typed text.

        Raises:
            UserError: not such a value.
        """
        if name == "data_dir":
            return replace(self, data_dir=text.strip())
        value = _BY_NAME[name].read(text)
        CHECKS[name](name, value)
        settings = {**self.settings, name: value}
        if name == "dataset" and value != self.settings.get("dataset", Spec.dataset):
            for derived in ("splits", "augment"):  # another data set has its own
                settings.pop(derived, None)
        return replace(self, settings=settings, preset=None)

    def text(self, name: str) -> str:
        """A setting as a person would type it."""
        if name == "data_dir":
            return self.data_dir
        data = dataset(self.settings.get("dataset", Spec.dataset))
        usual = {"augment": data.augment, "splits": data.splits}
        value = self.settings.get(name, usual[name] if name in usual else getattr(Spec, name))
        if value is None:
            return "never"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, list | tuple):
            return ", ".join(f"{v:g}" for v in value)
        return f"{value:g}" if isinstance(value, float) else str(value)

    def spec(self) -> Spec:
        """The comparison, checked as a whole.

        Raises:
            UserError: what is wrong with it.
        """
        if not self.picked:
            raise UserError("no scheduler is picked: press 1, then space on each one to compare; or o for a preset")
        keys = [entry.key for entry in CATALOGUE if entry.key in self.picked]
        tables: list[dict[str, Any]] = [
            {"scheduler": key, "parameters": dict(self.values.get(key, {}))} for key in keys
        ]
        settings = dict(self.settings)
        if settings.get("search", Spec.search) == "grid":
            settings.pop("trials", None)  # typed for a search that was then switched off
        return spec_from_dict({**settings, "schedules": tables})


def preset_draft(name: str) -> Draft:
    """A preset as a draft."""
    settings = dict(PRESETS[name])
    picked = frozenset(settings.pop("schedulers"))
    return Draft(picked, {}, {**_START, **settings}, preset=name)


def next_preset(draft: Draft) -> Draft:
    """The preset after the draft's, or the first."""
    names = list(PRESETS)
    place = names.index(draft.preset) + 1 if draft.preset in names else 0
    return replace(preset_draft(names[place % len(names)]), data_dir=draft.data_dir)
