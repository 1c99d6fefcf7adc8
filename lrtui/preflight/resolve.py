"""Asks the helper process what a task is, so that this process never runs a person's code nor imports torch."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lrtui.comparison.spec import Spec
from lrtui.errors import UserError
from lrtui.schedules.parameters import Value
from lrtui.tasks.findings import CheckReport
from lrtui.tasks.info import TaskInfo
from lrtui.tasks.references import parse_reference

TIMEOUT_SECONDS = 300.0


def resolve(spec: Spec, data_dir: Path | None = None) -> Spec:
    """The spec with what is known of its task; the helper process has looked at an own one or a folder of images.

    Raises:
        UserError: the task cannot be trained, or a schedule does not go with its budget, in one sentence.
    """
    if not spec.resolved:
        answer = ask_helper({"ask": "resolve", "spec": spec.to_dict(), "data_dir": data_dir and str(data_dir)})
        spec = spec.with_info(TaskInfo.from_dict(answer["info"]))
    return _with_tables(spec)


def _with_tables(spec: Spec) -> Spec:
    """The spec with the LR tables of a person's own schedules."""
    wanted, total = spec.without_table, spec.epochs * spec.steps_per_epoch
    if not wanted:
        return spec
    tables = lr_tables([(one.scheduler, total, one.parameters) for one in wanted])
    return spec.with_tables({one.label: table for one, table in zip(wanted, tables, strict=True)})


def lr_tables(wanted: Sequence[tuple[str, int, Mapping[str, Value]]]) -> list[tuple[float, ...]]:
    """The LR tables of functions, each given by its reference, the optimizer steps of a run and what was typed for it.

    Raises:
        UserError: what is wrong with one of them, in one sentence.
    """
    schedules = [{"reference": key, "total": total, "parameters": dict(typed)} for key, total, typed in wanted]
    return [tuple(table) for table in ask_helper({"ask": "lr_tables", "schedules": schedules})["tables"]]


def check(reference: str, settings: Mapping[str, Any] | None = None, data_dir: Path | None = None) -> CheckReport:
    """Everything that is wrong with a task, a loop or a schedule of a person's own; the helper process runs it.

    `settings` are those of a spec that it would be trained with.

    Raises:
        UserError: there is nothing to look at, or a setting is wrong, in one sentence.
    """
    parse_reference("reference", reference)
    request = {"ask": "check", "reference": reference, "settings": dict(settings or {}), "data_dir": data_dir and str(data_dir)}  # fmt: skip
    return CheckReport.from_dict(ask_helper(request))


def ask_helper(request: Mapping[str, Any], timeout: float = TIMEOUT_SECONDS) -> dict[str, Any]:
    """The helper process's answer to a request.

    Raises:
        UserError: it refused in one sentence, died, or took too long and was killed with all that it had started.
    """
    helper = subprocess.Popen(
        [sys.executable, "-m", "lrtui.training.helper"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        out, _ = helper.communicate(json.dumps(request), timeout)
    except subprocess.TimeoutExpired:
        raise UserError(f"looking at the task took longer than {timeout:g} s, and was given up") from None
    finally:
        if helper.returncode is None:  # not reaped yet, so that the number is still its own
            os.killpg(helper.pid, signal.SIGKILL)
            helper.wait()
    try:
        answer: dict[str, Any] = json.loads(out)
    except ValueError:
        ended = f"ended with exit code {helper.returncode}" if helper.returncode >= 0 else "was killed"
        raise UserError(f"the process that looks at the task {ended}; what it printed says more") from None
    if "error" in answer:
        raise UserError(answer["error"])
    return answer
