"""The table of Schedules: which rows it has in which order, what stands in them, and the form of the one under the cursor."""

from collections.abc import Iterable

from lrtui.domain.catalogue import CATALOGUE, Scheduler, scheduler
from lrtui.domain.own_schedules import Own
from lrtui.domain.parameters import Source, format_value
from lrtui.domain.schedule import Bound
from lrtui.domain.terminal_text import clean
from lrtui.tui.charts.plot import letter
from lrtui.tui.contents.cells import Cell, Column, Field
from lrtui.tui.draft import Draft

# The outline's order: its four groups, then the baseline, then what is beyond its table.
FAMILIES = ("exponential decay", "step decay", "cosine", "other", "baseline", "beyond the table")
ORDER = tuple(entry.key for family in FAMILIES for entry in CATALOGUE if entry.family == family)
COLUMNS = (Column("", 3), Column("", 0), Column("", 3))
_HEADING = " "  # before the key of a heading: no schedule's name starts with it
_SHORT = {Source.PYTORCH_DEFAULT: "PyTorch", Source.DOCS_EXAMPLE: "docs example", Source.FITTED: "fitted"}


HEADINGS = frozenset(_HEADING + words for words in (*FAMILIES, "yours"))


def rows(own: Own) -> list[str]:
    """The keys of the rows: every scheduler below its family, then the person's own schedules."""
    keys = []
    for family in FAMILIES:
        keys += [_HEADING + family, *(entry.key for entry in CATALOGUE if entry.family == family)]
    return [*keys, _HEADING + "yours", *(choice.label for choice in own)] if own else keys


def place(name: str, own: Own) -> int:
    """The number of a schedule's curve, which gives it its colour and its letter."""
    return [*ORDER, *(choice.label for choice in own)].index(name)


def cells(key: str, draft: Draft) -> tuple[Cell | str, ...]:
    """What stands in a row. Only what is picked has its curve's mark: a letter before every name reads like a key."""
    if key.startswith(_HEADING):
        return (Cell(key.removeprefix(_HEADING)),)
    picked = key in draft.picked
    name = f"{scheduler(key).name}{' *' if draft.values.get(key) else ''}" if key in ORDER else clean(key)
    return (
        Cell("[x]" if picked else "[ ]", "accent" if picked else "dim"),
        name,
        Cell(f"─{letter(place(key, draft.own))}─" if picked else "", "accent"),
    )


def fields(entry: Scheduler, parameters: Iterable[Bound], narrow: bool) -> list[Field]:
    """The form: every parameter with its value, the value's source, and what it must be."""
    return [
        Field(
            bound.name,
            bound.name,
            format_value(bound.value),
            _SHORT.get(bound.source, bound.source.value) if narrow else bound.source.value,
            f"{bound.name}: {entry.parameter(bound.name).expected}{f'; {bound.source.value}' if narrow else ''}",
            own=bound.source is Source.YOURS,
        )
        for bound in parameters
    ]
