"""The settings of a spec, each described once: spec files, command line, dashboard, report and README follow this table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from lrtui.comparison import setting_kinds as kinds
from lrtui.comparison.search import SEARCHES
from lrtui.errors import unknown
from lrtui.schedules.profiles import PROFILES, profile_name
from lrtui.tasks.catalogue import DATASETS, MODELS, OPTIMIZERS, dataset
from lrtui.tasks.references import check_reference

Precision = Literal["fp32", "bf16", "auto"]
Settings = Mapping[str, Any]


def _always(_settings: Settings) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting of a spec.

    `read` turns a typed text into plain data, `check` plain data into the value, `write` the value into a text that reads
    back as the same value. `none` is how people write that there is none, where there may be none.

    `choices` are offered; `check` decides what is allowed. `default_text` says in words what holds where nobody chose, if
    `default` does not. `instead_of` are settings whose place this one takes. `applies` says whether it means anything
    beside other settings, by name. `changes_the_run`: how one run goes depends on it, not only which runs there are.
    """

    name: str
    label: str
    help: str
    metavar: str
    default: Any
    check: kinds.Check
    read: kinds.Reader = kinds.read_name
    write: Callable[[Any], str] = kinds.write_value
    none: str = ""
    choices: tuple[str, ...] = ()
    default_text: str = ""
    instead_of: tuple[str, ...] = ()
    applies: Callable[[Settings], bool] = _always
    changes_the_run: bool = True

    @property
    def flag(self) -> str:
        """How the command line calls it."""
        return "--" + self.name.replace("_", "-")

    @property
    def is_switch(self) -> bool:
        """Whether it is yes or no, two flags on the command line."""
        return isinstance(self.default, bool)

    def parse(self, text: str) -> Any:
        """The value of a typed text.

        Raises:
            UserError: it is no such value.
        """
        return self.check(self.name, self.read(self.name, text))

    def format(self, value: Any) -> str:
        """A value, or plain data for it, as a person types it; `parse` reads it back. Nothing is checked."""
        return self.none if value is None else self.write(value)


def _own(settings: Settings) -> bool:
    return bool(settings.get("task") or settings.get("loop"))


def _built_in(settings: Settings) -> bool:
    return not _own(settings)


_BUILT_IN = ("dataset", "model", "splits", "augment")

SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="name", label="name", metavar="TEXT", default="comparison", changes_the_run=False,
        help="What the comparison is called",
        check=kinds.trimmed(kinds.as_text), read=kinds.read_text,
    ),
    Setting(
        name="dataset", label="dataset", metavar="D", default="digits", choices=tuple(DATASETS), applies=_built_in,
        help="digits is bundled; others: data folder",
        check=lambda name, value: dataset(kinds.as_name(name, value)).key,
        instead_of=("task", "loop", "task_options"),
    ),
    Setting(
        name="model", label="model", metavar="M", default="mlp", choices=MODELS, applies=_built_in,
        help="What is trained", check=kinds.one_of(MODELS), instead_of=("task", "loop"),
    ),
    Setting(
        name="task", label="own task", metavar="REF", default=None, none="none",
        help="Your own training, file.py:name or package.module:name, in place of a data set and model",
        check=kinds.optional(kinds.trimmed(check_reference)), read=kinds.read_optional(kinds.read_name),
        instead_of=("loop", "task_options", *_BUILT_IN),
    ),
    Setting(
        name="loop", label="own loop", metavar="REF", default=None, none="none",
        help="Your own training loop, file.py:name or package.module:name",
        check=kinds.optional(kinds.trimmed(check_reference)), read=kinds.read_optional(kinds.read_name),
        instead_of=("task", "task_options", *_BUILT_IN),
    ),
    Setting(
        name="task_options", label="task options", metavar="'A = 1, B = 2'", default={}, default_text="none",
        help='For your own task or loop, as in TOML: width = 64, norm = "batch"',
        check=kinds.options, read=kinds.read_options, write=kinds.write_options,
        applies=lambda settings: _own(settings) or settings.get("dataset") == "images",
    ),
    Setting(
        name="optimizer", label="optimizer", metavar="O", default="sgd", choices=OPTIMIZERS,
        help="Whose learning rate is scheduled", check=kinds.one_of(OPTIMIZERS),
    ),
    Setting(
        name="profile", label="profile", metavar="P", default="pytorch", choices=PROFILES, changes_the_run=False,
        help="Where parameter values come from that nobody typed",
        check=lambda name, value: profile_name(kinds.as_name(name, value)),
    ),
    Setting(
        name="epochs", label="epochs", metavar="N", default=100,
        help="Passes over the training images in each run",
        check=kinds.whole(1, 100_000), read=kinds.read_number,
        instead_of=("steps", "eval_every"), applies=lambda settings: settings.get("steps") is None,
    ),
    Setting(
        name="steps", label="steps", metavar="N", default=None, none="none",
        help="Optimizer steps in each run, in place of epochs",
        check=kinds.optional(kinds.whole(1, 10**9)), read=kinds.read_optional(kinds.read_number),
        instead_of=("epochs", "eval_every"),
    ),
    Setting(
        name="eval_every", label="eval every", metavar="N", default=None, none="none", default_text="a tenth of the steps",
        help="Optimizer steps between two evaluations; steps is a multiple of it",
        check=kinds.optional(kinds.whole(1, 10**7)), read=kinds.read_optional(kinds.read_number),
        applies=lambda settings: settings.get("steps") is not None,
    ),
    Setting(
        name="splits", label="images", metavar="N,N,N", default=(1000, 197, 200), default_text="the data set's",
        help="For training, validation and selection; the test set is the data set's own",
        check=kinds.splits, read=kinds.read_numbers(int), applies=_built_in,
    ),
    Setting(
        name="batch_size", label="batch size", metavar="N", default=32,
        help="Images in one optimizer step", check=kinds.whole(1, 1_000_000), read=kinds.read_number,
    ),
    Setting(
        name="base_lrs", label="base LRs", metavar="0.1,0.01", default=(0.1,), changes_the_run=False,
        help="Initial LR; several, separated by commas, are each tried for every scheduler",
        check=kinds.base_lrs, read=kinds.read_numbers(float),
    ),
    Setting(
        name="search", label="LR search", metavar="grid|random|tpe", default="grid", choices=SEARCHES, changes_the_run=False,
        help="Each base LR, or so many trials between two", check=kinds.one_of(SEARCHES),
    ),
    Setting(
        name="trials", label="trials", metavar="N", default=10, changes_the_run=False,
        help="Base LRs that a random or tpe search tries for each scheduler",
        check=kinds.whole(1, 1000), read=kinds.read_number,
        applies=lambda settings: settings.get("search", "grid") != "grid",
    ),
    Setting(
        name="seeds", label="seeds", metavar="N|0,1,2", default=(0, 1, 2), changes_the_run=False,
        help="How many (0 to n-1), or a list; 6 or more can show a difference",
        check=kinds.seeds, read=kinds.read_seeds, write=kinds.write_seeds,
    ),
    Setting(
        name="early_stopping", label="early stop", metavar="N", default=None, none="never",
        help="End a run after this many epochs without a new best; never: train them all",
        check=kinds.optional(kinds.whole(1, 100_000)), read=kinds.read_optional(kinds.read_number),
    ),
    Setting(
        name="momentum", label="momentum", metavar="X", default=0.9,
        help="Of sgd", check=kinds.number(0, 1), read=kinds.read_number,
    ),
    Setting(
        name="weight_decay", label="weight decay", metavar="X", default=0.0,
        help="Of the optimizer", check=kinds.number(0, 100), read=kinds.read_number,
    ),
    Setting(
        name="augment", label="augment", metavar="yes|no", default=False, default_text="the data set's", choices=("no", "yes"),
        help="Random crops and flips of the training images",
        check=kinds.boolean, read=kinds.read_yes_no, applies=_built_in,
    ),
    Setting(
        name="precision", label="precision", metavar="P", default="fp32", choices=get_args(Precision), changes_the_run=False,
        help="fp32; bf16 on GPUs that have it; auto: the faster one", check=kinds.one_of(get_args(Precision)),
    ),
    Setting(
        name="device", label="device", metavar="auto|cpu|cuda[:i]", default="auto", choices=("auto", "cpu", "cuda"),
        help="auto: every GPU, else the CPU; or cpu, cuda, cuda:1", check=kinds.device, changes_the_run=False,
    ),
)  # fmt: skip
DATA_DIR = Setting(
    name="data_dir", label="data folder", metavar="DIR", default="",
    help="Where the data set's files lie; empty: the usual places, or a download", check=kinds.as_name,
)  # fmt: skip
"""No setting of a spec: each machine has its own. People type it beside the settings all the same."""
_BY_NAME = {setting.name: setting for setting in SETTINGS}
NAMES: tuple[str, ...] = tuple(_BY_NAME)
DEFAULTS: Settings = {setting.name: setting.default for setting in SETTINGS}


def setting(name: str) -> Setting:
    """The setting called `name`.

    Raises:
        UserError: there is none; the message names the nearest.
    """
    if name not in _BY_NAME:
        raise unknown("setting", name, NAMES)
    return _BY_NAME[name]


def check_settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the settings that plain data name, in the table's order; what else they name is left out.

    Raises:
        UserError: one is wrong by itself.
    """
    return {one.name: one.check(one.name, data[one.name]) for one in SETTINGS if one.name in data}


def readme_table() -> str:
    """The table of settings in the README, as Markdown; a test compares them."""
    lines = ["| setting | option | default | what it is |", "|---|---|---|---|"]
    for one in SETTINGS:
        option = (
            f"`{one.flag}`, `--no-{one.name}`" if one.is_switch else f"`{one.flag} {one.metavar}`".replace("|", "\\|")
        )
        default = one.default_text or f"`{one.format(one.default)}`"
        lines.append(f"| `{one.name}` | {option} | {default} | {one.help} |")
    return "\n".join(lines) + "\n"
