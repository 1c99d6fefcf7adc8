"""The layers, twice: as import-linter reads them, and as a process that has run a command remembers them. Promise 20."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lrtui.cli.main import COMMANDS
from tests.processes.lab import Lab
from tests.store import fakes

_ROOT = Path(__file__).parents[1]
_PROBE = """
import json, sys
from lrtui.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    status = end.code
print(json.dumps([status, sorted(name for name in sys.modules if "." not in name)]), file=sys.stderr)
"""
_TWO_SQLITES = {"_sqlite3", "pysqlite3"}  # Python's own, and the one that lrtui takes where it is installed
# Every command that does not train. `run`, `demo` and `wait` leave training to other processes: they are here, too.
_LINES = {
    "list": "list", "show": "show 1/1", "rank": "rank 1", "logs": "logs 1", "spec": "spec 1", "export": "export 1 -o -",
    "pause": "pause 1", "resume": "resume 1/1", "cancel": "cancel 1", "retry": "retry 1/1", "delete": "delete 2", "stop": "stop",
    "schedulers": "schedulers", "preview": "preview cosine --json", "explain": "explain cosine", "doctor": "doctor", "check": "check no.py",
    "trust": "trust missing.py",
    "completion": "completion bash", "plan": "plan --detect 1", "wait": "wait 1", "run": "run --epochs 0", "demo": "demo --help",
    "backup": "backup {folder}/copy.db", "import": "import {root}/runs.db",
}  # fmt: skip


def _after(code: str, *arguments: str) -> tuple[int, set[str]]:
    """The exit status of a probe, and the packages its process has imported."""
    process = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    status, modules = json.loads(process.stderr.splitlines()[-1])
    return status, set(modules)


def test_import_linter_agrees() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run([lint], cwd=_ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout


def test_help_is_light() -> None:
    status, modules = _after(_PROBE, "--help")
    assert status == 0
    heavy = {"torch", "textual", "scipy", "numpy", "sqlite_utils", "plotext", "sklearn", "rich", "sqlite3", "pysqlite3"}
    assert not modules & heavy


@pytest.mark.parametrize("line", ["schedulers", "preview cosine", "explain cosine"])
def test_the_catalogue_needs_no_database_and_no_arithmetic(line: str) -> None:
    status, modules = _after(_PROBE, *line.split())
    assert status == 0
    assert not modules & {"torch", "textual", "scipy", "numpy", "sqlite_utils", "plotext", "sqlite3", "pysqlite3"}


def test_every_command_is_probed() -> None:
    assert set(_LINES) == set(COMMANDS)


@pytest.mark.processes
@pytest.mark.parametrize("command", COMMANDS)
def test_20_no_command_imports_torch_or_two_sqlites(lab: Lab, command: str) -> None:
    fakes.trained(lab.connection)
    fakes.trained(lab.connection)
    line = _LINES[command].format(folder=lab.database.parent, root=_ROOT)
    status, modules = _after(_PROBE, "--db", str(lab.database), *line.split())
    assert status in (0, 1 if command == "doctor" else 0, 2 if command in ("run", "check", "trust") else 0)
    assert not modules & {"torch", "torchvision", "sklearn", "textual", "plotext"}
    assert not modules >= _TWO_SQLITES


def test_20_the_dashboard_and_the_supervisor_import_no_torch() -> None:
    for module in ("lrtui.tui.app", "lrtui.supervisor.supervise", "lrtui.supervisor.control"):
        code = f"import json, sys, {module}; print(json.dumps([0, sorted(sys.modules)]), file=sys.stderr)"
        modules = {name for name in _after(code)[1] if "." not in name}
        assert not modules & {"torch", "torchvision", "sklearn"}, module
        assert not modules >= _TWO_SQLITES, module
        if "tui" not in module:
            assert not modules & {"textual", "plotext"}, module


def test_making_the_schema_takes_one_sqlite_too(database: Path) -> None:
    database.touch()
    status, modules = _after(_PROBE, "--db", str(database), "list")
    assert status == 0
    assert "sqlite_utils" in modules
    assert not modules >= _TWO_SQLITES


def test_the_worker_is_on_record_before_it_imports_torch() -> None:
    code = "import json, sys, lrtui.training.worker; print(json.dumps([0, sorted(sys.modules)]), file=sys.stderr)"
    assert "torch" not in _after(code)[1]
