"""Printing: tables and JSON on stdout, remarks on stderr, and the dashboard where there is a terminal for it."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lrtui.errors import UserError
from lrtui.terminal_text import clean

if TYPE_CHECKING:
    from lrtui.workspace import Workspace


def print_json(data: Any) -> None:
    """Data for programs: one JSON document on stdout, in ASCII, without NaN."""
    from lrtui.report.json_data import to_json

    print(to_json(data), end="", flush=True)


def remark(text: str) -> None:
    """A line for the person, on stderr."""
    print(clean(text, limit=2000), file=sys.stderr, flush=True)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[str] = (), to_stderr: bool = False
) -> None:
    """A table, its cells made safe. As wide as it needs to be where the output is not a terminal."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    stream = sys.stderr if to_stderr else sys.stdout
    console = Console(file=stream, width=None if stream.isatty() else 240, highlight=False)
    table = Table(box=SIMPLE, pad_edge=False, show_edge=False)
    aligned = set(right)
    for column in columns:
        table.add_column(column, justify="right" if column in aligned else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else clean(cell)) for cell in row))
    console.print(table)


def language(flag: str | None) -> str:
    """The language that was asked for, else that of the settings; what is wrong with those is a remark."""
    if flag is not None:
        return flag
    from lrtui.config.preferences import preferences

    found = preferences()
    if found.complaint:
        remark(found.complaint)
    return found.language


def has_terminal() -> bool:
    """Whether a person can see a dashboard and type into it."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def open_dashboard(workspace: "Workspace", open_id: int | None = None, **flags: Any) -> None:
    """The dashboard, until it is closed. `flags` are settings that come before those of the environment and the file.

    Raises:
        UserError: there is no terminal.
    """
    if not has_terminal():
        raise UserError("the dashboard needs a terminal: expected one on stdin and stdout; without one use `lrtui run`")
    from lrtui.config.preferences import preferences
    from lrtui.tui.start import run_dashboard

    status = run_dashboard(workspace.path, open_id, preferences(**flags))
    if status:  # it has said what ended it
        sys.exit(status)
