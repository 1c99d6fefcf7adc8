"""A chart of curves. It draws again only when its curves, its size, its axis or its colours changed."""

from bisect import bisect_right
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from lrtui.errors import sentence_of
from lrtui.terminal_text import clean
from lrtui.tui.charts.plot import COLOURS, Picture, Span, letter, plot
from lrtui.tui.charts.series import Series, smoothed, within
from lrtui.tui.cycles import following

SMOOTHING = (0.0, 0.6, 0.9)
_DRAWING = ThreadPoolExecutor(1, "charts")
"""Draws every picture: plotext takes some ten milliseconds for one, which keys should not wait for, and has one figure."""


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Everything a picture depends on but its colours, which are put in when it is shown."""

    series: tuple[Series, ...]
    width: int
    height: int
    log_axis: bool
    smoothing: float
    cursor: float | None
    band: int | None
    late: bool
    window: tuple[float, float] | None

    def picture(self) -> Picture:
        curves = [within(smoothed(series, self.smoothing), self.window) for series in self.series]
        return plot(
            curves, self.width, self.height, log=self.log_axis, cursor=self.cursor, band=self.band, late=self.late
        )


class Chart(Widget):
    """Curves against epochs, with a title line above and the legend below.

    The legend names every curve with its letter; diverged runs are counted in it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--frame",
        "chart--title",
        *(f"chart--curve-{i}" for i in range(COLOURS)),
    }

    log_axis: reactive[bool] = reactive(False)
    """Whether the y axis is logarithmic."""
    smoothing: reactive[float] = reactive(0.0)
    """The weight of what came before in the moving average, 0 to below 1."""
    legend: reactive[bool] = reactive(True)
    """Whether the legend is below the picture."""
    late: reactive[bool] = reactive(False)
    """Whether the y axis fits all but the start of the curves."""
    cursor: reactive[float | None] = reactive(None)
    """The x at which the legend reads every curve."""
    band: reactive[int | None] = reactive(None)
    """The number of the curve whose spread is shown."""
    window: reactive[tuple[float, float] | None] = reactive(None)
    """The part of the x axis that is shown; None: all of it."""
    title: reactive[str] = reactive("")
    """What the chart shows, cleaned by the caller."""

    def __init__(self, *, id: str | None = None, classes: str | None = None, empty: str = "") -> None:
        super().__init__(id=id, classes=classes)
        self._series: tuple[Series, ...] = ()
        self._empty = empty
        self._drawn: tuple[_Drawing, Picture] | None = None
        self._wanted: _Drawing | None = None
        self._under_way = False
        self._strips: list[Strip] | None = None

    @property
    def series(self) -> tuple[Series, ...]:
        """The curves as they were given."""
        return self._series

    def show(self, series: Sequence[Series], empty: str | None = None) -> None:
        """Show other curves; nothing happens where they are the same. `empty`: what to say without any."""
        if empty is not None and empty != self._empty:
            self._empty = empty
            self.refresh()
        if tuple(series) != self._series:
            self._series = tuple(series)
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a frame: they are made together, when the first of them is asked for."""
        self._strips = None
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of title, picture or legend."""
        if self._strips is None:
            self._strips = self._lines()
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def _lines(self) -> list[Strip]:
        width, height = self.size
        base = self.rich_style
        legend = self._legend(width, max(0, (height - 3) // 3)) if self.legend else []
        heading = self.title + (f", smoothed {self.smoothing:g}" if self.smoothing else "")
        heading += ", start cut off" if self._cut and self._series else ""
        title = 1 if heading and height > 5 else 0
        picture = self._picture(width, height - len(legend) - title)
        frame = self.get_component_rich_style("chart--frame")
        lines = []
        if title:
            style = self.get_component_rich_style("chart--title")
            lines.append(_strip([Segment(heading, style)], width, base))
        for spans in picture:
            segments = [Segment(s.text, frame if s.colour is None else self._style(s.colour)) for s in spans]
            lines.append(_strip(segments, width, base))
        if not picture:
            lines.append(_strip([Segment("" if self._series else self._empty, frame)], width, base))
            return lines
        return lines + legend

    @property
    def _cut(self) -> bool:
        """Whether the axis leaves out how the curves start; a window has no start."""
        return self.late and self.window is None

    @property
    def up_to_date(self) -> bool:
        """Whether the picture is of what is to be shown, rather than under way."""
        return not self._series or (self._drawn is not None and self._drawn[0] == self._wanted)

    def _picture(self, width: int, height: int) -> Picture:
        """The picture, or the one before while it is drawn."""
        if not self._series:
            return ()
        self._wanted = _Drawing(
            self._series, width, height, self.log_axis, self.smoothing, self.cursor, self.band, self._cut, self.window
        )
        self._draw()
        return self._drawn[1] if self._drawn is not None else ()

    def _draw(self) -> None:
        """Have what is wanted drawn, unless it is there already; one picture at a time, so that none is drawn in vain."""
        wanted = self._wanted
        if self._under_way or wanted is None or self.up_to_date:
            return
        self._under_way = True

        def drawn(done: Future[Picture]) -> None:
            with suppress(RuntimeError):  # the chart, or the application, is gone by now
                self.call_later(self._show_drawn, wanted, done)

        _DRAWING.submit(wanted.picture).add_done_callback(drawn)

    def _show_drawn(self, wanted: _Drawing, done: Future[Picture]) -> None:
        self._under_way = False
        try:
            picture = done.result()
        except Exception as error:  # must not end the dashboard: a chart is not all there is to see
            picture = ((Span(sentence_of(error), None),),)
        self._drawn = (wanted, picture)
        self.refresh()

    def smooth(self) -> None:
        """Smooth more; after the most, not at all."""
        self.smoothing = following(self.smoothing, SMOOTHING)

    def _reading(self, series: Series) -> str:
        """The value at the cursor, with its spread, and the epoch where x does not tell it; a dash where there is none.

        Between two points it is that of the one before: what was measured last.
        """
        if self.cursor is None:
            return ""
        series = smoothed(series, self.smoothing)
        place = bisect_right(series.x, self.cursor) - 1
        y = series.y[place] if place >= 0 else None
        past = self.cursor - series.x[-1] if series.x else 0.0
        if y is None or (past > 0 and past >= _gap(series)):
            return " –"
        spread = series.spread[place] if place < len(series.spread) else None
        epoch = f" (epoch {series.epochs[place]:g})" if series.epochs else ""
        return f" {y:.4g}" + (f" ±{spread:.2g}" if spread else "") + epoch

    def _style(self, colour: int) -> Style:
        return self.get_component_rich_style(f"chart--curve-{colour}")

    def _legend(self, width: int, most: int | None = None) -> list[Strip]:
        """Every curve with its letter; where that takes more than `most` lines, the first ones and how many more there are."""
        lines: list[list[Segment]] = [[]]
        used = 0
        for series in self._series:
            text = f"{letter(series.index)} {clean(series.label, 40)}"
            text += f" ({series.diverged} diverged)" if series.diverged else ""
            text += self._reading(series)
            taken = cell_len(text) + 2
            if used and used + taken > width:
                lines.append([])
                used = 0
            lines[-1].append(Segment(text + "  ", self._style(series.index % COLOURS)))
            used += taken
        base = self.rich_style
        if most is not None and len(lines) > most:
            left, lines = sum(map(len, lines[most:])), lines[:most]
            more = f"+{left} more"
            while lines and lines[-1] and sum(cell_len(one.text) for one in lines[-1]) + len(more) > width:
                lines[-1].pop()
                left += 1
                more = f"+{left} more"
            if lines:
                lines[-1].append(Segment(more, self.get_component_rich_style("chart--frame")))
        return [_strip(line, width, base) for line in lines if line]


class Legend(Chart):
    """The legend alone, for several charts of the same curves; as high as it must be."""

    def show(self, series: Sequence[Series], empty: str | None = None) -> None:
        """Show other curves."""
        before = len(self._lines())
        super().show(series, empty)
        if len(self._lines()) != before:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line at least, so that the charts above stay where they are when the first curve comes."""
        return max(1, len(self._legend(width)))

    def _lines(self) -> list[Strip]:
        return self._legend(self.size.width)


def _gap(series: Series) -> float:
    """The mean distance of a curve's points: so far past the last one there is nothing to read any more."""
    return (series.x[-1] - series.x[0]) / max(1, len(series.x) - 1)


def _strip(segments: list[Segment], width: int, style: Style) -> Strip:
    return Strip(segments).adjust_cell_length(width, style)
