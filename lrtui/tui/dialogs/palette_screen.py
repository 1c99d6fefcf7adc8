"""The palette: type what you want to do, over the mode."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from lrtui.tui.cells import Cell, Column
from lrtui.tui.dialogs.modal import Modal
from lrtui.tui.palette import Command, found
from lrtui.tui.widgets.table import Table
from lrtui.tui.widgets.typing_line import TypingLine

_COLUMNS = (Column("", 10), Column("", 0), Column("", 9, "right"))


class PaletteScreen(Modal[Command | None]):
    """Answers with the command that was chosen, or None.

    Textual's own palette searches in the background, so that enter, pressed soon after a letter, runs what was found
    before that letter. Here the list is always that of what was typed.
    """

    BOX = "#palette"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "dismiss", "close"),
        *(
            Binding(key, f"move('{action}', {by})", show=False)
            for key, action, by in (
                ("up", "move", -1), ("down", "move", 1), ("pageup", "page", -1), ("pagedown", "page", 1),
                ("ctrl+home", "edge", 0), ("ctrl+end", "edge", 1),
            )
        ),
    ]  # fmt: skip

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
        self._typed: str | None = None
        self._found: list[Command] = []

    def compose(self) -> ComposeResult:
        """The line over what it finds."""
        with Vertical(id="palette"):
            yield TypingLine(placeholder="what do you want to do? esc closes this", compact=True)
            table: Table[int] = Table(
                _COLUMNS, self._cells, header=False, empty="nothing is called so", classes="-active"
            )
            table.can_focus = False  # what is typed goes to the line; its keys come through here
            yield table

    def on_mount(self) -> None:
        """All there is."""
        self._show("")

    def on_input_changed(self, message: Input.Changed) -> None:
        """What is meant now."""
        self._show(message.value)

    def _show(self, typed: str) -> None:
        if typed == self._typed:
            return
        self._typed, self._found = typed, found(self._commands, typed)
        table = self.query_one(Table)
        table.show(range(len(self._found)))
        table.update_lines()
        table.action_edge(0)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Do what the cursor is on."""
        message.stop()
        self._show(message.value)  # `Changed` may come after this
        self._choose()

    def on_click(self) -> None:
        """A click on a command does it."""
        if self.query_one(Table).is_mouse_over:
            self._choose()

    def _choose(self) -> None:
        key = self.query_one(Table).key
        if key is not None:
            self.dismiss(self._found[key])

    def action_move(self, action: str, by: int) -> None:
        """Move the cursor of the list."""
        getattr(self.query_one(Table), f"action_{action}")(by)

    def _cells(self, place: int) -> tuple[Cell | str, ...]:
        command = self._found[place]
        text = Cell(command.text, "" if command.possible else "dim")
        return (Cell(command.place, "dim"), text, Cell(command.keys, "accent"))
