"""`lrtui pause`, `resume`, `cancel`, `retry`, `delete`, `stop`."""

import click

from lrtui.cli.target import named, named_with_run
from lrtui.cli.terminal import remark
from lrtui.comparison.status import Verb
from lrtui.errors import UserError
from lrtui.workspace import Workspace


def _asking(verb: Verb, short: str, text: str) -> click.Command:
    """A command that has the supervisor do something to a comparison or one run, and prints its answer."""

    def ask(workspace: Workspace, target: str) -> None:
        comparison, run = named_with_run(workspace, target)
        remark(comparison.ask(verb, run))

    ask.__doc__ = text
    argument = click.argument("target", metavar="ID[/RUN]")
    return click.command(verb, short_help=short)(argument(click.pass_obj(ask)))


pause_command = _asking(
    "pause",
    "Pause a comparison or one run.",
    "Pause a comparison or one run: running ones stop at the end of their epoch.",
)


@click.command("resume", short_help="Go on with what was paused.")
@click.argument("target", metavar="ID[/RUN]")
@click.option("--accept-change", is_flag=True, help="Go on with the code of your own as it is now; runs that have not ended start over.")  # fmt: skip
@click.pass_obj
def resume_command(workspace: Workspace, target: str, accept_change: bool) -> None:
    """Go on with what was paused, from its checkpoint."""
    comparison, run = named_with_run(workspace, target)
    if accept_change:
        if run is not None:
            raise UserError(f"{target}: expected a comparison with --accept-change, and this is one run")
        remark(comparison.accept_change())
    remark(comparison.ask("resume", run))


cancel_command = _asking(
    "cancel", "End a comparison or one run; its rows stay.", "End a comparison or one run; its rows stay."
)
retry_command = _asking(
    "retry", "Queue failed, cancelled or diverged runs again.", "Queue failed, cancelled or diverged runs again."
)


@click.command("delete", short_help="Remove an ended comparison.")
@click.argument("target", metavar="ID")
@click.pass_obj
def delete_command(workspace: Workspace, target: str) -> None:
    """Remove an ended comparison with its runs, rows and checkpoints."""
    comparison = named(workspace, target)
    comparison.delete()
    remark(f"deleted comparison {comparison.id}")


@click.command("stop", short_help="End the supervisor and its workers.")
@click.pass_obj
def stop_command(workspace: Workspace) -> None:
    """End the supervisor and its workers; their runs go back into the queue until somebody resumes or waits."""
    pid = workspace.stop()
    remark(f"no supervisor is at work on {workspace.path}" if pid is None else f"supervisor (pid {pid}) ended")
