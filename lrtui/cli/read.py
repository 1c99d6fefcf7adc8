"""`lrtui list`, `show`, `rank`, `logs`, `spec`, `export`: what is in the database."""

import sys
from pathlib import Path
from typing import Any

import click

from lrtui.cli.target import named, named_with_run
from lrtui.cli.terminal import language, print_json, print_table
from lrtui.comparison.records import EvaluationRow
from lrtui.errors import UserError
from lrtui.formats import exact_rate, heading, loss, score, seconds
from lrtui.tasks.info import Metric
from lrtui.terminal_text import clean, clean_lines
from lrtui.workspace import Workspace

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command("list", short_help="List every comparison.")
@_JSON
@click.pass_obj
def list_command(workspace: Workspace, as_json: bool) -> None:
    """List every comparison."""
    found = workspace.overview()
    if as_json:
        print_json(
            [
                {
                    "id": c.id,
                    "name": c.name,
                    "status": c.status,
                    "created_at": c.created_at,
                    "runs": c.size,
                }
                for c in found
            ]
        )
        return
    rows = [
        (
            c.id, c.name, c.status, c.ended_runs, c.size,
            c.spec.dataset, c.spec.model, len(c.spec.seeds), c.created_at,
        )
        for c in found
    ]  # fmt: skip
    print_table(("id", "name", "status", "ended", "runs", "dataset", "model", "seeds", "created"), rows, right={"id", "ended", "runs", "seeds"})  # fmt: skip


@click.command("show", short_help="Show a comparison and its runs, or one run and its epochs.")
@click.argument("target", metavar="ID[/RUN]")
@_JSON
@click.pass_obj
def show_command(workspace: Workspace, target: str, as_json: bool) -> None:
    """Show a comparison and its runs, or one run and its epochs."""
    handle, run = named_with_run(workspace, target)
    comparison, views = handle.read()
    if run is not None:
        views = (handle.run(run),)
    if as_json:
        from lrtui.report.json_data import show_data

        print_json(show_data(comparison, views))
        return
    metric, split = comparison.spec.metric, comparison.spec.ranked_split
    brief = clean(heading(metric))
    task = f"{comparison.spec.dataset}, {comparison.spec.model}, {comparison.spec.optimizer}"
    print(f"{comparison.id} {clean(comparison.name)}: {comparison.status}; {task}; {comparison.created_at}")
    print_table(
        (
            "run",
            "scheduler",
            "base LR",
            "seed",
            "status",
            "epoch",
            f"val {brief}",
            "best",
            f"{split} {brief}",
            "s",
            "error",
        ),
        [_run_row(view, metric) for view in views],
        right={"run", "base LR", "seed", "epoch", f"val {brief}", "best", f"{split} {brief}", "s"},
    )
    if comparison.unproposed and run is None:
        fate = (
            "still to be proposed"
            if comparison.to_come
            else f"not proposed by the search ({comparison.unproposed_status})"
        )
        print(f"{comparison.unproposed} of {comparison.spec.size} runs are {fate}")
    if run is not None:
        _print_epochs(handle.evaluations(run), metric)


def _run_row(run: Any, metric: Metric) -> tuple[object, ...]:
    return (
        run.number, run.label, exact_rate(run.base_lr), run.seed, run.word,
        f"{run.epoch}/{run.epochs}", *(score(value, metric) for value in (run.last_score, run.score, run.test)),
        seconds(run.seconds), run.error,
    )  # fmt: skip


def _print_epochs(rows: list[EvaluationRow], metric: Metric) -> None:
    scored = "val acc %" if metric.is_accuracy else f"score: {clean(heading(metric))}"
    columns = ("epoch", "LR first", "LR last", "LR min", "LR max", "train loss", "val loss", scored, "examples/s")
    cells = [
        (
            e.epoch, *(exact_rate(lr) for lr in (e.lr_first, e.lr_last, e.lr_min, e.lr_max)),
            loss(e.train_loss), loss(e.val_loss), score(e.score, metric), f"{e.examples_per_second:.0f}",
        )
        for e in rows
    ]  # fmt: skip
    print_table(columns, cells, right=columns)


