"""`schedules.toml` in the user's configuration folder: where a person's own schedules are kept between sessions."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from lrtui.comparison.own_schedules import Own, find, merged, own_from_dict, own_to_dict
from lrtui.comparison.spec import Choice
from lrtui.config.files import configuration_file, read_toml, write_toml
from lrtui.errors import UserError
from lrtui.schedules.registry import is_key


def choice(name: str) -> Choice:
    """The schedule called `name`. The file of own schedules is read only for a name that the catalogue does not have.

    Raises:
        UserError: there is none, or the file is wrong.
    """
    return find(name, () if is_key(name) else OwnSchedulesFile().read())


class OwnSchedulesFile:
    """The file as one process reads and changes it; threads may share it."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or configuration_file("schedules.toml")
        self._lock = Lock()
        self._known: Own = ()

    def read(self) -> Own:
        """The schedules in the file; none where there is no file.

        Raises:
            UserError: something in it is wrong.
        """
        with self._lock:
            self._known = self._read()
            return self._known

    def keep(self, newest: Callable[[], Own]) -> None:
        """Bring into the file what has changed since it was read or kept. What others changed in it stays.

        Args:
            newest: gives the schedules to keep; called when it is this thread's turn, so that the last turn has the last word.

        Raises:
            UserError: something in the file is wrong, or it cannot be written; it is as it was.
        """
        with self._lock:
            wanted = newest()
            if wanted != self._known:
                write_toml(self.path, own_to_dict(merged(self._read(), self._known, wanted)))
                self._known = wanted

    def _read(self) -> Own:
        try:
            return own_from_dict(read_toml(self.path))
        except UserError as error:
            raise UserError(f"{_placed(self.path, error)}; your own schedules in it are left as they are") from None


def _placed(path: Path, error: UserError) -> str:
    """The sentence with the file's name once, in front."""
    sentence = str(error)
    return sentence if sentence.startswith(str(path)) else f"{path}: {sentence}"
