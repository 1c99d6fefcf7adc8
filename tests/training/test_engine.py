import math
from pathlib import Path

import pytest

from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from lrtui.schedules.registry import BUILT_IN_KEYS
from lrtui.training.engine import Engine
from tests.training.memory_coordinator import MemoryCoordinator, jobs_of, small_spec, train, without_clock


@pytest.mark.parametrize("key", [key for key in BUILT_IN_KEYS if key != "plateau"])
def test_rows_hold_the_learning_rates_the_optimizer_really_used(key: str, tmp_path: Path) -> None:
    spec = small_spec(key, batch_size=37)  # the last batch is smaller
    coordinator = train(spec, tmp_path)
    rates = next(spec.runs()).schedule.lr_at_steps()
    steps = spec.steps_per_epoch
    assert [row.epoch for row in coordinator.rows] == [1, 2, 3, 4]
    for row in coordinator.rows:
        expected = rates[(row.epoch - 1) * steps : row.epoch * steps]
        applied = [row.lr_first, row.lr_last, row.lr_min, row.lr_max]
        assert applied == pytest.approx([expected[0], expected[-1], min(expected), max(expected)], rel=1e-9)


@pytest.mark.parametrize(("optimizer", "lr"), [("sgd", 0.1), ("adam", 1e-3), ("adamw", 1e-3)])
def test_it_learns(optimizer: str, lr: float, tmp_path: Path) -> None:
    spec = small_spec(optimizer=optimizer, base_lrs=[lr], splits=[1000, 197, 200], epochs=12)
    result = train(spec, tmp_path).results[0]
    assert result.status is RunStatus.DONE
    assert result.test is not None
    assert result.test > 0.88
    assert result.test_last is not None
    assert result.selection is not None
    assert result.score_last is not None
    assert result.error is None


def test_runs_of_a_seed_start_from_the_same_weights_and_see_the_same_order(tmp_path: Path) -> None:
    spec = small_spec(schedulers=["constant", "onecycle"], seeds=[3, 4], epochs=2)
    engine, coordinator = Engine("cpu"), MemoryCoordinator()
    jobs = jobs_of(spec, tmp_path)
    engine.train([jobs[0], jobs[2], jobs[1], jobs[3]], coordinator)  # seeds 3, 4, 3, 4
    a, b, again, b_again = coordinator.provenances
    assert a == again
    assert b == b_again
    assert a.init_hash != b.init_hash
    assert a.order_hash != b.order_hash
    assert len(a.init_hash) == len(a.order_hash) == 64


def test_a_run_gives_the_same_rows_whatever_ran_before_it(tmp_path: Path) -> None:
    spec = small_spec(schedulers=["cyclic", "cosine"], model="cnn", augment=True, epochs=2)
    together = train(spec, tmp_path)
    alone = MemoryCoordinator()
    Engine("cpu").train(jobs_of(spec, tmp_path)[1:], alone)
    assert without_clock(together.rows[2:]) == without_clock(alone.rows)


def test_test_accuracy_is_that_of_the_first_best_validation_epoch(tmp_path: Path) -> None:
    spec = small_spec(epochs=12, base_lrs=[0.2])
    coordinator = train(spec, tmp_path)
    result, accuracies = coordinator.results[0], [row.score for row in coordinator.rows]
    assert result.best_epoch == accuracies.index(max(accuracies)) + 1
    assert result.best_epoch < 12, "choose another base LR: this test needs a best epoch before the last"
    assert result.score == max(accuracies)
    assert result.score_last == accuracies[-1]
    # Trained again for just as many epochs, the last epoch is that best one.
    shorter = train(small_spec(epochs=result.best_epoch, base_lrs=[0.2]), tmp_path).results[0]
    assert (result.test, result.selection) == (shorter.test_last, shorter.selection)


def test_early_stopping_counts_epochs_without_a_new_best(tmp_path: Path) -> None:
    coordinator = train(small_spec(epochs=60, early_stopping=4), tmp_path)
    result, accuracies = coordinator.results[0], [row.score for row in coordinator.rows]
    assert result.status is RunStatus.DONE
    assert result.best_epoch is not None
    assert result.stopped_early_at == len(coordinator.rows) == result.epochs_run == result.best_epoch + 4
    assert result.best_epoch == accuracies.index(max(accuracies)) + 1


def test_plateau_lowers_the_rate_on_the_validation_loss(tmp_path: Path) -> None:
    spec = small_spec(
        schedules=[{"scheduler": "plateau", "parameters": {"patience": 1, "factor": 0.5}}],
        schedulers=[],
        epochs=25,
        base_lrs=[0.3],
    )
    coordinator = train(spec, tmp_path)
    losses = [row.val_loss for row in coordinator.rows if row.val_loss is not None]
    expected = next(spec.runs()).schedule.lr_at_scheduler_steps(losses)
    assert [row.lr_first for row in coordinator.rows] == pytest.approx(expected)
    assert expected[-1] < 0.3


def test_divergence_is_a_value_with_an_epoch(tmp_path: Path) -> None:
    coordinator = train(small_spec(base_lrs=[900.0, 0.05], epochs=5, model="cnn"), tmp_path)
    diverged, healthy = coordinator.results
    assert diverged.status is RunStatus.DIVERGED
    assert diverged.diverged_at is not None
    row = coordinator.rows[diverged.diverged_at - 1]
    assert row.train_loss is None
    assert (diverged.score_last, diverged.test_last) == (None, None)
    assert healthy.status is RunStatus.DONE
    assert all(math.isfinite(value) for row in coordinator.rows for value in (row.score, row.seconds, row.lr_last))


