"""`lrtui backup`, `import`: databases as files that go elsewhere, and come from there."""

from dataclasses import asdict

import click

from lrtui.cli.terminal import print_json, remark
from lrtui.formats import counted
from lrtui.terminal_text import clean
from lrtui.workspace import Workspace


@click.command("backup", short_help="Copy the database to a file, also while it is trained into.")
@click.argument("file", metavar="FILE")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.pass_obj
def backup_command(workspace: Workspace, file: str, force: bool) -> None:
    """Copy the database to FILE as it is at one moment, also while it is trained into; prints the file's path.

    `cp` of the database would leave out what is still in its write-ahead log. Checkpoints are not copied: what trains is
    queued in the copy, and starts over there.
    """
    print(workspace.backup(file, overwrite=force))


@click.command("import", short_help="Bring in the comparisons of another machine's database.")
@click.argument("file", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def import_command(workspace: Workspace, file: str, as_json: bool) -> None:
    """Bring in the comparisons of FILE, which `lrtui export -f db` or `lrtui backup` wrote. Each comes in once.

    What had not ended there is paused here; nothing is trained unasked.
    """
    found = workspace.take_in(file)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        held = f"{clean(one.name, 60)}, {counted(one.runs, 'run')}, {counted(one.evaluations, 'row')}"
        if one.known:
            remark(f"comparison {one.there} ({held}) is here already, as comparison {one.id}")
        else:
            print(f"comparison {one.id}: {held} (comparison {one.there} there)")
    if not found:
        remark(f"{file} holds no comparison")
