"""One chart on the whole screen, with a cursor that reads every curve at an epoch."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from lrtui.domain.terminal_text import clean
from lrtui.tui.chart import Chart
from lrtui.tui.keys import bindings
from lrtui.tui.plot import letter
from lrtui.tui.series import Series
from lrtui.tui.widgets.lines import KeyLine

Pages = Mapping[str, tuple[Series, ...]]


class ZoomScreen(ModalScreen[None]):
    """A chart of `pages`, each a title with its curves; `m` turns the page.

    Args:
        pages: the curves by title.
        page: the title to start at.
        log_axis: whether the y axis starts logarithmic.
        smoothing: the weight of what came before, 0 to 1.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings("zoom")

    def __init__(self, pages: Pages, page: str, log_axis: bool = False, smoothing: float = 0.0) -> None:
        super().__init__()
        self._pages = dict(pages)
        self._page = page
        self._log_axis, self._smoothing = log_axis, smoothing
        self._focus: int | None = None

    def compose(self) -> ComposeResult:
        """The chart over the reading over the keys."""
        yield Chart(id="zoomed", empty="no curve yet")
        yield Static("", id="reading-line")
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the page."""
        chart = self.query_one(Chart)
        chart.log_axis, chart.smoothing = self._log_axis, self._smoothing
        self._show()

    def update(self, pages: Pages) -> None:
        """Newer curves. A page whose title is gone gives way to the first."""
        self._pages = dict(pages)
        if self._page not in self._pages:
            self._page = next(iter(self._pages), "")
        if self.is_mounted:
            self._show()

    @property
    def _series(self) -> Sequence[Series]:
        return self._pages.get(self._page, ())

    def _show(self) -> None:
        chart = self.query_one(Chart)
        ordered = sorted(self._series, key=lambda series: series.index != self._focus)
        chart.title = self._page
        chart.band = self._focus
        chart.show(ordered)
        focus = next((series for series in self._series if series.index == self._focus), None)
        text = "← → read the curves at an epoch · ↑ ↓ bring one to the front, with its spread"
        if focus is not None:
            spread = " and mean ± one standard deviation, dotted" if any(focus.spread) else ""
            text = f"{letter(focus.index)} {clean(focus.label, 60)} in front{spread}"
        if chart.cursor is not None:
            text = f"epoch {chart.cursor:g} · {text}"
        self.query_one("#reading-line", Static).update(Text(f" {text}"))

    def action_read(self, by: int) -> None:
        """Move the cursor by epochs; the first press puts it at the end that the movement comes from."""
        chart = self.query_one(Chart)
        places = sorted({x for series in self._series for x in series.x if x == int(x)})
        if not places:
            return
        if chart.cursor is None:
            chart.cursor = places[0] if by > 0 else places[-1]
        else:
            place = min(range(len(places)), key=lambda i: abs(places[i] - (chart.cursor or 0)))
            chart.cursor = places[max(0, min(len(places) - 1, place + by))]
        self._show()

    def action_front(self, by: int) -> None:
        """Bring the next curve to the front, with its spread."""
        indices = [series.index for series in self._series]
        if indices:
            place = indices.index(self._focus) + by if self._focus in indices else (0 if by > 0 else -1)
            self._focus = indices[place % len(indices)]
            self._show()

    def action_log_axis(self) -> None:
        """Switch between a linear and a logarithmic axis."""
        chart = self.query_one(Chart)
        chart.log_axis = not chart.log_axis

    def action_late(self) -> None:
        """Fit the axis to the whole curves, or to all but their start."""
        chart = self.query_one(Chart)
        chart.late = not chart.late

    def action_smooth(self) -> None:
        """Smooth more, or not at all."""
        self.query_one(Chart).smooth()

    def action_metric(self) -> None:
        """Turn the page."""
        titles = list(self._pages)
        if titles:
            self._page = titles[(titles.index(self._page) + 1) % len(titles)]
            self._show()

    def action_back(self) -> None:
        """Close."""
        self.dismiss()
