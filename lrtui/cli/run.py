"""`lrtui run`, `demo` and `wait`: start a comparison, watch it, say how it ended."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from lrtui.cli.spec_options import data_folder, make_spec, spec_options
from lrtui.cli.target import named
from lrtui.cli.terminal import has_terminal, language, open_dashboard, print_json, remark
from lrtui.comparison.snapshot import ComparisonView, RunView
from lrtui.comparison.spec import Spec
from lrtui.workspace import Workspace

if TYPE_CHECKING:
    from lrtui.workspace.comparison import Comparison


@click.command("run", short_help="Start a comparison and wait for it.")
@spec_options
@click.option("--detach", is_flag=True, help="Print the id and leave; training goes on.")
@click.option("--json", "as_json", is_flag=True, help="Print what `lrtui rank --json` prints, once it has ended.")
@click.pass_obj
def run_command(workspace: Workspace, /, spec_file: str | None, preset: str | None, data_dir: str | None, detach: bool, as_json: bool, **options: Any) -> int:  # fmt: skip
    """Start a comparison from SPEC.toml or a preset, changed by the options, and wait for it to end.

    Prints the comparison's id. Closing the terminal does not stop it: `lrtui wait ID` waits again.
    """
    wanted = make_spec(workspace, spec_file, preset, options)
    folder = data_folder(data_dir)
    spec = workspace.prepare(wanted, folder)  # before the database is made
    # Before anything is queued: it takes its time, may fail, and looks at the runs there are.
    expected = _what_to_expect(workspace, spec)
    comparison = workspace.queue(spec, folder)
    if not as_json:
        print(comparison.id, flush=True)
    elif detach:
        print_json({"id": comparison.id})
    for sentence in expected:
        remark(sentence)
    return 0 if detach else _wait_and_tell(comparison, as_json=as_json)


def _what_to_expect(workspace: Workspace, spec: Spec) -> list[str]:
    """How long it will take, where that is known, and what the checks found, briefly."""
    from lrtui.report.planned import time_sentence

    plan = workspace.plan(spec)
    found = [time_sentence(plan)] if plan.estimate is not None else []
    checks = (*plan.checks, *workspace.machine_advice())
    for advice in checks:
        found.append(f"{advice.severity}: {advice.sentence if advice.severity == 'warning' else advice.title}")
    if any(advice.remedy for advice in checks):
        found.append("`lrtui plan` with the same options says more, and what to do about it")
    return found


def _wait_and_tell(comparison: "Comparison", *, as_json: bool = False) -> int:
    """Wait for the end; then the ranking, on stderr or as JSON on stdout. Returns the exit status."""
    from lrtui.cli.ranking import print_ranking
    from lrtui.cli.wait import wait_for
    from lrtui.report.json_data import rank_data

    try:
        wait_for(comparison)
    except KeyboardInterrupt:
        remark(f"training goes on: `lrtui wait {comparison.id}` waits for it, `lrtui cancel {comparison.id}` ends it")
        raise
    ranking = comparison.ranking()
    assert ranking.comparison is not None
    if as_json:
        print_json(rank_data(ranking.comparison, ranking))
    else:
        print_ranking(ranking.comparison, ranking, to_stderr=True)
    return _status(*comparison.read())


def _status(comparison: ComparisonView, views: Sequence[RunView]) -> int:
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
def wait_command(workspace: Workspace, target: str) -> int:
    """Wait for a comparison, showing its progress, then print its ranking. Starts the supervisor if work is left for it."""
    return _wait_and_tell(named(workspace, target))


@click.command("demo", short_help="Compare every scheduler on bundled images, in under a minute.")
@click.pass_obj
def demo_command(workspace: Workspace) -> int:
    """Run the `quick` preset: every scheduler of the table on scikit-learn's digits, 3 seeds, 100 epochs.

    Opens the dashboard on a terminal; elsewhere prints progress lines. Ends with the ranking and its Markdown file.
    """
    from lrtui.cli.ranking import print_ranking

    comparison = workspace.start(preset="quick")
    if has_terminal():
        open_dashboard(workspace, comparison.id)  # it says whether training goes on
        if not comparison.view.ended:
            return 0
    else:
        from lrtui.cli.wait import wait_for

        remark(f"comparison {comparison.id} in {workspace.path}")
        wait_for(comparison)
    view, views = comparison.read()
    print_ranking(view, comparison.ranking())
    print(f"Report: {comparison.report(lang=language(None)).save()}")
    return _status(view, views)
