"""What every test may ask for: a database of its own, processes that work on it, and the command line as a function."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lrtui.cli.main import main
from lrtui.machine.paths import Files
from lrtui.store.connection import open_database
from lrtui.store.sqlite import Connection
from tests.processes.lab import Lab


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """A shell that runs the tests in the background has them ignore SIGINT, and all that they start would inherit it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder of the test's own: the settings file in it, which is not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "lrtui" / "settings.toml"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


@pytest.fixture
def files(database: Path) -> Files:
    return Files(database)


@pytest.fixture
def connection(database: Path) -> Iterator[Connection]:
    opened = open_database(database)
    yield opened
    opened.close()


@pytest.fixture
def lab(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The test's database with real processes at work on it, ended with the test; a checkpoint as often as possible."""
    monkeypatch.setenv("LRTUI_CHECKPOINT_SECONDS", "0")
    opened = Lab(database)
    yield opened
    opened.close()


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


Cli = Callable[..., Outcome]


@pytest.fixture
def lrtui(database: Path, capfd: pytest.CaptureFixture[str]) -> Cli:
    """The command line, in this process: `lrtui("rank", 1)` works on the test's database."""

    def run(*arguments: object, db: Path | None = None) -> Outcome:
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_info:
            main(["--db", str(db or database), *map(str, arguments)])
        out, err = capfd.readouterr()
        assert isinstance(exit_info.value.code, int)
        return Outcome(exit_info.value.code, out, err)

    return run
