"""What a comparison will take and can show, from what the database knows of its task: for command line and dashboard."""

from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from lrtui.comparison.checks import check_spec
from lrtui.comparison.plan import Pace, Plan, estimate
from lrtui.comparison.spec import Spec
from lrtui.machine.slots import Slot, cores, gpus, slots, usable_gpus
from lrtui.store.sqlite import Connection

# Seed-wise differences of two schedules on small image tasks vary by about this much; a pilot knows better.
STATED_SPREAD = 0.01
ALPHA = 0.05
POWER = 0.8


@cache
def _slots() -> tuple[Slot, ...]:
    return tuple(slots(usable_gpus()))


def slots_for(device: str) -> tuple[str, int]:
    """What kind of device ("cpu", "cuda") runs with this `device` setting train on here, and how many at once.

    Where there is a GPU driver, the first call waits some seconds for torch in another process.
    """
    found = [slot for slot in _slots() if device in slot.accepts]
    kind = found[0].device if found else device
    return kind.partition(":")[0], len(found)


def make_plan(
    spec: Spec, database: Path, device: tuple[str, int], detect: float | None = None, spread: float | None = None
) -> Plan:
    """The plan of a comparison, with the advice that its spec alone gives.

    Args:
        spec: the comparison.
        database: where pilots and paces may be; it need not exist.
        device: what `slots_for` said.
        detect: a difference that is to be shown, a fraction of accuracy.
        spread: the standard deviation of seed-wise differences; None: a pilot's, else `STATED_SPREAD`.

    Raises:
        UserError: there is a file that is no database of lrtui's.
    """
    from lrtui.analysis.power import detectable_difference, seeds_for  # costs numpy

    kind, at_once = device
    pilot, pace = None, None
    if database.is_file():
        from lrtui.store.connection import open_read_only

        with closing(open_read_only(database)) as connection:
            if spread is None:
                spread, pilot = measured_spread(connection, spec)
            pace = pace_of(connection, spec, kind)
    spread = STATED_SPREAD if spread is None else spread
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
        estimate=estimate(spec, at_once, pace),
        checks=check_spec(spec),
    )


def measured_spread(connection: Connection, spec: Spec) -> tuple[float | None, int | None]:
    """The spread that the newest comparison of this data set and model shows, and its id; None, None where none does."""
    from lrtui.analysis.power import pilot_spread
    from lrtui.store import comparisons, runs

    for comparison in reversed(comparisons.list_all(connection)):
        if (comparison.spec.dataset, comparison.spec.model) == (spec.dataset, spec.model):
            views = runs.of_comparison(connection, comparison.id)
            measured = pilot_spread([view.outcome(spec.chance) for view in views], spec.metric)
            if measured is not None:
                return measured, comparison.id
    return None, None


def pace_of(connection: Connection, spec: Spec, kind: str) -> Pace | None:
    """How fast runs of this task were on such a device; None where none has finished."""
    from lrtui.store.paces import newest_pace

    measured = newest_pace(connection, spec, kind)
    if measured is None:
        return None
    return Pace(measured.comparison, measured.images_per_second, _like_this_machine(measured.environment, kind))


def _like_this_machine(environment: dict[str, Any], kind: str) -> bool:
    if kind == "cuda":
        return bool(environment.get("gpus") == [gpu.name for gpu in gpus()])
    from lrtui.supervisor.control import environment as this_machine

    here = this_machine()
    return environment.get("cpu") == here["cpu"] and environment.get("cores") == cores()
