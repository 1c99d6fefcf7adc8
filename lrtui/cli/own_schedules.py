"""Schedulers as the command line names them: keys of the catalogue, and the person's own schedules."""

from contextlib import suppress

from lrtui.comparison.own_schedules import Own
from lrtui.config.own_schedules import OwnSchedulesFile
from lrtui.errors import UserError
from lrtui.schedules.registry import keys


def own_schedules() -> Own:
    """The person's own schedules.

    Raises:
        UserError: something in their file is wrong.
    """
    return OwnSchedulesFile().read()


def completions(text: str) -> list[str]:
    """The names that start with what is typed, for the shell."""
    own: Own = ()
    with suppress(UserError):
        own = own_schedules()
    return [name for name in (*keys(), *(one.label for one in own)) if name.startswith(text)]
