"""What a person's own training loop is handed: its seed, its learning rates, and where to tell how it goes.

    def main(run):
        torch.manual_seed(run.seed)
        model, optimizer = ...
        run.attach(model=model, optimizer=optimizer)
        for step in run.steps():
            loss = ...; loss.backward(); optimizer.step(); optimizer.zero_grad()
            run.loss(loss)
            if run.evaluate_now:
                run.log(val_loss=..., score=...)
        run.finish(selection=..., test=...)

In a worker the run is one of a comparison's. Elsewhere `with lrtui.run() as run: main(run)` makes one that stores nothing.
"""

import hashlib
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn, Protocol

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from lrtui.comparison.records import EvaluationRow, RunResult
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from lrtui.schedules.schedule import Schedule
from lrtui.tasks.info import Better, Metric
from lrtui.training.checkpoint import CheckpointRefused
from lrtui.training.loop_rates import LoopRates
from lrtui.training.random_state import random_state, set_random_state
from lrtui.training.seeding import generator

Why = Literal["pause", "stop", "diverged"]
_KEPT_LOSSES = 1024  # so many losses wait on the device, then they are added up there


class Ended(BaseException):
    """Raised out of a loop that is to end now. No `Exception`: a loop that catches those must not keep it."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"lrtui ends this run here ({why})")
        self.why: Why = why


@dataclass(frozen=True)
class LoopPlan:
    """How one run of a loop goes: an evaluation is due at the end of each epoch of the schedule's budget."""

    seed: int
    schedule: Schedule
    device: torch.device
    data_dir: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    batch_size: int = 32
    early_stopping: int | None = None
    metric: Metric | None = None  # what the comparison is scored by, once that is known


class Host(Protocol):
    """What stands behind a run: a worker, a trial before the start, or nothing."""

    def attached(self, run: "Run", model: nn.Module) -> None:
        """The loop has shown its model, at its initial weights."""

    def saved(self, run: "Run") -> dict[str, Any] | None:
        """The state to go on from; None at the beginning."""

    def wanted(self) -> Literal["go", "pause", "stop"]:
        """What is wanted of the run; asked before each step."""

    def between_steps(self, run: "Run") -> None:
        """A good moment for a checkpoint."""

    def evaluated(self, row: EvaluationRow, metric: Metric) -> None:
        """An evaluation has ended."""

    def paused(self, run: "Run") -> None:
        """The run rests here."""

    def finished(self, run: "Run", result: RunResult) -> None:
        """The run has ended."""

    def notice(self, message: str) -> None:
        """Something a person may want to know; the run goes on."""


