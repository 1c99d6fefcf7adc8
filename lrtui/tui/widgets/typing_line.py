"""A line to type in, whose keys take effect in the order they were pressed."""

from textual import events
from textual.widgets import Input


class TypingLine(Input):
    """Textual's own inserts a letter at once, but runs a key such as backspace only after it bubbled up to the app: of
    keys that arrive together, as over a slow line, a letter would overtake it.
    """

    async def on_key(self, event: events.Key) -> None:
        """Run the line's own keys here."""
        active = None if event.is_printable else self.screen.active_bindings.get(event.key)
        if active is not None and active.node is self and active.enabled:
            event.stop()
            event.prevent_default()
            await self.run_action(active.binding.action)
