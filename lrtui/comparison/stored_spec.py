"""A spec as it was stored, whatever the rules, limits and names of today are. Validation stays where people type."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from lrtui.comparison.spec import NO_SPLITS, Choice, Spec, spec_from_dict
from lrtui.errors import UserError
from lrtui.schedules.parameters import Value
from lrtui.tasks.info import TaskInfo

# What it means that a stored spec does not have a setting; never to follow the defaults of `Spec`.
_ABSENT: Mapping[str, Any] = {
    "search": "grid", "trials": 10, "early_stopping": None, "splits": NO_SPLITS, "augment": False, "task": None, "loop": None,
    "steps": None, "eval_every": None,
}  # fmt: skip
_APART = frozenset({"schedules", "info", "unknown"})
_KNOWN = frozenset(item.name for item in fields(Spec)) - _APART


def spec_from_stored(data: Mapping[str, Any], info: TaskInfo) -> Spec:
    """The spec that was stored with its task. Nothing is checked; settings that are not known are kept."""
    schedules = [Choice(key, key) for key in data.get("schedulers", ())]
    for table in data.get("schedules", ()):
        values = {name: _value(value) for name, value in table.get("parameters", {}).items()}
        schedules.append(Choice(table["label"], table["scheduler"], values))
    settings = dict(_ABSENT)
    settings |= {name: tuple(v) if isinstance(v, list) else v for name, v in data.items() if name in _KNOWN}
    if settings["steps"] and settings["eval_every"]:
        settings["epochs"] = settings["steps"] // settings["eval_every"]
    unknown = {name: value for name, value in data.items() if name not in _KNOWN | {"schedules", "schedulers"}}
    return Spec(schedules=tuple(schedules), info=info, unknown=unknown, **settings)


def unknown_today(spec: Spec) -> str:
    """In one sentence what keeps the lrtui of today from running a stored spec again; "" where nothing does."""
    try:
        spec_from_dict(spec.to_dict())
    except UserError as error:
        return f"this lrtui cannot run it again as it is: {error}"
    return ""


def _value(stored: Any) -> Value:
    """The value that a spec's plain data has for a parameter."""
    if stored == "none":  # TOML has no null
        return None
    return tuple(stored) if isinstance(stored, list) else stored
