"""Everything that can be done, by name: what the palette lists, and which of it a person means."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from textual.fuzzy import Matcher

from lrtui.comparison.snapshot import ComparisonView
from lrtui.terminal_text import clean
from lrtui.tui.keys import GROUPS, KEYS, MODES, Key

_BEGINS, _HOLDS = 1.0, 0.6  # how well a word is met that begins, or holds, what was typed
_SCATTERED = 0.3  # and at best one whose letters are merely there in their order


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done.

    `place` says where it belongs, `text` what it does, `keys` the keys that do it, `also` holds other words for it.
    `possible`: whether it can be done now, as far as is known before it is tried.
    """

    place: str
    text: str
    run: Callable[[], object]
    keys: str = ""
    also: str = ""
    possible: bool = True


def key_commands(mode: str, possible: Iterable[str], perform: Callable[[Key], object]) -> list[Command]:
    """A command for every key of every mode: first of this mode, then of everywhere, then of the other modes.

    Args:
        mode: the mode on the screen.
        possible: the actions that its keys can do now.
        perform: does what a key does.
    """
    now = set(possible)
    order = [mode, "everywhere", *(where for where, _ in MODES if where != mode)]
    titles = dict(GROUPS)
    return [
        Command(
            titles[where], key.tooltip, partial(perform, key), key.shown, f"{key.label} {key.also}",
            where != mode or key.action in now,
        )
        for where in order for key in KEYS
        if key.where == where and key.id != "palette"
    ]  # fmt: skip


def comparison_commands(comparisons: Sequence[ComparisonView], show: Callable[[int], object]) -> list[Command]:
    """Opening each comparison, the newest first."""
    return [
        Command("Comparison", f"Open {c.id}, {clean(c.name, 60)}", partial(show, c.id), also=f"show {c.status}")
        for c in reversed(comparisons)
    ]


def theme_commands(themes: Iterable[str], chosen: str, choose: Callable[[str], object]) -> list[Command]:
    """Every theme but the chosen one."""
    return [
        Command("Theme", f"Use the theme {name}", partial(choose, name), also="colours colors appearance")
        for name in sorted(themes)
        if name != chosen
    ]


def found(commands: Sequence[Command], typed: str) -> list[Command]:
    """The commands that may be meant, the likeliest first; all of them where nothing is typed."""
    words = typed.lower().split()
    scored = [(_score(words, command), command) for command in commands]
    return [command for score, command in sorted(scored, key=lambda pair: -pair[0]) if score > 0]


def _score(words: Sequence[str], command: Command) -> float:
    """0 where a word is met by nothing; what is said on the screen counts more than other words for it."""
    if not words:
        return 1.0
    said = f"{command.place} {command.text} {command.keys}".lower()
    scores = [max(_met(word, said), 0.9 * _met(word, command.also)) for word in words]
    return sum(scores) / len(scores) if all(scores) else 0.0


def _met(word: str, text: str) -> float:
    if any(other.startswith(word) for other in text.split()):
        return _BEGINS
    if word in text or word in text.replace(" ", ""):
        return _HOLDS
    return _SCATTERED * (len(word) > 2 and any(Matcher(word).match(other) > 0 for other in text.split()))