def test_a_run_that_diverges_late_keeps_its_best_epoch(tmp_path: Path) -> None:
    explode = {"scheduler": "lambda", "parameters": {"lr_lambda": "10 ** (20 * floor(epoch / 3))"}}
    coordinator = train(small_spec(schedules=[explode], schedulers=[], epochs=8), tmp_path)
    result = coordinator.results[0]
    assert (result.status, result.diverged_at) == (RunStatus.DIVERGED, 4)
    assert result.best_epoch is not None
    assert result.best_epoch <= 3
    assert result.test is not None
    assert result.test > 0.2
    assert result.selection is not None


def test_stop_is_obeyed_before_the_next_batch(tmp_path: Path) -> None:
    coordinator = train(
        small_spec(), tmp_path, MemoryCoordinator(lambda rows, batch: "stop" if (rows, batch) == (2, 3) else "go")
    )
    assert len(coordinator.rows) == 2
    assert (coordinator.results, coordinator.pauses) == ([], [])
    assert list(tmp_path.iterdir()) == []


def test_the_other_runs_go_on_after_one_is_stopped(tmp_path: Path) -> None:
    spec = small_spec(schedulers=["constant", "cosine"], epochs=2)
    coordinator = train(
        spec, tmp_path, MemoryCoordinator(lambda rows, batch: "stop" if rows == 0 and batch == 2 else "go")
    )
    # The first run's stop leaves no row, so the second run's first requests are numbers 3 and on.
    assert [result.status for result in coordinator.results] == [RunStatus.DONE]


def test_pause_leaves_a_checkpoint_and_the_end_removes_it(tmp_path: Path) -> None:
    spec = small_spec()
    paused = train(spec, tmp_path, MemoryCoordinator(lambda rows, batch: "pause" if rows == 2 else "go"))
    assert paused.pauses == [None]
    assert len(paused.rows) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["run-1.pt"]
    resumed = train(spec, tmp_path)
    assert [row.epoch for row in resumed.rows] == [1, 2, 3, 4], "a resume tells the checkpoint's rows again"
    assert resumed.rows[:2] == paused.rows
    assert resumed.results[0].epochs_run == 4
    assert list(tmp_path.iterdir()) == []


def test_a_pause_after_the_last_epoch_is_an_end(tmp_path: Path) -> None:
    coordinator = train(small_spec(), tmp_path, MemoryCoordinator(lambda rows, batch: "pause" if rows == 4 else "go"))
    assert coordinator.pauses == []
    assert coordinator.results[0].status is RunStatus.DONE


def test_missing_files_fail_the_run_in_one_sentence_and_the_next_is_begun(tmp_path: Path, no_network: None) -> None:
    missing = small_spec(dataset="mnist")
    jobs = jobs_of(missing, tmp_path, data_dir=tmp_path / "nowhere") + jobs_of(small_spec(epochs=1), tmp_path)
    coordinator = MemoryCoordinator()
    Engine("cpu").train(jobs, coordinator)
    failed, done = coordinator.results
    assert failed.status is RunStatus.FAILED
    assert failed.error is not None
    assert "train-images-idx3-ubyte" in failed.error
    assert "nowhere" in failed.error
    assert "--data-dir" in failed.error
    assert "\n" not in failed.error
    assert done.status is RunStatus.DONE


def test_a_last_batch_of_one_image_is_refused_where_batch_normalisation_cannot_take_it(tmp_path: Path) -> None:
    coordinator = train(small_spec(model="resnet18", splits=[41, 20, 20], batch_size=40, epochs=1), tmp_path)
    assert coordinator.rows == []
    assert coordinator.results[0].status is RunStatus.FAILED
    assert coordinator.results[0].error is not None
    assert coordinator.results[0].error.startswith("batch_size=40 with 41 training images")
    fine = train(small_spec(model="cnn", splits=[41, 20, 20], batch_size=40, epochs=1), tmp_path)
    assert fine.results[0].status is RunStatus.DONE


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_bf16_trains_too_and_is_on_record(model: str, tmp_path: Path) -> None:
    coordinator = train(small_spec(model=model, precision="bf16", epochs=8), tmp_path)
    exact = train(small_spec(model=model, epochs=8), tmp_path)
    assert coordinator.provenances[0].precision == "bf16"
    assert exact.provenances[0].precision == "fp32"
    assert coordinator.provenances[0].init_hash == exact.provenances[0].init_hash
    for ours, theirs in zip(coordinator.rows, exact.rows, strict=True):
        assert ours.train_loss == pytest.approx(theirs.train_loss, rel=0.2)


def test_auto_precision_keeps_the_mlp_in_fp32(tmp_path: Path) -> None:
    coordinator = train(small_spec(precision="auto", epochs=1), tmp_path)
    assert coordinator.provenances[0].precision == "fp32"


def test_a_device_that_is_not_there_is_named() -> None:
    with pytest.raises(UserError, match=r"cuda:97"):
        Engine("cuda:97")
