"""What a person prefers: a flag before the environment before `settings.toml` in their configuration folder."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

from lrtui.config.files import configuration_file, read_toml, write_toml
from lrtui.errors import UserError, unknown
from lrtui.schedules.explain import LANGUAGES
from lrtui.schedules.parameters import shown, yes_or_no

_VARIABLES = {"theme": "LRTUI_THEME", "notify": "LRTUI_NOTIFY", "language": "LRTUI_LANG"}
_SAVING = Lock()


@dataclass(frozen=True, slots=True)
class Preferences:
    """The settings that hold.

    `theme` is one of Textual's (empty: the usual one; whether it exists is for the dashboard to see). `notify`: ring and
    send a desktop notification when the open comparison ends. `language` is that of reports and explanations.
    `complaint` is a sentence about what could not be read; the usual value holds instead.
    """

    theme: str = ""
    notify: bool = False
    language: str = "en"
    complaint: str = ""


def preferences_path(environment: Mapping[str, str] = os.environ) -> Path:
    """`$XDG_CONFIG_HOME/lrtui/settings.toml`, else below `~/.config`."""
    return configuration_file("settings.toml", environment)


def preferences(environment: Mapping[str, str] = os.environ, **flags: Any) -> Preferences:
    """The settings, each from the first place that has it: a flag that is not None, the environment, the file.

    Nothing that is wrong in the environment or the file is a reason to refuse to start: it becomes the `complaint`.
    """
    path = preferences_path(environment)
    found = Preferences()
    complaints = []
    try:
        stored = read_toml(path)
    except UserError as error:
        stored = {}
        complaints.append(f"{error}; the usual settings hold")
    for place, values in ((str(path), stored), ("", _from_environment(environment))):
        for name, value in values.items():
            try:
                found = replace(found, **{name: _check(name, value)})
            except UserError as error:
                where = place or f"${_VARIABLES[name]}"
                complaints.append(f"{where}: {error}; the usual value holds")
    chosen = {name: value for name, value in flags.items() if value is not None}
    return replace(found, **chosen, complaint="; ".join(complaints))


def remember(path: Path, newest: Callable[[], Mapping[str, Any]]) -> None:
    """Change what is remembered. A folder that cannot be written, or a file that is torn, is left alone.

    Args:
        path: the file; threads of this process may share it.
        newest: gives what to change; called when it is this thread's turn, so that the last turn has the last word.
    """
    with _SAVING, suppress(UserError):
        write_toml(path, {**read_toml(path), **newest()})


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {n: environment[v] for n, v in _VARIABLES.items() if environment.get(v)}
    if "notify" in values:
        with suppress(ValueError):  # the check says what is wrong
            values["notify"] = yes_or_no(values["notify"])
    return values


def _check(name: str, value: Any) -> Any:
    if name not in _VARIABLES:
        raise unknown("setting", name, _VARIABLES)
    if name == "notify" and not isinstance(value, bool):
        raise UserError(f"notify={shown(value)}: expected true or false")
    if name != "notify" and not isinstance(value, str):
        raise UserError(f"{name}={shown(value)}: expected a text")
    if name == "language" and value not in LANGUAGES:
        raise unknown("language", value, LANGUAGES)
    return value
