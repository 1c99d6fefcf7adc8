"""A person's own schedules: schedulers under names of their own, with the parameters typed for them.

They are `Choice`s, so that a comparison takes them as they are: a spec holds them written out in full.
"""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from lrtui.comparison.spec import Choice, choice_to_dict, choices_from_dict
from lrtui.errors import UserError, unknown
from lrtui.schedules.parameters import shown
from lrtui.schedules.reference import ReferenceScheduler, is_reference
from lrtui.schedules.registry import is_key, keys, scheduler

Own = tuple[Choice, ...]
LONGEST_NAME = 40


def find(name: str, own: Own) -> Choice:
    """The schedule called `name`: one of `own`, a scheduler with nothing typed, or a function named by a reference.

    Raises:
        UserError: there is none; the message names the nearest.
    """
    if is_key(name):
        return Choice(name, name)
    for choice in own:
        if choice.label == name:
            return choice
    if is_reference(name):
        return Choice(scheduler(name).label, name)
    raise unknown("scheduler", name, [*keys(), *(choice.label for choice in own)])


def own_function(reference: str, taken: Iterable[str]) -> Choice:
    """The choice of a person's own function, by its name; where that is taken, by the whole reference.

    Raises:
        UserError: it is no reference.
    """
    function = ReferenceScheduler(reference)
    return Choice(reference if function.label in taken else function.label, reference)


def check_name(name: str, taken: Iterable[str]) -> str:
    """The name, if it may be that of one more schedule beside those whose names are `taken`.

    Raises:
        UserError: it cannot be typed into `--schedulers a,b`, or is taken; upper and lower case are the same.
    """
    typable = name.isprintable() and name == name.strip() and "," not in name and not name.startswith("-")
    if not typable or not 1 <= len(name) <= LONGEST_NAME:
        raise UserError(
            f"name={shown(name)}: expected 1 to {LONGEST_NAME} characters, no comma among them and no - at the start"
        )
    if is_key(name.casefold()):
        raise UserError(f"name={shown(name)}: expected another name than that of a scheduler in the catalogue")
    if name.casefold() in {other.casefold() for other in taken}:
        raise UserError(f"name={shown(name)}: one of your schedules is called so; expected another name")
    return name


def suggested_name(name: str, own: Own) -> str:
    """The first of `name-2`, `name-3`, … that is free; of `name-2` the next is `name-3`."""
    stem, dash, number = name.rpartition("-")
    if not (dash and stem and number.isdecimal()):
        stem = name
    taken = {choice.label.casefold() for choice in own}
    names = (f"{stem[: LONGEST_NAME - len(str(n)) - 1]}-{n}" for n in count(2))
    return next(candidate for candidate in names if candidate.casefold() not in taken)


def merged(theirs: Own, before: Own, after: Own) -> Own:
    """`after`, and what others did to `before` meanwhile: `theirs` is what the file holds now.

    Two dashboards may keep schedules in one file. What `after` changed has the last word; its order holds.
    """
    there, was, now = ({choice.label.casefold(): choice for choice in own} for own in (theirs, before, after))
    ours = [choice if was.get(name) != choice else there.get(name) for name, choice in now.items()]
    added = [choice for name, choice in there.items() if name not in was and name not in now]
    return (*(choice for choice in ours if choice is not None), *added)


def own_from_dict(data: Mapping[str, Any]) -> Own:
    """Check plain data, parsed TOML: tables under `schedules`, as in a spec.

    Raises:
        UserError: what is wrong with it, in one sentence.
    """
    for key in data:
        if key != "schedules":
            raise unknown("setting", key, ["schedules"])
    own = choices_from_dict(data) if data.get("schedules") else ()
    for place, choice in enumerate(own):
        check_name(choice.label, [other.label for other in own[:place]])
    return own


def own_to_dict(own: Own) -> dict[str, Any]:
    """The schedules as plain data; what `own_from_dict` reads back."""
    return {"schedules": [choice_to_dict(choice) for choice in own]}
