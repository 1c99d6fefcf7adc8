"""Two comparisons side by side: verdicts, the scores of the schedulers that they share, and what differs."""

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from lrtui.analysis.result import RankRow
from lrtui.errors import sentence_of
from lrtui.formats import difference, heading, rate, score
from lrtui.tasks.info import Metric
from lrtui.terminal_text import clean
from lrtui.tui.dialogs.modal import Modal
from lrtui.tui.history.side_by_side import Side, apart, only_in, shared
from lrtui.tui.requests import Requests

_CAUTION = "Seeds and settings may differ: the difference of the means is shown, and not tested."


class _SidesReady(Message):
    """Both rankings, computed off the loop, or why there are none."""

    def __init__(self, sides: tuple[Side, ...], trouble: str = "") -> None:
        super().__init__()
        self.sides, self.trouble = sides, trouble


class BesideScreen(Modal[None]):
    """Compares two comparisons as they stand when it opens.

    Args:
        requests: where they are read.
        left: the id of one.
        right: the id of the other.
    """

    BOX = "#reading"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,b,enter", "dismiss", "close")]

    def __init__(self, requests: Requests, left: int, right: int) -> None:
        super().__init__()
        self._requests, self._ids = requests, (left, right)

    def compose(self) -> ComposeResult:
        """The text, scrolling where it is longer than the screen."""
        with VerticalScroll(id="reading"):
            yield Static(f" comparing {self._ids[0]} and {self._ids[1]}…", id="heads")
            yield Static("", id="shared")
            yield Static("", id="apart")

    def on_mount(self) -> None:
        """Rank both off the loop."""
        self.run_worker(self._read, thread=True, group="beside", description="two comparisons")

    def _read(self) -> None:
        try:
            sides = (self._requests.ranked(comparison_id) for comparison_id in self._ids)
            message = _SidesReady(tuple(Side(*found) for found in sides if found is not None))
        except Exception as error:  # a mistake in the arithmetic must not end the dashboard
            message = _SidesReady((), sentence_of(error))
        self.post_message(message)

    def on__sides_ready(self, message: _SidesReady) -> None:
        """Show them, or say why there is nothing to show."""
        if len(message.sides) < 2:
            trouble = f"nothing to compare: {message.trouble}" if message.trouble else "one of the two is gone"
            self.query_one("#heads", Static).update(Text(f"{clean(trouble, 400)}\n\nesc closes this"))
            return
        left, right = message.sides
        self.query_one("#heads", Static).update(_heads(left, right))
        self.query_one("#shared", Static).update(_scores(left, right))
        self.query_one("#apart", Static).update(_differences(left, right))


def _heads(*sides: Side) -> Text:
    text = Text()
    for side in sides:
        mark = "PROVISIONAL  " if side.ranking.provisional else ""
        text.append(f"{side.comparison.id} {clean(side.comparison.name, 60)}\n", "bold")
        text.append(f"  {mark}{clean(side.ranking.verdict, 400)}\n")
    return text


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="underline", expand=False)
    for title in titles:
        table.add_column(title, overflow="fold", justify="left")
    return table


def _scores(left: Side, right: Side) -> Table | Text:
    a, b = left.comparison.id, right.comparison.id
    rows = shared(left.ranking, right.ranking)
    if not rows:
        return Text("they rank no scheduler in common\n")
    ours_in, theirs_in = left.comparison.spec.metric, right.comparison.spec.metric
    same = (ours_in.name, ours_in.unit) == (theirs_in.name, theirs_in.unit)
    titles = (f"{side.comparison.id}: {_title(side)}" for side in (left, right))
    table = _table("scheduler", next(titles), "at LR", next(titles), "at LR", f"{b} − {a}")
    for ours, theirs in rows:
        table.add_row(
            Text(clean(ours.label, 40)), _score(ours, ours_in), rate(ours.base_lr), _score(theirs, theirs_in),
            rate(theirs.base_lr), difference(theirs.score - ours.score, ours_in) if same else "not in one unit",
        )  # fmt: skip
    return table


def _title(side: Side) -> str:
    """What the scores of a side are."""
    spec = side.comparison.spec
    return f"{spec.ranked_split} {'%' if spec.metric.is_accuracy else clean(heading(spec.metric))}"


def _score(row: RankRow, metric: Metric) -> str:
    return f"{score(row.score, metric)}{' ●' if row.leads else ''}"


def _differences(left: Side, right: Side) -> Table:
    table = Table.grid()
    lines = Text(f"\n● in the leading group. {_CAUTION}\n\n")
    for side, other in ((left, right), (right, left)):
        names = only_in(side.ranking, other.ranking)
        if names:
            lines.append(f"only in {side.comparison.id}: {', '.join(clean(name, 40) for name in names)}\n")
    table.add_row(lines)
    differences = apart(left.comparison, right.comparison)
    if differences:
        shown = _table("what differs", str(left.comparison.id), str(right.comparison.id))
        for one in differences:
            shown.add_row(*(Text(clean(text, 120)) for text in (one.name, one.left, one.right)))
        table.add_row(shown)
    else:
        table.add_row(Text("their settings are the same"))
    table.add_row(Text("\nesc closes this"))
    return table
