"""What describes a comparison on the command line: a TOML file or a preset, and the options that change it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from lrtui.comparison.settings import DATA_DIR, SETTINGS, Setting, setting
from lrtui.comparison.spec import Spec
from lrtui.errors import UserError
from lrtui.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])


def _option(one: Setting) -> Callable[[F], F]:
    """An option, read by `make_spec`, so that a mistake gets the same sentence as everywhere."""
    if one.is_switch:
        return click.option(f"{one.flag}/--no-{one.flag.removeprefix('--')}", one.name, default=None, help=one.help)
    return click.option(one.flag, one.name, metavar=one.metavar, help=one.help)


_OPTIONS = (
    click.argument("spec_file", metavar="[SPEC.toml]", required=False),
    click.option("--preset", metavar="NAME", help="quick (default), defaults, fitted or study: what the other options start from."),
    click.option("--schedulers", metavar="a,b", help="Keys from `lrtui schedulers`, your own schedules among them."),
    click.option("--schedule", multiple=True, metavar="REF", help="A schedule of your own beside them: file.py:function; may be repeated."),
    *map(_option, (*SETTINGS, DATA_DIR)),
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
    changes: dict[str, Any] = {name: value for name, value in options.items() if value not in (None, ())}
    for name, value in changes.items():
        if name == "schedulers":
            changes[name] = [part.strip() for part in value.split(",") if part.strip()]
        elif isinstance(value, str):
            changes[name] = setting(name).read(name, value)
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
