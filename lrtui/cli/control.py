"""`lrtui pause`, `resume`, `cancel`, `retry`, `delete`, `stop`."""

import click

from lrtui.cli.database import Database
from lrtui.cli.terminal import remark
from lrtui.comparison.status import Verb


def _asking(verb: Verb, short: str, text: str) -> click.Command:
    """A command that has the supervisor do something to a comparison or one run, and prints its answer."""

    def ask(db: Database, target: str) -> None:
        from lrtui.supervisor import control

        named = db.target(target)
        remark(control.ask(db.existing(), db.files, verb, named.comparison_id, named.run_number))

    ask.__doc__ = text
    argument = click.argument("target", metavar="ID[/RUN]")
    return click.command(verb, short_help=short)(argument(click.pass_obj(ask)))


pause_command = _asking(
    "pause",
    "Pause a comparison or one run.",
    "Pause a comparison or one run: running ones stop at the end of their epoch.",
)
resume_command = _asking("resume", "Go on with what was paused.", "Go on with what was paused, from its checkpoint.")
cancel_command = _asking(
    "cancel", "End a comparison or one run; its rows stay.", "End a comparison or one run; its rows stay."
)
retry_command = _asking(
    "retry", "Queue failed, cancelled or diverged runs again.", "Queue failed, cancelled or diverged runs again."
)


@click.command("delete", short_help="Remove an ended comparison.")
@click.argument("target", metavar="ID")
@click.pass_obj
def delete_command(db: Database, target: str) -> None:
    """Remove an ended comparison with its runs, rows and checkpoints."""
    from lrtui.store import comparisons

    comparison_id = db.target(target, run_allowed=False).comparison_id
    comparisons.delete(db.existing(), comparison_id, db.files)
    remark(f"deleted comparison {comparison_id}")


@click.command("stop", short_help="End the supervisor and its workers.")
@click.pass_obj
def stop_command(db: Database) -> None:
    """End the supervisor and its workers; their runs go back into the queue until somebody resumes or waits."""
    from lrtui.supervisor import control

    ended = control.stop(db.files)
    remark(f"supervisor (pid {ended.pid}) ended" if ended else f"no supervisor is at work on {db.path}")
