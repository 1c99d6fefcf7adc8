"""Every key of the dashboard, once: bindings, footer, help and the README's table are all made from this list."""

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the dashboard.

    `where` is the mode it works in, or "everywhere"; `keys` are Textual's names, comma separated; `label` is the
    footer's word (empty: not in the footer); `tooltip` is the sentence the help shows; `also` are other words that
    somebody may look for it by.
    """

    where: str
    id: str
    keys: str
    action: str
    label: str
    tooltip: str
    also: str = ""

    @property
    def shown(self) -> str:
        """The keys as a person reads them."""
        return " ".join(_NAMES.get(key, key) for key in self.keys.split(","))


_NAMES = {
    "question_mark": "?", "ctrl+p": "^p", "ctrl+n": "^n", "slash": "/", "left_square_bracket": "[", "right_square_bracket": "]",
    "less_than_sign": "<", "greater_than_sign": ">", "shift+tab": "⇧tab", "escape": "esc", "backspace": "⌫",
    "left": "←", "right": "→", "up": "↑", "down": "↓", "pageup": "PgUp", "pagedown": "PgDn", "plus": "+", "minus": "-",
    "shift+left": "⇧←", "shift+right": "⇧→", "equals_sign": "=", "comma": ",", "full_stop": ".",
}  # fmt: skip
MODES: tuple[tuple[str, str], ...] = (
    ("schedules", "Schedules"), ("compare", "Compare"), ("live", "Live"), ("ranking", "Ranking"), ("history", "History"),
)  # fmt: skip

KEYS: tuple[Key, ...] = (
    *(
        Key("everywhere", f"mode.{mode}", str(number), f"mode('{mode}')", "", f"Go to {title}")
        for number, (mode, title) in enumerate(MODES, 1)
    ),
    Key("everywhere", "focus.next", "tab", "app.focus_next", "", "Go to the next part of the screen"),
    Key("everywhere", "focus.previous", "shift+tab", "app.focus_previous", "", "Go to the part before"),
    Key("everywhere", "help", "question_mark,f1", "help", "help", "Show every key", "keyboard shortcuts bindings"),
    Key("everywhere", "ring", "ctrl+n", "ring", "", "Ring and send a desktop notification when the open comparison ends, or not", "bell notify sound alert"),
    Key("everywhere", "palette", "ctrl+p", "palette", "menu", "Find anything that can be done, by what it is called"),
    Key("everywhere", "quit", "q,ctrl+q", "quit", "quit", "Close the dashboard; training goes on", "exit leave bye stop"),
    Key("schedules", "schedules.pick", "space", "pick", "pick", "Take the scheduler into the comparison, or out of it", "select choose add remove toggle"),
    Key("schedules", "schedules.edit", "enter", "edit", "edit", "Edit the scheduler's parameters"),
    Key("schedules", "schedules.back", "escape", "back", "back", "Leave the value as it was, or go back to the schedulers"),
    Key("schedules", "schedules.undo", "u", "undo", "undo", "Take the last change back: a pick, a value, a setting, a mend, a preset", "revert"),
    Key("schedules", "schedules.copy", "a", "copy", "own", "Duplicate the scheduler as a schedule of your own, under a name", "duplicate new save keep copy"),
    Key("schedules", "schedules.rename", "n", "rename", "name", "Call your own schedule something else", "rename title"),
    Key("schedules", "schedules.delete", "d", "delete", "delete", "Delete your own schedule, after a question", "remove"),
    Key("schedules", "schedules.profile", "f", "profile", "profile", "Switch where values come from, but for yours: pytorch, fitted, study", "fitted study"),
    Key("schedules", "schedules.explain", "i", "explain", "about", "Read what the scheduler does, with its formula", "help about documentation why"),
    Key("schedules", "schedules.code", "c", "code", "code", "Copy PyTorch code of the scheduler as it is set", "clipboard yank python"),
    Key("schedules", "schedules.log", "y", "log_axis", "log", "Switch between a linear and a logarithmic axis", "scale"),
    Key("schedules", "schedules.zoom", "z", "zoom", "zoom", "Show the learning rates on the whole screen", "full screen maximise chart plot"),
    Key("schedules", "schedules.reset", "backspace", "reset", "reset", "Take the profile's value again", "default undo"),
    Key("compare", "compare.edit", "enter", "edit", "edit", "Change the setting"),
    Key("compare", "compare.back", "escape", "back", "back", "Leave the setting as it was"),
    Key("compare", "compare.next", "right", "choose(1)", "next", "Take the next choice of the setting"),
    Key("compare", "compare.previous", "left", "choose(-1)", "", "Take the choice before"),
    Key("compare", "compare.preset", "o", "preset", "preset", "Load the next preset: quick, defaults, fitted, study; then begin anew", "template clear empty reset"),
    Key("compare", "compare.start", "s", "start", "start", "Start the comparison", "run train launch go begin"),
    Key("compare", "compare.mend", "m", "mend('one')", "mend", "Make the change that the selected check names", "fix advice check repair"),
    Key("compare", "compare.mend.all", "M", "mend('all')", "all", "Make the changes of all checks", "fix advice check repair"),
    Key("compare", "compare.undo", "u", "undo", "undo", "Take the last change back: a pick, a value, a setting, a mend, a preset", "revert unmend"),
    Key("compare", "compare.save", "e", "save", "save", "Save the comparison as TOML, which lrtui run takes", "export file write spec"),
    Key("compare", "compare.load", "l", "load", "load", "Load a comparison from TOML", "open import file spec"),
    Key("live", "live.pause", "p", "ask('pause')", "pause", "Pause the selected run, its scheduler's runs, or all", "stop hold suspend"),
    Key("live", "live.resume", "u", "ask('resume')", "resume", "Let paused runs go on", "continue unpause restart"),
    Key("live", "live.cancel", "c", "ask('cancel')", "cancel", "Cancel runs, after a question", "stop kill abort end"),
    Key("live", "live.retry", "r", "ask('retry')", "retry", "Queue failed, cancelled or diverged runs again", "restart again rerun undo"),
    Key("live", "live.scope", "space", "scope", "scope", "Switch what these keys work on: the selected run, its scheduler's runs, or all", "every one"),
    Key("live", "live.more", "m", "more", "more", "Show the next chart, where one fits, or panel: events, log, devices", "metric gpu cpu memory"),
    Key("live", "live.zoom", "enter,z", "zoom", "zoom", "Show the chart on the whole screen", "full screen maximise plot"),
    Key("live", "live.follow", "f", "follow", "follow", "Have the cursor go along with the runs at work", "current now running"),
    Key("live", "live.filter", "slash", "filter", "filter", "Show only runs that hold the words typed", "search find"),
    Key("live", "live.back", "escape", "back", "", "Take the filter away"),
    Key("live", "live.sort", "o", "sort", "sort", "Order by the next column: number, scheduler, base LR, status, accuracy, best", "order by"),
    Key("live", "live.unhide", "H", "unhide", "show all", "Show every hidden scheduler again", "unhide"),
    Key("live", "live.hide", "h", "hide", "hide", "Hide the rows and curves of the selected run's scheduler"),
    Key("live", "live.pin", "t", "pin", "pin", "Keep the selected run on top and its curve in front, or let it go", "top mark"),
    Key("live", "live.rates", "b", "rates", "base LR", "Draw the curves at the best base LR, each at its best, or at the selected run's"),
    Key("live", "live.axis", "x", "axis", "axis", "Draw the curves against epochs, steps, or seconds of training", "time"),
    Key("live", "live.single", "a", "single", "each run", "Draw one curve for each run shown, or the mean over seeds of each scheduler", "average seeds"),
    Key("live", "live.log", "y", "log_axis", "log", "Switch between a linear and a logarithmic axis", "scale"),
    Key("live", "live.late", "v", "late", "", "Fit the axis of accuracy and loss to whole curves, or to all but their start"),
    Key("live", "live.smooth", "s", "smooth", "smooth", "Smooth the curves: not at all, some, much", "average ema"),
    Key("explanation", "explanation.code", "c", "code", "code", "Copy the PyTorch code that is shown", "clipboard yank python"),
    Key("zoom", "zoom.back", "escape,enter,z,q", "back", "back", "Close the chart"),
    Key("zoom", "zoom.read", "right,l", "read(1)", "read", "Read the curves at the next epoch"),
    Key("zoom", "zoom.read.back", "left,h", "read(-1)", "", "Read them at the epoch before"),
    Key("zoom", "zoom.far", "shift+right,L", "read(10)", "", "Read them ten epochs on"),
    Key("zoom", "zoom.far.back", "shift+left,H", "read(-10)", "", "Read them ten epochs back"),
    Key("zoom", "zoom.closer", "plus,equals_sign", "magnify(0.5)", "closer", "Show half of the x axis, around the cursor or the middle"),
    Key("zoom", "zoom.wider", "minus", "magnify(2)", "wider", "Show twice as much of the x axis"),
    Key("zoom", "zoom.pan", "greater_than_sign,full_stop", "pan(1)", "move", "Move along the x axis"),
    Key("zoom", "zoom.pan.back", "less_than_sign,comma", "pan(-1)", "", "Move back along the x axis"),
    Key("zoom", "zoom.whole", "0", "whole", "whole", "Show the whole x axis"),
    Key("zoom", "zoom.front", "down,j", "front(1)", "front", "Bring the next curve to the front, with its spread"),
    Key("zoom", "zoom.front.back", "up,k", "front(-1)", "", "Bring the curve before to the front"),
    Key("zoom", "zoom.log", "y", "log_axis", "log", "Switch between a linear and a logarithmic axis"),
    Key("zoom", "zoom.late", "v", "late", "fit", "Fit the axis to the whole curves, or to all but their start"),
    Key("zoom", "zoom.smooth", "s", "smooth", "smooth", "Smooth the curves: not at all, some, much"),
    Key("zoom", "zoom.metric", "m", "metric", "metric", "Show the next chart"),
    Key("ranking", "ranking.about", "enter", "about", "about", "Read about the schedule under the cursor: reasons, parameters, runs", "show open why"),
    Key("ranking", "ranking.part", "m", "part(1)", "next part", "Show the next part of what stands behind the ranking", "why intervals ranks base lrs budgets seeds curves method critical difference"),
    Key("ranking", "ranking.part.back", "M", "part(-1)", "", "Show the part before"),
    Key("ranking", "ranking.export", "e", "export", "export", "Write the report as Markdown, HTML, CSV and JSON", "save report csv json html markdown write"),
    Key("ranking", "ranking.copy", "c", "copy", "copy", "Copy verdict and table to the clipboard as Markdown", "clipboard paste yank"),
    Key("ranking", "ranking.zoom", "z", "zoom", "zoom", "Show the curves of the leading group on the whole screen", "full screen maximise plot"),
    Key("ranking", "ranking.scroll", "J,shift+down", "scroll_part(1)", "scroll", "Scroll the part, while the cursor stays in the table"),
    Key("ranking", "ranking.scroll.back", "K,shift+up", "scroll_part(-1)", "", "Scroll the part back"),
    Key("history", "history.open", "enter", "open", "open", "Open the comparison", "load show"),
    Key("history", "history.beside", "b", "beside", "beside", "Show the marked comparison beside this one, or two marked ones", "compare two diff"),
    Key("history", "history.back", "escape", "back", "", "Take the filter away"),
    Key("history", "history.repeat", "r", "repeat", "repeat", "Train the same comparison once more, after a question", "rerun again copy"),
    Key("history", "history.seeds", "s", "more_seeds", "seeds", "Train the comparison once more with another number of seeds"),
    Key("history", "history.delete", "d", "delete", "delete", "Delete the comparison, after a question", "remove erase"),
    Key("history", "history.rename", "n", "rename", "name", "Call the comparison something else", "rename title name"),
    Key("history", "history.note", "w", "note", "note", "Write a note about the comparison", "comment describe"),
    Key("history", "history.mark", "space", "mark", "mark", "Mark the comparison to see it beside another"),
    Key("history", "history.filter", "slash", "filter", "filter", "Show only comparisons that hold the words typed", "search find"),
    Key("history", "history.export", "e", "export", "", "Open the comparison's ranking, where e writes the report", "write files export save report csv json html markdown"),
)  # fmt: skip


GROUPS: tuple[tuple[str, str], ...] = (
    ("everywhere", "Everywhere"), *MODES, ("explanation", "What a scheduler does"), ("zoom", "A chart on the whole screen"),
)  # fmt: skip


def readme_table() -> str:
    """The table of keys in the README, as Markdown; a test compares them."""
    lines = ["| where | key | what it does |", "|---|---|---|"]
    for where, title in GROUPS:
        lines += [f"| {title} | `{key.shown}` | {key.tooltip} |" for key in KEYS if key.where == where]
    return "\n".join(lines) + "\n"


def bindings(where: str) -> list[BindingType]:
    """Textual's bindings of a mode, or of everywhere."""
    return [
        Binding(key.keys, key.action, key.label or key.tooltip, show=bool(key.label), tooltip=key.tooltip, id=key.id)
        for key in KEYS
        if key.where == where
    ]


def shown_key(id: str) -> str:
    """The first key of an entry, as a person reads it."""
    return display(next(key.keys for key in KEYS if key.id == id).partition(",")[0])


def display(key: str) -> str:
    """A key's name as a person reads it."""
    return _NAMES.get(key, key)
