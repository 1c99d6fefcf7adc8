"""History: every comparison in the database."""

from collections.abc import Callable, Iterable
from functools import partial

from rich.text import Text
from textual.widget import Widget

from lrtui.comparison.settings import setting
from lrtui.comparison.snapshot import ComparisonView
from lrtui.formats import counted
from lrtui.terminal_text import clean
from lrtui.tui.cells import Cell
from lrtui.tui.dialogs.prompt import Prompt
from lrtui.tui.dialogs.question import Question
from lrtui.tui.history.about import about, cells, columns, whole_number
from lrtui.tui.history.verdicts import NONE, Due, Verdicts, no_verdict, verdict_of
from lrtui.tui.keys import bindings
from lrtui.tui.messages import VerdictReady
from lrtui.tui.mode import ModeScreen
from lrtui.tui.widgets.filter_line import FilterLine
from lrtui.tui.widgets.steady import Steady
from lrtui.tui.widgets.table import Table


class HistoryScreen(ModeScreen):
    """Look back, open, name, note, repeat, put side by side, delete."""

    mode = "history"
    BINDINGS = bindings("history")

    def __init__(self) -> None:
        super().__init__()
        self._comparisons: dict[int, ComparisonView] = {}
        self._verdicts = Verdicts()
        self._ranking = False
        self._said: set[str] = set()
        self._marked: tuple[int, ...] = ()
        self._columns = columns(0, ())

    def body(self) -> Iterable[Widget]:
        """The table over what is known of the comparison under the cursor."""
        yield FilterLine("#comparisons")
        yield Table(self._columns, self._cells, empty="no comparison yet: 2 sets one up", id="comparisons")
        yield Steady("", id="about")

    def on_mount(self) -> None:
        """Rows that are scrolled into sight have verdicts too."""
        self.watch(self.query_one("#comparisons"), "scroll_y", self._ask_verdicts, init=False)

    def on_resize(self) -> None:
        """More columns and rows where there is room."""
        self._show_columns()
        self.call_after_refresh(self._ask_verdicts)

    def _show_columns(self) -> None:
        self._columns = columns(self.size.width, self.snapshot.comparisons)
        self.query_one("#comparisons", Table).set_columns(self._columns)

    def resumed(self) -> None:
        """Try what could not be ranked before, as Ranking does."""
        self._verdicts.try_again()
        self.refreshed()

    def refreshed(self) -> None:
        """Newest first."""
        self._comparisons = {c.id: c for c in self.snapshot.comparisons}
        self._marked = tuple(key for key in self._marked if key in self._comparisons)
        line = self.query_one(FilterLine)
        rows = [
            c.id
            for c in reversed(self.snapshot.comparisons)
            if line.lets_pass(c.id, c.name, c.status, c.spec.dataset, c.spec.model, c.note)
        ]
        self._show_columns()
        empty = "no comparison holds these words" if line.words else "no comparison yet: 2 sets one up"
        self.query_one("#comparisons", Table).show(rows, empty)
        self._show_about()
        self._ask_verdicts()

    def action_filter(self) -> None:
        """Type words that comparisons must hold."""
        self.query_one(FilterLine).open()

    def action_back(self) -> None:
        """Take the filter away."""
        self.query_one(FilterLine).close()

    def on_filter_line_filtered(self) -> None:
        """Show the comparisons that hold the words."""
        self.refreshed()

    @property
    def comparison(self) -> ComparisonView | None:
        """The comparison under the cursor."""
        key = self.query_one("#comparisons", Table).key
        return self._comparisons.get(key) if key is not None else None

    @property
    def pair(self) -> tuple[int, int] | None:
        """What stands side by side: the two marked ones, or the marked one and the one under the cursor."""
        here = self.comparison
        ids = self._marked if len(self._marked) > 1 or here is None else (*self._marked, here.id)
        return (ids[0], ids[1]) if len(set(ids)) == 2 else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here now."""
        comparison = self.comparison if self.is_mounted else None
        if action == "back":
            return self.is_mounted and self.query_one(FilterLine).display
        if action == "filter":
            return bool(self._comparisons)
        if action == "delete":
            return comparison is not None and comparison.ended
        if action == "beside":
            return self.is_mounted and self.pair is not None
        return comparison is not None

    def on_table_moved(self, message: Table.Moved) -> None:
        """Another comparison allows other things."""
        self._show_about()
        self._ask_verdicts()
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
        if comparison is not None:
            text = (
                f"Delete {_named(comparison)}, with its {counted(comparison.size, 'run')}? It cannot be brought back."
            )
            self._ask(text, "Delete", partial(self.dashboard.requests.delete, comparison.id))

    def _ask(self, text: str, yes: str, work: Callable[[], str]) -> None:
        def decide(answer: bool | None) -> None:
            if answer:
                self.dashboard.in_background(work)

        self.app.push_screen(Question(text, yes), decide)

    def _prompt(
        self, text: str, value: str, yes: str, check: Callable[[str], object], work: Callable[[str], str]
    ) -> None:
        def decide(answer: str | None) -> None:
            if answer is not None:
                self.dashboard.in_background(partial(work, answer))

        self.app.push_screen(Prompt(text, value, yes, check), decide)

    def action_rename(self) -> None:
        """Ask for another name and give it."""
        comparison = self.comparison
        if comparison is not None:
            work = partial(self.dashboard.requests.rename, comparison.id)
            self._prompt(
                f"What is comparison {comparison.id} to be called?", clean(comparison.name), "Rename",
                setting("name").parse, work,
            )  # fmt: skip

    def action_note(self) -> None:
        """Ask for a note and keep it; an empty one takes the old one away."""
        comparison = self.comparison
        if comparison is not None:
            work = partial(self.dashboard.requests.annotate, comparison.id)
            self._prompt(f"Note about {_named(comparison)}", clean(comparison.note, 2000), "Keep", str, work)

    def action_repeat(self) -> None:
        """Train the same comparison once more after a question, and show it."""
        comparison = self.comparison
        if comparison is not None:
            text = f"Train {_named(comparison)} once more, {counted(comparison.spec.size, 'run')}, as a comparison of its own?"
            self._ask(text, "Repeat", partial(self._repeat, comparison.id))

    def action_more_seeds(self) -> None:
        """Ask how many seeds, train the comparison once more with them, and show it."""
        comparison = self.comparison
        if comparison is not None:
            n = len(comparison.spec.seeds)
            self._prompt(
                f"Train {_named(comparison)} once more, as a comparison of its own. It has {counted(n, 'seed')}. With how many, from 0 on?",
                str(max(6, 2 * n)), "Train", lambda text: setting("seeds").check("seeds", whole_number(text)),
                lambda text: self._repeat(comparison.id, whole_number(text)),
            )  # fmt: skip

    def _repeat(self, comparison_id: int, seeds: int | None = None) -> str:
        """Off the loop."""
        self.app.call_from_thread(self.show_queued, self.dashboard.requests.repeat(comparison_id, seeds))
        return ""

    def action_mark(self) -> None:
        """Mark the comparison, or take its mark away; a third mark takes the first one's place."""
        comparison = self.comparison
        if comparison is not None:
            kept = tuple(key for key in self._marked if key != comparison.id)
            self._marked = kept if len(kept) < len(self._marked) else (*kept, comparison.id)[-2:]
            self.query_one("#comparisons", Table).update_lines()
            self.refresh_bindings()

    def action_beside(self) -> None:
        """Show two comparisons side by side."""
        from lrtui.tui.history.side_by_side_screen import BesideScreen

        if self.pair is not None:
            self.app.push_screen(BesideScreen(self.dashboard.requests, *self.pair))

    def _show_about(self) -> None:
        comparison = self.comparison
        text = Text("") if comparison is None else about(comparison, self._verdicts.of(comparison))
        self.query_one("#about", Steady).show(text)

    def _ask_verdicts(self) -> None:
        """Have the verdicts in sight computed, as far as they are not known."""
        keys = self.query_one("#comparisons", Table).in_sight
        self._verdicts.ask(self._comparisons[key] for key in keys if key in self._comparisons)
        self._rank_due()

    def _rank_due(self) -> None:
        """Compute the verdicts that were asked for, off the loop; one batch at a time."""
        due = () if self._ranking else self._verdicts.take_due()
        if due:
            self._ranking = True
            self.run_worker(partial(self._rank, due), thread=True, group="verdicts", description="verdicts")

    def _rank(self, due: tuple[Due, ...]) -> None:
        for one in due:
            try:
                found = self.dashboard.requests.ranked(one.comparison_id)
                verdict = verdict_of(found[1]) if found is not None else NONE
            except Exception as error:  # one that cannot be ranked ends neither the dashboard nor the others' verdicts
                verdict = no_verdict(error)
            self.post_message(VerdictReady(one, verdict))
        self.call_later(self._ranked)

    def _ranked(self) -> None:
        self._ranking = False
        self._rank_due()

    def on_verdict_ready(self, message: VerdictReady) -> None:
        """Show it where the comparison is on the screen; say the first time why there is none."""
        self._verdicts.learn(message.due, message.verdict)
        if message.verdict.failed and message.verdict.sentence not in self._said:
            self._said.add(message.verdict.sentence)
            self.dashboard.say(f"comparison {message.due.comparison_id} has {message.verdict.sentence}", True)
        self.query_one("#comparisons", Table).update_lines()
        self._show_about()

    def _cells(self, key: int) -> tuple[Cell | str, ...]:
        comparison = self._comparisons[key]
        verdict = self._verdicts.of(comparison)
        return cells(
            self._columns, comparison, verdict, is_open=key == self.snapshot.open_id, marked=key in self._marked
        )


def _named(comparison: ComparisonView) -> str:
    return f"comparison {comparison.id}, {clean(comparison.name, 60)}"
