from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from lrtui.comparison.cell import by_place
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.comparison.spec import spec_from_dict
from lrtui.comparison.status import RunStatus

OutcomesOf = Callable[..., list[Outcome]]
Comparison = tuple[ComparisonView, list[RunView], dict[int, Curve]]
Made = Callable[..., Comparison]


@pytest.fixture(scope="session")
def outcomes_of() -> OutcomesOf:
    """Finished runs at one base LR: seed s of schedule `label` has test accuracy `scores[label][s]`."""

    def build(scores: dict[str, Sequence[float]], base_lr: float = 0.1, selection: float = 0.9) -> list[Outcome]:
        return [
            Outcome(label, base_lr, seed, RunStatus.DONE, 0.1, selection, test, test - 0.01, 10 + seed, 2.0)
            for label, tests in scores.items()
            for seed, test in enumerate(tests)
        ]

    return build


@pytest.fixture(scope="session")
def made() -> Made:
    """A comparison that has ended, as the store would give it, in place of hours of training.

    `accuracy(label, base_lr, seed)` is every final accuracy, `val_acc(label, base_lr, seed, epoch)` the curve (rising to
    that accuracy unless given), `diverged(label, base_lr, seed)` an epoch or None, `stopped` likewise.
    """

    def build(
        schedules: Mapping[str, Mapping[str, Any]],
        accuracy: Callable[[str, float, int], float] = lambda label, lr, seed: 0.9 + 0.001 * seed,
        val_acc: Callable[[str, float, int, int], float] | None = None,
        diverged: Callable[[str, float, int], int | None] = lambda label, lr, seed: None,
        stopped: Callable[[str, float, int], int | None] = lambda label, lr, seed: None,
        last: Callable[[str, float, int], float] = lambda label, lr, seed: 0.0,
        **settings: Any,
    ) -> Comparison:
        tables = [
            {"label": label, "scheduler": p.get("scheduler", label), "parameters": {k: v for k, v in p.items() if k != "scheduler"}}
            for label, p in schedules.items()
        ]  # fmt: skip
        settings = {"epochs": 20, "seeds": 6, "base_lrs": [0.1]} | settings
        spec = spec_from_dict(settings | {"schedules": tables})
        views, curves = [], {}
        for run in spec.runs():
            cell = (run.label, run.base_lr, run.seed)
            acc, end = accuracy(*cell), diverged(*cell) or stopped(*cell) or spec.epochs
            accs = [
                val_acc(*cell, e) if val_acc else acc - 0.5 * float(np.exp(-e / 3)) for e in range(1, spec.epochs + 1)
            ]
            losses = [1 - a for a in accs]
            gone = diverged(*cell) is not None
            rates = run.schedule.lr_at_steps(losses if run.schedule.metric == "val_loss" else accs)
            val_loss = [None if gone and e == end else losses[e - 1] for e in range(1, end + 1)]
            curves[run.number] = Curve(
                epoch=tuple(range(1, end + 1)),
                lr=tuple(rates[spec.steps_per_epoch - 1 :: spec.steps_per_epoch][:end]),
                train_loss=tuple(None if loss is None else loss / 4 for loss in val_loss),
                val_loss=tuple(val_loss),
                score=tuple(accs[:end]),
                seconds=(0.05,) * end,
            )
            kept = end - 1 if gone else end
            best = int(np.argmax(accs[:kept])) + 1 if kept else None
            score = None if best is None else acc
            views.append(
                RunView(
                    run.number, 1, run.number, run.label, run.schedule.scheduler.key, {}, run.base_lr, run.seed,
                    RunStatus.DIVERGED if gone else RunStatus.DONE, 1, end, spec.epochs, "cpu", rates[-1], accs[end - 1],
                    best, None if best is None else accs[best - 1], score, score, None if gone else acc - last(*cell),
                    end if gone else None, 1.0, None, None, None,
                )
            )  # fmt: skip
        return (
            ComparisonView(
                1,
                "made up",
                spec,
                "2026-01-01T00:00:00Z",
                {},
                {RunStatus.DONE: len(views)},
                cells=by_place(spec.first_cells),
            ),
            views,
            curves,
        )

    return build
