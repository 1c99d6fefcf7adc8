from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import pytest

from lrtui.analysis.ranking import rank
from lrtui.analysis.result import Ranking
from lrtui.analysis.values import Analysis
from lrtui.comparison.cell import by_place
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.comparison.spec import spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.report.compose import compose
from lrtui.report.document import Document
from lrtui.report.ranked import analyse_comparison

Report = tuple[ComparisonView, Ranking, list[RunView]]
ReportOf = Callable[..., Report]


def curves_of(runs: Sequence[RunView]) -> dict[int, Curve]:
    """A plausible history for every run: accuracy rises, losses fall, the learning rate halves after epoch 50."""
    epochs = tuple(range(1, 101))
    return {
        run.id: Curve(
            epochs,
            tuple(run.base_lr * (1.0 if epoch <= 50 else 0.5) for epoch in epochs),
            tuple(2.0 / epoch for epoch in epochs),
            tuple(2.2 / epoch for epoch in epochs),
            tuple(0.92 - 0.8 / epoch - 0.001 * run.seed for epoch in epochs),
            (0.025,) * len(epochs),
        )
        for run in runs
    }


@dataclass(frozen=True)
class Whole:
    """A comparison with everything that a report is made of."""

    comparison: ComparisonView
    analysis: Analysis
    runs: list[RunView]
    curves: dict[int, Curve]

    def document(self, lang: str = "en") -> Document:
        return compose(self.comparison, self.analysis, self.runs, self.curves, lang)


WholeOf = Callable[..., Whole]


@pytest.fixture(scope="session")
def whole_of(report_of: ReportOf) -> WholeOf:
    """What `report_of` makes, with curves and an analysis."""

    @cache
    def build(**texts: str) -> Whole:
        comparison, _, runs = report_of(**texts)
        curves = curves_of(runs)
        return Whole(comparison, analyse_comparison(comparison, runs, curves), runs, curves)

    return build


@pytest.fixture(scope="session")
def report_of() -> ReportOf:
    """A finished comparison of constant, step (under any label) and onecycle, 6 seeds, 2 base LRs; run 1 may have failed."""

    def build(label: str = "step", name: str = "quick", error: str | None = None) -> Report:
        spec = spec_from_dict(
            {
                "name": "quick",
                "schedules": [
                    {"scheduler": "constant"},
                    {"label": "placeholder", "scheduler": "step", "parameters": {"step_size": 7}},
                    {"scheduler": "onecycle"},
                ],
                "seeds": 6,
                "base_lrs": [0.1, 0.01],
            }
        )
        # A label a spec would refuse may still be in a database that something else wrote.
        object.__setattr__(spec.schedules[1], "label", label)
        object.__setattr__(spec, "name", name)
        runs = []
        for planned in spec.runs():
            accuracy = 0.9 + 0.01 * planned.seed - 0.05 * (planned.label == "constant") + 0.001 * (planned.number % 5)
            failed = error is not None and planned.number == 1
            status = RunStatus.FAILED if failed else RunStatus.DONE
            runs.append(
                RunView(
                    id=700 + planned.number, comparison_id=3, number=planned.number, label=planned.label,
                    scheduler=planned.schedule.scheduler.key, parameters=planned.schedule.values,
                    base_lr=planned.base_lr, seed=planned.seed, status=status, attempt=1, epoch=100, epochs=100,
                    device="cpu", lr=0.1, last_score=0.9, best_epoch=40, score=0.92, selection=accuracy,
                    test=accuracy, test_last=accuracy, diverged_at=None, seconds=2.5,
                    error=error if failed else None, started_at=None, ended_at=None,
                )
            )  # fmt: skip
        environment = {"torch": "2.9.0", "device": label}
        counts = {RunStatus.DONE: len(runs) - (error is not None), RunStatus.FAILED: int(error is not None)}
        comparison = ComparisonView(
            3, name, spec, "2026-01-31T12:00:00Z", environment, counts, cells=by_place(spec.first_cells)
        )
        return comparison, rank([run.outcome(0.1) for run in runs]), runs

    return build
