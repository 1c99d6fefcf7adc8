"""`lrtui plan`: what a comparison would cost and could show, before anything is trained."""

from dataclasses import asdict, dataclass

import click

from lrtui.cli.database import Database
from lrtui.cli.terminal import print_json
from lrtui.domain.errors import UserError
from lrtui.domain.spec import Spec
from lrtui.domain.terminal_text import clean

# Seed-wise differences of two schedules on small image tasks vary by about this much; a pilot knows better.
STATED_SPREAD = 0.01
ALPHA = 0.05
POWER = 0.8


@dataclass(frozen=True, slots=True)
class Plan:
    """A comparison in numbers. Differences and spreads are fractions of accuracy.

    `pilot` is the comparison that `spread` was measured in, None where it was stated. `detectable` is the difference that
    this many seeds can show with this power, None where they can show none. `seeds_needed` and `runs_needed` belong to
    the wanted difference `detect`; None where none was asked for, or no number of seeds up to 10,000 is enough.
    """

    name: str
    schedules: int
    base_lrs: int
    seeds: int
    runs: int
    alpha: float
    power: float
    spread: float
    pilot: int | None
    detectable: float | None
    detect: float | None
    seeds_needed: int | None
    runs_needed: int | None


@click.command("plan", short_help="Say what a comparison would cost and could show.")
@click.argument("spec_file", metavar="[SPEC.toml]", required=False)
@click.option("--preset", metavar="NAME", help="quick (default), defaults, fitted or study.")
@click.option("--seeds", metavar="N|0,1,2", help="How many seeds, or which, instead of the spec's.")
@click.option("--detect", type=float, metavar="POINTS", help="A difference, in points of accuracy: how many seeds show it?")  # fmt: skip
@click.option("--spread", type=float, metavar="POINTS", help="Standard deviation of seed-wise differences, in points. Default: a pilot's in this database, else 1.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def plan_command(
    db: Database,
    spec_file: str | None,
    preset: str | None,
    seeds: str | None,
    detect: float | None,
    spread: float | None,
    as_json: bool,
) -> None:
    """Say how many runs a comparison has, what difference its seeds can show, and how many seeds a wanted one needs.

    The spread between seeds comes from the newest comparison of the same data set and model in the database, if any.
    """
    from lrtui.cli.spec_options import make_spec

    spec = make_spec(spec_file, preset, {"seeds": seeds})
    for option, value in (("--detect", detect), ("--spread", spread)):
        if value is not None and not 0 < value < 100:
            raise UserError(f"{option} {value:g}: expected points of accuracy > 0 and < 100, for example 0.3")
    measured, pilot = (spread / 100, None) if spread else _pilot(db, spec)
    plan = make_plan(spec, measured, pilot, detect / 100 if detect else None)
    if as_json:
        print_json(asdict(plan))
    else:
        _print_plan(plan, spec)


def make_plan(spec: Spec, spread: float, pilot: int | None, detect: float | None) -> Plan:
    """The plan's figures; `spread` and `detect` are fractions."""
    from lrtui.stats.power import detectable_difference, seeds_for

    schedules, seeds = len(spec.schedules), len(spec.seeds)
    needed = None if detect is None else seeds_for(detect, spread, schedules, ALPHA, POWER)
    return Plan(
        name=spec.name,
        schedules=schedules,
        base_lrs=spec.base_lrs_each,
        seeds=seeds,
        runs=spec.size,
        alpha=ALPHA,
        power=POWER,
        spread=spread,
        pilot=pilot,
        detectable=detectable_difference(seeds, spread, schedules, ALPHA, POWER),
        detect=detect,
        seeds_needed=needed,
        runs_needed=None if needed is None else needed * schedules * spec.base_lrs_each,
    )


def _pilot(db: Database, spec: Spec) -> tuple[float, int | None]:
    """The spread that the newest comparison of this task shows, and its id; the stated one where there is none."""
    if not db.path.is_file():
        return STATED_SPREAD, None
    from lrtui.domain.tasks import dataset
    from lrtui.stats.power import pilot_spread
    from lrtui.store import comparisons, runs

    chance = 1 / dataset(spec.dataset).classes
    for comparison in reversed(comparisons.list_all(db.reading)):
        if (comparison.spec.dataset, comparison.spec.model) == (spec.dataset, spec.model):
            views = runs.of_comparison(db.reading, comparison.id)
            measured = pilot_spread([view.outcome(chance) for view in views])
            if measured is not None:
                return measured, comparison.id
    return STATED_SPREAD, None


def _print_plan(plan: Plan, spec: Spec) -> None:
    from lrtui.domain.seeds import too_few
    from lrtui.report.texts import Count

    print(
        f"{clean(plan.name)}: {Count(plan.schedules):schedule|schedules} × {Count(plan.base_lrs):base LR|base LRs} × "
        f"{Count(plan.seeds):seed|seeds} = {Count(plan.runs):run|runs} of {Count(spec.epochs):epoch|epochs} on "
        f"{spec.dataset}, {spec.model}"
    )
    source = "stated; a pilot in this database would measure it"
    if plan.pilot is not None:
        source = f"measured in comparison {plan.pilot}"
    print(f"spread: seed-wise differences vary by {100 * plan.spread:.2f} points (standard deviation, {source})")
    if plan.schedules < 2:
        print("one schedule alone cannot be compared: pick at least two")
        return
    if plan.detectable is None:
        print(too_few(plan.seeds, plan.alpha))
    else:
        print(
            f"{plan.seeds} seeds tell one schedule from the others in {100 * plan.power:.0f} % of such comparisons "
            f"if it is {100 * plan.detectable:.2f} points better"
        )
    if plan.detect is None:
        return
    if plan.seeds_needed is None:
        print(f"{100 * plan.detect:g} points: more than 10,000 seeds would be needed")
    else:
        print(f"{100 * plan.detect:g} points: {plan.seeds_needed} seeds are needed, {plan.runs_needed} runs")
