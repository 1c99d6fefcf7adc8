"""The learning-rate curves of a draft's schedules, each computed once."""

from collections.abc import Mapping

from lrtui.schedules.parameters import Value
from lrtui.schedules.schedule import Schedule
from lrtui.tui.charts.series import Series
from lrtui.tui.draft import Draft
from lrtui.tui.schedules.schedule_rows import place

_KEPT = 200
_POINTS = 4000  # several for each dot of the widest chart


def curve(schedule: Schedule, label: str, index: int) -> Series:
    """The learning rate against epochs; that of the last step holds until the budget ends."""
    steps, rates = schedule.lr_at_some_scheduler_steps(_POINTS)
    an_epoch = 1 if schedule.steps_every == "epoch" else schedule.budget.steps_per_epoch
    epochs = (*(step / an_epoch for step in steps), float(schedule.budget.epochs))
    return Series(label, index, epochs, (*rates, rates[-1]))


class Previews:
    """Curves by everything that they depend on."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Series] = {}

    def of(self, draft: Draft, name: str, typed: Mapping[str, Value] | None = None) -> Series:
        """The curve of a schedule; `typed` are values on trial.

        Raises:
            UserError: its values do not go together, or not with the budget.
        """
        choice, index = draft.choice(name), place(name, draft.own)
        values = {**choice.parameters, **(typed or {})}
        wanted = (name, index, choice.scheduler, draft.profile, draft.budget, tuple(values.items()))
        if wanted not in self._made:
            if len(self._made) >= _KEPT:
                self._made.clear()
            self._made[wanted] = curve(draft.schedule(name, typed), name, index)
        return self._made[wanted]
