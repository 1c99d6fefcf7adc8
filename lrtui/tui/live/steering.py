"""What the keys of Live work on, a run, its scheduler or all, and what can be asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from lrtui.comparison.snapshot import ComparisonView, RunView
from lrtui.comparison.status import WORKS_ON, Verb
from lrtui.formats import counted
from lrtui.terminal_text import clean
from lrtui.tui.keys import shown_key
from lrtui.tui.requests import Requests


class Scope(Enum):
    """What the keys work on, from the narrowest on."""

    RUN = "run"
    SCHEDULER = "scheduler"
    ALL = "all"

    def targets(self, selected: RunView | None, runs: Sequence[RunView]) -> Sequence[RunView]:
        """The runs meant, of all `runs`."""
        if self is Scope.ALL:
            return runs
        if self is Scope.RUN or selected is None:
            return () if selected is None else (selected,)
        return [run for run in runs if run.label == selected.label]

    def named(self, selected: RunView | None, count: int) -> str:
        """The runs meant, in words; `count` of them."""
        runs = counted(count, "run")
        if self is Scope.ALL or selected is None:
            return f"all {runs}"
        return f"run {selected.number}" if self is Scope.RUN else f"{runs} of {clean(selected.label, 40)}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks of the open comparison: a verb for the runs that a scope means."""

    verb: Verb
    scope: Scope
    comparison: ComparisonView
    selected: RunView | None
    runs: Sequence[RunView]

    @property
    def possible(self) -> bool:
        """Whether it would change anything."""
        comparison = self.comparison
        if self.scope is Scope.ALL and comparison.unproposed and comparison.unproposed_status in WORKS_ON[self.verb]:
            return True  # those that a search has still to propose are no runs yet
        return any(run.allows(self.verb) for run in self.scope.targets(self.selected, self.runs))

    @property
    def _numbers(self) -> list[int]:
        targets = self.scope.targets(self.selected, self.runs)
        return [run.number for run in targets if run.allows(self.verb)]

    @property
    def question(self) -> str | None:
        """What to ask before it; None where nothing is lost."""
        if self.verb != "cancel":
            return None
        what = self.scope.named(self.selected, len(self._numbers))
        to_come = self.comparison.to_come if self.scope is Scope.ALL else 0
        what += f" and {to_come} to come" if to_come else ""
        text = f"Cancel {what} of comparison {self.comparison.id}?"
        text += f" What was trained so far stays on record, and {_undo()}."
        if self.scope is Scope.SCHEDULER and self.comparison.to_come:
            text += " The search will propose others; to end it, cancel all."
        return text

    def ask(self, requests: Requests) -> str:
        """Have the supervisor do it; returns what it did, and how to undo it. Off the loop: it waits for an answer."""
        id, selected = self.comparison.id, self.selected
        if self.scope is Scope.ALL or selected is None:
            answer = requests.ask(self.verb, id, None)
        elif self.scope is Scope.RUN:
            answer = requests.ask(self.verb, id, selected.number)
        else:
            answer = requests.ask_for_runs(self.verb, id, self._numbers, clean(selected.label, 40))
        return f"{answer}; {_undo()}" if self.verb == "cancel" else answer


def _undo() -> str:
    return f"{shown_key('live.retry')} queues it again"
