"""Ranking 5,000 runs, beside scipy's bootstrap of the same means in the same process, and the analysis beyond it.

    python benchmarks/ranking.py [--runs 5000]

The first call is printed apart: it imports what is imported late. The rest are the best of several, since a neighbour on
the machine can only add to them.
"""

import argparse
import platform
from collections.abc import Callable
from functools import partial
from os import cpu_count
from time import perf_counter

import numpy as np

from lrtui.analysis.analyse import analyse
from lrtui.analysis.intervals import RESAMPLES
from lrtui.analysis.ranking import rank
from lrtui.comparison.cell import by_place
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.snapshot import ComparisonView, Curve, RunView
from lrtui.comparison.spec import spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.schedules.registry import BUILT_IN_KEYS

EPOCHS = 200
CHANCE = 0.1


def comparison(runs: int, base_lrs: int, schedules: int) -> tuple[ComparisonView, list[RunView], dict[int, Curve]]:
    """A made-up comparison that has ended, of about that many runs of 200 epochs."""
    generator = np.random.default_rng(0)
    seeds = max(1, runs // (schedules * base_lrs))
    names = [{"label": f"schedule {i}", "scheduler": BUILT_IN_KEYS[i % len(BUILT_IN_KEYS)]} for i in range(schedules)]
    spec = spec_from_dict(
        {
            "schedules": names, "epochs": EPOCHS, "seeds": list(range(seeds)),
            "base_lrs": np.geomspace(0.001, 0.1, base_lrs).round(6).tolist(),
        }
    )  # fmt: skip
    epochs = tuple(range(1, EPOCHS + 1))
    views, curves = [], {}
    for run in spec.runs():
        acc = round(float(generator.normal(0.95, 0.01)), 4)
        progress = acc - 0.5 * np.exp(-np.arange(EPOCHS) / 20) + generator.normal(0, 0.002, EPOCHS)
        curves[run.number] = Curve(
            epochs, (run.base_lr,) * EPOCHS, (0.1,) * EPOCHS, (0.2,) * EPOCHS, tuple(progress.tolist())
        )
        views.append(
            RunView(
                run.number, 1, run.number, run.label, run.schedule.scheduler.key, {}, run.base_lr, run.seed,
                RunStatus.DONE, 1, EPOCHS, EPOCHS, "cpu", run.base_lr, acc, 150, acc, acc, acc, acc - 0.001, None, 1.0,
                None, None, None,
            )
        )  # fmt: skip
    view = ComparisonView(
        1, "made up", spec, "2026-01-01T00:00:00Z", {}, {RunStatus.DONE: len(views)}, cells=by_place(spec.first_cells)
    )
    return view, views, curves


def scipy_intervals(outcomes: list[Outcome]) -> None:
    """What scipy takes for the same intervals: BCa of every schedule's mean, and of its difference to the first."""
    from scipy.stats import bootstrap

    by_label: dict[str, list[float]] = {}
    for run in outcomes:
        if run.base_lr == outcomes[0].base_lr:
            by_label.setdefault(run.label, []).append(run.test or 0.0)
    scores = np.array(list(by_label.values()))
    bootstrap((scores,), np.mean, axis=-1, n_resamples=RESAMPLES, method="BCa", vectorized=True, batch=500)
    bootstrap(
        (scores[1:] - scores[0],), np.mean, axis=-1, n_resamples=RESAMPLES, method="BCa", vectorized=True, batch=500
    )


def milliseconds(call: Callable[[], object], repeats: int) -> tuple[float, float]:
    """The first call's time and the least of the next ones."""
    times = []
    for _ in range(repeats + 1):
        started = perf_counter()
        call()
        times.append(1000 * (perf_counter() - started))
    return times[0], min(times[1:])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5_000)
    runs = parser.parse_args().runs
    print(f"{platform.machine()}, {cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    for base_lrs, schedules in ((10, 13), (3, 13), (1, 50)):
        view, views, curves = comparison(runs, base_lrs, schedules)
        outcomes = [run.outcome(CHANCE) for run in views]
        ranked = milliseconds(partial(rank, outcomes), 7)[1]
        scipy = milliseconds(partial(scipy_intervals, outcomes), 3)[1]
        first, whole = milliseconds(partial(analyse, view, views, curves), 3)
        print(
            f"{len(views)} runs = {schedules} schedules × {base_lrs} base LRs × {len(view.spec.seeds)} seeds: "
            f"ranked in {ranked:.0f} ms, scipy's intervals alone {scipy:.0f} ms ({scipy / ranked:.1f} ×); "
            f"with the analysis {whole:.0f} ms (first call {first:.0f} ms)"
        )


if __name__ == "__main__":
    main()
