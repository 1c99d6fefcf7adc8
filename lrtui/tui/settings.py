"""The settings of Compare's form: how each is called and explained, and how a typed text is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from lrtui.comparison.search import SEARCHES
from lrtui.comparison.settings import Precision
from lrtui.schedules.profiles import PROFILES
from lrtui.tasks.catalogue import DATASETS, MODELS, OPTIMIZERS


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
    Setting("dataset", "dataset", "digits is bundled; others: data folder", str.strip, tuple(DATASETS)),
    Setting("model", "model", "What is trained", str.strip, MODELS),
    Setting("optimizer", "optimizer", "Whose learning rate is scheduled", str.strip, OPTIMIZERS),
    Setting("profile", "profile", "Where parameter values come from that nobody typed", str.strip, PROFILES),
    Setting("epochs", "epochs", "Passes over the training images in each run", _number),
    Setting("splits", "images", "For training, validation and selection; the test set is the data set's own", _numbers),
    Setting("batch_size", "batch size", "Images in one optimizer step", _number),
    Setting("base_lrs", "base LRs", "Initial LR; several, separated by commas, are each tried for every scheduler", _numbers),
    Setting("search", "LR search", "Each base LR, or so many trials between two", str.strip, SEARCHES),
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


def typed(value: Any) -> str:
    """A setting's value as a person types it."""
    if value is None:
        return "never"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(typed, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def setting(name: str) -> Setting:
    """The setting called `name`."""
    return _BY_NAME[name]
