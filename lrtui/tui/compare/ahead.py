"""What lies ahead of the comparison being set up: checks, time and detectable difference, looked up off the loop."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from textual.widget import Widget

from lrtui.comparison.checks import check_spec
from lrtui.comparison.checks.advice import Advice
from lrtui.comparison.plan import Plan
from lrtui.comparison.spec import Spec
from lrtui.errors import sentence_of
from lrtui.tui.requests import Requests

A = TypeVar("A")
F = TypeVar("F")


class _Look(Generic[A, F]):
    """One thing that is looked up in a thread: what was found about the newest that was asked for, or why nothing was."""

    def __init__(self, widget: Widget, find: Callable[[A], F], changed: Callable[[], object]) -> None:
        self._widget, self._find, self._changed = widget, find, changed
        self._about: A | None = None
        self._under_way = False
        self.found: F | None = None
        """None while it is not known."""
        self.trouble = ""
        """Why the last look found nothing, where it did not."""

    def look(self, about: A, again: bool) -> None:
        """Look unless it was looked, or is being looked, already; `again`: also where it was looked. What is known holds."""
        if about != self._about:
            self.found, self.trouble = None, ""
        elif self._under_way or not again:
            return
        self._about, self._under_way = about, True
        self._widget.run_worker(partial(self._work, about), thread=True, group="ahead", description="ahead")

    def _work(self, about: A) -> None:
        if about is not self._about:  # another one is wanted by now
            return
        found, trouble = None, ""
        try:
            found = self._find(about)
        except Exception as error:  # whatever it was: the rest of the form works without
            trouble = sentence_of(error)
        self._widget.call_later(self._take, about, found, trouble)

    def _take(self, about: A, found: F | None, trouble: str) -> None:
        if about is not self._about:
            return
        self._under_way, self.trouble = False, trouble
        if not trouble:
            self.found = found
        self._changed()


class Ahead:
    """What is known so far; the rest is on its way, or `trouble` and `unchecked` say why it is not.

    Args:
        widget: whose workers look things up.
        requests: what they ask.
        changed: called on the loop whenever more is known.
    """

    def __init__(self, widget: Widget, requests: Requests, changed: Callable[[], object]) -> None:
        self._of_spec: _Look[Spec, tuple[Advice, ...]] = _Look(widget, check_spec, changed)
        self._of_machine: _Look[tuple[str, Path | None], tuple[Advice, ...]] = _Look(
            widget, lambda data: requests.surroundings(*data), changed
        )
        self._plan: _Look[Spec, Plan] = _Look(widget, requests.plan, changed)

    @property
    def plan(self) -> Plan | None:
        """Time and detectable difference; None while they are not known."""
        return self._plan.found

    @property
    def trouble(self) -> str:
        """Why the plan was not made, where it was not."""
        return self._plan.trouble

    @property
    def checks(self) -> tuple[Advice, ...]:
        """The advice found so far, warnings first."""
        found = (*(self._of_spec.found or ()), *(self._of_machine.found or ()))
        return tuple(sorted(found, key=lambda advice: advice.severity != "warning"))

    @property
    def complete(self) -> bool:
        """Whether all checks have been made."""
        return self._of_spec.found is not None and self._of_machine.found is not None

    @property
    def unchecked(self) -> str:
        """Why some checks were not made, where they were not."""
        return self._of_spec.trouble or self._of_machine.trouble

    def look(self, spec: Spec, data_dir: Path | None, again: bool = False) -> None:
        """Look ahead of this comparison; what was looked up already is looked up only `again`."""
        self._of_spec.look(spec, again)
        self._plan.look(spec, again)
        self._of_machine.look((spec.dataset, data_dir), again)
