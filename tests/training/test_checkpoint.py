import multiprocessing
import os
import resource
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from lrtui.training.checkpoint import FAILPOINTS, CheckpointRefused, load, remove, save
from tests.training.memory_coordinator import MemoryCoordinator, small_spec, train

CPU = torch.device("cpu")


def pause_after(epoch: int) -> MemoryCoordinator:
    return MemoryCoordinator(lambda rows, batch: "pause" if rows >= epoch else "go")


def save_and_die(path: Path, failpoint: str) -> None:
    def die(reached: str) -> None:
        if reached == failpoint:
            os.kill(os.getpid(), signal.SIGKILL)

    save(path, {"fingerprint": "mine", "epoch": 2, "weights": torch.full((1000,), 2.0)}, die)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_while_writing_leaves_a_loadable_checkpoint(failpoint: str, tmp_path: Path) -> None:
    path = tmp_path / "run-1.pt"
    save(path, {"fingerprint": "mine", "epoch": 1, "weights": torch.full((1000,), 1.0)})
    child = multiprocessing.get_context("fork").Process(target=save_and_die, args=(path, failpoint))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    state = load(path, "mine", CPU)
    assert state is not None
    assert state["epoch"] == (2 if failpoint == "before directory fsync" else 1)
    assert torch.equal(state["weights"], torch.full((1000,), float(state["epoch"])))
    save(path, {"fingerprint": "mine", "epoch": 3})
    assert [p.name for p in tmp_path.iterdir()] == ["run-1.pt"], "the leftover is used up by the next write"


def test_only_the_owner_may_read_it_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        save(tmp_path / "run-1.pt", {"fingerprint": "mine"})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "run-1.pt").stat().st_mode) == 0o600


def test_a_leftover_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    (tmp_path / ".run-1.pt.tmp").symlink_to(target)
    with pytest.raises(OSError, match="symbolic"):
        save(tmp_path / "run-1.pt", {"fingerprint": "mine"})
    assert target.read_text() == "precious"


def test_none_where_there_is_none_and_removing_it_is_fine(tmp_path: Path) -> None:
    assert load(tmp_path / "run-1.pt", "mine", CPU) is None
    remove(tmp_path / "run-1.pt")


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {EXECUTED}",)


EXECUTED = Path("/tmp") / f"lrtui-test-executed-{os.getpid()}"


def hostile(path: Path) -> None:
    torch.save({"fingerprint": "mine", "model": Hostile()}, path)


def truncated(path: Path) -> None:
    save(path, {"fingerprint": "mine", "weights": torch.ones(5000)})
    path.write_bytes(path.read_bytes()[:-4000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def another_run(path: Path) -> None:
    save(path, {"fingerprint": "another"})


def no_dictionary(path: Path) -> None:
    torch.save([1, 2], path)


@pytest.mark.parametrize("damage", [hostile, truncated, empty, another_run, no_dictionary])
def test_what_is_not_this_runs_checkpoint_is_refused_and_the_run_starts_over(damage, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "run-1.pt"
    damage(path)
    with pytest.raises(CheckpointRefused, match=r"run-1\.pt"):
        load(path, "mine", CPU)
    coordinator = train(small_spec(), tmp_path)
    assert not EXECUTED.exists()
    assert len(coordinator.rows) == coordinator.results[0].epochs_run == 4
    assert len(coordinator.notices) == 1
    assert coordinator.notices[0].endswith("the run starts over")


def test_a_checkpoint_of_the_same_run_with_other_settings_is_refused(tmp_path: Path) -> None:
    train(small_spec(epochs=8), tmp_path, pause_after(2))
    coordinator = train(small_spec(epochs=8, base_lrs=[0.04]), tmp_path)
    assert len(coordinator.notices) == 1
    assert len(coordinator.rows) == 8


def test_a_checkpoint_whose_parts_do_not_fit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run-1.pt"
    train(small_spec(), tmp_path, pause_after(2))
    state = torch.load(path, weights_only=True)
    for broken in (state | {"model": {}}, state | {"rows": [(1,)]}, state | {"optimizer": 7}, {"fingerprint": state["fingerprint"]}):  # fmt: skip
        save(path, broken)
        coordinator = train(small_spec(), tmp_path)
        assert len(coordinator.notices) == 1
        assert len(coordinator.rows) == 4


@contextmanager
def almost_full_disk() -> Iterator[None]:
    """No file of this process may grow beyond 20 kB, which the system reports as it reports a full disk: by OSError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_is_full_pauses_the_run_at_its_last_checkpoint(tmp_path: Path) -> None:
    spec = small_spec(epochs=6)
    train(spec, tmp_path, pause_after(2))
    before = (tmp_path / "run-1.pt").read_bytes()
    with almost_full_disk():
        coordinator = train(spec, tmp_path, checkpoint_seconds=0)
    assert len(coordinator.pauses) == 1
    assert coordinator.pauses[0] is not None
    assert "run-1.pt: cannot write the checkpoint" in coordinator.pauses[0]
    assert coordinator.results == []
    assert (tmp_path / "run-1.pt").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run-1.pt"]
    later = train(spec, tmp_path)
    assert [row.epoch for row in later.rows] == [1, 2, 3, 4, 5, 6], "it goes on once there is space again"


def test_a_checkpoint_is_written_no_more_often_than_asked(tmp_path: Path) -> None:
    seen: list[int] = []

    class Watching(MemoryCoordinator):
        def evaluated(self, run_id: int, row: object) -> None:
            super().evaluated(run_id, row)  # type: ignore[arg-type]
            seen.append(len(list(tmp_path.glob("run-1.pt"))))

    train(small_spec(), tmp_path, Watching(), checkpoint_seconds=60)
    assert seen == [0, 0, 0, 0]
    seen.clear()
    train(small_spec(), tmp_path, Watching(), checkpoint_seconds=0)
    assert seen[-1] == 1
