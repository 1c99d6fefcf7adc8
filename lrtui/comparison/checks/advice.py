"""What a check before the start says: advice, with the change that would mend it. It never keeps anything from starting."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from lrtui.comparison.settings import setting
from lrtui.schedules.faults import FaultCode
from lrtui.schedules.parameters import format_value

Severity = Literal["warning", "note"]


class Code(StrEnum):
    """What a piece of advice is about, the weightiest of a schedule's faults first."""

    SAME_LR = "same-lr"
    NEVER_CHANGES = FaultCode.NEVER_CHANGES.value
    STEP_COUNT = FaultCode.STEP_COUNT.value
    T_MAX = FaultCode.T_MAX.value
    CUT_OFF = FaultCode.CUT_OFF.value
    PART_OF_A_CYCLE = FaultCode.PART_OF_A_CYCLE.value
    MILESTONES = FaultCode.MILESTONES.value
    WAITS_LONG = FaultCode.WAITS_LONG.value
    ENDS_HIGH = FaultCode.ENDS_HIGH.value
    FEW_SEEDS = "few-seeds"
    NETWORK_DISK = "network-disk"
    LITTLE_SPACE = "little-space"
    LOGOUT = "logout"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Change:
    """A new value: of a parameter of the schedule called `label`, or of a setting of the spec where that is None."""

    name: str
    value: Any
    label: str | None = None

    @property
    def text(self) -> str:
        """The value as a person types it."""
        if self.label is not None:
            return format_value(self.value)
        return setting(self.name).format(self.value)


@dataclass(frozen=True, slots=True)
class Removal:
    """The schedule called `label` is taken out of the comparison."""

    label: str


@dataclass(frozen=True, slots=True)
class Advice:
    """One finding, in plain words.

    `title` is its short form, for a list. `remedy` says what to do about it; `changes` do that, and are empty where only
    the person can, or nothing within this budget would help. `intended`: every value it is about comes from a profile
    that asks for it whatever the budget.
    """

    code: Code
    severity: Severity
    title: str
    sentence: str
    remedy: str = ""
    changes: tuple[Change | Removal, ...] = ()
    intended: bool = False


def together(advice: Iterable[Advice]) -> tuple[Change | Removal, ...]:
    """The changes of several pieces of advice at once.

    A schedule that gets other values stays: whether it is the same as another then, only a new check can say.
    """
    changes = [change for one in advice for change in one.changes]
    valued = {change.label for change in changes if isinstance(change, Change)}
    return tuple(change for change in changes if isinstance(change, Change) or change.label not in valued)


def remedy_of(changes: Iterable[Change | Removal]) -> str:
    """What the changes do, as a phrase: "set step_size of step to 10; T_0 of cosine-restarts, mine to 14"."""
    labels: dict[tuple[str, str], list[str]] = {}
    removed = []
    for change in changes:
        if isinstance(change, Removal):
            removed.append(change.label)
        else:
            labels.setdefault((change.name, change.text), []).extend([change.label] if change.label else [])
    phrases = []
    for (name, text), of in labels.items():
        whose = f" of {', '.join(of)}" if of else ""
        phrases.append(f"{name}{whose} to {text}")
    done = [f"set {'; '.join(phrases)}"] if phrases else []
    done += [f"take {', '.join(removed)} out of the comparison"] if removed else []
    return "; ".join(done)
