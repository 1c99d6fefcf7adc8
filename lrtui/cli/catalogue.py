"""`lrtui schedulers`, `preview`, `explain`: the catalogue and the person's own schedules, without training anything."""

from dataclasses import replace
from typing import Any

import click

from lrtui.cli.own_schedules import completions, own_schedules
from lrtui.cli.terminal import language, print_json, print_table, remark
from lrtui.comparison.spec import Choice
from lrtui.config.own_schedules import choice
from lrtui.errors import UserError
from lrtui.schedules.binding import bind, bind_each
from lrtui.schedules.parameters import Source, format_value
from lrtui.schedules.profiles import Budget, profile_name
from lrtui.schedules.reference import is_reference
from lrtui.schedules.registry import keys, package_of, scheduler
from lrtui.schedules.schedule import Schedule

_KEY = click.argument("key", metavar="KEY", shell_complete=lambda _ctx, _param, text: completions(text))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
# For the table of defaults, where a fitted value needs some budget to be shown with.
_EXAMPLE = Budget(epochs=100, steps_per_epoch=32, base_lr=0.1)


@click.command("schedulers", short_help="List the schedulers with their parameters, then your own schedules.")
@_JSON
def schedulers_command(as_json: bool) -> None:
    """List the schedulers with their parameters at PyTorch's defaults (100 epochs of 32 steps, base LR 0.1).

    Your own schedules, as the dashboard keeps them, come after them in the group `yours`.
    """
    listed = [Choice(key, key) for key in keys()]
    try:
        listed += own_schedules()
    except UserError as error:  # the catalogue can be listed all the same
        remark(str(error))
    if as_json:
        print_json([_entry_json(one) for one in listed])
        return
    rows = []
    for one in listed:
        package = package_of(one.scheduler)
        if package is not None:
            rows.append((one.label, one.scheduler, _family(one), "", "", f"from {package}"))
            continue
        entry = scheduler(one.scheduler)
        shown = ", ".join(f"{b.name}={format_value(b.value)}" for b in _bound(one).parameters)
        rows.append((one.label, entry.name, _family(one), entry.torch_class or "none", entry.steps_every, shown))
    print_table(("key", "name", "family", "torch class", "steps every", "parameters"), rows)


def _is_own(one: Choice) -> bool:
    return one.label != one.scheduler


def _family(one: Choice) -> str:
    """Its group; a package is not imported to say so."""
    if _is_own(one):
        return "yours"
    return "packages" if package_of(one.scheduler) else scheduler(one.scheduler).family


def _bound(one: Choice) -> Schedule:
    """The example's, also of an own schedule whose values do not go together with its budget."""
    return bind_each(one.scheduler, "pytorch", _EXAMPLE, one.parameters)


def _entry_json(one: Choice) -> dict[str, Any]:
    package = package_of(one.scheduler)
    if package is not None:
        plain = {"key": one.label, "name": one.scheduler, "family": _family(one), "package": package}
        return {**plain, **({"scheduler": one.scheduler} if _is_own(one) else {})}
    entry = scheduler(one.scheduler)
    return {
        "key": one.label,
        "name": entry.name,
        "family": _family(one),
        "torch_class": entry.torch_class,
        "steps_every": entry.steps_every,
        "in_table": entry.in_table and not _is_own(one),
        "parameters": [
            {
                "name": parameter.name,
                "required": parameter.required,
                "default": None if parameter.required else parameter.default,
                "value": bound.value,
                "source": bound.source,
            }
            for parameter, bound in zip(entry.parameters, _bound(one).parameters, strict=True)
        ],
        **({"scheduler": entry.key} if _is_own(one) else {}),
    }


