"""Ranking: the sentence on top, every schedule with its interval, and what was left out."""

from collections.abc import Iterable
from functools import partial

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from lrtui.domain.ranking import Outcome, Ranking, RankRow
from lrtui.domain.snapshot import RunView
from lrtui.domain.terminal_text import clean
from lrtui.tui.evidence import Section
from lrtui.tui.figures import duration, percent, points, rate
from lrtui.tui.keys import bindings
from lrtui.tui.messages import EvidenceReady, RankingReady
from lrtui.tui.screens.mode import ModeScreen
from lrtui.tui.widgets.table import Cell, Column, Line, Table

_NARROW = (
    Column("#", 3, "right"), Column("lead", 4), Column("scheduler", 0, most=40), Column("base LR", 7, "right"),
    Column("test %", 6, "right"), Column("95 % interval", 13), Column("to best", 7, "right"), Column("p", 6, "right"),
)  # fmt: skip
_WIDE = (
    *_NARROW,
    Column("interval drawn", 32),
    Column("to best, interval", 17), Column("n", 4, "right"), Column("best ep", 7, "right"),
    Column("last %", 6, "right"), Column("diverged", 8, "right"), Column("time", 8, "right"),
)  # fmt: skip
BAR = 32


class RankingScreen(ModeScreen):
    """Who leads, and how sure that is."""

    mode = "ranking"
    BINDINGS = bindings("ranking")

    def __init__(self) -> None:
        super().__init__()
        self._outcomes: tuple[object, ...] = ()
        self._ranking: Ranking | None = None
        self._rows: dict[str, RankRow] = {}
        self._range = (0.0, 1.0)
        self._computing = False
        self._failed = False
        self._sections: tuple[Section, ...] = ()
        self._first = 0

    def body(self) -> Iterable[Widget]:
        """The verdict, the table, the notes."""
        yield Static("", id="verdict")
        yield Table(_NARROW, self._cells, empty="nothing to rank yet", id="ranks")
        with VerticalScroll(id="notes"):
            yield Static("", id="note-lines")

    def on_mount(self) -> None:
        """The table has the focus."""
        self.query_one("#ranks").focus()

    def on_resize(self) -> None:
        """More columns where there is room."""
        self.query_one("#ranks", Table).set_columns(_WIDE if self.size.width >= 150 else _NARROW)

    def resumed(self) -> None:
        """Rank what ended meanwhile, and what could not be ranked before."""
        if self._failed:
            self._outcomes, self._failed = (), False
        self.refreshed()

    def refreshed(self) -> None:
        """Rank again, off the loop, when an outcome is another one."""
        comparison = self.snapshot.open
        if comparison is None:
            self._outcomes, self._ranking = (), None
            self._show("no comparison is open: 2 sets one up, 5 lists those there are")
            return
        outcomes: tuple[object, ...] = (
            comparison.id,
            comparison.to_come,
            *(_outcome(run) for run in self.snapshot.runs),
        )
        if outcomes != self._outcomes and not self._computing:
            self._outcomes, self._computing = outcomes, True
            width = max(16, min(60, self.size.width - 40))
            self.run_worker(partial(self._compute, comparison.id, width), thread=True, group="rank", description="rank")

    def _compute(self, comparison_id: int, width: int) -> None:
        """First the ranking, which is fast, then the evidence behind it; both in the ranking process."""
        requests = self.dashboard.requests
        try:
            self.post_message(RankingReady(comparison_id, requests.ranking(comparison_id)))
            self.post_message(EvidenceReady(comparison_id, requests.evidence(comparison_id, width)))
        except Exception as error:  # a mistake in the arithmetic must not end the dashboard
            self.call_later(self._fail, f"no ranking: {error}")
        finally:
            self.call_later(self._computed)

    def _fail(self, sentence: str) -> None:
        """Say it; another try is made when an outcome is another one, or the screen is shown again."""
        self._failed = True
        self.dashboard.say(sentence, True)

    def _computed(self) -> None:
        """Rank again if something ended, or another comparison was opened, meanwhile."""
        self._computing = False
        self.refreshed()

    def on_evidence_ready(self, message: EvidenceReady) -> None:
        """Show what stands behind the ranking."""
        comparison = self.snapshot.open
        if comparison is not None and message.comparison_id == comparison.id:
            self._sections = message.sections
            self._show_sections()
            self.refresh_bindings()

    def on_ranking_ready(self, message: RankingReady) -> None:
        """Show the ranking, if it is still of the open comparison."""
        comparison = self.snapshot.open
        if comparison is None or message.comparison_id != comparison.id:
            return
        ranking = self._ranking = message.ranking
        self._rows = {row.scheduler: row for row in ranking.rows}
        ends = [v for row in ranking.rows for v in (row.ci_low, row.ci_high, row.test_acc) if v is not None]
        self._range = (min(ends, default=0.0), max(ends, default=1.0))
        mark = "PROVISIONAL  " if ranking.provisional else ""
        self._show(f"{mark}{clean(ranking.verdict, 600)}")
        self.refresh_bindings()

    def _show_sections(self) -> None:
        """From the chosen one on, in a circle."""
        ordered = self._sections[self._first :] + self._sections[: self._first]
        text = Text()
        for number, section in enumerate(ordered):
            text.append("\n" if number else "")
            text.append(f"{section.title}\n", "bold")
            text.append(f"{section.text}\n")
        self.query_one("#note-lines", Static).update(text)
        self.query_one("#notes").scroll_home(animate=False)

    def action_section(self) -> None:
        """Bring the next part of the evidence to the top."""
        self._first = (self._first + 1) % max(1, len(self._sections))
        self._show_sections()

    def _show(self, verdict: str) -> None:
        self.query_one("#verdict", Static).update(Text(verdict))
        rows = self._ranking.rows if self._ranking is not None else ()
        table = self.query_one("#ranks", Table)
        table.show([Line(row.scheduler) for row in rows])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here now."""
        if action == "section":
            return len(self._sections) > 1
        if action == "export":
            return self._ranking is not None and self.snapshot.open is not None
        return True

    def action_export(self) -> None:
        """Write the ranking to files beside the database, off the loop; their paths are shown."""
        comparison = self.snapshot.open
        if comparison is None or self._ranking is None:
            return

        def write() -> str:
            paths = self.dashboard.requests.export(comparison.id, self.dashboard.preferences.language)
            return "written: " + ", ".join(str(path) for path in paths)

        self.dashboard.in_background(write)

    def _cells(self, key: str) -> tuple[Cell | str, ...]:
        row = self._rows[key]
        interval = "–" if row.ci_low is None else f"{percent(row.ci_low)}–{percent(row.ci_high)}"
        delta = "–" if row.delta_low is None else f"{points(row.delta_low)} … {points(row.delta_high)}"
        return (
            str(row.rank), Cell("  ●" if row.leads else "", "good"), Cell(clean(row.scheduler, 60), "strong" if row.leads else ""),
            rate(row.base_lr), Cell(percent(row.test_acc), "strong"), interval,
            points(row.delta_to_best) if row.rank > 1 else "best", "–" if row.p_mcs is None else f"{row.p_mcs:.3f}",
            self._drawn(row), delta, str(row.n), "–" if row.best_epoch is None else f"{row.best_epoch:.0f}",
            percent(row.test_acc_last), Cell(str(row.diverged), "bad") if row.diverged else "0", duration(row.seconds),
        )  # fmt: skip

    def _drawn(self, row: RankRow) -> str:
        """The interval as ├──●──┤ on the scale of the whole table."""
        low, high = self._range
        span = high - low or 1.0

        def place(value: float) -> int:
            return max(0, min(BAR - 1, round((value - low) / span * (BAR - 1))))

        cells = [" "] * BAR
        if row.ci_low is not None and row.ci_high is not None:
            left, right = place(row.ci_low), place(row.ci_high)
            cells[left : right + 1] = "─" * (right - left + 1)
            cells[left], cells[right] = "├", "┤"
        cells[place(row.test_acc)] = "●"
        return "".join(cells)


def _outcome(run: RunView) -> Outcome | tuple[str, float, int]:
    """What the ranking depends on: a run that has not ended is like any other that has not."""
    return run.outcome(0.0) if run.status.ended else (run.scheduler, run.base_lr, run.seed)
