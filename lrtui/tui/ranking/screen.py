"""Ranking: the sentence on top, every schedule with its interval, and what stands behind them, part by part."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.widget import Widget

from lrtui.analysis.result import Ranking
from lrtui.comparison.snapshot import RunView
from lrtui.errors import sentence_of
from lrtui.formats import counted
from lrtui.tasks.info import ACCURACY, Metric
from lrtui.terminal_text import clean
from lrtui.tui.cells import Cell
from lrtui.tui.charts.pages import Pages
from lrtui.tui.charts.series import LATE, QUANTITIES, titles
from lrtui.tui.cycles import following
from lrtui.tui.keys import bindings
from lrtui.tui.messages import EvidenceReady, RankingReady
from lrtui.tui.mode import ModeScreen
from lrtui.tui.ranking.evidence import CURVES, Evidence
from lrtui.tui.ranking.part_line import PartLine
from lrtui.tui.ranking.part_panel import PartPanel
from lrtui.tui.ranking.rank_rows import RankRows, columns
from lrtui.tui.widgets.steady import Steady
from lrtui.tui.widgets.table import Table

if TYPE_CHECKING:
    from lrtui.report.write import Written

TABLE = "table"
_AROUND = 6  # lines of the screen beside table and part: modes, verdict, method, names of the parts, keys
_LOWEST_PART = 12  # lines; where there would be fewer, the table gives way to the part
_TABLE_SHARE = 0.45  # of the screen's height at most, as in the style sheet


class RankingScreen(ModeScreen):
    """Who leads, how sure that is, and why."""

    mode = "ranking"
    BINDINGS = bindings("ranking")

    def __init__(self) -> None:
        super().__init__()
        self._of: int | None = None
        self._outcomes: tuple[object, ...] = ()
        self._ranking: Ranking | None = None
        self._rows = RankRows()
        self._computing = False
        self._failed = False
        self._evidence = Evidence()
        self._chosen = ""

    def body(self) -> Iterable[Widget]:
        """The verdict, the table with its method, the parts of the evidence, what was written last."""
        yield Steady("", id="verdict")
        yield Table(columns(0), self._cells, empty="nothing to rank yet", id="ranks")
        yield Steady("", id="method")
        yield PartLine("ranking.part", id="parts")
        yield PartPanel()
        yield Steady("", id="written")

    def on_mount(self) -> None:
        """The table has the focus."""
        self.query_one("#ranks").focus()
        self._show_part()

    def on_resize(self) -> None:
        """More columns, and table and part together, where there is room."""
        self.query_one("#ranks", Table).set_columns(columns(self.size.width, *self._scale))
        self._show_part()

    def resumed(self) -> None:
        """Rank what ended meanwhile, and what could not be ranked before."""
        if self._failed:
            self._outcomes, self._failed = (), False
        self._show_written("")
        self.refreshed()

    def refreshed(self) -> None:
        """Rank again, off the loop, when an outcome is another one."""
        comparison = self.snapshot.open
        if comparison is None:
            self._outcomes = ()
            self._forget(None, "no comparison is open: 2 sets one up, 5 lists those there are")
            return
        if comparison.id != self._of:
            self._forget(comparison.id, "ranking…")
        if not self.snapshot.runs:
            return  # it is being opened
        outcomes: tuple[object, ...] = (
            comparison.id,
            comparison.to_come,
            *(_outcome(run) for run in self.snapshot.runs),
        )
        if outcomes != self._outcomes and not self._computing:
            self._outcomes, self._computing = outcomes, True
            self.run_worker(partial(self._compute, comparison.id), thread=True, group="rank", description="rank")

    def _forget(self, comparison_id: int | None, words: str) -> None:
        """Another comparison is open: what is shown is not about it."""
        self._of, self._ranking, self._evidence = comparison_id, None, Evidence()
        self._show(words)
        self._show_part()

    def _compute(self, comparison_id: int) -> None:
        """First the ranking, which is fast, then the evidence behind it; both in the ranking process."""
        requests = self.dashboard.requests
        try:
            self.post_message(RankingReady(comparison_id, requests.ranking(comparison_id)))
            self.post_message(EvidenceReady(comparison_id, requests.evidence(comparison_id)))
        except Exception as error:  # a mistake in the arithmetic must not end the dashboard
            self.call_later(self._fail, f"no ranking: {sentence_of(error)}")
        finally:
            self.call_later(self._computed)

    def _fail(self, sentence: str) -> None:
        """Say it; another try is made when an outcome is another one, or the screen is shown again."""
        self._failed = True
        self.dashboard.say(sentence, True)
        self._show_method()
        if self._ranking is None:
            self._show(clean(sentence, 600))

    def _computed(self) -> None:
        """Rank again if something ended, or another comparison was opened, meanwhile."""
        self._computing = False
        self.refreshed()

    def on_ranking_ready(self, message: RankingReady) -> None:
        """Show the ranking, if it is still of the open comparison."""
        comparison = self.snapshot.open
        if comparison is None or message.comparison_id != comparison.id:
            return
        ranking = self._ranking = message.ranking
        ended = f"PROVISIONAL, {comparison.ended_runs} of {comparison.size} runs ended: "
        mark = ended if ranking.provisional else ""
        self._show(f"{mark}{clean(ranking.verdict, 600)}")
        self._show_part()

    def on_evidence_ready(self, message: EvidenceReady) -> None:
        """Show what stands behind the ranking."""
        if message.comparison_id == self.snapshot.open_id:
            self._evidence = message.evidence
            self._show_method()
            self._show_part()

    def _show(self, verdict: str) -> None:
        rows = self._ranking.rows if self._ranking is not None else ()
        self.query_one("#verdict", Steady).show(verdict)
        self._show_method()
        self._rows = RankRows(rows, *self._scale)
        self.query_one("#ranks", Table).set_columns(columns(self.size.width, *self._scale))
        self.query_one("#ranks", Table).show([row.label for row in rows])

    def _show_method(self) -> None:
        """How sure it is computed; and that more is to come while it is."""
        method = ""
        if self._ranking is not None and self._ranking.rows:
            coming = "" if self._evidence.parts or self._failed else "; reasons and charts follow…"
            method = f"p: {clean(self._ranking.method, 400)}{coming}"
        self.query_one("#method", Steady).show(method)

    @property
    def _scale(self) -> tuple[Metric, str]:
        """What the open comparison is ranked by, and on which split."""
        comparison = self.snapshot.open
        return (ACCURACY, "test") if comparison is None else (comparison.spec.metric, comparison.spec.ranked_split)

    def _cells(self, label: str) -> tuple[Cell | str, ...]:
        return self._rows.cells(label, self.size.width)

    @property
    def _parts(self) -> list[str]:
        """The names of what can be shown; the table is one of them where there is no room for it and a part."""
        rows = len(self._ranking.rows) if self._ranking is not None else 0
        height = self.size.height
        low = height - _AROUND - min(rows + 1, int(_TABLE_SHARE * height)) < _LOWEST_PART
        names = [part.name for part in self._evidence.parts]
        return [TABLE, *names] if low else names

    @property
    def _current(self) -> str:
        """The part that was chosen, or the first one."""
        names = self._parts
        return self._chosen if self._chosen in names else next(iter(names), TABLE)

    def _show_part(self) -> None:
        """Show the part, with the table or instead of it."""
        names, current = self._parts, self._current
        self.query_one("#parts", PartLine).show(names, current)
        self.query_one("#parts").display = len(names) > 1
        with_table = TABLE not in names or current == TABLE
        self.query_one("#ranks").display = self.query_one("#method").display = with_table
        self.set_class(current == TABLE, "-table-alone")
        self._place_names(TABLE in names)
        panel = self.query_one(PartPanel)
        panel.display = current != TABLE
        panel.show(self._evidence, current, self._over_seeds, titles(self._scale[0])["score"])
        if TABLE in names or self.focused is None or not self.focused.display:
            self.query_one("#ranks" if with_table else "#part").focus()
        self.call_after_refresh(self.refresh_bindings)  # what can be scrolled is known then

    def _place_names(self, on_top: bool) -> None:
        """The names of the parts are above what they name: the part, or table and part in turn."""
        line, table = self.query_one("#parts"), self.query_one("#ranks")
        above = self.children.index(line) < self.children.index(table)
        if on_top and not above:
            self.move_child(line, before=table)
        elif above and not on_top:
            self.move_child(line, after=self.query_one("#method"))

    @property
    def _over_seeds(self) -> str:
        n = len(self._ranking.seeds) if self._ranking is not None else 0
        return f"mean of {counted(n, 'seed')}"

    def _choose(self, name: str) -> None:
        self._chosen = name
        self._show_part()
        self.query_one(PartPanel).to_top()

    def on_part_line_chosen(self, message: PartLine.Chosen) -> None:
        """Show the part whose name was clicked."""
        self._choose(message.name)

    def on_table_chosen(self) -> None:
        """A click on the row under the cursor is like the key."""
        self.action_about()

    def action_part(self, by: int) -> None:
        """Show the next part, or the one before."""
        self._choose(following(self._current, self._parts, by))

    def action_scroll_part(self, by: int) -> None:
        """Scroll the part while the table keeps the focus."""
        self.query_one(PartPanel).page(by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done here now."""
        ranked = self._ranking is not None and bool(self._ranking.rows) and self.snapshot.open is not None
        if not self.is_mounted or action not in ("part", "scroll_part", "about", "zoom", "copy", "export"):
            return True
        if action == "part":
            return len(self._parts) > 1
        if action == "scroll_part":
            return self.query_one("#ranks").display and self.query_one(PartPanel).longer
        if action == "about":
            return ranked and self.query_one("#ranks").display
        if action == "zoom":
            return self._current == CURVES
        return ranked if action == "copy" else self._ranking is not None and self.snapshot.open is not None

    def action_about(self) -> None:
        """Show the schedule under the cursor in detail."""
        from lrtui.tui.ranking.schedule_details_screen import AboutScheduleScreen

        label, comparison_id = self.query_one("#ranks", Table).key, self.snapshot.open_id
        if label is not None and comparison_id is not None:
            self.app.push_screen(AboutScheduleScreen(self.dashboard.requests, comparison_id, label))

    def action_zoom(self) -> None:
        """Show the curves of the leaders on the whole screen."""
        from lrtui.tui.dialogs.zoom import ZoomScreen

        named = titles(self._scale[0])
        charts = {named[quantity]: series for quantity, series in self._evidence.leaders.items()}
        pages = Pages(charts, f"the leading group, {self._over_seeds}")
        late = frozenset(named[quantity] for quantity in LATE)
        self.app.push_screen(ZoomScreen(pages, named[QUANTITIES[0]], late=late))

    def action_copy(self) -> None:
        """Copy verdict and table as Markdown."""
        comparison_id = self.snapshot.open_id
        if comparison_id is None:
            return
        language = self.dashboard.preferences.language

        def read() -> str:
            text = self.dashboard.requests.summary(comparison_id, language)
            self.call_later(self.dashboard.copy, text, "verdict and table as Markdown")
            return ""

        self.dashboard.in_background(read)

    def action_export(self) -> None:
        """Write the report to files, off the loop; where they are stays on the screen."""
        comparison_id = self.snapshot.open_id
        if comparison_id is None or self._ranking is None:
            return
        work = partial(self._export, comparison_id, self.dashboard.preferences.language)
        self.run_worker(work, thread=True, group="export", description="export")

    def _export(self, comparison_id: int, language: str) -> None:
        try:
            written = self.dashboard.requests.export(comparison_id, language)
        except Exception as error:  # a full disk, a folder that may not be written: to be told
            self.call_later(self.dashboard.say, sentence_of(error), True)
        else:
            self.call_later(self._show_written, _written_sentence(written))

    def _show_written(self, text: str) -> None:
        """Say where the files are until the screen is left, or say nothing."""
        line = self.query_one("#written", Steady)
        line.show(clean(text, 4_000))
        line.display = bool(text)


def _written_sentence(written: Sequence["Written"]) -> str:
    """Which files, where, and where those are that stood there before."""
    folders = ", ".join(sorted({str(one.path.parent) for one in written}))
    names = ", ".join(one.path.name for one in written)
    kept = ", ".join(one.kept.name for one in written if one.kept is not None)
    again = " again" if all(one.again for one in written) else ""
    sentence = f"written{again}: {names}, all in {folders}"
    return f"{sentence}; what this dashboard had not written is kept: {kept}" if kept else sentence


def _outcome(run: RunView) -> RunView | tuple[str, float, int]:
    """What the ranking depends on: a run that has not ended is like any other that has not."""
    return run if run.status.ended else (run.label, run.base_lr, run.seed)
