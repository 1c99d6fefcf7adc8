"""What lies ahead of the comparison being set up: checks, time and detectable difference, looked up off the loop."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual.widget import Widget

from lrtui.domain.checks import check_spec
from lrtui.domain.checks.advice import Advice
from lrtui.domain.errors import UserError
from lrtui.domain.plan import Plan
from lrtui.domain.spec import Spec
from lrtui.tui.requests import Requests


class Ahead:
    """What is known so far; the rest is on its way.

    Args:
        widget: whose workers look things up.
        requests: what they ask.
        changed: called on the loop whenever more is known.
    """

    def __init__(self, widget: Widget, requests: Requests, changed: Callable[[], object]) -> None:
        self._widget, self._requests, self._changed = widget, requests, changed
        self._spec: Spec | None = None
        self._data: tuple[str, Path | None] | None = None
        self._of_spec: tuple[Advice, ...] | None = None
        self._of_machine: tuple[Advice, ...] | None = None
        self.plan: Plan | None = None
        """None while it is not known."""
        self.trouble = ""
        """Why something will not be known, where it will not."""

    @property
    def checks(self) -> tuple[Advice, ...]:
        """The advice found so far, warnings first."""
        found = (*(self._of_spec or ()), *(self._of_machine or ()))
        return tuple(sorted(found, key=lambda advice: advice.severity != "warning"))

    @property
    def complete(self) -> bool:
        """Whether all checks have been made."""
        return self._of_spec is not None and self._of_machine is not None

    def look(self, spec: Spec, data_dir: Path | None, again: bool = False) -> None:
        """Look ahead of this comparison; what is known already is looked up only `again`, and holds meanwhile."""
        data = (spec.dataset, data_dir)
        other_spec, other_data = spec != self._spec, data != self._data
        if other_spec:
            self._spec, self._of_spec, self.plan, self.trouble = spec, None, None, ""
        if other_data:
            self._data, self._of_machine = data, None
        if other_spec or (again and self._of_spec is not None):  # not what is on its way
            self._work(partial(self._check, spec))
            self._work(partial(self._ask_for_plan, spec))
        if other_data or (again and self._of_machine is not None):
            self._work(partial(self._look_around, data))

    def _work(self, work: Callable[[], None]) -> None:
        self._widget.run_worker(partial(self._try, work), thread=True, group="ahead", description="ahead")

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except UserError as error:  # the database cannot be read
            self._widget.call_later(self._fail, str(error))
        except Exception as error:  # whatever it was: the rest of the form works without
            self._widget.call_later(self._fail, f"{type(error).__name__}: {error}")

    def _fail(self, trouble: str) -> None:
        self.trouble = trouble
        self._changed()

    def _check(self, spec: Spec) -> None:
        self._widget.call_later(self._take_checks, spec, check_spec(spec))

    def _take_checks(self, spec: Spec, found: tuple[Advice, ...]) -> None:
        if spec == self._spec:
            self._of_spec = found
            self._changed()

    def _ask_for_plan(self, spec: Spec) -> None:
        if spec != self._spec:  # another one is wanted by now
            return
        self._widget.call_later(self._take_plan, spec, self._requests.plan(spec))

    def _take_plan(self, spec: Spec, plan: Plan) -> None:
        if spec == self._spec:
            self.plan, self.trouble = plan, ""
            self._changed()

    def _look_around(self, data: tuple[str, Path | None]) -> None:
        self._widget.call_later(self._take_surroundings, data, self._requests.surroundings(*data))

    def _take_surroundings(self, data: tuple[str, Path | None], found: tuple[Advice, ...]) -> None:
        if data == self._data:
            self._of_machine = found
            self._changed()
