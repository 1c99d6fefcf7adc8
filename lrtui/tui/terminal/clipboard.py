"""What stands between the dashboard and the clipboard of the person's terminal."""

import os
from collections.abc import Mapping


def what_may_be_in_the_way(environment: Mapping[str, str] = os.environ) -> str:
    """What to do if a text that was sent (OSC 52, as Textual writes it) did not arrive; empty where nothing is known to be.

    tmux takes one from a program only where it is told to. GNU screen hands none on and has no setting for it.
    """
    if environment.get("TMUX"):
        return "if nothing arrives: tmux set -g set-clipboard on"
    if environment.get("STY"):
        return "GNU screen does not hand it on: for copying, run lrtui outside of screen"
    return ""
