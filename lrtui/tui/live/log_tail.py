"""The end of the log of the worker that trains, or trained, the selected run."""

from functools import partial

from lrtui.comparison.snapshot import RunView
from lrtui.comparison.status import RunStatus
from lrtui.terminal_text import clean, clean_lines
from lrtui.tui.live.looking import LookingPanel
from lrtui.tui.requests import Requests


class LogTail(LookingPanel):
    """Follows the log while the run trains."""

    def follow(self, run: RunView | None, requests: Requests) -> None:
        """This run is selected."""
        if run is None:
            self.rest(" no run is selected")
            return
        wanted = (run.id, run.status, run.attempt, self.size.height)
        look = partial(_tail, requests, run.comparison_id, run.number, max(2, self.size.height))
        self.look_for(wanted, look, goes_on=run.status is RunStatus.RUNNING)


def _tail(requests: Requests, comparison_id: int, number: int, height: int) -> str:
    found = requests.worker_log(comparison_id, number, height - 1)
    if found is None:
        return f" no worker's log tells of run {number}"
    path, text = found
    lines = clean_lines(text).split("\n")
    return "\n".join(
        [f" {clean(path.parent.name)}/{clean(path.name)}, to the end of run {number}:", *(f" {line}" for line in lines)]
    )
