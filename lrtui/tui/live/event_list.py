"""What happened to the open comparison, the newest first."""

from lrtui.comparison.snapshot import Snapshot
from lrtui.terminal_text import clean
from lrtui.tui.figures import moment
from lrtui.tui.widgets.steady import Steady


class EventList(Steady):
    """As many events as there is room for."""

    def follow(self, snapshot: Snapshot) -> None:
        """Show the latest events of the open comparison and of the machine."""
        lines = [
            f" {moment(event.at)[-5:]}  {'' if event.run_number is None else f'run {event.run_number}: '}{clean(event.message)}"
            for event in snapshot.events
            if event.comparison_id in (None, snapshot.open_id)
        ]
        height = max(3, self.size.height)
        self.show("\n".join(reversed(lines[-height:])) or " no events")
