"""`lrtui run`, `demo` and `wait`: start a comparison, watch it, say how it ended."""

import tomllib
from pathlib import Path
from typing import Any

import click

from lrtui.cli.database import Database
from lrtui.cli.terminal import has_terminal, open_dashboard, print_json, remark
from lrtui.domain.errors import UserError
from lrtui.domain.snapshot import ComparisonView
from lrtui.domain.spec import Spec


def _comma_list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _numbers(name: str, text: str, kind: type) -> list[Any]:
    try:
        return [kind(part) for part in _comma_list(text)]
    except ValueError:
        what = "whole numbers separated by commas" if kind is int else "numbers separated by commas"
        count = ", or how many seeds" if name == "--seeds" else ""
        raise UserError(f"{name} {text[:60]!r}: expected {what}{count}") from None


def _seeds(text: str) -> int | list[int]:
    numbers = _numbers("--seeds", text, int)
    return int(numbers[0]) if len(numbers) == 1 and "," not in text else numbers


@click.command("run", short_help="Start a comparison and wait for it.")
@click.argument("spec_file", metavar="[SPEC.toml]", required=False)
@click.option(
    "--preset", metavar="NAME", help="quick (default), defaults, fitted or study: what the other options start from."
)
@click.option("--schedulers", metavar="a,b", help="Keys from `lrtui schedulers`.")
@click.option("--profile", metavar="P", help="Where parameter values come from: pytorch, fitted or study.")
@click.option("--dataset", metavar="D", help="digits (bundled), mnist, fashion-mnist, kmnist, cifar10, cifar100, svhn.")
@click.option("--model", metavar="M", help="mlp, cnn, resnet18, or another of torchvision's.")
@click.option("--optimizer", metavar="O", help="sgd, adam or adamw.")
@click.option("--epochs", type=int, metavar="N")
@click.option("--batch-size", type=int, metavar="N")
@click.option("--base-lrs", metavar="0.1,0.01", help="Learning rates; the best on the selection split is ranked.")
@click.option("--search", metavar="grid|random|tpe", help="random, tpe: --base-lrs LOW,HIGH are the ends of a range.")
@click.option(
    "--trials", type=int, metavar="N", help="How many base LRs a search tries for each scheduler. Default: 10."
)
@click.option("--seeds", metavar="N|0,1,2", help="How many seeds, or which. At least 6 can show a difference.")
@click.option("--splits", metavar="N,N,N", help="Images for training, validation and selection; the rest is not used.")
@click.option("--name", metavar="TEXT", help="What to call the comparison.")
@click.option("--device", metavar="auto|cpu|cuda[:i]", help="auto: the GPUs where there are any, else the CPU's cores.")
@click.option("--data-dir", metavar="DIR", help="Where the data set's files are, or go to.")
@click.option("--detach", is_flag=True, help="Print the id and leave; training goes on.")
@click.option("--json", "as_json", is_flag=True, help="Print what `lrtui rank --json` prints, once it has ended.")
@click.pass_obj
def run_command(db: Database, /, spec_file: str | None, preset: str | None, data_dir: str | None, detach: bool, as_json: bool, **options: Any) -> int:  # fmt: skip
    """Start a comparison from SPEC.toml or a preset, changed by the options, and wait for it to end.

    Prints the comparison's id. Closing the terminal does not stop it: `lrtui wait ID` waits again.
    """
    spec = spec_from_options(spec_file, preset, options)
    from lrtui.supervisor import control

    folder = _data_dir(data_dir)
    control.check(spec, folder)  # before the database is made
    comparison_id = control.queue(db.writing, db.files, spec, folder)
    _warn_about_logout()
    if detach:
        print_json({"id": comparison_id}) if as_json else print(comparison_id)
        return 0
    if not as_json:
        print(comparison_id, flush=True)
    return _wait_and_tell(db, comparison_id, as_json=as_json)


def spec_from_options(spec_file: str | None, preset_name: str | None, options: dict[str, Any]) -> Spec:
    """The spec of a file, or of a preset (`quick` unless named), changed by the options that are not None.

    Raises:
        UserError: both are named, the file cannot be read, or a setting is wrong.
    """
    from lrtui.domain.presets import preset
    from lrtui.domain.spec import spec_from_dict, with_changes

    if spec_file and preset_name:
        raise UserError(f"both {spec_file!r} and --preset {preset_name}: expected one of the two")
    spec = spec_from_dict(_read_toml(Path(spec_file))) if spec_file else preset(preset_name or "quick")
    changes = {name: value for name, value in options.items() if value is not None}
    if "schedulers" in changes:
        changes["schedulers"] = _comma_list(changes["schedulers"])
    if "base_lrs" in changes:
        changes["base_lrs"] = _numbers("--base-lrs", changes["base_lrs"], float)
    if "splits" in changes:
        changes["splits"] = _numbers("--splits", changes["splits"], int)
    if "seeds" in changes:
        changes["seeds"] = _seeds(changes["seeds"])
    return with_changes(spec, **changes) if changes else spec


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise UserError(f"{path}: expected a spec in TOML ({error.strerror}); `lrtui spec ID` prints one") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not a TOML file ({error})") from None


