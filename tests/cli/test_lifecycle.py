"""The command line over real training: run, interrupt, pause, resume, cancel, retry, stop, wait, delete."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lrtui.comparison.status import RunStatus
from lrtui.machine.process_identity import is_alive
from lrtui.store import comparisons
from lrtui.supervisor import control
from tests.conftest import Cli
from tests.processes.lab import Lab, kill
from tests.store import fakes
from tests.waiting import eventually

pytestmark = pytest.mark.processes
_SMALL = 'schedulers = ["constant"]\nseeds = 1\ndevice = "cpu"\nsplits = [100, 50, 50]\nepochs = '


def _start(database: Path, *arguments: object, umask: int = -1) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lrtui", "--db", database, *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, umask=umask,
        start_new_session=True,
    )  # fmt: skip


def _spec(tmp_path: Path, epochs: int) -> Path:
    file = tmp_path / "spec.toml"
    file.write_text(_SMALL + str(epochs))
    return file


def _private(lab: Lab) -> None:
    for path in (lab.database, *lab.database.parent.glob("runs.db-*"), lab.files.folder, *lab.files.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_run_prints_the_id_and_then_the_ranking(lab: Lab, tmp_path: Path) -> None:
    running = _start(lab.database, "run", _spec(tmp_path, 30), "--schedulers", "constant,cosine", "--seeds", 2, umask=0)
    out, err = running.communicate(timeout=100)
    assert running.returncode == 0, err
    assert out == "1\n"
    for part in ("4/4 runs", "constant", "cosine", "comparison (1)", "warning: 2 seeds cannot show a difference"):
        assert part in err, err
    assert "time:" not in err  # nothing of this task was trained before
    assert {run.status for run in lab.runs()} == {RunStatus.DONE}
    assert [row.epoch for row in lab.epochs()] == list(range(1, 31))
    _private(lab)

    # What it printed as its spec, run again, is the same comparison; this time the answer is JSON.
    again = tmp_path / "again.toml"
    again.write_bytes(subprocess.check_output([sys.executable, "-m", "lrtui", "--db", lab.database, "spec", "1"]))
    running = _start(lab.database, "run", again, "--json")
    out, err = running.communicate(timeout=100)
    assert running.returncode == 0, err
    assert "as fast as comparison 1)" in err
    ranked = json.loads(out)
    assert ranked["comparison"] == 2
    assert len(ranked["rows"]) == 2
    assert comparisons.get(lab.connection, 2).spec == comparisons.get(lab.connection, 1).spec


def test_an_interrupted_wait_leaves_training_alone_and_can_be_taken_up_again(lab: Lab, tmp_path: Path) -> None:
    running = _start(lab.database, "run", _spec(tmp_path, 1500))
    assert running.stdout is not None
    assert running.stdout.readline() == "1\n"
    lab.trains_past(3)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "training goes on: `lrtui wait 1` waits for it, `lrtui cancel 1` ends it" in err
    assert "Traceback" not in err
    lab.trains_past(lab.run().epoch + 3)

    supervisor = control.supervisor_identity(lab.files)
    assert supervisor is not None
    kill(supervisor)
    eventually(lambda: not is_alive(supervisor))
    waiting = _start(lab.database, "wait", "last")
    eventually(lambda: control.supervisor_identity(lab.files) is not None, why=lab.story())
    _, err = waiting.communicate(timeout=100)
    assert waiting.returncode == 0, err
    assert (lab.run().status, lab.run().attempt, lab.run().epoch) == (RunStatus.DONE, 1, 1500)


def test_the_life_of_a_run_by_command(lab: Lab, lrtui: Cli, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        started = lrtui("run", _spec(tmp_path, 100_000), "--detach", "--json")
    finally:
        os.umask(old)
    assert json.loads(started.out) == {"id": 1}
    lab.trains_past(3)

    assert lrtui("pause", 1).err == "paused 1 run of comparison 1\n"
    eventually(lambda: lab.run().status is RunStatus.PAUSED)
    assert lab.files.checkpoint(lab.run().id).exists()
    _private(lab)
    waited = lrtui("wait", 1)
    assert (waited.status, waited.err.splitlines()[-1]) == (
        1,
        "lrtui: comparison 1 is paused: `lrtui resume 1` goes on",
    )
    epoch = lab.run().epoch

    assert lrtui("resume", "1/1").err == "resumed run 1 of comparison 1\n"
    lab.trains_past(epoch + 3)
    worker = lab.worker_of()
    assert lrtui("delete", 1).status == 2
    assert lrtui("cancel", 1).err == "cancelled 1 run of comparison 1\n"
    eventually(lambda: not is_alive(worker.identity), seconds=7)
    assert lab.run().status is RunStatus.CANCELLED
    assert lrtui("wait", 1).status == 1

    epoch = lab.run().epoch
    assert lrtui("retry", 1).err == "queued again 1 run of comparison 1\n"
    lab.trains_past(epoch)
    supervisor, worker = control.supervisor_identity(lab.files), lab.worker_of()
    assert supervisor is not None
    assert lrtui("stop").err == f"supervisor (pid {supervisor.pid}) ended\n"
    assert not is_alive(supervisor)
    assert not is_alive(worker.identity)
    assert lab.run().status is RunStatus.QUEUED
    assert lrtui("stop").err.startswith("no supervisor is at work")

    assert lrtui("cancel", 1).status == 0
    assert lrtui("cancel", 1).err == "nothing to cancel in comparison 1\n"
    assert [event.message for event, _ in lab.events()][-1] == "cancelled 1 run of comparison 1"
    assert lrtui("delete", 1).err == "deleted comparison 1\n"
    assert lrtui("show", 1).status == 2
    assert not list(lab.files.checkpoints.iterdir())


def test_demo_without_a_terminal_ends_with_a_ranking_and_its_report(
    lab: Lab, lrtui: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "lrtui.comparison.presets.preset", lambda name: fakes.spec(epochs=2, splits=[100, 50, 50], name=name)
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LRTUI_LANG", "ko")
    outcome = lrtui("demo")
    assert outcome.status == 0
    assert "2/2 runs" in outcome.err
    last = outcome.out.splitlines()[-1]
    assert last == f"Report: {tmp_path / 'lrtui-1.md'}"
    report = (tmp_path / "lrtui-1.md").read_text()
    assert "quick" in report
    assert "seed 1개로는" in report
