"""References to people's own code, "file.py:name" or "package.module:name", read without running any of it."""

import re
from dataclasses import dataclass
from pathlib import Path

from lrtui.errors import UserError

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a function is: `place` is the path of a file that ends in .py, or the dotted name of a module."""

    place: str
    name: str

    @property
    def is_file(self) -> bool:
        """Whether the place is a file's path, not a module's name."""
        return self.place.endswith(".py")

    @property
    def path(self) -> Path:
        """The absolute path of the file; only where there is one."""
        return Path(self.place).expanduser().absolute()

    @property
    def short(self) -> str:
        """The reference without the file's folders, for people."""
        return f"{Path(self.place).name if self.is_file else self.place}:{self.name}"


def parse_reference(what: str, text: object) -> Reference:
    """The two halves of a reference; `what` is the name of the setting that holds it.

    Raises:
        UserError: it is not of this form.
    """
    if isinstance(text, str) and text.isprintable() and len(text) <= 1000:
        place, _, name = text.rpartition(":")
        if name.isidentifier() and (place.endswith(".py") or _MODULE.fullmatch(place)):
            return Reference(place, name)
    raise UserError(f"{what}={repr(text)[:60]}: expected file.py:name or package.module:name")


def short_reference(text: str) -> str:
    """A reference without the file's folders, for people; as it is where it is not of this form (any more)."""
    try:
        return parse_reference("task", text).short
    except UserError:
        return text


def check_reference(what: str, text: object) -> str:
    """A reference as it was typed.

    Raises:
        UserError: it is not of this form.
    """
    parse_reference(what, text)
    return str(text)