def _data_dir(text: str | None) -> Path | None:
    if text is None:
        return None
    folder = Path(text).expanduser()
    if folder.exists() and not folder.is_dir():
        raise UserError(f"--data-dir {text}: expected a folder, and this is a file")
    return folder


def _warn_about_logout() -> None:
    import getpass

    from lrtui.supervisor.detach import logout_warning

    warning = logout_warning(getpass.getuser())
    if warning:
        remark(f"warning: {warning}")


def _wait_and_tell(db: Database, comparison_id: int, *, as_json: bool = False) -> int:
    """Wait for the end; then the ranking, on stderr or as JSON on stdout. Returns the exit status."""
    from lrtui.cli.ranking import print_ranking
    from lrtui.cli.wait import wait_for
    from lrtui.report.json_data import rank_data
    from lrtui.report.ranked import rank_comparison
    from lrtui.store import comparisons, runs

    try:
        wait_for(db, comparison_id)
    except KeyboardInterrupt:
        remark(f"training goes on: `lrtui wait {comparison_id}` waits for it, `lrtui cancel {comparison_id}` ends it")
        raise
    comparison = comparisons.get(db.reading, comparison_id)
    views = runs.of_comparison(db.reading, comparison_id)
    if as_json:
        print_json(rank_data(comparison, rank_comparison(comparison, views)))
    else:
        print_ranking(comparison, rank_comparison(comparison, views), to_stderr=True)
    return _status(comparison, views)


def _status(comparison: ComparisonView, views: Any) -> int:
    comparison_id = comparison.id
    failed = [view for view in views if view.status in ("failed", "cancelled")]
    if comparison.unproposed:
        remark(f"the search ended with {comparison.unproposed} of {comparison.spec.size} runs not proposed ({comparison.unproposed_status}): `lrtui logs {comparison_id}` says why")  # fmt: skip
    if not failed:
        return 3 if comparison.unproposed else 0
    first = failed[0]
    reason = f": {first.error}" if first.error else ""
    remark(
        f"{len(failed)} of {len(views)} runs did not finish; the first is {comparison_id}/{first.number} ({first.scheduler}), {first.status}{reason}"
    )
    return 1 if len(failed) == len(views) else 3


@click.command("wait", short_help="Wait until a comparison has ended.")
@click.argument("target", metavar="ID")
@click.pass_obj
def wait_command(db: Database, target: str) -> int:
    """Wait for a comparison, showing its progress, then print its ranking. Starts the supervisor if work is left for it."""
    return _wait_and_tell(db, db.target(target, run_allowed=False).comparison_id)


@click.command("demo", short_help="Compare every scheduler on bundled images, in under a minute.")
@click.pass_obj
def demo_command(db: Database) -> int:
    """Run the `quick` preset: every scheduler of the table on scikit-learn's digits, 3 seeds, 100 epochs.

    Opens the dashboard on a terminal; elsewhere prints progress lines. Ends with the ranking and its Markdown file.
    """
    from lrtui.cli.ranking import print_ranking, with_curves
    from lrtui.domain.presets import preset
    from lrtui.report.ranked import rank_comparison
    from lrtui.report.write import write_report
    from lrtui.store import comparisons, runs
    from lrtui.supervisor import control

    comparison_id = control.start(db.writing, db.files, preset("quick"))
    if has_terminal():
        open_dashboard(db, comparison_id)
        if not comparisons.get(db.reading, comparison_id).ended:
            remark(f"training goes on: `lrtui wait {comparison_id}` waits for it, `lrtui` opens the dashboard again")
            return 0
    else:
        from lrtui.cli.wait import wait_for

        remark(f"comparison {comparison_id} in {db.path}")
        wait_for(db, comparison_id)
    comparison = comparisons.get(db.reading, comparison_id)
    views = runs.of_comparison(db.reading, comparison_id)
    ranking = rank_comparison(comparison, views)
    print_ranking(comparison, ranking)
    curves = with_curves(db, comparison_id).curves
    print(f"Report: {write_report(comparison, ranking, views, 'md', curves=curves)}")
    return _status(comparison, views)
