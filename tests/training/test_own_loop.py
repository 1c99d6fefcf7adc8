"""A person's own loop: its LR, its rows, pause and resume bit for bit, and one sentence for each mistake."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import SGD, AdamW, Optimizer

from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from lrtui.training import loop_job
from lrtui.training.coordinator import Request
from lrtui.training.loop_job import train_loop, try_loop
from lrtui.training.own_loop import LoopPlan, Run
from lrtui.training.references import FaultInFile
from tests.training.memory_coordinator import MemoryCoordinator, assert_same, jobs_of, without_clock

HERE = __file__
CPU = torch.device("cpu")
FULL: dict[str, Any] = {"seeds": [0], "base_lrs": [0.05], "steps": 60, "eval_every": 10, "loop": f"{HERE}:main"}


def loop_spec(*schedulers: str, **settings: Any) -> Spec:
    return spec_from_dict({"schedulers": list(schedulers) or ["constant"]} | FULL | settings)


def batch(run: Run, step: int) -> torch.Tensor:
    return torch.randn(16, 4, generator=torch.Generator().manual_seed(1000 * run.seed + step))


def loop_with(
    optimizer_of: Callable[[nn.Module], Optimizer], *, lrs: list[float] | None = None
) -> Callable[[Run], None]:
    """A loop that draws from every generator there is; `lrs` is told the rates of each step."""

    def main(run: Run) -> None:
        torch.manual_seed(run.seed)
        random.seed(run.seed)
        np.random.seed(run.seed)
        first = nn.Linear(4, 8)
        model = nn.Sequential(first, nn.Dropout(0.2), nn.ReLU(), nn.Linear(8, 1))
        optimizer = optimizer_of(model)
        run.attach(model=model, optimizer=optimizer)
        total = run.state.get("noise", 0.0)
        for step in run.steps():
            if lrs is not None:
                lrs.append(float(optimizer.param_groups[0]["lr"]))
            x = batch(run, step)
            noise = random.random() + float(np.random.rand())
            total += noise
            run.state["noise"] = total
            loss = (model(x) - x.sum(1, keepdim=True)).square().mean() + 0.01 * noise * first.weight.square().sum()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            run.loss(loss)
            if run.evaluate_now:
                model.eval()
                with torch.no_grad():
                    value = float((model(batch(run, -1)) - batch(run, -1).sum(1, keepdim=True)).square().mean())
                model.train()
                run.log(val_loss=value, score=value + 1e-6 * total, better="lower", unit="mse")
        run.finish(test=value)

    return main


def sgd(model: nn.Module) -> Optimizer:
    return SGD(model.parameters(), 1.0, momentum=0.9)


def adamw(model: nn.Module) -> Optimizer:
    return AdamW(model.parameters(), 1.0)


def train(spec: Spec, folder: Path, loop: Callable[..., object], coordinator: MemoryCoordinator | None = None, wait: float = 1e9) -> MemoryCoordinator:  # fmt: skip
    coordinator = coordinator or MemoryCoordinator()
    folder.mkdir(exist_ok=True)
    for job in jobs_of(spec, folder):
        train_loop(job, coordinator, CPU, loop, HERE, wait)
    return coordinator


def asked(request: Request, after: int) -> MemoryCoordinator:
    """Ask for something before the step after so many; the coordinator is asked once per step."""
    count = 0

    def answer(rows: int, batch: int) -> Request:
        nonlocal count
        count += 1
        return request if count > after else "go"

    return MemoryCoordinator(answer)


@pytest.mark.parametrize("optimizer", [sgd, adamw])
@pytest.mark.parametrize(
    "scheduler", ["constant", "cosine", "onecycle", "cyclic", "plateau", "cosine-restarts-warmup", "wsd"]
)
def test_the_lr_of_each_step_is_the_schedules(scheduler: str, optimizer: Any, tmp_path: Path) -> None:
    lrs: list[float] = []
    spec = loop_spec(scheduler, profile="fitted")
    coordinator = train(spec, tmp_path, loop_with(optimizer, lrs=lrs))
    expected = next(spec.runs()).schedule.lr_at_steps([row.val_loss or 0.0 for row in coordinator.rows])
    assert lrs == pytest.approx(expected, rel=1e-9)
    assert [row.epoch for row in coordinator.rows] == [1, 2, 3, 4, 5, 6]
    for number, row in enumerate(coordinator.rows):
        own = lrs[10 * number : 10 * number + 10]
        assert (row.lr_first, row.lr_last, row.lr_min, row.lr_max) == (own[0], own[-1], min(own), max(own))
    (result,) = coordinator.results
    assert (result.status, result.epochs_run, result.stopped_early_at) == (RunStatus.DONE, 6, None)
    assert result.score == min(row.score for row in coordinator.rows)
    assert result.test == result.test_last == coordinator.rows[-1].val_loss
    assert result.selection == result.score


@pytest.mark.parametrize("after", [0, 7, 20, 33, 59])
@pytest.mark.parametrize(
    ("scheduler", "optimizer"), [("onecycle", sgd), ("cyclic", adamw), ("cosine", sgd), ("plateau", adamw)]
)
def test_paused_and_resumed_equals_uninterrupted(scheduler: str, optimizer: Any, after: int, tmp_path: Path) -> None:
    spec, loop = loop_spec(scheduler, profile="fitted"), loop_with(optimizer)
    whole = train(spec, tmp_path / "whole", loop)
    paused = train(spec, tmp_path / "paused", loop, asked("pause", after))
    assert paused.pauses == [None]
    assert paused.results == []
    resumed = train(spec, tmp_path / "paused", loop)
    assert without_clock(resumed.rows) == without_clock(whole.rows)
    assert resumed.results[0].test == whole.results[0].test
    assert not list((tmp_path / "paused").iterdir()), "a finished run leaves no checkpoint"


def test_weights_are_bit_equal_after_a_resume(tmp_path: Path) -> None:
    spec, loop = loop_spec("onecycle"), loop_with(adamw)

    def state_after(folder: Path, *pauses: int) -> dict[str, Any]:
        for after in pauses:
            train(spec, folder, loop, asked("pause", after))
        state: dict[str, Any] = torch.load(folder / "run-1.pt", weights_only=True)
        state["rows"] = [row[:-2] for row in state["rows"]]
        state["interval"] = state["interval"][:-1]
        return state

    assert_same(state_after(tmp_path / "often", 13, 20, 12), state_after(tmp_path / "once", 45))


def test_a_stopped_run_goes_on_from_its_last_checkpoint(tmp_path: Path) -> None:
    spec, loop = loop_spec("cosine"), loop_with(sgd)
    whole = train(spec, tmp_path / "whole", loop)
    stopped = train(spec, tmp_path / "stopped", loop, asked("stop", 27), wait=0)
    assert (stopped.results, stopped.pauses) == ([], [])
    lrs: list[float] = []
    resumed = train(spec, tmp_path / "stopped", loop_with(sgd, lrs=lrs))
    assert 60 - 27 <= len(lrs) < 60  # checkpoints take at most a share of the time
    assert without_clock(resumed.rows) == without_clock(whole.rows)


def test_a_loop_that_catches_everything_is_ended_all_the_same(tmp_path: Path) -> None:
    def stubborn(run: Run) -> None:
        inner = loop_with(sgd)
        try:
            inner(run)
        except BaseException:
            run.finish()

    coordinator = train(loop_spec(), tmp_path, stubborn, asked("stop", 15))
    assert coordinator.results == []


def test_groups_keep_their_ratio_and_momentum_moves_in_all(tmp_path: Path) -> None:
    seen: list[tuple[float, float, float]] = []

    def main(run: Run) -> None:
        model = nn.Linear(4, 1)
        groups: list[dict[str, Any]] = [
            {"params": [model.weight]},
            {"params": [model.bias], "lr": 0.02, "momentum": 0.5},
        ]
        optimizer = SGD(groups, 0.2, momentum=0.9)
        run.attach(model=model, optimizer=optimizer)
        for step in run.steps():
            one, two = optimizer.param_groups
            seen.append((one["lr"], two["lr"] / one["lr"], one["momentum"] - two["momentum"]))
            run.loss(model(batch(run, step)).mean().square())
            if run.evaluate_now:
                run.log(val_loss=1.0)

    coordinator = train(loop_spec("onecycle"), tmp_path, main)
    assert [lr for lr, _, _ in seen] == pytest.approx(next(loop_spec("onecycle").runs()).schedule.lr_at_steps())
    assert {round(ratio, 9) for _, ratio, _ in seen} == {0.1}
    assert {difference for _, _, difference in seen} == {0.0}
    assert coordinator.results[0].status is RunStatus.DONE


def simple(during: Callable[[Run, int], None] = lambda run, step: None, **logged: Any) -> Callable[[Run], None]:
    """A loop that tells a loss of 1 and whatever is given."""

    def main(run: Run) -> None:
        torch.manual_seed(run.seed)
        model = nn.Linear(2, 1)
        run.attach(model=model, optimizer=SGD(model.parameters(), 0.1, momentum=0.9))
        for step in run.steps():
            run.loss(1.0)
            during(run, step)
            if run.evaluate_now:
                run.log(**({"val_loss": 1.0, "score": 0.5} | logged))
        run.finish()

    return main


def test_a_loss_that_is_not_finite_ends_the_run_as_diverged(tmp_path: Path) -> None:
    coordinator = train(loop_spec(), tmp_path, simple(lambda run, step: run.loss(float("nan")) if step == 15 else None))
    (result,) = coordinator.results
    assert (result.status, result.diverged_at, len(coordinator.rows)) == (RunStatus.DIVERGED, 2, 2)
    assert coordinator.rows[-1].train_loss is None
    assert result.test is None
    assert result.score == 0.5


def test_early_stopping_and_an_early_finish(tmp_path: Path) -> None:
    coordinator = train(loop_spec(early_stopping=2), tmp_path, simple())
    assert (coordinator.results[0].stopped_early_at, len(coordinator.rows)) == (3, 3)

    def early(run: Run) -> None:
        model = nn.Linear(2, 1)
        run.attach(model=model, optimizer=SGD(model.parameters(), 0.1))
        for _ in run.steps():
            run.loss(1.0)
            if run.evaluate_now:
                run.log(val_loss=1.0)
                if len(run.rows) == 2:
                    break
        run.finish(test=0.25)

    coordinator = train(loop_spec(), tmp_path, early)
    assert (coordinator.results[0].stopped_early_at, coordinator.results[0].test) == (2, 0.25)


def _raises(run: Run, step: int) -> None:
    if step == 3:
        dict[str, int]()["where"]  # the line that is named


LINE = next(n for n, text in enumerate(Path(HERE).read_text().splitlines(), 1) if "the line that is named" in text)  # fmt: skip


def _exits(run: Run, step: int) -> None:
    raise SystemExit(7)


MISTAKES: list[tuple[Callable[[Run], object], str]] = [
    (simple(_raises), f"test_own_loop.py, line {LINE}: KeyError: 'where'"),
    (simple(_exits), "it ends the process with sys.exit(7)"),
    (simple(score=93.0), "expected a fraction between 0 and 1"),
    (simple(better="up"), "better='up'"),
    (simple(lambda run, step: run.loss(torch.ones(3))), "shape (3,)"),
    (simple(lambda run, step: run.log(val_loss=1.0)), "only where run.evaluate_now"),
    (lambda run: next(run.steps()), "run.attach"),
    (lambda run: None, "returned after 0 of 60 steps"),
    (lambda run: run.finish(), "before the first evaluation"),
]


@pytest.mark.parametrize(("loop", "said"), MISTAKES, ids=[said for _, said in MISTAKES])
def test_each_mistake_is_one_sentence(loop: Callable[[Run], object], said: str, tmp_path: Path) -> None:
    with pytest.raises(FaultInFile) as fault:
        train(loop_spec(), tmp_path, loop)
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_an_evaluation_that_is_left_out_is_a_mistake(tmp_path: Path) -> None:
    def main(run: Run) -> None:
        model = nn.Linear(2, 1)
        run.attach(model=model, optimizer=SGD(model.parameters(), 0.1))
        for _ in run.steps():
            run.loss(1.0)

    with pytest.raises(FaultInFile, match=r"run\.log was not called"):
        train(loop_spec(), tmp_path, main)


def test_momentum_cannot_be_moved_where_there_is_none(tmp_path: Path) -> None:
    def main(run: Run) -> None:
        model = nn.Linear(2, 1)
        run.attach(model=model, optimizer=SGD(model.parameters(), 0.1))

    with pytest.raises(FaultInFile, match="onecycle moves the momentum"):
        train(loop_spec("onecycle"), tmp_path, main)


def test_a_loop_that_sets_the_lr_itself_is_told_so_once(tmp_path: Path) -> None:
    def main(run: Run) -> None:
        model = nn.Linear(2, 1)
        optimizer = SGD(model.parameters(), 0.1)
        run.attach(model=model, optimizer=optimizer)
        for _ in run.steps():
            optimizer.param_groups[0]["lr"] = 0.7
            run.loss(1.0)
            if run.evaluate_now:
                run.log(val_loss=1.0)

    (notice,) = train(loop_spec(), tmp_path, main).notices
    assert "0.7" in notice


def test_runs_of_a_seed_that_saw_the_same_order_say_so(tmp_path: Path) -> None:
    def ordered(run: Run, step: int) -> None:
        run.order(torch.randperm(16, generator=run.generator(step // 10)))

    spec = loop_spec("constant", "cosine")
    whole = train(spec, tmp_path, simple(ordered))
    hashes = [provenance.order_hash for provenance in whole.provenances]
    assert hashes[0] == hashes[2] == ""
    assert hashes[1] == hashes[3] != ""
    train(loop_spec("constant"), tmp_path, simple(ordered), asked("pause", 33))
    assert train(loop_spec("constant"), tmp_path, simple(ordered)).provenances[-1].order_hash == hashes[1]
    assert len({provenance.init_hash for provenance in whole.provenances}) == 1


def test_a_checkpoint_that_does_not_fit_is_left_aside(tmp_path: Path) -> None:
    train(loop_spec(), tmp_path, simple(), asked("pause", 33))
    (tmp_path / "run-1.pt").write_bytes(b"not a checkpoint")
    coordinator = train(loop_spec(), tmp_path, simple())
    assert len(coordinator.rows) == 6
    assert "the run starts over" in coordinator.notices[0]


def test_outside_a_worker_a_script_works_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with loop_job.run("cosine", base_lr=0.2, steps=20, eval_every=5, seed=3, device="cpu") as run:
        simple()(run)
    assert (run.seed, run.total_steps, len(run.rows)) == (3, 20, 4)
    assert run.result is not None
    assert "evaluation 4:" in capsys.readouterr().out
    with loop_job.run(steps=20, device="cpu") as run:
        simple(val_loss=float("nan"))(run)
    assert run.why_ended == "diverged"
    for wrong in ({"schedule": "cosin"}, {"steps": 10, "eval_every": 3}, {"device": "tpu"}):
        with pytest.raises(UserError):
            loop_job.run(**wrong)


def test_a_loop_without_arguments_asks_for_its_run(tmp_path: Path) -> None:
    coordinator = train(loop_spec(), tmp_path, lambda: simple()(loop_job.run()))
    assert len(coordinator.rows) == 6


def test_a_trial_makes_two_steps_and_finds_the_metric() -> None:
    planned = next(loop_spec("onecycle").runs())
    told: list[int] = []
    loop = simple(lambda run, step: told.append(run.total_steps), unit="bits", better="lower", metric="bits per byte")
    trial = try_loop(LoopPlan(0, planned.schedule, CPU), loop, HERE)
    assert told == [60, 60]
    assert trial.metric is not None
    assert (trial.metric.name, trial.metric.unit, trial.metric.better) == ("bits per byte", "bits", "lower")
    assert trial.parameters == 3
    assert not trial.test
    again = try_loop(LoopPlan(1, planned.schedule, CPU), loop, HERE)
    assert again.init_hash != trial.init_hash
