"""Workers run nobody's code unasked, and only the code that a comparison began with. Promises 26 and 27."""

from pathlib import Path

import pytest

from lrtui.comparison.status import RunStatus
from lrtui.config.trust import trusted_file
from lrtui.store import comparisons
from lrtui.supervisor import control
from lrtui.workspace import Workspace
from tests.processes.lab import Lab
from tests.waiting import eventually

pytestmark = pytest.mark.processes

_TASK = """
import os
from pathlib import Path

import torch

if "LRTUI_WORKER" in os.environ:
    Path(__file__).with_name("ran").touch()


def task(setup):
    x = torch.linspace(0, 1, 64).unsqueeze(1)
    y = (x[:, 0] > 0.5).long()
    return {"model": torch.nn.Linear(1, 2), "train": (x, y), "validation": (x, y)}
"""


def _queued(lab: Lab, path: Path) -> int:
    """A comparison of two runs of an own task, which nobody works on yet."""
    path.write_text(_TASK)
    workspace = Workspace(lab.database)
    spec = workspace.prepare(
        workspace.spec(task=f"{path}:task", schedulers=["constant"], seeds=2, epochs=2, batch_size=16, device="cpu")
    )
    path.with_name("ran").unlink(missing_ok=True)  # the helper may have run it: the reference was typed
    return comparisons.create(lab.connection, spec, {"lrtui": "test"})


def _all_pause(lab: Lab) -> str:
    lab.supervise()
    eventually(lambda: all(run.status is RunStatus.PAUSED for run in lab.runs()), 60, lab.story())
    return " ".join(event.message for event, _ in lab.events())


def test_27_a_queued_run_of_code_that_nobody_trusted_pauses_and_says_so(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "theirs.py"
    _queued(lab, path)
    trusted = trusted_file().read_bytes()
    trusted_file().unlink()
    said = _all_pause(lab)
    assert "theirs.py is code that you have not trusted" in said
    assert "lrtui trust" in said
    assert not path.with_name("ran").exists()

    trusted_file().write_bytes(trusted)
    control.ask(lab.connection, lab.files, "resume", 1)
    lab.ends()
    assert {run.status for run in lab.runs()} == {RunStatus.DONE}
    assert path.with_name("ran").exists()


def test_26_a_file_that_changed_pauses_what_is_left_until_it_is_put_back(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    _queued(lab, path)
    path.write_text(_TASK + "\n# another version\n")
    said = _all_pause(lab)
    assert "mine.py has changed since comparison 1 began" in said
    assert "--accept-change" in said
    assert not path.with_name("ran").exists()

    path.write_text(_TASK)
    control.ask(lab.connection, lab.files, "resume", 1)
    lab.ends()
    assert {run.status for run in lab.runs()} == {RunStatus.DONE}
