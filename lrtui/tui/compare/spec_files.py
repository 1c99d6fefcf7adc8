"""Saving the comparison being set up as TOML, and loading one: two prompts, the files off the loop."""

import re
import shlex
from functools import partial
from pathlib import Path

from lrtui.comparison.spec import Spec
from lrtui.errors import UserError
from lrtui.terminal_text import clean
from lrtui.tui.dialogs.prompt import Prompt
from lrtui.tui.dialogs.question import Question
from lrtui.tui.draft import spec_draft
from lrtui.tui.keys import shown_key
from lrtui.tui.session import Session


def suggested_file(name: str) -> str:
    """A file name for a comparison: letters, digits, and dashes for all else.

    >>> suggested_file("my study / 2")
    'my-study-2.toml'
    """
    stem = re.sub(r"[^\w.]+", "-", clean(name, 60)).strip("-.")
    return f"{stem or 'comparison'}.toml"


def save_spec(dashboard: Session, spec: Spec) -> None:
    """Ask for a file, and write the spec there; a file that exists is not written over without a question."""

    def take(typed: str | None) -> None:
        if typed is not None:
            dashboard.in_background(partial(write, Path(typed), False))

    def write(path: Path, overwrite: bool) -> str:
        try:
            written = dashboard.requests.save_spec(spec, path, overwrite)
        except FileExistsError as error:
            dashboard.call_later(ask, Path(str(error)))
            return ""
        return f"saved to {written}; `lrtui run {shlex.quote(str(path))}` starts it"

    def ask(path: Path) -> None:
        text = f"{clean(path, 200)} exists. Write over it?"
        dashboard.push_screen(Question(text, "Write"), lambda yes: answer(path, bool(yes)))

    def answer(path: Path, yes: bool) -> None:
        if yes:
            dashboard.in_background(partial(write, path, True))

    text = "Save the comparison as TOML, which `lrtui run` takes. A file in the folder lrtui was started in, or with its folder:"
    dashboard.push_screen(Prompt(text, suggested_file(spec.name), "Save", _some_name), take)


def load_spec(dashboard: Session) -> None:
    """Ask for a file, and take the comparison that it holds in place of the one being set up."""

    def take(typed: str | None) -> None:
        if typed is not None:
            dashboard.in_background(partial(read, Path(typed)))

    def read(path: Path) -> str:
        dashboard.call_later(show, path, dashboard.requests.load_spec(path))
        return ""

    def show(path: Path, spec: Spec) -> None:
        before = dashboard.draft
        dashboard.change(spec_draft(spec, before), f"{clean(path.name, 60)} loaded")
        new = [clean(choice.label, 60) for choice in dashboard.draft.own if choice not in before.own]
        kept = f"; among your own schedules now: {', '.join(new)}" if new else ""
        dashboard.say(f"loaded {path}; {shown_key('compare.undo')} takes that back{kept}")

    text = "Load a comparison from TOML, in place of this one. A file in the folder lrtui was started in, or with its folder:"
    dashboard.push_screen(Prompt(text, "", "Load", _some_name), take)


def _some_name(text: str) -> None:
    if not text:
        raise UserError("expected the name of a file, for example study.toml")
