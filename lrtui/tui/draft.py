"""The comparison being set up: what is picked, typed and chosen, before it is a spec."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lrtui.comparison.checks.advice import Change, Removal
from lrtui.comparison.own_schedules import Own, check_name, find, suggested_name
from lrtui.comparison.presets import PRESETS
from lrtui.comparison.settings import NAMES, setting
from lrtui.comparison.spec import NO_SPLITS, Choice, Spec, choice_to_dict, spec_from_dict
from lrtui.errors import UserError
from lrtui.machine.paths import typed_path
from lrtui.schedules.binding import bind, bind_each
from lrtui.schedules.parameters import Value
from lrtui.schedules.profiles import Budget, ProfileName
from lrtui.schedules.registry import is_key, keys, scheduler
from lrtui.schedules.schedule import Bound, Schedule
from lrtui.tasks.catalogue import dataset

_UNKNOWN_STEPS = 100  # per epoch
_START: dict[str, Any] = {"name": "comparison", "epochs": 100, "base_lrs": [0.1], "seeds": 6}


@dataclass(frozen=True)
class Draft:
    """A comparison that may still be incomplete. Each change returns a new one.

    `picked` are names: keys of the catalogue, and labels of the person's `own` schedules. `values` are those typed for
    schedulers of the catalogue, by key; what is typed for an own schedule is part of it. Both hold in every profile.
    """

    picked: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    own: Own = ()
    settings: Mapping[str, Any] = field(default_factory=lambda: dict(_START))
    data_dir: str = ""
    preset: str | None = None

    @property
    def profile(self) -> ProfileName:
        """Where values come from that nobody typed."""
        name: ProfileName = self.settings.get("profile", Spec.profile)
        return name

    @property
    def budget(self) -> Budget:
        """What previews are drawn for: the first base LR. Of a task of one's own, the steps per epoch are not known here."""
        steps, every = self.settings.get("steps"), self.settings.get("eval_every")
        base_lr = float(self.settings.get("base_lrs", Spec.base_lrs)[0])
        if steps is not None:
            every = min(every or max(1, steps // 10), steps)
            return Budget(min(steps // every, 10**5), every, base_lr)
        epochs = self.settings.get("epochs", Spec.epochs)
        data = dataset(self.settings.get("dataset", Spec.dataset))
        train = self.settings.get("splits", data.splits)[0]
        if not train or self.settings.get("task") or self.settings.get("loop"):
            return Budget(epochs, _UNKNOWN_STEPS, base_lr)
        return Budget(epochs, -(-train // min(self.settings.get("batch_size", Spec.batch_size), train)), base_lr)

    @property
    def picks(self) -> tuple[Choice, ...]:
        """What is picked with what was typed for it, in the catalogue's order, the person's own last."""
        names = [*keys(), *(choice.label for choice in self.own)]
        return tuple(self.choice(name) for name in names if name in self.picked)

    def choice(self, name: str) -> Choice:
        """A scheduler or an own schedule with what was typed for it.

        Raises:
            UserError: there is none of this name.
        """
        choice = find(name, self.own)
        return replace(choice, parameters=self.values[name]) if name in self.values else choice

    def schedule(self, name: str, typed: Mapping[str, Value] | None = None) -> Schedule:
        """A scheduler or an own schedule bound to the draft's budget; `typed` are values on trial.

        Raises:
            UserError: values that do not go together, or not with the budget.
        """
        choice = self.choice(name)
        return bind(choice.scheduler, self.profile, self.budget, {**choice.parameters, **(typed or {})})

    def parameters(self, name: str) -> tuple[Bound, ...]:
        """The values of a scheduler or an own schedule, also where they do not go together."""
        choice = self.choice(name)
        return bind_each(choice.scheduler, self.profile, self.budget, choice.parameters).parameters

    def with_pick(self, name: str) -> "Draft":
        """Take a scheduler or an own schedule in, or out."""
        return replace(self, picked=self.picked ^ {name}, preset=None)

    def with_value(self, name: str, parameter: str, text: str | None) -> "Draft":
        """Set a parameter from a typed text; None takes the profile's value again.

        Raises:
            UserError: not such a value, or it does not go together with the others.
        """
        choice = self.choice(name)
        values = {**choice.parameters}
        values.pop(parameter, None)
        if text is not None:
            values[parameter] = scheduler(choice.scheduler).parameter(parameter).parse(text)
        changed = self._with_values(name, values)
        changed.schedule(name)
        return changed

    def with_changes(self, changes: Iterable[Change | Removal]) -> "Draft":
        """Make the changes that a check before the start advises: to settings, to parameters and picks as if a person made them."""
        changed = self
        for change in changes:
            if isinstance(change, Removal):
                changed = replace(changed, picked=changed.picked - {change.label}, preset=None)
            elif change.label is None:
                changed = changed.with_setting(change.name, change.text)
            else:
                values = {**changed.choice(change.label).parameters, change.name: change.value}
                changed = changed._with_values(change.label, values)
        return changed

    def _with_values(self, name: str, values: Mapping[str, Value]) -> "Draft":
        if is_key(name):
            return replace(self, values={**self.values, name: values}, preset=None)
        return self._with_own(name, replace(self.choice(name), parameters=values))

    def with_copy(self, name: str, new: str) -> "Draft":
        """Duplicate a scheduler, with what was typed for it, or an own schedule as one more own schedule.

        Raises:
            UserError: `new` is no name for it.
        """
        label = check_name(new, [choice.label for choice in self.own])
        return replace(self, own=(*self.own, replace(self.choice(name), label=label)))

    def with_name(self, name: str, new: str) -> "Draft":
        """Call an own schedule something else.

        Raises:
            UserError: `new` is no name for it.
        """
        label = check_name(new, [choice.label for choice in self.own if choice.label != name])
        renamed = self._with_own(name, replace(self.choice(name), label=label))
        return replace(renamed, picked=frozenset(label if one == name else one for one in self.picked))

    def without(self, name: str) -> "Draft":
        """Give up an own schedule."""
        own = tuple(choice for choice in self.own if choice.label != name)
        return replace(self, own=own, picked=self.picked - {name})

    def _with_own(self, name: str, changed: Choice) -> "Draft":
        own = tuple(changed if choice.label == name else choice for choice in self.own)
        return replace(self, own=own, preset=None)

    def with_setting(self, name: str, text: str) -> "Draft":
        """Set a setting from a typed text.

        Raises:
            UserError: not such a value.
        """
        if name == "data_dir":
            typed_path(text.strip())
            return replace(self, data_dir=text.strip())
        one = setting(name)
        value = one.read(name, text)
        one.check(name, value)
        settings = {**self.settings, name: value}
        if value is not None:
            settings = {other: kept for other, kept in settings.items() if other not in one.instead_of}
        if name == "dataset" and value != self.settings.get("dataset", Spec.dataset):
            for derived in ("splits", "augment"):  # another data set has its own
                settings.pop(derived, None)
        return replace(self, settings=settings, preset=None)

    def text(self, name: str) -> str:
        """A setting as a person would type it."""
        if name == "data_dir":
            return self.data_dir
        data = dataset(self.settings.get("dataset", Spec.dataset))
        one = setting(name)
        usual = {"augment": data.augment, "splits": data.splits}
        value = self.settings.get(name, usual.get(name, one.default))
        return one.default_text if value == NO_SPLITS else one.format(value)

    @property
    def shown_settings(self) -> tuple[str, ...]:
        """The names of the settings that mean something beside the others, in the order of the table."""
        return tuple(name for name in NAMES if setting(name).applies(self.settings))

    def spec(self) -> Spec:
        """The comparison, checked as a whole.

        Raises:
            UserError: what is wrong with it.
        """
        if not self.picked:
            raise UserError("no scheduler is picked: press 1, then space on each one to compare; or o for a preset")
        settings = dict(self.settings)
        for name in NAMES:
            if not setting(name).applies(settings):
                settings.pop(name, None)  # such as trials that were typed for a search that was then switched off
        return spec_from_dict({**settings, "schedules": [choice_to_dict(choice) for choice in self.picks]})


def spec_draft(spec: Spec, before: Draft) -> Draft:
    """A spec as a draft that leaves alone what `before` has of the person's own.

    A schedule under a name of its own becomes one of the person's own schedules, unless that is there already.
    """
    settings = spec.to_dict()
    for name in ("schedulers", "schedules"):
        settings.pop(name, None)
    if spec.seeds == tuple(range(len(spec.seeds))):
        settings["seeds"] = len(spec.seeds)  # as a person types it
    own, values, picked = before.own, {}, set[str]()
    for choice in spec.schedules:
        if is_key(choice.label) and choice.label == choice.scheduler:
            values[choice.label] = choice.parameters
            picked.add(choice.label)
            continue
        alike = (
            one for one in before.own  # under another name, and no other schedule of the spec
            if replace(one, label=choice.label) == choice and one.label not in picked and one not in spec.schedules
        )  # fmt: skip
        kept = choice if choice in before.own else next(alike, None)
        if kept is None:
            kept = _named(choice, own)
            own = (*own, kept)
        picked.add(kept.label)
    return Draft(frozenset(picked), values, own, settings, before.data_dir)


def _named(choice: Choice, own: Own) -> Choice:
    """The choice under a name that it may have among the person's own schedules."""
    try:
        return replace(choice, label=check_name(choice.label, [one.label for one in own]))
    except UserError:
        return replace(choice, label=suggested_name(choice.scheduler, own))


def preset_draft(name: str) -> Draft:
    """A preset as a draft."""
    settings = dict(PRESETS[name])
    picked = frozenset(settings.pop("schedulers"))
    return Draft(picked, settings={**_START, **settings}, preset=name)


def next_preset(draft: Draft) -> Draft:
    """The preset after the draft's, or the first; after the last, a draft with nothing in it."""
    place = list(PRESETS).index(draft.preset) + 1 if draft.preset in PRESETS else 0
    after = preset_draft(list(PRESETS)[place]) if place < len(PRESETS) else Draft()
    return replace(after, own=draft.own, data_dir=draft.data_dir)
