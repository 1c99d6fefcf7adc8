"""`lrtui check`: is a task, a loop or a schedule of one's own fit to be trained, and what to change where it is not."""

from pathlib import Path
from typing import Any

import click

from lrtui.cli.spec_options import data_folder
from lrtui.cli.terminal import print_json
from lrtui.terminal_text import clean
from lrtui.workspace import Workspace


@click.command("check", short_help="Look at a task, a loop or a schedule of your own, and say what to change.")
@click.argument("reference", metavar="REF")
@click.option("--batch-size", type=int, metavar="N", help="Examples per optimizer step. Default: 32.")
@click.option("--device", metavar="auto|cpu|cuda[:i]", help="Where to try it.")
@click.option("--data-dir", metavar="DIR", help="What your code is told that its data folder is.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check_command(
    workspace: Workspace,
    reference: str,
    batch_size: int | None,
    device: str | None,
    data_dir: str | None,
    as_json: bool,
) -> int:
    """Try REF (file.py:name or package.module:name) for two steps; exit 1 where it cannot be trained.

    Your code runs in a process of its own, as you.
    """
    settings = {name: value for name, value in (("batch_size", batch_size), ("device", device)) if value is not None}
    report = workspace.check(reference, data_dir=data_folder(data_dir), **settings)
    if as_json:
        print_json(report.to_dict())
        return int(not report.ok)
    for finding in report.findings:
        place = f"{Path(finding.file).name}:{finding.line}: " if finding.file and finding.line else ""
        print(f"{finding.level:8} {clean(place + finding.sentence, limit=1000)}")
    for line in _facts(report.task):
        print(clean(line, limit=1000))
    print(_verdict(report.kind, report.ok, report.paired))
    return int(not report.ok)


def _facts(task: Any) -> list[str]:
    lines = []
    if metric := task.get("metric"):
        better = "higher" if metric["better"] == "higher" else "lower"
        unit = f" in {metric['unit']}" if metric["unit"] else ""
        lines.append(f"score    {metric['name']}{unit}, {better} is better")
    if sizes := task.get("sizes"):
        known = ", ".join(f"{name} {size}" for name, size in sizes.items() if size is not None)
        lines.append(f"data     {known or 'sizes unknown'}; {task['steps_per_epoch']} steps per epoch")
    if task.get("batch"):
        lines.append(f"batch    {task['batch']}")
    if task.get("parameters"):
        lines.append(f"model    {task['parameters']:,} parameters")
    if seconds := task.get("seconds_per_step"):
        memory = task.get("memory_bytes")
        needs = f"; at most {memory / 2**30:.2f} GiB of memory" if memory else ""
        lines.append(f"step     {1000 * seconds:.3g} ms{needs}")
    if "highest" in task:
        lines.append(f"LR       of the base LR, first to last: {task['first']:.4g} to {task['last']:.4g}; {task['lowest']:.4g} to {task['highest']:.4g} over {task['steps']} steps")  # fmt: skip
    return lines


def _verdict(kind: str, ok: bool, paired: bool) -> str:
    if not ok:
        return f"this {kind} cannot be trained as it is"
    return f"this {kind} can be trained" + ("" if paired else ", but runs of one seed are not paired")