@click.command("rank", short_help="Rank the schedulers, and say how sure that is.")
@click.argument("target", metavar="ID|FILE.csv")
@click.option("--better", metavar="higher|lower", help="Of a file: which scores are better. Default: higher.")
@click.option("--unit", metavar="TEXT", help="Of a file: how people read its scores; those in % are fractions.")
@_JSON
@click.pass_obj
def rank_command(workspace: Workspace, target: str, better: str | None, unit: str | None, as_json: bool) -> None:
    """Rank the schedulers of a comparison, say how sure that is, and why it came out so.

    FILE.csv holds results from elsewhere, with a header and the columns scheduler, seed, score, and perhaps base_lr, and
    selection, the score that chooses the base LR. Seeds pair the runs.
    """
    from lrtui.cli.ranking import print_ranking, print_reasons
    from lrtui.report.json_data import rank_data

    if target.lower().endswith(".csv"):
        from lrtui.workspace.elsewhere import rank

        ranking = rank(target, better=better or "higher", unit=unit or "")
        reasons, called = [], Path(target).name
    else:
        for option, given in (("--better", better), ("--unit", unit)):
            if given is not None:
                raise UserError(f"{option} is for a CSV file: a comparison knows its own")
        comparison = named(workspace, target)
        ranking = comparison.ranking()
        reasons, called = [] if as_json else comparison.reasons(), ""
    if as_json:
        print_json(rank_data(ranking.comparison, ranking))
        return
    print_ranking(ranking.comparison or called, ranking)
    print_reasons(reasons)


@click.command("logs", short_help="Print what happened to a comparison or one run.")
@click.argument("target", metavar="ID[/RUN]")
@_JSON
@click.pass_obj
def logs_command(workspace: Workspace, target: str, as_json: bool) -> None:
    """Print what happened to a comparison or one run, with the tail of a dead worker's log."""
    comparison, number = named_with_run(workspace, target)
    found = comparison.events(number)
    if as_json:
        print_json([{"at": e.at, "run": e.run_number, "message": e.message, "detail": detail} for e, detail in found])
        return
    for event, detail in found:
        run = "" if event.run_number is None else f" run {event.run_number}:"
        print(f"{event.at}{run} {clean(event.message, limit=1000)}")
        if detail:
            print("    " + clean_lines(detail).replace("\n", "\n    "))
    if not found:
        print(f"nothing to report; the workers' logs are in {workspace.files.folder}", file=sys.stderr)


@click.command("spec", short_help="Print a comparison's spec as TOML.")
@click.argument("target", metavar="ID")
@_JSON
@click.pass_obj
def spec_command(workspace: Workspace, target: str, as_json: bool) -> None:
    """Print a comparison's spec as TOML: `lrtui run` takes it back."""
    spec = named(workspace, target).spec
    if as_json:
        print_json(spec.to_dict())
        return
    from lrtui.comparison.stored_spec import unknown_today
    from lrtui.report.spec_file import spec_text

    doubt = unknown_today(spec)
    if doubt:
        print(f"# {clean(doubt, 1000)}")
    print(spec_text(spec), end="")


@click.command("export", short_help="Write a comparison's report.")
@click.argument("target", metavar="ID")
@click.option(
    "-f",
    "--format",
    "form",
    default="md",
    metavar="md|html|csv|json|db",
    help="md (default), html, csv or json; db: a database that holds this comparison alone.",
)
@click.option("-o", "--output", metavar="FILE|-", help="Where to write; - is stdout. Default: lrtui-ID.FORMAT here.")
@click.option(
    "--lang", metavar="en|ko", help="The report's language. Default: $LRTUI_LANG, the settings file, English."
)
@click.option("--force", is_flag=True, help="Write a database over a file that is there; a report always is.")
@click.pass_obj
def export_command(
    workspace: Workspace, target: str, form: str, output: str | None, lang: str | None, force: bool
) -> None:
    """Write a comparison's report, or a database of its own; prints the file's path."""
    if form == "db":
        if output == "-":
            raise UserError("-o -: a database cannot be printed; expected a file")
        print(named(workspace, target).export_database(output, overwrite=force))
        return
    report = named(workspace, target).report(form, lang=language(lang))
    if output == "-":
        print(report, end="")
    else:
        print(report.save(output))
