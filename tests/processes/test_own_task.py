"""A task of a person's own through supervisor and workers: ranked lowest first, killed and resumed to the last bit."""

import signal
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from lrtui.comparison.spec import spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from lrtui.preflight.resolve import ask_helper, check, resolve
from lrtui.workspace import Workspace
from tests.processes.lab import Lab, kill
from tests.training.own_tasks import write

pytestmark = pytest.mark.processes


def test_a_regression_is_trained_killed_resumed_and_ranked_by_its_lowest_error(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LRTUI_CHECKPOINT_SECONDS", "0.2")
    path = write(tmp_path)
    workspace = Workspace(lab.database)
    settings: dict[str, Any] = {"schedulers": ["constant", "cosine"], "seeds": 6, "epochs": 4, "base_lrs": [0.01, 0.0001], "batch_size": 16, "device": "cpu"}  # fmt: skip
    comparison = workspace.start(task=f"{path}:task", **settings)
    long: dict[str, Any] = {**settings, "schedulers": ["cosine"], "seeds": 1, "base_lrs": [0.01], "epochs": 3000}
    killed, whole = (workspace.start(task=f"{path}:task", **long).id for _ in range(2))
    lab.trains_past(300, killed)
    kill(lab.worker_of(killed).identity, signal.SIGKILL)
    first = lab.epochs(killed)[0].seconds
    for comparison_id in (comparison.id, killed, whole):
        lab.ends(comparison_id)

    assert {run.status for run in lab.runs(comparison.id)} == {RunStatus.DONE}, lab.story()
    spec = comparison.spec
    assert (spec.metric.name, spec.metric.better, spec.metric.unit) == ("mse", "lower", "")
    rows = comparison.ranking().rows
    scores = [row.score for row in rows]
    assert scores == sorted(scores)
    assert {row.base_lr for row in rows} == {0.01}

    assert (lab.run(killed).status, lab.run(killed).attempt) == (RunStatus.DONE, 2), lab.story()
    a, b = ([astuple(row)[:-2] for row in lab.epochs(one)] for one in (killed, whole))
    assert len(a) == 3000
    assert lab.epochs(killed)[0].seconds == first, "it started over"
    assert a == b
    assert (lab.run(killed).test, lab.run(killed).score) == (lab.run(whole).test, lab.run(whole).score)


def test_only_the_helper_and_workers_run_the_file(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write('x')\n" + path.read_text())
    code = f"""
import sys
from lrtui.preflight.resolve import check, resolve
from lrtui.comparison.spec import spec_from_dict
spec = resolve(spec_from_dict({{"task": {f"{path}:task"!r}, "schedulers": ["cosine"], "batch_size": 16}}))
print(spec.steps_per_epoch, spec.metric.name, spec.info.source.sha256 != "", [m for m in sys.modules if m.startswith("lrtui_own") or m == "torch"])
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "6 mse True []\n"
    assert (tmp_path / "ran").read_text() == "x"


def test_a_helper_that_hangs_exits_or_chatters_is_one_sentence(tmp_path: Path) -> None:
    hangs = write(tmp_path, "import time\n\n\ndef task(setup):\n    time.sleep(600)\n", "hangs.py")
    spec = spec_from_dict({"task": f"{hangs}:task", "schedulers": ["cosine"], "device": "cpu"})
    with pytest.raises(UserError, match="took longer than 8 s"):
        ask_helper({"ask": "resolve", "spec": spec.to_dict(), "data_dir": None}, timeout=8)
    exits = write(tmp_path, "import os\n\n\ndef task(setup):\n    os._exit(3)\n", "exits.py")
    with pytest.raises(UserError, match="ended with exit code 3"):
        resolve(spec_from_dict({"task": f"{exits}:task", "schedulers": ["cosine"], "device": "cpu"}))
    chatters = write(tmp_path)
    chatters.write_text("import os\nprint('{')\nos.write(1, b'}')\n" + chatters.read_text())
    assert check(f"{chatters}:task", {"device": "cpu"}).ok
