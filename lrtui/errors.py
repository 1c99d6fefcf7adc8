"""Mistakes a person can mend, each told in one sentence."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """Something the person at the keyboard can mend.

    The message is one sentence that names the value, what was expected and, where there is one, the nearest
    valid name. The command line prints it and exits with `exit_code`; the dashboard shows it in place.
    """

    exit_code = 2


class OperationFailed(UserError):
    """The request was well formed, but the machine refused it (disk full, database locked, file unreadable)."""

    exit_code = 1


def sentence_of(error: BaseException) -> str:
    """What went wrong, for a person. A mistake of the program's own is told with its type: a KeyError alone reads `'x'`.

    >>> sentence_of(KeyError("x"))
    "KeyError: 'x'"
    >>> sentence_of(UserError("no comparison 7"))
    'no comparison 7'
    """
    text = str(error)
    return text if isinstance(error, UserError) else f"{type(error).__name__}: {text}" if text else type(error).__name__


def unknown(what: str, value: object, known: Iterable[str]) -> UserError:
    """The error for a name that is not in a closed list.

    >>> str(unknown("scheduler", "cosin", ["step", "cosine"]))
    "unknown scheduler 'cosin': did you mean 'cosine'? Known: step, cosine"
    """
    names = list(known)
    close = get_close_matches(str(value).lower(), names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return UserError(f"unknown {what} {str(value)[:80]!r}: {hint}Known: {', '.join(names)}")