class Run:
    """One run of a person's own loop.

    `seed` is for the initial weights and everything else that is drawn. `device` is where to train. `data_dir`, `options`
    and `batch_size` are the comparison's settings of these names. `total_steps` is how many optimizer steps there will be.
    `evaluate_now` is true in the steps that end an evaluation interval. `state` is a dict that is the loop's own: tensors,
    numbers, texts, lists and dicts in it come back when the run goes on.
    """

    def __init__(self, plan: LoopPlan, host: Host) -> None:
        budget = plan.schedule.budget
        self.seed, self.device, self.data_dir = plan.seed, plan.device, plan.data_dir
        self.options: dict[str, Any] = dict(plan.options)
        self.batch_size = plan.batch_size
        self.total_steps, self.eval_every = budget.steps, budget.steps_per_epoch
        self.evaluate_now = False
        self.state: dict[str, Any] = {}
        self.step = 0  # steps done
        self.rows: list[EvaluationRow] = []
        self.result: RunResult | None = None
        self.told_selection = self.told_test = False
        self.order_digest = ""  # of the order of the data, as far as the loop tells it
        self._plan, self._host = plan, host
        self._rates: LoopRates | None = None
        self._model: nn.Module | None = None
        self._optimizer: Optimizer | None = None
        self._random: dict[str, Any] | None = None
        self._ended: Ended | None = None
        self._metric: Metric | None = plan.metric
        self._best: int | None = None
        self._examples = 0
        self._overruled = False
        self._losses: list[Tensor] = []
        self._sums: list[tuple[Tensor, int]] = []
        self._lr = math.nan
        self._lr_first: float | None = None
        self._lr_min, self._lr_max = math.inf, -math.inf
        self._new_interval()

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        return isinstance(error, Ended)

    def attach(self, *, model: nn.Module, optimizer: Optimizer) -> None:
        """Show the model at its initial weights and its optimizer, before the first step. Both go on where they were when resumed.

        Raises:
            UserError: the schedule cannot drive this optimizer.
            CheckpointRefused: the state to go on from does not fit the model or the optimizer.
        """
        if self._rates is not None:
            raise UserError("run.attach was called twice: expected one call, before run.steps()")
        self._rates = LoopRates(self._plan.schedule, optimizer)
        self._model, self._optimizer = model, optimizer
        self._host.attached(self, model)
        state = self._host.saved(self)
        if state is not None:
            try:
                self._restore(state)
            except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
                raise CheckpointRefused(f"not a state of this run ({type(error).__name__})") from None

    def steps(self) -> Iterator[int]:
        """The optimizer steps to make, counted from 0; from the middle where the run goes on. Sets the LR before each.

        Raises:
            UserError: nothing is attached, or an evaluation was left out.
            Ended: the run is to pause or stop here.
        """
        if self._rates is None:
            raise UserError("run.steps() before run.attach(model=…, optimizer=…): expected the two the other way round")
        if self._random is not None:  # as late as can be: making the data may have drawn from the generators
            set_random_state(self._random, self.device)
            self._random = None
        while self.step < self.total_steps and self.result is None and not self._stopped_early:
            self._obey()
            self._lr = self._rates.apply()
            self._lr_first = self._lr if self._lr_first is None else self._lr_first
            self._lr_min, self._lr_max = min(self._lr_min, self._lr), max(self._lr_max, self._lr)
            self.evaluate_now = (self.step + 1) % self.eval_every == 0
            yield self.step
            self._end_step()

    def loss(self, loss: Tensor | float, examples: int | None = None) -> None:
        """Tell the training loss of a step, and over how many examples it is a mean. Waits for no device."""
        if isinstance(loss, Tensor):
            if loss.numel() != 1:
                raise UserError(f"run.loss: expected one number, and this tensor has the shape {tuple(loss.shape)}")
            loss = loss.detach().reshape(())
        else:
            loss = torch.tensor(float(loss))
        self._losses.append(loss)
        self._examples += self.batch_size if examples is None else examples
        if len(self._losses) >= _KEPT_LOSSES:
            self._sums.append((torch.stack(self._losses).double().sum(), len(self._losses)))
            self._losses = []

    def order(self, indices: Tensor | Iterable[int]) -> None:
        """Tell which examples come next, so that lrtui can see that runs of one seed saw the same ones in the same order."""
        numbers = indices if isinstance(indices, Tensor) else torch.tensor(list(indices), dtype=torch.int64)
        told = numbers.detach().to("cpu", torch.int64).contiguous().numpy().tobytes()
        self.order_digest = hashlib.sha256(self.order_digest.encode() + told).hexdigest()

    def generator(self, epoch: int) -> torch.Generator:
        """A generator on the CPU that depends on the seed and the epoch alone: for the order of the data."""
        return generator("loop order", self.seed, epoch)

    def log(
        self,
        *,
        val_loss: Tensor | float,
        score: Tensor | float | None = None,
        better: Better | None = None,
        unit: str | None = None,
        metric: str | None = None,
    ) -> None:
        """Tell the validation in a step where `evaluate_now` is true.

        Args:
            val_loss: the mean loss over the validation examples.
            score: what runs are compared by; the validation loss, lower better, where there is none.
            better: higher (the default with a score) or lower.
            unit: "%" by default, with the score a fraction; another unit, or "", with the score a plain number.
            metric: what the score is called.

        Raises:
            UserError: it is not the time for it, or the score is not what the comparison is ranked by.
            Ended: the loss is not finite, so the run has diverged.
        """
        self._still_running()
        if not self.evaluate_now:
            raise UserError("run.log in a step without evaluation: expected it only where run.evaluate_now is true")
        if len(self.rows) * self.eval_every > self.step:
            raise UserError(f"run.log was called twice in step {self.step}: expected one call")
        told = _metric(score is not None, better, unit, metric)
        self._check_metric(told)
        loss = float(val_loss)
        value = loss if score is None else float(score)
        if told.percent and math.isfinite(value) and not 0 <= value <= 1:
            raise UserError(f'run.log(score={value:g}): expected a fraction between 0 and 1, or another unit than "%"')
        row = self._row(loss, value)
        self.rows.append(row)
        if self._best is None or told.oriented(row.score) > told.oriented(self.rows[self._best - 1].score):
            self._best = self._best if self._diverged else len(self.rows)
        self._host.evaluated(row, told)
        if self._diverged:
            self._finish(self._result(None, None))
            self._end("diverged")

    def finish(self, *, selection: float | Tensor | None = None, test: float | Tensor | None = None) -> None:
        """Tell the scores on the data that choose the base LR and that rank; the validation stands in for what is None."""
        self._still_running()
        if self.result is not None:
            raise UserError("run.finish was called twice: expected one call, after the last step")
        if not self.rows:
            raise UserError("run.finish before the first evaluation: expected run.log in the steps where run.evaluate_now is true")  # fmt: skip
        self.told_selection, self.told_test = selection is not None, test is not None
        self._finish(self._result(*(None if value is None else float(value) for value in (selection, test))))

    # What follows is for the host.

    def close(self) -> None:
        """The loop has returned: it has finished, or left something out.

        Raises:
            UserError: steps are left to make.
        """
        if self._ended is not None or self.result is not None:
            return
        if self.step < self.total_steps and not self._stopped_early:
            raise UserError(f"the loop returned after {self.step} of {self.total_steps} steps: expected run.finish(…) before that, or all steps of run.steps()")  # fmt: skip
        self.finish()

    def rest(self) -> NoReturn:
        """The host has put the run aside.

        Raises:
            Ended: always.
        """
        self._end("pause")

    @property
    def why_ended(self) -> Why | None:
        """Why lrtui has ended the run; None where it has not."""
        return self._ended.why if self._ended else None

    def checkpoint_state(self) -> dict[str, Any]:
        """What a checkpoint between two steps holds: tensors and plain values."""
        assert self._model is not None
        assert self._optimizer is not None
        assert self._rates is not None
        return {
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "rates": self._rates.state_dict(),
            "step": self.step,
            "rows": [astuple(row) for row in self.rows],
            "best": self._best,
            "examples": self._examples,
            "order": self.order_digest,
            "losses": torch.stack(self._losses).cpu() if self._losses else None,
            "sums": [(total.cpu(), count) for total, count in self._sums],
            "interval": [self._lr_first, self._lr_min, self._lr_max, time.perf_counter() - self._started],
            "random": random_state(self.device),
            "state": self.state,
        }

    def _restore(self, state: dict[str, Any]) -> None:
        assert self._model is not None
        assert self._optimizer is not None
        assert self._rates is not None
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._rates.load_state_dict(state["rates"])
        self.step, self._best, self._examples = state["step"], state["best"], state["examples"]
        self.rows = [EvaluationRow(*row) for row in state["rows"]]
        self.order_digest, self.state = state["order"], state["state"]
        if state["losses"] is not None:
            self._losses = list(state["losses"].to(self.device).unbind())
        self._sums = [(total.to(self.device), count) for total, count in state["sums"]]
        self._lr_first, self._lr_min, self._lr_max, spent = state["interval"]
        self._started = time.perf_counter() - spent
        self._random = state["random"]

    def _obey(self) -> None:
        self._still_running()
        wanted = self._host.wanted()
        if wanted == "stop":
            self._end("stop")
        if wanted == "pause":
            self._host.paused(self)
            self._end("pause")

    def _still_running(self) -> None:
        if self._ended is not None:  # the loop has caught it, and went on
            raise self._ended

    def _end(self, why: Why) -> NoReturn:
        self._ended = Ended(why)
        raise self._ended

    def _end_step(self) -> None:
        assert self._rates is not None
        self._still_running()
        if self.evaluate_now and len(self.rows) * self.eval_every <= self.step:
            raise UserError(f"step {self.step}: run.evaluate_now was true and run.log was not called; expected run.log(val_loss=…, score=…)")  # fmt: skip
        if not self._overruled and (lr := self._rates.overruled()) is not None:
            self._overruled = True
            self._host.notice(f"step {self.step}: the loop has set the learning rate to {lr:g}, and lrtui had set it to {self._lr:g}; what the loop sets is not ranked")  # fmt: skip
        self.step += 1
        self._rates.after_step()
        if self.evaluate_now:
            self._rates.after_evaluation(self.rows[-1].val_loss, self.rows[-1].score)
            self._new_interval()
            self.evaluate_now = False
        if self.step < self.total_steps:
            self._host.between_steps(self)

    def _new_interval(self) -> None:
        self._losses, self._sums = [], []
        self._lr, self._lr_first = math.nan, None
        self._lr_min, self._lr_max = math.inf, -math.inf
        self._started = time.perf_counter()

    def _row(self, val_loss: float, score: float) -> EvaluationRow:
        sums = list(self._sums)
        if self._losses:
            sums.append((torch.stack(self._losses).double().sum(), len(self._losses)))
        if not sums:
            raise UserError(f"run.loss was not called before the evaluation in step {self.step}: expected it after each optimizer step")  # fmt: skip
        train_loss = sum(float(total) for total, _ in sums) / sum(count for _, count in sums)
        seconds = max(time.perf_counter() - self._started, 1e-9)
        before = self.rows[-1].examples if self.rows else 0
        assert self._lr_first is not None
        known = math.isfinite(score)
        return EvaluationRow(
            epoch=len(self.rows) + 1,
            step=self.step + 1,
            examples=self._examples,
            lr_first=self._lr_first,
            lr_last=self._lr,
            lr_min=self._lr_min,
            lr_max=self._lr_max,
            train_loss=train_loss if math.isfinite(train_loss) else None,
            val_loss=val_loss if math.isfinite(val_loss) and known else None,
            score=score if known else 0.0,
            seconds=seconds,
            examples_per_second=(self._examples - before) / seconds,
        )

    @property
    def _diverged(self) -> bool:
        return bool(self.rows) and (self.rows[-1].train_loss is None or self.rows[-1].val_loss is None)

    @property
    def _stopped_early(self) -> bool:
        patience = self._plan.early_stopping
        return patience is not None and len(self.rows) - (self._best or 0) >= patience

    def _check_metric(self, told: Metric) -> None:
        known = self._metric
        if known is not None and (told.name, told.unit, told.better) != (known.name, known.unit, known.better):
            raise UserError(
                f"run.log tells {told.name} in {told.unit!r}, {told.better} is better: expected {known.name} in {known.unit!r}, "
                f"{known.better} is better, as when it was first called"
            )
        self._metric = known or told

    def _result(self, selection: float | None, test: float | None) -> RunResult:
        last, diverged = self.rows[-1], self._diverged
        best = self.rows[self._best - 1].score if self._best else None
        at_end = None if diverged else last.score if test is None else test
        early = not diverged and self.step + 1 < self.total_steps
        return RunResult(
            RunStatus.DIVERGED if diverged else RunStatus.DONE,
            epochs_run=len(self.rows),
            seconds=sum(row.seconds for row in self.rows),
            best_epoch=self._best,
            score=best,
            selection=best if selection is None else selection,
            test=at_end,
            score_last=None if diverged else last.score,
            test_last=at_end,
            diverged_at=len(self.rows) if diverged else None,
            stopped_early_at=len(self.rows) if early else None,
        )

    def _finish(self, result: RunResult) -> None:
        self.result = result
        self._host.finished(self, result)


def _metric(scored: bool, better: Better | None, unit: str | None, name: str | None) -> Metric:
    """What `run.log` was told to be the metric; a validation loss where there is no score."""
    if better not in (None, "higher", "lower"):
        raise UserError(f"run.log(better={better!r}): expected higher or lower")
    if not scored:
        return Metric(name or "loss", unit or "", better or "lower")
    unit = "%" if unit is None else unit
    return Metric(name or ("accuracy" if unit == "%" and better != "lower" else "score"), unit, better or "higher")


Loop = Callable[[Run], object]
