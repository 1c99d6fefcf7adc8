"""From a function to the reference that workers load it by: `FILE.py:NAME`, or `package.module:NAME`."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lrtui.errors import UserError


def reference_of(what: str, given: str | Callable[..., Any]) -> str:
    """The reference itself, or that of a function; workers are other processes, and find it by its file and its name.

    Args:
        what: the setting it is given for, for the sentence.
        given: a reference, or a function at the top level of a file.

    Raises:
        UserError: a worker could not find it.
    """
    if isinstance(given, str):
        return given
    name = getattr(given, "__qualname__", None)
    if not callable(given) or not isinstance(name, str):
        raise UserError(f"{what}={str(given)[:60]!r}: expected a function, or a reference such as 'mine.py:task'")
    how = "expected a function that a file defines at its top level, so that `FILE.py:NAME` finds it in another process"
    if not name.isidentifier():
        kind = (
            "a lambda" if "<lambda>" in name else "a method" if "<locals>" not in name else "defined inside a function"
        )
        raise UserError(f"{what}={name}: it is {kind}; {how}")
    try:
        file = inspect.getsourcefile(given)
    except TypeError:  # built in
        file = None
    if file is None or not Path(file).is_file() or "ipykernel" in file:
        raise UserError(f"{what}={name}: it was typed at a prompt or in a notebook; {how}")
    module = sys.modules.get(given.__module__)
    if getattr(module, name, None) is not given:
        raise UserError(f"{what}={name}: {file} calls something else by this name now; {how}")
    if "." in given.__module__:  # its imports may be relative to its package
        return f"{given.__module__}:{name}"
    return f"{Path(file).resolve()}:{name}"
