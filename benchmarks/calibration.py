"""How often the leading group is wrong where the truth is known: A/A comparisons, and the power that is promised.

    python benchmarks/calibration.py                          made-up accuracies: 400 test images, a seed effect, ties
    python benchmarks/calibration.py --db runs.db --comparison 1     accuracies resampled from a stored comparison
    python benchmarks/calibration.py --power                  the promised 80 %, simulated
    python benchmarks/calibration.py --power-table            the table in lrtui/analysis/power.py anew (an hour or so)

A/A: 13 identical schedules under different names. An error is a comparison in which any of them is dropped; at most 5 %
may be. The bound printed is the number of errors that a method with exactly 5 % exceeds once in a thousand times.
A stored comparison of one schedule with thousands of seeds is also cut into real A/A comparisons, no seed used twice.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import binom

from lrtui.analysis.confidence_set import ROUNDING, Floats, confidence_set
from lrtui.analysis.power import detectable_difference
from lrtui.analysis.selection import ranked_score, select
from lrtui.store.reader import Reader
from lrtui.tasks.catalogue import dataset

COPIES = 13
ALPHA = 0.05
NOISY = 6.0


@dataclass(frozen=True)
class Pool:
    """Accuracies taken apart: a level, what all schedules share under a seed, and the rest; `ordered` are as stored."""

    name: str
    level: float
    seed_effects: Floats
    rest: Floats
    ordered: Floats

    def draw(self, generator: np.random.Generator, n: int, noise: float = 1.0) -> Floats:
        """One comparison of schedules equal on average: whole seed effects, and a rest of its own for every schedule.

        The first schedule's rest is `noise` times as large.
        """
        rest: Floats = generator.choice(self.rest, (n, COPIES))
        rest[:, 0] *= noise
        return self.level + generator.choice(self.seed_effects, n)[:, np.newaxis] + rest


def made_up() -> Pool:
    """Seeds that differ by 0.8 points, schedules that differ under a seed by 0.6, on 400 test images."""
    generator = np.random.default_rng(2011)
    rest = np.round(generator.normal(0, 0.006, 5_000) * 400) / 400
    effects = np.round(generator.normal(0, 0.008, 5_000) * 400) / 400
    return Pool("made up, 400 images", 0.96, effects, rest - rest.mean(), np.empty(0))


def stored(database: Path, comparison_id: int) -> Pool:
    """The ranked accuracies of a comparison, without what distinguishes its schedules.

    Columns that repeat another (the same LR under two names) are left out. Taking the means out makes the rest
    smaller, which the factors undo.
    """
    snapshot = Reader(database).read(comparison_id)
    comparison = snapshot.open
    if comparison is None:
        raise SystemExit(f"{database} has no comparison {comparison_id}")
    chance = 1 / dataset(comparison.spec.dataset).classes
    selection = select([run.outcome(chance) for run in snapshot.runs])
    scores = np.array([[ranked_score(c.runs[seed]) for c in selection.chosen] for seed in selection.seeds], dtype=float)
    columns = [c for c in range(scores.shape[1]) if not any(np.allclose(scores[:, c], scores[:, b]) for b in range(c))]
    scores = scores[:, columns]
    n, k = scores.shape
    name = f"comparison {comparison_id} of {database.name}: {n} seeds × {k} different schedules"
    rest = scores - scores.mean(axis=0)
    effects = np.zeros(n)
    if k > 1:
        effects = rest.mean(axis=1)
        rest = (rest - effects[:, np.newaxis]) * np.sqrt(k / (k - 1))
    rest *= np.sqrt(n / (n - 1))
    return Pool(name, float(scores.mean()), effects, rest.ravel(), scores.ravel() if k == 1 else np.empty(0))


def a_a(pool: Pool, draws: int) -> bool:
    """Print the A/A figures of one pool; whether all stay within the bound."""
    bound = int(binom.ppf(0.999, draws, ALPHA))
    fine = True
    print(f"\nA/A, {pool.name}: {COPIES} copies, {draws} comparisons; at most {bound} errors ({bound / draws:.1%})")
    for name, noise in (("all alike", 1.0), (f"one {NOISY:g} × as noisy", NOISY)):
        for n in (6, 10):
            generator = np.random.default_rng(n)
            errors = sum(not all(confidence_set(pool.draw(generator, n, noise), ALPHA).leads) for _ in range(draws))
            fine = fine and errors <= bound
            print(f"  {name:22} n = {n:2}: {errors:4} errors, {errors / draws:.1%}")
    return fine


def real(pool: Pool, n: int = 10) -> bool:
    """Cut the stored runs into comparisons whose schedules were trained with seeds of their own."""
    size = n * COPIES
    count = len(pool.ordered) // size
    if not count:
        return True
    bound = int(binom.ppf(0.999, count, ALPHA))
    comparisons = pool.ordered[: count * size].reshape(count, n, COPIES)
    errors = sum(not all(confidence_set(scores, ALPHA).leads) for scores in comparisons)
    print(
        f"\nreal A/A: {count} comparisons of {COPIES} copies, n = {n}, no run used twice: {errors} errors; at most {bound}"
    )
    return errors <= bound


def better_alone(n: int, schedules: int, difference: float, draws: int, seed: int) -> float:
    """How often the better one is left alone, in units of the standard deviation of differences."""
    generator = np.random.default_rng(seed)
    found = 0
    for _ in range(draws):
        scores = generator.normal(0, np.sqrt(0.5), (n, schedules))
        scores[:, 0] += difference
        leads = confidence_set(scores, ALPHA).leads
        found += leads[0] and sum(leads) == 1
    return found / draws


def power(draws: int) -> bool:
    """The promised 80 %: each cell may be 3 points off, and 3 standard errors of its simulation."""
    allowed = 0.03 + 3 * float(np.sqrt(0.8 * 0.2 / draws))
    fine = True
    print(f"\npower at the difference promised to be found in 80 %; {draws} comparisons, within {allowed:.1%}")
    for n in (6, 7, 8, 10, 11, 14, 17, 30):
        line = []
        for schedules in (2, 4, 7, 13):
            difference = detectable_difference(n, 1.0, schedules)
            assert difference is not None
            rate = better_alone(n, schedules, difference, draws, seed=n * schedules)
            fine = fine and abs(rate - 0.8) <= allowed
            line.append(f"{schedules:2} schedules {difference:.2f} sd: {rate:.1%}")
        print(f"  n = {n:2}  " + "   ".join(line))
    return fine


def power_table(draws: int) -> None:
    """For each entry the 80 % quantile, over simulated comparisons, of the least difference that leaves the better one alone."""
    for n in (6, 7, 8, 9, 10, 12, 14, 20, 60, 200):
        row = []
        for schedules in (2, 3, 5, 10, 20, 40):
            generator = np.random.default_rng(1_000 * n + schedules)
            noise = generator.normal(0, np.sqrt(0.5), (draws, n, schedules))
            row.append(round(float(np.quantile([_least(scores) for scores in noise], 0.8)), 2))
        print(f"    {n}: {tuple(row)},", flush=True)


def _least(scores: Floats) -> float:
    """That difference for one draw, times sqrt(n), to 0.02 by bisection."""
    n = len(scores)
    low, high = 0.0, 40.0
    while high - low > 0.02:
        middle = (low + high) / 2
        shifted = scores.copy()
        shifted[:, 0] += middle / np.sqrt(n)
        leads = confidence_set(shifted, ALPHA).leads
        low, high = (low, middle) if leads[0] and sum(leads) == 1 else (middle, high)
    return (low + high) / 2


def main() -> None:
    """Print what was asked for; leave with 1 where a bound is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--comparison", type=int, default=1)
    parser.add_argument("--draws", type=int, default=1_000)
    parser.add_argument("--power", action="store_true")
    parser.add_argument("--power-table", action="store_true")
    options = parser.parse_args()
    if options.power_table:
        power_table(2 * options.draws)
        return
    if options.power:
        fine = power(options.draws)
    else:
        pool = stored(options.db.resolve(), options.comparison) if options.db else made_up()
        assert abs(float(pool.rest.mean())) < ROUNDING, "identical schedules have equal means"
        fine = a_a(pool, options.draws) and real(pool)
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
