"""A resumed run against an uninterrupted one: the same rows, bit-equal weights."""

from pathlib import Path
from typing import Any

import pytest
import torch

from lrtui.comparison.spec import Spec
from lrtui.training.coordinator import Request
from tests.training.memory_coordinator import MemoryCoordinator, assert_same, small_spec, train, without_clock


def pause_after(epoch: int) -> MemoryCoordinator:
    return MemoryCoordinator(lambda rows, batch: "pause" if rows >= epoch else "go")


def stop_in(epoch: int) -> MemoryCoordinator:
    """Stop at the third batch of an epoch, as a worker that is asked to leave does."""

    def answer(rows: int, batch: int) -> Request:
        return "stop" if rows == epoch - 1 and batch >= 4 else "go"

    return MemoryCoordinator(answer)


def state_after(spec: Spec, folder: Path, epoch: int) -> dict[str, Any]:
    """Everything a checkpoint holds after the epoch, the clock taken out."""
    folder.mkdir(exist_ok=True)
    train(spec, folder, pause_after(epoch))
    state: dict[str, Any] = torch.load(folder / "run-1.pt", weights_only=True)
    state["rows"] = [row[:-2] for row in state["rows"]]
    return state


IMPATIENT = [{"scheduler": "plateau", "parameters": {"patience": 0, "factor": 0.5, "cooldown": 1}}]
SETTINGS: list[dict[str, Any]] = [
    {"optimizer": "sgd", "scheduler": "constant"},
    {"optimizer": "sgd", "scheduler": "onecycle"},
    {"optimizer": "adamw", "scheduler": "cyclic", "base_lrs": [0.003]},
    {"optimizer": "adamw", "scheduler": "cosine-restarts-warmup", "base_lrs": [0.003]},
    {"optimizer": "adam", "scheduler": "multistep", "base_lrs": [0.003], "weight_decay": 0.01},
    {"optimizer": "sgd", "schedulers": [], "schedules": IMPATIENT, "base_lrs": [0.3], "epochs": 20},
    {"optimizer": "adamw", "scheduler": "onecycle", "model": "cnn", "base_lrs": [0.003]},
    {"optimizer": "sgd", "scheduler": "lambda", "model": "cnn", "augment": True},
    {"optimizer": "adamw", "scheduler": "step", "model": "cnn", "precision": "bf16", "base_lrs": [0.003]},
    {"optimizer": "sgd", "scheduler": "cosine", "model": "mobilenet_v3_small", "epochs": 4, "splits": [64, 40, 40]},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: "-".join(map(str, s.values())))
def test_paused_or_killed_and_resumed_equals_uninterrupted(settings: dict[str, Any], tmp_path: Path) -> None:
    spec = small_spec(**({"epochs": 10} | settings))
    end = spec.epochs - 1
    whole = state_after(spec, tmp_path / "whole", end)

    paused = tmp_path / "paused"
    state_after(spec, paused, end // 2)
    assert_same(state_after(spec, paused, end), whole)

    killed = tmp_path / "killed"
    killed.mkdir()
    stopped = train(spec, killed, stop_in(end), checkpoint_seconds=0)
    assert len(stopped.rows) == end - 1
    assert_same(state_after(spec, killed, end), whole)

    ours, theirs = train(spec, paused), train(spec, tmp_path)
    assert without_clock(ours.rows) == without_clock(theirs.rows)
    a, b = ours.results[0], theirs.results[0]
    assert (a.status, a.best_epoch, a.test, a.test_last, a.selection, a.stopped_early_at) == (
        b.status, b.best_epoch, b.test, b.test_last, b.selection, b.stopped_early_at,
    )  # fmt: skip


def test_early_stopping_comes_at_the_same_epoch_after_a_resume(tmp_path: Path) -> None:
    spec = small_spec(epochs=60, early_stopping=5)
    whole = train(spec, tmp_path)
    stop = whole.results[0].stopped_early_at
    assert stop is not None
    train(spec, tmp_path, pause_after(stop - 2))
    resumed = train(spec, tmp_path)
    assert without_clock(resumed.rows) == without_clock(whole.rows)
    assert resumed.results[0].stopped_early_at == stop
    assert resumed.results[0].test == whole.results[0].test
