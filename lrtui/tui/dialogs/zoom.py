"""One chart on the whole screen, with a cursor that reads every curve, and a window on a part of the x axis."""

from collections.abc import Sequence, Set
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from lrtui.terminal_text import clean
from lrtui.tui.charts.chart import Chart
from lrtui.tui.charts.pages import Pages
from lrtui.tui.charts.plot import letter
from lrtui.tui.charts.series import Series
from lrtui.tui.cycles import following
from lrtui.tui.dialogs.modal import Modal
from lrtui.tui.keys import bindings
from lrtui.tui.widgets.lines import KeyLine


class ZoomScreen(Modal[None]):
    """A chart of `pages`; `m` turns the page.

    Args:
        pages: the curves.
        page: the title to start at; where there is no such page, the first.
        log_axis: whether the y axis starts logarithmic.
        smoothing: the weight of what came before, 0 to 1.
        late: the pages whose axis fits all but the start.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings("zoom")

    def __init__(
        self, pages: Pages, page: str, log_axis: bool = False, smoothing: float = 0.0, late: Set[str] = frozenset()
    ) -> None:
        super().__init__()
        self._pages = pages
        self._page = page if page in pages.charts else next(iter(pages.charts), "")
        self._log_axis, self._smoothing = log_axis, smoothing
        self._late = frozenset(late)
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
        self._pages = pages
        if self._page not in pages.charts:
            self._page = next(iter(pages.charts), "")
        if self.is_mounted:
            self._show()

    @property
    def _series(self) -> Sequence[Series]:
        return self._pages.charts.get(self._page, ())

    def _show(self) -> None:
        chart = self.query_one(Chart)
        ordered = sorted(self._series, key=lambda series: series.index != self._focus)
        chart.title = f"{self._page}, {self._pages.caption}" if self._pages.caption else self._page
        chart.band = self._focus
        chart.late = self._page in self._late
        chart.show(ordered)
        focus = next((series for series in self._series if series.index == self._focus), None)
        text = "← → read the curves · ↑ ↓ one in front, with its spread · + - < > 0 part of the axis"
        if focus is not None:
            spread = " and mean ± one standard deviation, dotted" if any(focus.spread) else ""
            text = f"{letter(focus.index)} {clean(focus.label, 60)} in front{spread}"
        if chart.cursor is not None:
            by_then = self._pages.unit == "second" and focus is None
            each = ": each curve at its last epoch by then" if by_then else ""
            text = f"{self._pages.unit} {chart.cursor:.4g}{each} · {text}"
        self.query_one("#reading-line", Static).update(Text(f" {text}"))

    def _places(self) -> list[float]:
        """Where the cursor can stand: whole epochs or steps; where none are, at the points of the curve in front."""
        whole = sorted({x for series in self._series for x in series.x if x == int(x)})
        if whole and self._pages.unit != "second":
            return whole
        front = next((series for series in self._series if series.index == self._focus), None)
        return list((front or max(self._series, key=lambda series: len(series.x))).x) if self._series else []

    def action_read(self, by: int) -> None:
        """Move the cursor by points; the first press puts it at the end that the movement comes from."""
        chart = self.query_one(Chart)
        places = self._places()
        if not places:
            return
        low, high = chart.window or (places[0], places[-1])
        if chart.cursor is None:
            within = [x for x in places if low <= x <= high] or places
            chart.cursor = within[0 if by > 0 else -1]
        else:
            place = min(range(len(places)), key=lambda i: abs(places[i] - (chart.cursor or 0)))
            chart.cursor = places[max(0, min(len(places) - 1, place + by))]
        if chart.window is not None and not low <= chart.cursor <= high:
            self._look_at(chart.cursor - (high - low) / 2, high - low)
        self._show()

    def action_magnify(self, factor: float) -> None:
        """Show this share of the part shown, around the cursor, or the middle where there is none."""
        chart = self.query_one(Chart)
        whole = self._whole()
        if whole is None:
            return
        low, high = chart.window or whole
        centre = chart.cursor if chart.cursor is not None and low <= chart.cursor <= high else (low + high) / 2
        self._look_at(centre - (centre - low) * factor, (high - low) * factor)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel shows less of the axis."""
        event.stop()
        self.action_magnify(0.5)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """And more of it."""
        event.stop()
        self.action_magnify(2)

    def action_pan(self, by: int) -> None:
        """Move the part shown by a quarter of it."""
        window = self.query_one(Chart).window
        if window is not None:
            width = window[1] - window[0]
            self._look_at(window[0] + by * width / 4, width)

    def action_whole(self) -> None:
        """Show the whole axis."""
        self.query_one(Chart).window = None

    def _whole(self) -> tuple[float, float] | None:
        ends = [x for series in self._series for x in (series.x[0], series.x[-1])]
        return (min(ends), max(ends)) if ends and min(ends) < max(ends) else None

    def _look_at(self, low: float, width: float) -> None:
        """Show a part of the axis, within what there is; at least a fiftieth of it."""
        whole = self._whole()
        if whole is None:
            return
        full = whole[1] - whole[0]
        width = max(width, full / 50)
        low = max(whole[0], min(low, whole[1] - width))
        self.query_one(Chart).window = (low, low + width) if width < full else None

    def action_front(self, by: int) -> None:
        """Bring the next curve to the front, with its spread."""
        indices = [series.index for series in self._series]
        if indices:
            self._focus = following(self._focus, indices, by)
            self._show()

    def action_log_axis(self) -> None:
        """Switch between a linear and a logarithmic axis."""
        chart = self.query_one(Chart)
        chart.log_axis = not chart.log_axis

    def action_late(self) -> None:
        """Fit the axis to the whole curves, or to all but their start."""
        self._late ^= {self._page}
        self._show()

    def action_smooth(self) -> None:
        """Smooth more, or not at all."""
        self.query_one(Chart).smooth()

    def action_metric(self) -> None:
        """Turn the page."""
        if self._pages.charts:
            self._page = following(self._page, self._pages.charts)
            self._show()

    def action_back(self) -> None:
        """Close."""
        self.dismiss()
