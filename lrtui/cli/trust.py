"""`lrtui trust`: let training run a file of code."""

import click

from lrtui.cli.terminal import remark
from lrtui.terminal_text import clean
from lrtui.workspace import Workspace


@click.command("trust", short_help="Let training run a file of code.")
@click.argument("file", metavar="FILE")
@click.pass_obj
def trust_command(workspace: Workspace, file: str) -> None:
    """Trust FILE and the modules beside it that it imports, as they are now: training may then run them.

    Needed for code that a spec file or a database from elsewhere names. What you name yourself with --task, --loop or
    --schedule is trusted by that.
    """
    for path, digest, size in workspace.trust(file):
        print(f"{digest}  {size:>9,} bytes  {clean(path, 500)}")
    remark("trusted as they are; a change takes the trust away")
