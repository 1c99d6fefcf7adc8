"""History: every comparison in the database."""

from collections.abc import Iterable
from functools import partial

from textual.widget import Widget

from lrtui.domain.snapshot import ComparisonView
from lrtui.domain.terminal_text import clean
from lrtui.tui.figures import moment
from lrtui.tui.keys import bindings
from lrtui.tui.screens.mode import ModeScreen
from lrtui.tui.screens.question import Question
from lrtui.tui.widgets.filter_line import FilterLine
from lrtui.tui.widgets.table import Cell, Column, Line, Table, Tone

_TONES: dict[str, Tone] = {"running": "accent", "done": "good", "failed": "bad", "paused": "warn"}
_COLUMNS = (
    Column("id", 4, "right"), Column("name", 0), Column("started", 16), Column("task", 16),
    Column("runs", 11, "right"), Column("status", 9),
)  # fmt: skip


class HistoryScreen(ModeScreen):
    """Look back, open, delete."""

    mode = "history"
    BINDINGS = bindings("history")

    def __init__(self) -> None:
        super().__init__()
        self._comparisons: dict[int, ComparisonView] = {}

    def body(self) -> Iterable[Widget]:
        """The table."""
        yield FilterLine()
        yield Table(_COLUMNS, self._cells, empty="no comparison yet: 2 sets one up", id="comparisons")

    def on_mount(self) -> None:
        """The table has the focus."""
        self.query_one("#comparisons").focus()

    def resumed(self) -> None:
        """Show what is new."""
        self.refreshed()

    def refreshed(self) -> None:
        """Newest first."""
        self._comparisons = {c.id: c for c in self.snapshot.comparisons}
        line = self.query_one(FilterLine)
        rows = [
            Line(c.id)
            for c in reversed(self.snapshot.comparisons)
            if line.lets_pass(c.id, c.name, c.status, c.spec.dataset, c.spec.model)
        ]
        empty = "no comparison holds these words" if line.words else "no comparison yet: 2 sets one up"
        self.query_one("#comparisons", Table).show(rows, empty)

    def action_filter(self) -> None:
        """Type words that comparisons must hold."""
        self.query_one(FilterLine).open()

    def action_back(self) -> None:
        """Take the filter away."""
        self.query_one(FilterLine).close()
        self.query_one("#comparisons").focus()

    def on_filter_line_filtered(self) -> None:
        """Show the comparisons that hold the words."""
        self.refreshed()

    def on_input_submitted(self) -> None:
        """Keep the words and go back to the comparisons."""
        self.query_one("#comparisons").focus()

    @property
    def comparison(self) -> ComparisonView | None:
        """The comparison under the cursor."""
        key = self.query_one("#comparisons", Table).key
        return self._comparisons.get(key) if key is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here now."""
        comparison = self.comparison if self.is_mounted else None
        if action == "back":
            return self.is_mounted and self.query_one(FilterLine).display
        if action == "filter":
            return bool(self._comparisons)
        if action == "delete":
            return comparison is not None and comparison.ended
        return comparison is not None

    def on_table_moved(self, message: Table.Moved) -> None:
        """Another comparison allows other things."""
        self.refresh_bindings()

    def on_table_chosen(self, message: Table.Chosen) -> None:
        """A click on the comparison under the cursor opens it."""
        self.action_open()

    def action_open(self) -> None:
        """Open the comparison: its ranking if it has ended, else its runs."""
        comparison = self.comparison
        if comparison is not None:
            self.dashboard.open_comparison(comparison.id)
            self.dashboard.action_mode("ranking" if comparison.ended else "live")

    def action_export(self) -> None:
        """Open the ranking, where `e` writes it."""
        comparison = self.comparison
        if comparison is not None:
            self.dashboard.open_comparison(comparison.id)
            self.dashboard.action_mode("ranking")

    def action_delete(self) -> None:
        """Delete the comparison after a question, off the loop."""
        comparison = self.comparison
        if comparison is None:
            return

        def decide(yes: bool | None) -> None:
            if yes:
                self.dashboard.in_background(partial(self.dashboard.requests.delete, comparison.id))

        runs = sum(comparison.counts.values())
        text = f"Delete comparison {comparison.id}, {clean(comparison.name, 60)}, with its {runs} runs? It cannot be brought back."
        self.app.push_screen(Question(text, "Delete"), decide)

    def _cells(self, key: int) -> tuple[Cell | str, ...]:
        comparison = self._comparisons[key]
        ended = sum(n for status, n in comparison.counts.items() if status.ended)
        mark = "▶ " if key == self.snapshot.open_id else ""
        return (
            str(key), f"{mark}{clean(comparison.name, 80)}", moment(comparison.created_at),
            f"{comparison.spec.dataset} {comparison.spec.model}", f"{ended}/{sum(comparison.counts.values())}",
            Cell(comparison.status, _TONES.get(comparison.status, "dim")),
        )  # fmt: skip
