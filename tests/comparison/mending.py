"""Advice followed on a spec, apart from how the dashboard follows it on a draft."""

from collections.abc import Iterable
from typing import Any

from lrtui.comparison.checks.advice import Change, Removal
from lrtui.comparison.spec import Spec, choice_to_dict, with_changes
from lrtui.schedules.parameters import Value


def mended(spec: Spec, changes: Iterable[Change | Removal]) -> Spec:
    """The spec with the changes made.

    Raises:
        UserError: they do not go together with the rest of it.
    """
    settings: dict[str, Any] = {}
    typed: dict[str, dict[str, Value]] = {}
    removed: set[str] = set()
    for change in changes:
        if isinstance(change, Removal):
            removed.add(change.label)
        elif change.label is None:
            settings[change.name] = change.value
        else:
            typed.setdefault(change.label, {})[change.name] = change.value
    tables = [choice_to_dict(choice) for choice in spec.schedules if choice.label not in removed]
    for table in tables:
        if table["label"] in typed:
            table["parameters"] = {**table.get("parameters", {}), **typed[table["label"]]}
    return with_changes(spec, schedules=tables, **settings)
