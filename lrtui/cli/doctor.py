"""`lrtui doctor`: is this machine fit for it, and what to do where it is not."""

from dataclasses import asdict

import click

from lrtui.cli.terminal import print_json
from lrtui.terminal_text import clean
from lrtui.workspace import Workspace


@click.command("doctor", short_help="Check this machine, and say what to mend.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor_command(workspace: Workspace, as_json: bool) -> int:
    """Check device, torch, SQLite, file system, disk, data folder, logout and terminal; exit 1 on a problem."""
    found = []
    for check in workspace.doctor():
        found.append(check)
        if not as_json:
            remedy = f"\n{'':14}→ {check.remedy}" if check.remedy else ""
            print(f"{check.status:8} {clean(check.name):12} {clean(check.message, limit=1000)}{remedy}", flush=True)
    if as_json:
        print_json([asdict(check) for check in found])
    return int(any(check.status == "problem" for check in found))
