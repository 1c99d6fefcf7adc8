"""`lrtui pause`, `resume`, `cancel`, `retry`, `delete`, `stop`."""

import click

from lrtui.cli.database import Database
from lrtui.cli.terminal import remark


def _ask(db: Database, verb: str, text: str) -> None:
    from lrtui.supervisor import control

    target = db.target(text)
    answer = control.ask(db.existing(), db.files, verb, target.comparison_id, target.run_number)  # type: ignore[arg-type]
    remark(answer)


@click.command("pause", short_help="Pause a comparison or one run.")
@click.argument("target", metavar="ID[/RUN]")
@click.pass_obj
def pause_command(db: Database, target: str) -> None:
    """Pause a comparison or one run: running ones stop at the end of their epoch."""
    _ask(db, "pause", target)


@click.command("resume", short_help="Go on with what was paused.")
@click.argument("target", metavar="ID[/RUN]")
@click.pass_obj
def resume_command(db: Database, target: str) -> None:
    """Go on with what was paused, from its checkpoint."""
    _ask(db, "resume", target)


@click.command("cancel", short_help="End a comparison or one run; its rows stay.")
@click.argument("target", metavar="ID[/RUN]")
@click.pass_obj
def cancel_command(db: Database, target: str) -> None:
    """End a comparison or one run; its rows stay."""
    _ask(db, "cancel", target)


@click.command("retry", short_help="Queue failed, cancelled or diverged runs again.")
@click.argument("target", metavar="ID[/RUN]")
@click.pass_obj
def retry_command(db: Database, target: str) -> None:
    """Queue failed, cancelled or diverged runs again."""
    _ask(db, "retry", target)


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
