"""One part of what stands behind a ranking: sentences, tables and drawings, or the curves of the leading group."""

from collections.abc import Iterable, Sequence

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget

from lrtui.report.document import Heading
from lrtui.tui.charts.chart import Chart
from lrtui.tui.charts.plot import letter
from lrtui.tui.charts.series import QUANTITIES, Series
from lrtui.tui.ranking.blocks import Blocks
from lrtui.tui.ranking.evidence import CURVES, Evidence

_BESIDE_FROM = 160  # columns, from where two parts are beside each other


class PartPanel(Vertical):
    """Nothing until `show`. Where it is wide, the next part stands beside the one that is shown."""

    def compose(self) -> Iterable[Widget]:
        """The part, the next one, and the chart; never all of them."""
        with Horizontal(id="blocks"):
            with VerticalScroll(id="part"):
                yield Blocks(id="part-blocks")
            with VerticalScroll(id="beside"):
                yield Blocks(id="beside-blocks")
        chart = Chart(id="leaders")
        chart.late = True
        yield chart

    def show(self, evidence: Evidence, name: str, over_seeds: str, scores: str) -> None:
        """Show the part of that name. `over_seeds` says in words what its curves are means of, `scores` what they show."""
        self.query_one("#blocks").display = name != CURVES
        blocks = {part.name: part.blocks for part in evidence.parts if part.blocks}
        self.query_one("#part-blocks", Blocks).show(blocks.get(name, ()))
        following = _after(name, list(blocks)) if self.screen.size.width >= _BESIDE_FROM else ""
        self.query_one("#beside").display = bool(following)
        beside = (Heading(3, f"{following}, the next part"), *blocks[following]) if following else ()
        self.query_one("#beside-blocks", Blocks).show(beside)
        leaders = evidence.leaders.get(QUANTITIES[0], ())
        chart = self.query_one("#leaders", Chart)
        chart.display = name == CURVES
        chart.title = f"leaders: {scores}, {over_seeds}{_dotted(leaders)}"
        chart.band = leaders[0].index if leaders else None
        chart.show(leaders)

    def to_top(self) -> None:
        """Show what begins."""
        for scroll in self.query("#part, #beside"):
            scroll.scroll_home(animate=False)

    @property
    def longer(self) -> bool:
        """Whether there is more than can be seen at once."""
        return self.query_one("#part").max_scroll_y > 0

    def page(self, by: int) -> None:
        """Scroll by screens."""
        part = self.query_one("#part")
        part.scroll_relative(y=by * max(1, part.size.height - 1), animate=False)


def _dotted(leaders: Sequence[Series]) -> str:
    """Whose spread the dots show, in words; nothing where there are none."""
    return f", {letter(leaders[0].index)} ± SD dotted" if leaders and any(leaders[0].spread) else ""


def _after(name: str, names: list[str]) -> str:
    """The next of the names, in a circle; none where there is no other."""
    return names[(names.index(name) + 1) % len(names)] if name in names and len(names) > 1 else ""
