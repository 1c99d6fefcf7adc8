"""What every command works on: the database named by `--db`, and the comparison named by `ID` or `ID/RUN`."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lrtui.errors import UserError

if TYPE_CHECKING:
    from lrtui.machine.paths import Files
    from lrtui.store.sqlite import Connection


@dataclass(frozen=True, slots=True)
class Target:
    """A comparison, or one of its runs."""

    comparison_id: int
    run_number: int | None


class Database:
    """Opens the database when a command first needs it."""

    def __init__(self, option: str | None) -> None:
        self._option = option

    @cached_property
    def path(self) -> Path:
        """The database file."""
        from lrtui.machine.paths import database_path

        return database_path(self._option)

    @cached_property
    def files(self) -> "Files":
        """The files that belong to it."""
        from lrtui.machine.paths import Files

        return Files(self.path)

    @cached_property
    def reading(self) -> "Connection":
        """A connection that cannot write."""
        from lrtui.store.connection import open_read_only

        return open_read_only(self.path)

    @cached_property
    def writing(self) -> "Connection":
        """A connection that can."""
        from lrtui.store.connection import open_database

        return open_database(self.path)

    def existing(self) -> "Connection":
        """A connection that can write, to a database that must be there."""
        _ = self.reading
        return self.writing

    def target(self, text: str, *, run_allowed: bool = True) -> Target:
        """What `ID`, `ID/RUN`, `last` or `last/RUN` names; that the run exists is for the reader to find.

        Raises:
            UserError: it is not of that form.
        """
        from lrtui.store import comparisons

        first, slash, second = text.partition("/")
        if first != "last" and not _is_id(first):
            raise UserError(f"{text[:60]!r}: expected the number of a comparison (`lrtui list` shows them) or `last`")
        if slash and not run_allowed:
            raise UserError(f"{text[:60]!r}: expected a comparison, not one of its runs")
        if slash and not _is_id(second):
            raise UserError(f"{text[:60]!r}: expected ID/RUN, both numbers, for example 1/3")
        comparison_id = comparisons.latest_id(self.reading) if first == "last" else int(first)
        return Target(comparison_id, int(second) if slash else None)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16
