"""One schedule's result in detail, over the ranking."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from lrtui.errors import sentence_of
from lrtui.report.document import Block
from lrtui.terminal_text import clean
from lrtui.tui.dialogs.modal import Modal
from lrtui.tui.ranking.blocks import Blocks
from lrtui.tui.requests import Requests


class _AboutReady(Message):
    """What there is to say, or why there is nothing."""

    def __init__(self, blocks: tuple[Block, ...], trouble: str = "") -> None:
        super().__init__()
        self.blocks, self.trouble = blocks, trouble


class AboutScheduleScreen(Modal[None]):
    """Its place, the reasons for it, parameters, base LRs and runs, as they stand when it opens.

    Args:
        requests: where they are read.
        comparison_id: the comparison.
        label: the schedule.
    """

    BOX = "VerticalScroll"  # its title may be clicked
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,enter", "dismiss", "close")]

    def __init__(self, requests: Requests, comparison_id: int, label: str) -> None:
        super().__init__()
        self._requests, self._comparison_id, self._label = requests, comparison_id, label

    def compose(self) -> ComposeResult:
        """The title, which stays, over the text, which scrolls where it is longer than the screen."""
        with Vertical(id="about-schedule"):
            yield Static("", id="about-title", markup=False)
            with VerticalScroll():
                yield Blocks()

    def on_mount(self) -> None:
        """Read it off the loop."""
        self._say("reading…")
        self.run_worker(self._read, thread=True, group="about", description="about a schedule")

    def _say(self, text: str) -> None:
        self.query_one("#about-title", Static).update(f"{clean(self._label, 60)}: {text}")

    def _read(self) -> None:
        try:
            message = _AboutReady(self._requests.about(self._comparison_id, self._label))
        except Exception as error:  # a mistake in the arithmetic must not end the dashboard
            message = _AboutReady((), sentence_of(error))
        self.post_message(message)

    def on__about_ready(self, message: _AboutReady) -> None:
        """Show it."""
        if message.blocks:
            self._say("how it did, and why · ↑ ↓ scroll · esc or a click here closes")
            self.query_one(Blocks).show(message.blocks)
        else:
            self._say(clean(message.trouble, 400) or "it is not ranked any more; esc closes this")
