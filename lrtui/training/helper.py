"""`python -m lrtui.training.helper`: looks at people's own code, one JSON request on stdin, one JSON answer on stdout.

What their code prints goes to stderr. Requests: {"ask": "resolve", "spec", "data_dir"} gives {"info"}; {"ask": "check",
"reference", "settings", "data_dir"} gives a `CheckReport`; {"ask": "lr_tables", "schedules"} gives {"tables"}. An answer {"error"} is one sentence for the person. The process,
and everything that their code has started in it, ends with the answer.
"""

import contextlib
import inspect
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.errors import UserError, sentence_of
from lrtui.machine.own_code import mark_process
from lrtui.schedules.binding import bind
from lrtui.schedules.profiles import Budget
from lrtui.tasks.catalogue import BUILT_IN
from lrtui.tasks.findings import CheckReport, Finding
from lrtui.tasks.info import ACCURACY, TaskInfo
from lrtui.training import schedule_table
from lrtui.training.devices import torch_device
from lrtui.training.loop_job import try_loop
from lrtui.training.own_loop import LoopPlan
from lrtui.training.references import FaultInFile, Loaded, load_reference
from lrtui.training.try_task import Tried, finding_of, try_task

_STEPS_OF_A_CHECK = 1000


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a request.

    Raises:
        UserError: it cannot be answered, in one sentence.
    """
    folder = Path(request["data_dir"]) if request.get("data_dir") else None
    if request["ask"] == "resolve":
        return {"info": _resolve(spec_from_dict(request["spec"]), folder).to_dict()}
    if request["ask"] == "lr_tables":
        return schedule_table.answer(request)
    return check(request["reference"], request.get("settings", {}), folder).to_dict()


def _resolve(spec: Spec, data_dir: Path | None) -> TaskInfo:
    if spec.own is None:
        describe = BUILT_IN[spec.dataset].describe
        if describe is None:
            raise UserError(f"{spec.dataset}: nobody has to look at it")
        return describe(data_dir, spec.task_options, spec.splits, spec.batch_size)
    what = "task" if spec.task is not None else "loop"
    loaded = load_reference(what, spec.own)
    tried = try_task(loaded, spec, data_dir, _device(spec)) if what == "task" else _try_loop(loaded, spec, data_dir)
    for finding in tried.findings:
        if finding.level == "error":
            raise FaultInFile(finding.sentence, finding.file, finding.line, finding.code)
    assert tried.info is not None
    return tried.info


def _device(spec: Spec) -> torch.device:
    if spec.device == "auto":
        return torch_device("cuda" if torch.cuda.is_available() else "cpu")
    return torch_device(spec.device)


def _try_loop(loaded: Loaded, spec: Spec, data_dir: Path | None) -> Tried:
    """Two steps of an own loop, twice, to see whether runs of one seed begin alike."""
    tried = Tried()
    if spec.eval_every is None:
        raise UserError(
            f"loop={spec.loop}: expected a budget in optimizer steps, for example --steps 1000 --eval-every 100"
        )
    try:
        first, again = (try_loop(_loop_plan(spec, data_dir), loaded.function, loaded.source.path) for _ in range(2))
    except UserError as fault:
        tried.findings.append(finding_of(fault))
        return tried
    if first.init_hash != again.init_hash:
        sentence = "the same run.seed gives other initial weights: seed what draws them with it"
        tried.findings.append(Finding("unpaired", sentence, loaded.source.path, level="warning"))
    sizes: dict[str, int | None] = {"train": None, "validation": None}
    sizes |= {name: None for name in ("selection", "test") if getattr(first, name)}
    tried.info = TaskInfo(
        spec.loop or "",
        first.metric or ACCURACY,
        sizes,
        spec.eval_every,
        first.parameters,
        tried.unpaired,
        loaded.source,
    )
    tried.seconds_per_step = first.seconds_per_step
    return tried


def _loop_plan(spec: Spec, data_dir: Path | None) -> LoopPlan:
    schedule = bind("constant", "pytorch", Budget(spec.epochs, spec.steps_per_epoch, spec.base_lrs[0]))
    return LoopPlan(spec.seeds[0], schedule, _device(spec), data_dir, spec.task_options, spec.batch_size)


def check(reference: str, settings: Mapping[str, Any], data_dir: Path | None) -> CheckReport:
    """Everything that is wrong with a task, a loop or a schedule. Its first argument's name tells which it is."""
    try:
        loaded = load_reference("reference", reference)
    except FaultInFile as fault:
        return CheckReport("task", True, (finding_of(fault),), {})
    kind = _kind(loaded)
    if kind == "schedule":
        return _check_schedule(reference)
    budget = {"steps": 100, "eval_every": 10} if kind == "loop" else {}
    spec = spec_from_dict({"schedulers": ["constant"], "base_lrs": [0.01], kind: reference, **budget, **settings})
    tried = _try_loop(loaded, spec, data_dir) if kind == "loop" else try_task(loaded, spec, data_dir, _device(spec))
    return CheckReport(kind, not tried.unpaired, tuple(tried.findings), _facts(tried))


def _kind(loaded: Loaded) -> str:
    try:
        names = list(inspect.signature(loaded.function).parameters)
    except (TypeError, ValueError):
        return "task"
    if names[:2] in (["step", "total"], ["optimizer", "total"]):
        return "schedule"
    return "loop" if names[:1] == ["run"] else "task"


def _facts(tried: Tried) -> dict[str, Any]:
    facts: dict[str, Any] = {"seconds_per_step": tried.seconds_per_step, "memory_bytes": tried.memory_bytes, "batch": tried.shapes}  # fmt: skip
    if tried.info is not None:
        info = asdict(tried.info)
        facts |= {name: info[name] for name in ("reference", "metric", "sizes", "steps_per_epoch", "parameters")}
    return facts


def _check_schedule(reference: str) -> CheckReport:
    """Make the LR table of a run of 1000 steps, without parameters."""
    try:
        table = schedule_table.lr_table(reference, _STEPS_OF_A_CHECK)
    except UserError as fault:
        return CheckReport("schedule", True, (finding_of(fault),), {})
    facts = {"steps": len(table), "first": table[0], "last": table[-1], "lowest": min(table), "highest": max(table)}
    return CheckReport("schedule", True, (), facts)


def main() -> int:
    """Answer one request. Returns the exit status."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what people's code prints, also from below Python
    sys.stdout = sys.stderr
    mark_process()
    torch.set_num_threads(1)
    try:
        reply = answer(json.load(sys.stdin))
    except UserError as error:
        reply = {"error": str(error)}
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        reply = {"error": f"looking at it fails: {sentence_of(error)}"}
    out.write(json.dumps(reply))
    out.flush()
    out.close()
    if os.getpgid(0) == os.getpid():  # as the one that asks starts it: what people's code has started ends too
        with contextlib.suppress(OSError):
            os.killpg(0, signal.SIGKILL)
    return 0


if __name__ == "__main__":
    main()
    os._exit(0)
