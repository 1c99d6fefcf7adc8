"""What a scheduler is: its parameters, where their values come from, its learning rate, and what is known of it.

Everything that is true of one scheduler and not of another stands in its class, and the rest of lrtui asks for it here.
A package brings schedulers of its own as subclasses, under the entry point group `lrtui.schedulers`: the entry point's
name is the `key`, its value the class or an instance.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from lrtui.errors import unknown
from lrtui.schedules.faults import Fault, FaultCode, one_value
from lrtui.schedules.parameters import Parameter, Source, Value
from lrtui.schedules.profiles import Budget, ProfileName
from lrtui.schedules.schedule import Schedule, StepsEvery, Watched
from lrtui.schedules.torch_call import Call

Family = Literal[
    "baseline", "exponential decay", "step decay", "cosine", "other", "beyond the table", "packages", "yours", "unknown"
]
Values = Mapping[str, Value]


class Scheduler:
    """One scheduler. A subclass sets what differs, and overrides `lr_at` or `rates`, and `torch_call` where it must.

    All methods are pure, and no module of a scheduler imports torch: the dashboard draws its curves.
    """

    key: str
    """What people type."""
    name: str
    family: Family = "packages"
    in_table: bool = False
    """Whether it is one of the outline's section 2."""
    place: int = 0
    """Its place within the family where schedulers are listed."""
    torch_class: str | None = None
    """The class that trains it, for people to read; None where the learning rate stays as it is."""
    steps_every: StepsEvery = "batch"
    parameters: tuple[Parameter, ...] = ()
    default_source: Source = Source.SCHEDULER_DEFAULT
    """Whose the defaults of its parameters are. Those of PyTorch are not passed to torch, which knows them."""
    texts: Mapping[str, Mapping[str, Any]] | None = None
    """Its explanation by language, "en" at least, as in explanations_en.toml; None: it stands in that file."""

    baseline: bool = False
    """Whether it leaves the learning rate alone, as what others are held against."""
    decays: bool = False
    """Whether its learning rate is meant to come down to the end."""
    cycles: bool = False
    """Whether its learning rate is meant to rise again, or rises to fall once."""
    reacts: bool = False
    """Whether its learning rate depends on what happens in training; `metric` says on what."""
    follow_base_lr: tuple[str, ...] = ()
    """Parameters that are learning rates themselves and follow the base LR."""
    waits_by: str | None = None
    """The parameter that says for how long, or until when, the learning rate stays as it is at first."""
    fitted_together: tuple[str, ...] = ()
    """Parameters of which the fitted profile's value suits only with the others' too."""
    ends_low_by: tuple[str, ...] = ()
    """Parameters whose default lets the learning rate end low."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Scheduler) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"<scheduler {self.key}>"

    @property
    def label(self) -> str:
        """What a schedule is called that nobody gave a name."""
        return self.key

    # Parameters and where their values come from

    def parameter(self, name: str) -> Parameter:
        """The parameter called `name`.

        Raises:
            UserError: the scheduler has no such parameter.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        if not self.parameters:
            raise unknown(f"parameter of {self.key}", name, ["(it has none)"])
        raise unknown(f"parameter of {self.key}", name, [p.name for p in self.parameters])

    def parameters_for(self, typed: Mapping[str, object]) -> Sequence[Parameter]:
        """The parameters of a schedule for which these are typed.

        Raises:
            UserError: the scheduler has no such parameter.
        """
        for name in typed:
            self.parameter(name)
        return self.parameters

    def documented(self, budget: Budget) -> Values | None:
        """What the documentation's example has for parameters without a default; None: it need not say."""

    def fitted(self, budget: Budget) -> Values | None:
        """The values that spend the budget; None: the defaults do."""

    def study(self, budget: Budget) -> Values | None:
        """The values of the study that the outline comes from; None: it has none of its own."""

    def tied(self, budget: Budget) -> Values | None:
        """The values of a profile that has none: tied to the budget, for any other would be a different experiment."""

    def defaults(self, profile: ProfileName, budget: Budget) -> tuple[Values, Source]:
        """The values that a profile binds, and their source; empty where the parameters' own defaults say it all."""
        quoted = Source.DOCS_EXAMPLE if self.default_source is Source.PYTORCH_DEFAULT else self.default_source
        rule, source = {
            "pytorch": (self.documented, quoted),
            "fitted": (self.fitted, Source.FITTED),
            "study": (self.study, Source.STUDY),
        }[profile]
        values = rule(budget)
        if values is not None:
            return values, source
        values = self.tied(budget)
        return ({}, self.default_source) if values is None else (values, Source.FITTED)

    def steps_every_in(self, profile: ProfileName) -> StepsEvery:
        """How often a profile steps the scheduler."""
        return self.steps_every

    def check(self, schedule: Schedule) -> None:
        """Hold the values against each other and against the budget.

        Raises:
            UserError: they do not go together.
        """

    # The learning rate

    def known(self, schedule: Schedule) -> bool:
        """Whether the learning rate can be computed before anything is trained, on a made-up metric if need be."""
        return True

    def lr_at(self, schedule: Schedule) -> Callable[[int], float]:
        """The LR before a step of the scheduler, as a function of the number of steps taken."""
        return self.rates(schedule, schedule.scheduler_steps).__getitem__

    def rates(self, schedule: Schedule, n: int, metrics: Sequence[float] | None = None) -> list[float]:
        """The LR before each of the first `n` steps of the scheduler.

        Args:
            schedule: one of this scheduler's.
            n: how many.
            metrics: where the scheduler `reacts`, what it watches, after each epoch; a made-up curve where None.
        """
        lr_at = self.lr_at(schedule)
        return [lr_at(t) for t in range(n)]

    def metric(self, schedule: Schedule) -> Watched | None:
        """What the scheduler watches, where it `reacts`."""
        return None

    def momentum(self, schedule: Schedule) -> tuple[float, float] | None:
        """The lowest and highest momentum, where the schedule moves it along with the learning rate."""
        return None

    # PyTorch

    def torch_call(self, schedule: Schedule) -> Call | None:
        """How PyTorch spells the schedule; None where it needs no scheduler."""
        return None if self.torch_class is None else Call(self.torch_class, schedule.passed)

    def has_value_after_the_end(self, schedule: Schedule) -> bool:
        """Whether torch can compute the LR that would follow the budget, as the usual loop makes it do."""
        return True

    # What may be wrong with a schedule, and what would mend it

    def stays_by(self, schedule: Schedule) -> tuple[str, ...]:
        """The parameters to name where the learning rate never changes."""
        return (self.waits_by,) if self.waits_by else ()

    def never_changes(self, schedule: Schedule) -> bool:
        """Whether the LR is the same in every epoch; where it `reacts`, even if no epoch ever improves on the first."""
        if self.baseline or schedule.steps_every == "batch":
            return False
        return one_value(schedule.lr_at_scheduler_steps([0.0] * schedule.budget.epochs if self.reacts else None))

    def faults(self, schedule: Schedule) -> Iterator[Fault]:
        """What is wrong with the schedule in its budget, the weightiest first."""
        if self.never_changes(schedule):
            yield Fault(FaultCode.NEVER_CHANGES, self.stays_by(schedule))

    def own_mends(self, schedule: Schedule) -> Iterator[Values]:
        """Values that suit this scheduler alone."""
        yield from ()

    def mends(self, schedule: Schedule, typed: Values) -> Iterator[Values]:
        """Values that may put a faulty schedule right, the gentlest first: all of them are tried.

        Single values of the fitted profile, what suits the scheduler, then all that the fitted profile has. Learning
        rates are never among them: a comparison may have many base LRs.
        """
        fitted = self.mending_fitted(schedule.budget)
        for name, value in fitted.items():
            if isinstance(value, float):
                yield {name: float(f"{value:.4g}")}  # as a person would type it, where that is exact enough
            if name not in self.fitted_together:
                yield {name: value}
        yield from self.own_mends(schedule)
        defaults: dict[str, Any] = {p.name: p.default for p in self.parameters if not p.required}
        for name in self.ends_low_by:
            yield {name: defaults[name]}
        others = {name: defaults[name] for name in typed if name in defaults and name not in self.follow_base_lr}
        yield {**others, **fitted}

    def mending_fitted(self, budget: Budget) -> Values:
        """The fitted profile's values, as far as they may be typed in."""
        return {
            name: value for name, value in self.defaults("fitted", budget)[0].items() if name not in self.follow_base_lr
        }

    # What happened in the epochs trained

    def cycles_within(self, schedule: Schedule, epochs: int) -> tuple[float, float] | None:
        """How many cycles so many epochs hold, and the length in epochs of the one they end in; None if it has none."""
        return None

    def restarts_within(self, schedule: Schedule, epochs: int) -> list[tuple[int, int]]:
        """The epochs, from 0, at which the LR starts again after a cycle, each with that of the peak it goes up to."""
        return []