@click.command("preview", short_help="Show the learning-rate curve of a scheduler.")
@_KEY
@click.option("--profile", default="pytorch", metavar="P", help="pytorch (default), fitted or study.")
@click.option("-p", "--parameter", "parameters", multiple=True, metavar="name=value", help="A parameter of your own; may be repeated.")  # fmt: skip
@click.option("--epochs", default=100, metavar="E")
@click.option("--steps-per-epoch", default=32, metavar="S")
@click.option("--base-lr", default=0.1, metavar="X")
@_JSON
def preview_command(
    key: str,
    profile: str,
    parameters: tuple[str, ...],
    epochs: int,
    steps_per_epoch: int,
    base_lr: float,
    as_json: bool,
) -> None:
    """Print the learning rate in force at each epoch, as a table, or at each optimizer step, as JSON.

    `plateau` depends on a metric: it is previewed on a made-up loss curve that stops improving after a third.
    """
    for name, value in (("--epochs", epochs), ("--steps-per-epoch", steps_per_epoch)):
        if not 1 <= value <= 100_000:
            raise UserError(f"{name} {value}: expected a whole number from 1 to 100000")
    if not 0 < base_lr <= 1000:
        raise UserError(f"--base-lr {base_lr}: expected a learning rate > 0 and <= 1000")
    if epochs * steps_per_epoch > 10_000_000:
        raise UserError(f"{epochs * steps_per_epoch} steps: expected at most 10000000 in a preview")
    one = choice(key)
    typed = {**one.parameters, **_overrides(one.scheduler, parameters)}
    schedule = bind(one.scheduler, profile_name(profile), Budget(epochs, steps_per_epoch, base_lr), typed)
    if not schedule.known:  # a function of the person's own
        from lrtui.workspace import Workspace

        schedule = replace(schedule, table=Workspace.lr_table(one.scheduler, schedule.budget.steps, typed))
    rates = schedule.lr_at_steps()
    if as_json:
        print_json(
            {
                "key": key,
                "steps_every": schedule.steps_every,
                "epochs": epochs,
                "steps_per_epoch": steps_per_epoch,
                "parameters": [{"name": b.name, "value": b.value, "source": b.source} for b in schedule.parameters],
                "lr": rates,
            }
        )
        return
    _print_preview(one, schedule, rates)


def _overrides(key: str, texts: tuple[str, ...]) -> dict[str, Any]:
    values = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UserError(f"-p {text[:60]!r}: expected name=value, for example -p {_example(key)}")
        values[name.strip()] = scheduler(key).parameter(name.strip()).parse(value)
    return values


def _example(key: str) -> str:
    bound = bind(key, "pytorch", _EXAMPLE).parameters
    return f"{bound[0].name}={format_value(bound[0].value)}" if bound else "name=value"


def _title(one: Choice) -> str:
    if is_reference(one.scheduler):
        return f"{one.label} ({one.scheduler})"
    name = scheduler(one.scheduler).name
    return f"{one.label}, a {name} of yours" if _is_own(one) else name


def _print_preview(one: Choice, schedule: Schedule, rates: list[float]) -> None:
    budget = schedule.budget
    print(f"{_title(one)}, stepped every {schedule.steps_every}, base LR {budget.base_lr:g}")
    if schedule.metric:
        print("on a made-up curve: progress for a third of the epochs, then none")
    for bound in schedule.parameters:
        print(f"  {bound.name} = {format_value(bound.value)}  ({bound.source})")
    steps = budget.steps_per_epoch
    epochs = [rates[start : start + steps] for start in range(0, len(rates), steps)]
    highest = max(rates) or 1.0
    rows = [
        (i, f"{lrs[0]:.6g}", f"{lrs[-1]:.6g}", "█" * round(30 * lrs[0] / highest))
        for i, lrs in enumerate(epochs, start=1)
    ]
    print_table(("epoch", "first LR", "last LR", ""), rows, right={"epoch", "first LR", "last LR"})


@click.command("explain", short_help="Explain a scheduler, with PyTorch code to paste.")
@_KEY
@click.option("--lang", metavar="en|ko", help="English or Korean. Default: $LRTUI_LANG, the settings file, English.")
@click.option(
    "--profile", default="pytorch", metavar="P", help="Whose values the code has: pytorch (default), fitted, study."
)
def explain_command(key: str, lang: str | None, profile: str) -> None:
    """Say what a scheduler does, its formula, its parameters, when to use it, and how PyTorch spells it."""
    from lrtui.schedules.explain import explain
    from lrtui.schedules.snippet import torch_code

    one = choice(key)
    entry = scheduler(one.scheduler)
    text = explain(entry.key, language(lang))
    schedule = bind(entry.key, profile_name(profile), _EXAMPLE, one.parameters)
    print(f"{_title(one)} ({entry.torch_class or 'no scheduler'})\n\n{text.what}\n\n  {text.formula}\n\n{text.when}\n")
    for bound in schedule.parameters:
        source = "" if bound.source is Source.PYTORCH_DEFAULT else f", {bound.source}"
        print(f"  {bound.name} = {format_value(bound.value)}{source}: {text.parameters.get(bound.name, '')}")
    print(f"\n{text.source}\n\n{torch_code(schedule)}")
