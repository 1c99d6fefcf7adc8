"""The table of Schedules: which rows it has in which order, what stands in them, and the form of the one under the cursor."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.text import Text

from lrtui.comparison.own_schedules import Own
from lrtui.schedules.base import Scheduler
from lrtui.schedules.parameters import Source, format_value
from lrtui.schedules.registry import BUILT_IN, package_keys, scheduler
from lrtui.schedules.schedule import Bound
from lrtui.terminal_text import clean, shortened
from lrtui.tui.cells import Cell, Column, Field
from lrtui.tui.charts.plot import letter
from lrtui.tui.draft import Draft

# The outline's order: its four groups, then the baseline, then what is beyond its table.
FAMILIES = ("exponential decay", "step decay", "cosine", "other", "baseline", "beyond the table")
ORDER = tuple(entry.key for family in FAMILIES for entry in BUILT_IN if entry.family == family)
_KEY = max(len(key) for key in ORDER)
_NARROW = (Column("", 3), Column("", 0), Column("", 3))
VALUE_WIDTHS = {True: 13, False: 24}  # of a parameter, where the form is narrow, where not
_HEADING = " "  # before the key of a heading: no schedule's name starts with it
_SHORT = {
    Source.PYTORCH_DEFAULT: "PyTorch",
    Source.DOCS_EXAMPLE: "docs example",
    Source.LRTUI_DEFAULT: "lrtui",
    Source.SCHEDULER_DEFAULT: "scheduler",
    Source.FITTED: "fitted",
}


HEADINGS = frozenset(_HEADING + words for words in (*FAMILIES, "packages", "yours"))


def rows(own: Own) -> list[str]:
    """The keys of the rows: every scheduler below its family, those of packages, then the person's own schedules."""
    keys = []
    for family in FAMILIES:
        keys += [_HEADING + family, *(entry.key for entry in BUILT_IN if entry.family == family)]
    if package_keys():
        keys += [_HEADING + "packages", *package_keys()]
    return [*keys, _HEADING + "yours", *(choice.label for choice in own)] if own else keys


def place(name: str, own: Own) -> int:
    """The number of a schedule's curve, which gives it its colour and its letter."""
    return [*ORDER, *package_keys(), *(choice.label for choice in own)].index(name)


def columns(wide: bool) -> tuple[Column, ...]:
    """The pick, the name as the outline has it, the curve's mark; last, where there is room, the key that people type."""
    return (*_NARROW, Column("", _KEY)) if wide else _NARROW


def cells(key: str, draft: Draft, width: int, wide: bool) -> tuple[Cell | str, ...]:
    """What stands in a row of so many columns. Names that begin alike differ at their end: they are cut in the middle.

    Only what is picked has its curve's mark: a letter before every name reads like a key.
    """
    if key.startswith(_HEADING):
        return (Cell(key.removeprefix(_HEADING)),)
    picked, typed = key in draft.picked, " *" if draft.values.get(key) else ""
    room = width - sum(column.width + 1 for column in columns(wide)) - 1 - len(typed)
    name = scheduler(key).name if key in ORDER else key
    return (
        Cell("[x]" if picked else "[ ]", "accent" if picked else "dim"),
        f"{shortened(name, max(4, room))}{typed}",
        Cell(f"─{letter(place(key, draft.own))}─" if picked else "", "accent"),
        Cell(key if key in ORDER else "", "dim"),
    )


def headline(name: str, draft: Draft, width: int) -> Text:
    """What the schedule under the cursor is called where it is typed, where values come from, how many are picked.

    Of what does not fit the least needed is left out.
    """
    own = ("* yours",) if any(draft.values.values()) else ()
    count = f"{len(draft.picked)} picked" if draft.picked else "space picks"
    source = (f"profile {draft.profile}", *own)
    short = draft.profile
    fewer = ((*source, f"{count}, 2 goes on"), (*source, count), (short, *own, count), (short, count), (short,))
    name = clean(name)
    fitting = (words for words in fewer if cell_len(_joined((name, *words))) < width)
    words = next(fitting, fewer[-1])
    room = width - cell_len(_joined(("", *words))) - 1
    return Text.assemble(" ", (shortened(name, max(4, room)), "bold"), _joined(("", *words)))


def _joined(words: Iterable[str]) -> str:
    return " · ".join(words)


def fields(entry: Scheduler, parameters: Iterable[Bound], narrow: bool) -> list[Field]:
    """The form: every parameter with its value, the value's source, and what it must be."""
    return [
        Field(
            bound.name,
            bound.name,
            format_value(bound.value),
            _SHORT.get(bound.source, bound.source.value) if narrow else bound.source.value,
            _help(bound, entry.parameter(bound.name).expected, narrow),
            own=bound.source is Source.YOURS,
        )
        for bound in parameters
    ]


def _help(bound: Bound, expected: str, narrow: bool) -> str:
    value = format_value(bound.value)
    if len(value) > VALUE_WIDTHS[narrow]:
        return f"{bound.name} = {value}: {expected}"
    return f"{bound.name}: {expected}{f'; {bound.source.value}' if narrow else ''}"
