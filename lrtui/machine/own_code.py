"""Which processes run a person's own code: workers and the helper. No comparison is started from there."""

import os

VARIABLE = "LRTUI_WORKER"


def runs_own_code() -> bool:
    """Whether this process, or one it descends from, is such a one."""
    return bool(os.environ.get(VARIABLE))


def mark_process() -> None:
    """This process, and all it starts, run a person's own code from here on."""
    os.environ[VARIABLE] = "1"
