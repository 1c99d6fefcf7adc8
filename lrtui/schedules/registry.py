"""Which schedulers there are: those of `built_in`, those of installed packages, and functions of a person's own.

Packages are listed by the names of their entry points; one is imported only when its scheduler is asked for.
"""

import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from lrtui.errors import UserError, unknown
from lrtui.schedules import built_in
from lrtui.schedules.base import Family, Scheduler
from lrtui.schedules.reference import ReferenceScheduler, is_reference
from lrtui.schedules.unknown import UnknownScheduler

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "lrtui.schedulers"
FAMILIES: tuple[Family, ...] = ("baseline", "exponential decay", "step decay", "cosine", "other", "beyond the table")
"""The families of what is built in, in the order in which they are listed."""


def _found() -> tuple[Scheduler, ...]:
    names = (module.name for module in pkgutil.iter_modules(built_in.__path__))
    modules = [import_module(f"{built_in.__name__}.{name}") for name in names]
    found: list[Scheduler] = [scheduler for module in modules for scheduler in module.SCHEDULERS]
    return tuple(sorted(found, key=lambda one: (FAMILIES.index(one.family), one.place)))


BUILT_IN: Final = _found()
BUILT_IN_KEYS: Final = tuple(one.key for one in BUILT_IN)
TABLE: Final = tuple(one.key for one in BUILT_IN if one.in_table)
"""The keys of the outline's section 2."""
_BY_KEY = {one.key: one for one in BUILT_IN}


@cache
def _of_packages() -> "dict[str, EntryPoint]":
    """The entry points of installed packages by name; a name that cannot be typed, or is taken, is left out."""
    from importlib.metadata import entry_points  # takes 20 ms, and is seldom asked

    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        typable = point.name.isprintable() and not set(point.name) & set(", :") and not point.name.startswith("-")
        if typable and point.name not in _BY_KEY:
            found.setdefault(point.name, point)
    return found


def package_keys() -> tuple[str, ...]:
    """The keys of the schedulers that packages bring; no package is imported for it."""
    return tuple(_of_packages())


def keys() -> tuple[str, ...]:
    """The keys of all schedulers: what is built in, then what packages bring."""
    return (*BUILT_IN_KEYS, *package_keys())


def is_key(name: str) -> bool:
    """Whether this is the key of a scheduler, built in or of a package."""
    return name in _BY_KEY or name in _of_packages()


def package_of(key: str) -> str | None:
    """The package that brings a scheduler; None where it is built in or not known."""
    point = _of_packages().get(key)
    return None if point is None else _distribution(point)


def scheduler(key: str) -> Scheduler:
    """The scheduler called `key`; for `file.py:name` or `package.module:name` the person's own, which is not imported.

    Raises:
        UserError: there is none, or its package cannot be imported; the message names the nearest.
    """
    if key in _BY_KEY:
        return _BY_KEY[key]
    if is_reference(key):
        return ReferenceScheduler(key)
    if key in _of_packages():
        return _loaded(key)
    raise unknown("scheduler", key, keys())


def stored_scheduler(key: str, names: Sequence[str] | None = None) -> Scheduler:
    """The scheduler that was stored as `key` with parameters of these names; never an error.

    A placeholder stands in for one that is not there today, or has other parameters today.
    """
    try:
        found = scheduler(key)
    except UserError:
        return UnknownScheduler(key)
    today = {parameter.name for parameter in found.parameters}
    return found if names is None or today <= set(names) else UnknownScheduler(key)


@cache
def _loaded(key: str) -> Scheduler:
    point = _of_packages()[key]
    try:
        found = point.load()
        made = found() if isinstance(found, type) else found
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise UserError(f"scheduler {key!r} of {_distribution(point)}: cannot be imported ({reason})") from None
    if not isinstance(made, Scheduler) or getattr(made, "key", None) != key:
        raise UserError(
            f"scheduler {key!r} of {_distribution(point)}: {point.value} is no lrtui.schedules.base.Scheduler with this key"
        )
    return made


def _distribution(point: "EntryPoint") -> str:
    return point.dist.name if point.dist is not None else point.value
