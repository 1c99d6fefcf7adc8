"""What describes a comparison on the command line: a TOML file or a preset, and the options that change it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from lrtui.comparison.spec import Spec
from lrtui.errors import UserError
from lrtui.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.argument("spec_file", metavar="[SPEC.toml]", required=False),
    click.option("--preset", metavar="NAME", help="quick (default), defaults, fitted or study: what the other options start from."),
    click.option("--schedulers", metavar="a,b", help="Keys from `lrtui schedulers`, your own schedules among them."),
    click.option("--schedule", multiple=True, metavar="REF", help="A schedule of your own beside them: file.py:function; may be repeated."),
    click.option("--profile", metavar="P", help="Where parameter values come from: pytorch, fitted or study."),
    click.option("--dataset", metavar="D", help="digits (bundled), mnist, fashion-mnist, kmnist, cifar10, cifar100, svhn."),
    click.option("--model", metavar="M", help="mlp, cnn, resnet18, or another of torchvision's."),
    click.option("--optimizer", metavar="O", help="sgd, adam or adamw."),
    click.option("--epochs", type=int, metavar="N"),
    click.option("--batch-size", type=int, metavar="N"),
    click.option("--base-lrs", metavar="0.1,0.01", help="Learning rates; the best on the selection split is ranked."),
    click.option("--search", metavar="grid|random|tpe", help="random, tpe: --base-lrs LOW,HIGH are the ends of a range."),
    click.option("--trials", type=int, metavar="N", help="How many base LRs a search tries for each scheduler. Default: 10."),
    click.option("--seeds", metavar="N|0,1,2", help="How many seeds, or which. At least 6 can show a difference."),
    click.option("--splits", metavar="N,N,N", help="Images for training, validation and selection; the rest is not used."),
    click.option("--name", metavar="TEXT", help="What to call the comparison."),
    click.option("--device", metavar="auto|cpu|cuda[:i]", help="auto: the GPUs where there are any, else the CPU's cores."),
    click.option("--data-dir", metavar="DIR", help="Where the data set's files are, or go to."),
)  # fmt: skip


def spec_options(command: F) -> F:
    """Give a command the options that describe a comparison: `spec_file`, `preset`, `data_dir`, and those of `make_spec`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def make_spec(workspace: Workspace, spec_file: str | None, preset_name: str | None, options: dict[str, Any]) -> Spec:
    """The spec of a file, or of a preset (`quick` unless named), changed by the options that are not None.

    Raises:
        UserError: both are named, the file cannot be read, or a setting is wrong.
    """
    if spec_file and preset_name:
        raise UserError(f"both {spec_file!r} and --preset {preset_name}: expected one of the two")
    changes = {name: value for name, value in options.items() if value not in (None, ())}
    if "schedulers" in changes:
        changes["schedulers"] = _comma_list(changes["schedulers"])
    if "base_lrs" in changes:
        changes["base_lrs"] = _numbers("--base-lrs", changes["base_lrs"], float)
    if "splits" in changes:
        changes["splits"] = _numbers("--splits", changes["splits"], int)
    if "seeds" in changes:
        changes["seeds"] = _seeds(changes["seeds"])
    return workspace.spec(spec_file or None, preset=preset_name, **changes)


def data_folder(text: str | None) -> Path | None:
    """The folder that `--data-dir` names.

    Raises:
        UserError: it is a file, or cannot be looked at.
    """
    if text is None:
        return None
    from lrtui.machine.paths import typed_path

    folder = typed_path(text)
    try:
        is_file = folder.exists() and not folder.is_dir()
    except OSError as error:
        raise UserError(f"--data-dir {text}: cannot be looked at ({error.strerror})") from None
    if is_file:
        raise UserError(f"--data-dir {text}: expected a folder, and this is a file")
    return folder


def _comma_list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _numbers(name: str, text: str, kind: type) -> list[Any]:
    try:
        return [kind(part) for part in _comma_list(text)]
    except ValueError:
        what = "whole numbers separated by commas" if kind is int else "numbers separated by commas"
        count = ", or how many seeds" if name == "--seeds" else ""
        raise UserError(f"{name} {text[:60]!r}: expected {what}{count}") from None


def _seeds(text: str) -> int | list[int]:
    numbers = _numbers("--seeds", text, int)
    return int(numbers[0]) if len(numbers) == 1 and "," not in text else numbers
