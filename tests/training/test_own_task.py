"""People's own tasks through the engine: what is trained is what they described, paired and resumed like the built-in ones."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.tasks.info import Metric, TaskInfo
from lrtui.training.references import load_reference
from lrtui.training.seeding import epoch_order, seed_everything
from lrtui.training.task import Setup, make_task
from tests.training.memory_coordinator import assert_same, train, without_clock
from tests.training.own_tasks import write
from tests.training.test_resume import state_after, stop_in

MSE = Metric("mse", "", "lower")


def own_spec(path: Path, name: str = "task", **settings: Any) -> Spec:
    """An own task of 90 examples, six batches of 16."""
    spec = spec_from_dict(
        {
            "task": f"{path}:{name}",
            "schedulers": ["cosine"],
            "epochs": 6,
            "batch_size": 16,
            "seeds": [0],
            "base_lrs": [0.01],
        }
        | settings
    )
    return spec.with_info(TaskInfo(f"mine.py:{name}", MSE, {"train": 90, "validation": 40}, 6))


def test_it_trains_what_a_plain_loop_trains(tmp_path: Path) -> None:
    path = write(tmp_path)
    spec = own_spec(path, schedulers=["constant"])
    coordinator = train(spec, tmp_path)
    mine = load_reference("task", str(spec.task)).module
    seed_everything("init", 0)
    task = mine.task(Setup(0, torch.device("cpu")))
    model, (x, y), (xv, yv) = task["model"], task["train"], task["validation"]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    for row in coordinator.rows:
        order = epoch_order(0, row.epoch, 90)
        seed_everything("dropout", 0, row.epoch)
        model.train()
        total = 0.0
        for rows in torch.split(order, 16):
            loss = nn.functional.mse_loss(model(x[rows]), y[rows])
            torch.autograd.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            total += loss.item() * len(rows)
        model.eval()
        with torch.no_grad():
            error = (model(xv) - yv).square().mean().item()
        assert row.train_loss == pytest.approx(total / 90, rel=1e-4)
        assert row.score == pytest.approx(error, rel=1e-4)
        assert row.val_loss == pytest.approx(error, rel=1e-4)


def test_lower_is_better_and_validation_stands_in(tmp_path: Path) -> None:
    coordinator = train(own_spec(write(tmp_path), base_lrs=[0.3], epochs=30), tmp_path)
    result, scores = coordinator.results[0], [row.score for row in coordinator.rows]
    assert result.status is RunStatus.DONE
    assert result.best_epoch == scores.index(min(scores)) + 1
    assert (result.score, result.selection) == (min(scores), min(scores))
    assert (result.test, result.test_last, result.score_last) == (scores[-1],) * 3


def test_runs_of_a_seed_are_paired(tmp_path: Path) -> None:
    coordinator = train(
        own_spec(write(tmp_path), schedulers=["constant", "onecycle"], seeds=[0, 1], epochs=2), tmp_path
    )
    a, b, c, d = coordinator.provenances
    assert a == b
    assert c == d
    assert a.init_hash != c.init_hash
    assert a.order_hash != c.order_hash


@pytest.mark.parametrize("name", ["task", "of_a_dataset", "of_an_iterable"])
@pytest.mark.parametrize("budget", [{}, {"epochs": None, "steps": 40, "eval_every": 4}], ids=["epochs", "steps"])
def test_paused_or_killed_and_resumed_equals_uninterrupted(name: str, budget: dict[str, Any], tmp_path: Path) -> None:
    settings = {key: value for key, value in ({"epochs": 10} | budget).items() if value is not None}
    path = write(tmp_path)
    data = {key: value for key, value in own_spec(path, name).to_dict().items() if key != "epochs"}
    spec = spec_from_dict(data | settings)
    spec = spec.with_info(TaskInfo("mine.py:task", MSE, {"train": 90, "validation": 40}, 6))
    end = spec.epochs - 1
    whole = state_after(spec, tmp_path / "whole", end)
    paused = tmp_path / "paused"
    state_after(spec, paused, end // 2)
    assert_same(state_after(spec, paused, end), whole)
    killed = tmp_path / "killed"
    killed.mkdir()
    train(spec, killed, stop_in(end), checkpoint_seconds=0)
    assert_same(state_after(spec, killed, end), whole)
    ours, theirs = train(spec, paused), train(spec, tmp_path)
    assert without_clock(ours.rows) == without_clock(theirs.rows)
    assert (ours.results[0].test, ours.results[0].score) == (theirs.results[0].test, theirs.results[0].score)


def test_a_budget_in_steps_goes_through_the_same_batches_as_epochs(tmp_path: Path) -> None:
    path = write(tmp_path, name="plain.py")
    path.write_text(path.read_text().replace("nn.Dropout(0.1), ", ""))
    by_epochs = train(own_spec(path, schedulers=["constant"], epochs=4), tmp_path)
    data = {key: value for key, value in own_spec(path, schedulers=["constant"]).to_dict().items() if key != "epochs"}
    info = TaskInfo("plain.py:task", MSE, {"train": 90, "validation": 40}, 6)
    by_steps = train(spec_from_dict(data | {"steps": 24, "eval_every": 3}).with_info(info), tmp_path)
    assert [row.score for row in by_steps.rows][1::2] == [row.score for row in by_epochs.rows]


def test_a_score_that_is_not_finite_is_divergence(tmp_path: Path) -> None:
    text = "    return (model(x) - y).square().mean(1) / (0 if model.training is None else float('nan'))"
    path = write(tmp_path)
    path.write_text(path.read_text().replace("    return (model(x) - y).square().mean(1)", text))
    result = train(own_spec(path), tmp_path).results[0]
    assert result.status is RunStatus.DIVERGED
    assert result.diverged_at == 1


def test_another_number_of_batches_in_a_later_epoch_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text(path.read_text().replace(".split(16)", ".split(16 if epoch < 3 else 8)"))
    result = train(own_spec(path, "of_an_iterable"), tmp_path).results[0]
    assert result.status is RunStatus.FAILED
    assert result.error is not None
    assert "more batches in epoch 3, and 6 when lrtui looked" in result.error


def test_numpy_arrays_are_tensors_too(tmp_path: Path) -> None:
    def task(setup: Setup) -> dict[str, Any]:
        x, y = torch.randn(20, 3).numpy(), (torch.arange(20) % 2).numpy()
        return {"model": nn.Linear(3, 2), "train": (x, y), "validation": [x, y]}

    made = make_task(task, Setup(0, torch.device("cpu")))
    assert made.train.size == 20
    assert (made.metric.name, made.metric.unit, made.metric.better) == ("accuracy", "%", "higher")
    assert math.isclose(len(list(made.validation.in_order(8))), 3)


def test_what_it_raises_names_its_line_and_the_next_run_is_begun(tmp_path: Path) -> None:
    path = write(tmp_path)
    text = path.read_text().replace(
        "    x, y = batch\n", "    x, y = batch\n    assert model.training, 'not in my loss'\n", 1
    )
    path.write_text(text)
    line = text[: text.index("assert model.training")].count("\n") + 1
    source = load_reference("task", f"{path}:task").source
    spec = own_spec(path, seeds=[0, 1])
    assert spec.info is not None
    sink = train(spec.with_info(replace(spec.info, source=source)), tmp_path)
    assert [result.status for result in sink.results] == [RunStatus.FAILED] * 2
    assert sink.results[0].error == f"mine.py, line {line}: AssertionError: not in my loss"


def test_a_stop_is_not_an_exception_that_own_code_can_catch(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text(
        path.read_text().replace(
            "    return nn.functional.mse_loss(model(x), y)",
            """    try:
        return nn.functional.mse_loss(model(x), y)
    except Exception:
        return None""",
        )
    )
    sink = train(own_spec(path), tmp_path, stop_in(2))
    assert len(sink.rows) == 1
    assert sink.results == []
