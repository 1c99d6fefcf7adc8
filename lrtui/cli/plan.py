"""`lrtui plan`: what a comparison would take, could show, and had better have changed, before anything is trained."""

from dataclasses import asdict, replace
from typing import Any

import click

from lrtui.cli.spec_options import data_folder, make_spec, spec_options
from lrtui.cli.terminal import print_json
from lrtui.comparison.plan import Plan
from lrtui.comparison.spec import Spec
from lrtui.errors import UserError
from lrtui.terminal_text import clean
from lrtui.workspace import Workspace


@click.command("plan", short_help="Say what a comparison would take and could show.")
@spec_options
@click.option("--detect", type=float, metavar="POINTS", help="A difference, in points of accuracy: how many seeds show it?")  # fmt: skip
@click.option("--spread", type=float, metavar="POINTS", help="Standard deviation of seed-wise differences, in points. Default: a pilot's in this database, else 1.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def plan_command(workspace: Workspace, /, spec_file: str | None, preset: str | None, data_dir: str | None, detect: float | None, spread: float | None, as_json: bool, **options: Any) -> None:  # fmt: skip
    """Say how many runs a comparison has, how long it takes, what to change first, and what difference its seeds can show.

    Takes the options of `lrtui run`. The time comes from finished runs of the same data set, model and batch size in the
    database, the spread between seeds from the newest comparison of the same data set and model.
    """
    spec = make_spec(workspace, spec_file, preset, options)
    folder = data_folder(data_dir)
    for option, value in (("--detect", detect), ("--spread", spread)):
        if value is not None and not 0 < value < 100:
            raise UserError(f"{option} {value:g}: expected points of accuracy > 0 and < 100, for example 0.3")
    difference, deviation = (value / 100 if value else None for value in (detect, spread))
    plan = workspace.plan(spec, detect=difference, spread=deviation)
    around = (*workspace.machine_advice(), *workspace.data_advice(spec.dataset, folder))
    plan = replace(plan, checks=(*plan.checks, *around))
    if as_json:
        print_json(asdict(plan))
    else:
        _print_plan(plan, spec)


def _print_plan(plan: Plan, spec: Spec) -> None:
    from lrtui.formats import counted
    from lrtui.report.planned import (
        difference_sentence,
        intent_sentence,
        size_sentence,
        spread_sentence,
        time_sentence,
    )

    task = f"{counted(spec.epochs, 'epoch')} on {spec.dataset}, {spec.model}"
    print(f"{clean(plan.name)}: {size_sentence(spec)} of {task}")
    print(time_sentence(plan))
    for advice in plan.checks:
        print(f"{advice.severity}: {clean(advice.sentence, limit=1000)}")
        if advice.remedy:
            print(f"  → {clean(advice.remedy, limit=1000)}")
    intent = intent_sentence(spec, plan.checks)
    if intent:
        print(intent)
    print(spread_sentence(plan))
    print(difference_sentence(plan))
    if plan.detect is None or plan.schedules < 2:
        return
    if plan.seeds_needed is None:
        print(f"{100 * plan.detect:g} points: more than 10,000 seeds would be needed")
    else:
        print(f"{100 * plan.detect:g} points: {plan.seeds_needed} seeds are needed, {plan.runs_needed} runs")
