"""What Compare has to say in full, across the screen: why it does not start, or the advice under the cursor."""

from collections.abc import Sequence

from rich.text import Text

from lrtui.comparison.checks.advice import Advice
from lrtui.terminal_text import clean
from lrtui.tui.keys import shown_key
from lrtui.tui.widgets.steady import Steady

_KEPT_LINES = {True: 4, False: 6}  # on a low screen, on another: a longer text takes more while it is shown
_LOW = 34
_BORDER = 1


class AdviceLine(Steady):
    """Some lines across the screen, hidden while there is nothing to say."""

    def refuse(self, sentence: str) -> None:
        """Say what keeps it from starting."""
        self.styles.min_height = 0
        self._say(Text(sentence), refusal=True)

    def advise(self, advice: Advice | None, among: Sequence[Advice], profile: str) -> None:
        """Say what was found, and what the key that mends it would do.

        It is as high as the longest of all the advice needs, or nearly, so that nothing moves as the cursor goes through it.
        """
        if advice is None:
            self.display = False
            return
        screen = self.app.size
        lines = max(len(_told(one, profile).wrap(self.app.console, max(1, screen.width - 2))) for one in among)
        self.styles.min_height = min(lines, _KEPT_LINES[screen.height < _LOW]) + _BORDER
        self._say(_told(advice, profile), refusal=False)

    def _say(self, text: Text, *, refusal: bool) -> None:
        self.set_class(refusal, "refusal")
        self.display = True
        self.show(text)


def _told(advice: Advice, profile: str) -> Text:
    text = Text(clean(advice.sentence, 700))
    if advice.intended:
        text.append(f"; as the profile {profile} has it")
    if advice.changes:
        text.append(f"\n{shown_key('compare.mend')}", "bold")
        text.append(f" {clean(advice.remedy, 400)}")
    elif advice.remedy:
        text.append(f"\n→ {clean(advice.remedy, 400)}")
    return text
