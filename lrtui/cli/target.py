"""What `ID`, `ID/RUN`, `last` and `last/RUN` name on the command line."""

from typing import TYPE_CHECKING

from lrtui.errors import UserError
from lrtui.workspace import Workspace

if TYPE_CHECKING:
    from lrtui.workspace.comparison import Comparison


def named(workspace: Workspace, text: str) -> "Comparison":
    """The comparison that `ID` or `last` names.

    Raises:
        UserError: it is not of that form, or there is no such comparison.
    """
    return _comparison(workspace, _parts(text, run_allowed=False)[0])


def named_with_run(workspace: Workspace, text: str) -> "tuple[Comparison, int | None]":
    """The comparison that `text` names, and the number of the run, if it names one; that the run exists is not looked at.

    Raises:
        UserError: it is not of that form, or there is no such comparison.
    """
    first, run = _parts(text, run_allowed=True)
    return _comparison(workspace, first), run


def _comparison(workspace: Workspace, first: str) -> "Comparison":
    return workspace.comparison("last" if first == "last" else int(first))


def _parts(text: str, *, run_allowed: bool) -> tuple[str, int | None]:
    first, slash, second = text.partition("/")
    if first != "last" and not _is_id(first):
        raise UserError(f"{text[:60]!r}: expected the number of a comparison (`lrtui list` shows them) or `last`")
    if slash and not run_allowed:
        raise UserError(f"{text[:60]!r}: expected a comparison, not one of its runs")
    if slash and not _is_id(second):
        raise UserError(f"{text[:60]!r}: expected ID/RUN, both numbers, for example 1/3")
    return first, int(second) if slash else None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16
