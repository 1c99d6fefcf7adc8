"""`lrtui list`, `show`, `rank`, `logs`, `spec`, `export`: what is in the database."""

import sys
from pathlib import Path
from typing import Any

import click

from lrtui.cli.database import Database
from lrtui.cli.terminal import language, print_json, print_table
from lrtui.comparison.snapshot import ComparisonView
from lrtui.terminal_text import clean, clean_lines

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _comparison(db: Database, target: str) -> ComparisonView:
    """The comparison that `target` names, which may not name one run."""
    from lrtui.store import comparisons

    return comparisons.get(db.reading, db.target(target, run_allowed=False).comparison_id)


@click.command("list", short_help="List every comparison.")
@_JSON
@click.pass_obj
def list_command(db: Database, as_json: bool) -> None:
    """List every comparison."""
    from lrtui.store import comparisons

    found = comparisons.list_all(db.reading)
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
def show_command(db: Database, target: str, as_json: bool) -> None:
    """Show a comparison and its runs, or one run and its epochs."""
    from lrtui.store import comparisons, runs

    named = db.target(target)
    comparison = comparisons.get(db.reading, named.comparison_id)
    if named.run_number is None:
        views = runs.of_comparison(db.reading, comparison.id)
    else:
        views = (runs.get(db.reading, comparison.id, named.run_number),)
    if as_json:
        from lrtui.report.json_data import show_data

        print_json(show_data(comparison, views))
        return
    task = f"{comparison.spec.dataset}, {comparison.spec.model}, {comparison.spec.optimizer}"
    print(f"{comparison.id} {clean(comparison.name)}: {comparison.status}; {task}; {comparison.created_at}")
    print_table(
        ("run", "scheduler", "base LR", "seed", "status", "epoch", "val acc", "best", "test acc", "s", "error"),
        [_run_row(view) for view in views],
        right={"run", "base LR", "seed", "epoch", "val acc", "best", "test acc", "s"},
    )
    if comparison.unproposed and named.run_number is None:
        fate = (
            "still to be proposed"
            if comparison.to_come
            else f"not proposed by the search ({comparison.unproposed_status})"
        )
        print(f"{comparison.unproposed} of {comparison.spec.size} runs are {fate}")
    if named.run_number is not None:
        _print_epochs(db, views[0].id)


def _run_row(run: Any) -> tuple[object, ...]:
    return (
        run.number, run.label, f"{run.base_lr:.4g}", run.seed, run.word,
        f"{run.epoch}/{run.epochs}", _fraction(run.last_score), _fraction(run.score), _fraction(run.test),
        "" if run.seconds is None else f"{run.seconds:.1f}", run.error,
    )  # fmt: skip


def _fraction(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.2f}"


def _print_epochs(db: Database, run_id: int) -> None:
    from lrtui.store import runs

    def loss(value: float | None) -> str:
        return "not finite" if value is None else f"{value:.4f}"

    columns = ("epoch", "LR first", "LR last", "LR min", "LR max", "train loss", "val loss", "val acc", "images/s")
    rows = [
        (
            e.epoch, f"{e.lr_first:.6g}", f"{e.lr_last:.6g}", f"{e.lr_min:.6g}", f"{e.lr_max:.6g}",
            loss(e.train_loss), loss(e.val_loss), _fraction(e.score), f"{e.examples_per_second:.0f}",
        )
        for e in runs.epochs(db.reading, run_id)
    ]  # fmt: skip
    print_table(columns, rows, right=columns)


@click.command("rank", short_help="Rank the schedulers, and say how sure that is.")
@click.argument("target", metavar="ID")
@_JSON
@click.pass_obj
def rank_command(db: Database, target: str, as_json: bool) -> None:
    """Rank the schedulers of a comparison, say how sure that is, and why it came out so."""
    from lrtui.cli.ranking import print_ranking, print_reasons, with_curves
    from lrtui.report.json_data import rank_data
    from lrtui.report.ranked import rank_comparison
    from lrtui.store import runs

    comparison = _comparison(db, target)
    ranking = rank_comparison(comparison, runs.of_comparison(db.reading, comparison.id))
    if as_json:
        print_json(rank_data(comparison, ranking))
        return
    print_ranking(comparison, ranking)
    snapshot = with_curves(db, comparison.id)
    print_reasons(comparison, snapshot.runs, snapshot.curves)


@click.command("logs", short_help="Print what happened to a comparison or one run.")
@click.argument("target", metavar="ID[/RUN]")
@_JSON
@click.pass_obj
def logs_command(db: Database, target: str, as_json: bool) -> None:
    """Print what happened to a comparison or one run, with the tail of a dead worker's log."""
    from lrtui.store import comparisons, events, runs

    named = db.target(target)
    comparisons.get(db.reading, named.comparison_id)
    if named.run_number is not None:
        runs.get(db.reading, named.comparison_id, named.run_number)
    found = events.of_run(db.reading, named.comparison_id, named.run_number)
    if as_json:
        print_json([{"at": e.at, "run": e.run_number, "message": e.message, "detail": detail} for e, detail in found])
        return
    for event, detail in found:
        run = "" if event.run_number is None else f" run {event.run_number}:"
        print(f"{event.at}{run} {clean(event.message, limit=1000)}")
        if detail:
            print("    " + clean_lines(detail).replace("\n", "\n    "))
    if not found:
        print(f"nothing to report; the workers' logs are in {db.files.folder}", file=sys.stderr)


@click.command("spec", short_help="Print a comparison's spec as TOML.")
@click.argument("target", metavar="ID")
@_JSON
@click.pass_obj
def spec_command(db: Database, target: str, as_json: bool) -> None:
    """Print a comparison's spec as TOML: `lrtui run` takes it back."""
    comparison = _comparison(db, target)
    if as_json:
        print_json(comparison.spec.to_dict())
        return
    from lrtui.report.spec_file import spec_text

    print(spec_text(comparison.spec), end="")


@click.command("export", short_help="Write a comparison's report.")
@click.argument("target", metavar="ID")
@click.option(
    "-f", "--format", "form", default="md", metavar="md|html|csv|json", help="md (default), html, csv or json."
)
@click.option("-o", "--output", metavar="FILE|-", help="Where to write; - is stdout. Default: lrtui-ID.FORMAT here.")
@click.option(
    "--lang", metavar="en|ko", help="The report's language. Default: $LRTUI_LANG, the settings file, English."
)
@click.pass_obj
def export_command(db: Database, target: str, form: str, output: str | None, lang: str | None) -> None:
    """Write a comparison's report; prints the file's path."""
    from lrtui.cli.ranking import with_curves
    from lrtui.report.export import render
    from lrtui.report.ranked import rank_comparison
    from lrtui.report.write import write_report

    lang = language(lang)
    comparison = _comparison(db, target)
    snapshot = with_curves(db, comparison.id)
    ranking = rank_comparison(comparison, snapshot.runs)
    if output == "-":
        print(render(form, comparison, ranking, snapshot.runs, snapshot.curves, lang=lang), end="")
        return
    path = Path(output) if output else None
    print(write_report(comparison, ranking, snapshot.runs, form, path, curves=snapshot.curves, lang=lang))
