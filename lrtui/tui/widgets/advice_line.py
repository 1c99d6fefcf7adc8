"""What Compare has to say in full, across the screen: why it does not start, or the advice under the cursor."""

from rich.text import Text

from lrtui.domain.checks.advice import Advice
from lrtui.domain.terminal_text import clean
from lrtui.tui.widgets.steady import Steady


class AdviceLine(Steady):
    """Some lines across the screen, hidden while there is nothing to say."""

    def refuse(self, sentence: str) -> None:
        """Say what keeps it from starting."""
        self._say(Text(sentence), refusal=True)

    def advise(self, advice: Advice | None, profile: str) -> None:
        """Say what was found, and what the key that mends it would do."""
        if advice is None:
            self.display = False
            return
        text = Text(clean(advice.sentence, 700))
        if advice.intended:
            text.append(f"; the profile {profile} has it so for every budget")
        if advice.changes:
            text.append("\nm", "bold")
            text.append(f" {clean(advice.remedy, 400)}")
        elif advice.remedy:
            text.append(f"\n→ {clean(advice.remedy, 400)}")
        self._say(text, refusal=False)

    def _say(self, text: Text, *, refusal: bool) -> None:
        self.set_class(refusal, "refusal")
        self.display = True
        self.show(text)
