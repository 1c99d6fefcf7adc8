"""Promise 7 on a disk that is really full, with real training: a small file system in memory, where one may be mounted."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from lrtui.comparison.status import RunStatus
from lrtui.supervisor import control
from tests.processes.lab import Lab
from tests.waiting import eventually

pytestmark = pytest.mark.processes

EPOCHS = 2000


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of 16 MB at a folder. Skips the test where the system lets nobody mount one."""
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", folder], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the right to mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=False, capture_output=True)


def fill(folder: Path) -> Path:
    """Write until nothing more goes in."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as out:
        while True:
            out.write(b"\0" * 4096)
    return filler


def _paused_by_the_disk(lab: Lab) -> Callable[[], bool]:
    def condition() -> bool:
        told = [event.message for event, _ in lab.events(1, 1)]
        return lab.run().status is RunStatus.PAUSED and any("No space left on device" in message for message in told)

    return condition


def _stands_still(lab: Lab) -> Callable[[], bool]:
    """No row at a hundred looks: nothing can be written any more."""
    seen: list[int] = []

    def condition() -> bool:
        seen.append(lab.run().epoch)
        return len(seen) > 100 and seen[-100] == seen[-1]

    return condition


def _goes_on_to_the_end(lab: Lab) -> None:
    before = lab.run().epoch
    control.ask(lab.connection, lab.files, "resume", 1, None)
    lab.ends()
    run = lab.run()
    assert (run.status, run.epoch, run.attempt) == (RunStatus.DONE, EPOCHS, 1), lab.story()
    assert run.epoch > before
    assert [row.epoch for row in lab.epochs()] == list(range(1, EPOCHS + 1))
    assert lab.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_7_a_full_disk_of_checkpoints_pauses_the_run_and_names_itself(lab: Lab) -> None:
    lab.create(epochs=EPOCHS)
    with small_disk(lab.files.checkpoints):
        lab.supervise()
        lab.trains_past(3)
        filler = fill(lab.files.checkpoints)
        eventually(_paused_by_the_disk(lab), 30, lab.story())
        assert lab.run().epoch < EPOCHS
        filler.unlink()
        _goes_on_to_the_end(lab)
        eventually(lambda: not lab.workers())


def test_7_a_full_disk_under_the_database_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows wait in the worker until there is space, and so does the word that the checkpoint was not written."""
    monkeypatch.setenv("LRTUI_CHECKPOINT_SECONDS", "0")
    with small_disk(tmp_path / "small"):
        lab = Lab(tmp_path / "small" / "runs.db")
        try:
            lab.create(epochs=EPOCHS)
            lab.supervise()
            lab.trains_past(3)
            filler = fill(tmp_path / "small")
            eventually(_stands_still(lab), 30, lab.story())
            assert lab.run().status is RunStatus.RUNNING
            filler.unlink()
            eventually(lambda: lab.run().status in (RunStatus.PAUSED, RunStatus.DONE), 60, lab.story())
            if lab.run().status is RunStatus.PAUSED:
                assert _paused_by_the_disk(lab)()
                _goes_on_to_the_end(lab)
            eventually(lambda: not lab.workers())
        finally:
            lab.close()
