"""What a comparison amounts to: runs, time, what its seeds can show; the start; and what the checks found."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical

from lrtui.comparison.checks.advice import Advice
from lrtui.comparison.spec import NO_SPLITS, Spec
from lrtui.formats import counted
from lrtui.report.planned import MARKS, difference_sentence, size_sentence, spread_sentence, time_sentence
from lrtui.terminal_text import clean
from lrtui.tui.cells import Cell, Column
from lrtui.tui.compare.ahead import Ahead
from lrtui.tui.draft import Draft
from lrtui.tui.keys import shown_key
from lrtui.tui.widgets.steady import Steady
from lrtui.tui.widgets.table import Table


class Summary(Vertical):
    """The right half of Compare."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._checks: dict[str, Advice] = {}  # by title: the cursor stays with what is being read when others come
        self.table: Table[str] = Table(
            [Column("", 1), Column("", 0)], self._cells, header=False, empty="nothing to advise", id="checks"
        )

    def compose(self) -> ComposeResult:
        """From what it is to what is advised; the start comes before the advice, which never keeps it from starting."""
        yield Steady("", id="amount")
        yield Steady("", id="outlook")
        yield Steady("", id="start")
        yield Steady("", id="check-count")
        yield self.table

    @property
    def current(self) -> Advice | None:
        """The advice under the cursor."""
        return self._checks.get(self.table.key or "")

    def show(self, draft: Draft, spec: Spec | None, ahead: Ahead, wide: bool) -> None:
        """Show a draft, which is a `spec` unless something is wrong with it."""
        self.query_one("#amount", Steady).show(_amount(draft, spec, wide))
        self.query_one("#outlook", Steady).show(_outlook(ahead, wide) if spec else "")
        checks = ahead.checks if spec else ()
        self._checks = {advice.title: advice for advice in checks}
        self.query_one("#check-count", Steady).show(_count(checks, ahead) if spec else "")
        self.table.display = bool(checks)
        self.table.show([*self._checks])

    def show_start(self, starting: bool, refused: bool) -> None:
        """Whether the start is on its way, or something is in its way."""
        start = self.query_one("#start", Steady)
        start.show(" starting… " if starting else f" {shown_key('compare.start')}  Start ")
        start.set_class(refused, "refused")

    def _cells(self, title: str) -> tuple[Cell | str, ...]:
        advice = self._checks[title]
        warning = advice.severity == "warning"
        return Cell(MARKS[advice.severity], "warn" if warning else "dim"), clean(advice.title, 200)


def _amount(draft: Draft, spec: Spec | None, wide: bool) -> Text:
    text = Text()
    if draft.preset:
        text.append(f"preset {draft.preset}\n")
    names = ", ".join(clean(choice.label, 60) for choice in draft.picks)
    if wide or spec is None:
        text.append(f"schedules: {names or 'none picked yet'}")
    if spec is None:
        return text
    text.append(f"\n{size_sentence(spec)}" if wide else size_sentence(spec), "bold")
    text.append(f"\n{_budget(spec)}")
    if wide and spec.splits != NO_SPLITS:
        train, validate, select = spec.splits
        text.append(f"; {train} images train, {validate} validate, {select} select the base LR")
    return text


def _budget(spec: Spec) -> str:
    if spec.steps is not None:
        return f"{counted(spec.steps, 'step')}, {counted(spec.epochs, 'evaluation')}"
    epochs = counted(spec.epochs, "epoch")
    return f"{epochs} of {counted(spec.steps_per_epoch, 'step')}" if spec.resolved else epochs


def _outlook(ahead: Ahead, wide: bool) -> Text:
    plan = ahead.plan
    if plan is None:
        return Text(f"no time known: {clean(ahead.trouble, 200)}" if ahead.trouble else "time: …")
    lines = [time_sentence(plan), difference_sentence(plan)]
    if wide and plan.detectable is not None:
        lines.append(spread_sentence(plan))
    return Text("\n".join(lines))


def _count(checks: Sequence[Advice], ahead: Ahead) -> str:
    rest = "" if ahead.complete else f"; not all made: {clean(ahead.unchecked, 200)}" if ahead.unchecked else " …"
    if not checks:
        return "checks: nothing to advise" if ahead.complete else f"checks:{rest.removeprefix(';')}"
    warnings = sum(advice.severity == "warning" for advice in checks)
    notes = len(checks) - warnings
    counts = [counted(n, noun) for n, noun in ((warnings, "warning"), (notes, "note")) if n]
    reach = f" ({shown_key('focus.next')})" if len(checks) > 1 else ""
    return f"checks{reach}: {', '.join(counts)}{rest}"
