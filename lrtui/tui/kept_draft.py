"""What a person sets up is there again at the next start, however the last one ended.

`draft.toml` in the configuration folder is a spec, as `lrtui run` takes it, as far as there is one yet. What a spec has no
place for stands beside that: the preset, the data folder, and values typed for what is not picked. The person's own
schedules have a file of their own; here only their names count.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from lrtui.comparison.own_schedules import Own
from lrtui.comparison.presets import PRESETS
from lrtui.comparison.settings import setting
from lrtui.comparison.spec import Choice, choice_to_dict, choices_from_dict
from lrtui.config.files import configuration_file, read_toml, write_toml
from lrtui.config.own_schedules import OwnSchedulesFile
from lrtui.errors import UserError, unknown
from lrtui.schedules.parameters import Value, shown
from lrtui.schedules.registry import is_key, keys
from lrtui.tui.draft import Draft


def draft_to_dict(draft: Draft) -> dict[str, Any]:
    """The draft as plain data, but for the own schedules that are not picked."""
    data = {name: value for name, value in draft.settings.items() if value is not None}  # TOML has no null
    if draft.preset:
        data["preset"] = draft.preset
    if draft.data_dir:
        data["data_dir"] = draft.data_dir
    unpicked = [Choice(key, key, typed) for key, typed in draft.values.items() if typed and key not in draft.picked]
    for name, choices in (("schedules", draft.picks), ("unpicked", unpicked)):
        if choices:
            data[name] = [choice_to_dict(choice) for choice in choices]
    return data


def draft_from_dict(data: Mapping[str, Any], own: Own) -> Draft:
    """Check plain data, parsed TOML; what is picked of `own` are those of its names that are still there.

    Raises:
        UserError: what is wrong with it, in one sentence.
    """
    settings = dict(data)
    spec: dict[str, Any] = {name: settings.pop(name) for name in ("schedulers", "schedules") if name in settings}
    picks = choices_from_dict(spec) if any(spec.values()) else ()
    unpicked = settings.pop("unpicked", [])
    others = choices_from_dict({"schedules": unpicked}) if unpicked else ()
    preset = settings.pop("preset", None)
    if preset not in (None, *PRESETS):
        raise unknown("preset", str(preset), PRESETS)
    data_dir = settings.pop("data_dir", "")
    if not isinstance(data_dir, str):
        raise UserError(f"data_dir={shown(data_dir)}: expected a text")
    for name, value in settings.items():
        setting(name).check(name, value)
    values: dict[str, Mapping[str, Value]] = {
        choice.scheduler: choice.parameters
        for choice in (*picks, *others)
        if is_key(choice.label) and choice.parameters
    }
    there = {*keys(), *(choice.label for choice in own)}
    return Draft(frozenset(choice.label for choice in picks) & there, values, own, settings, data_dir, preset)


class KeptDraft:
    """The files that a draft is kept in, as one process reads and changes them; threads may share them.

    Where several dashboards are open, the one that changes something last has the last word, but for own schedules,
    which are brought together.
    """

    def __init__(self) -> None:
        self.path: Path = configuration_file("draft.toml")
        self.complaints: list[str] = []
        """What was wrong with the files when they were read, a sentence each."""
        self._own = OwnSchedulesFile()
        self._lock = Lock()
        self._known: dict[str, Any] = {}

    def read(self) -> Draft:
        """The draft of the last session; what cannot be read is left out, and said in `complaints`."""
        own: Own = ()
        try:
            own = self._own.read()
        except UserError as error:
            self.complaints.append(str(error))
        draft = Draft(own=own)
        try:
            data = read_toml(self.path)
            if data:
                draft = draft_from_dict(data, own)
        except UserError as error:
            self.complaints.append(f"{self.path} {self._put_aside()}: {str(error).removeprefix(f'{self.path}: ')}")
        self._known = draft_to_dict(draft)
        return draft

    def _put_aside(self) -> str:
        """Keep a file that is not understood from being written over; says so."""
        aside = self.path.with_name(f"{self.path.stem}-broken.toml")
        try:
            self.path.replace(aside)
        except OSError:
            return "is not understood, and nothing is set up"
        return f"is not understood, {aside.name} now, and nothing is set up"

    def keep(self, newest: Callable[[], Draft]) -> None:
        """Write what has changed since it was read or kept.

        Args:
            newest: gives the draft to keep; called when it is this thread's turn, so that the last turn has the last word.

        Raises:
            UserError: a file cannot be written, or something in it is wrong; it is as it was.
        """
        try:
            self._own.keep(lambda: newest().own)
        finally:  # whatever became of the other file
            with self._lock:
                wanted = draft_to_dict(newest())
                if wanted != self._known:
                    write_toml(self.path, wanted)
                    self._known = wanted
