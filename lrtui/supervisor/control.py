"""What people ask for, in one place for the command line and the dashboard: start, pause, resume, cancel, retry, stop."""

import os
import platform
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from lrtui import __version__
from lrtui.comparison.spec import Spec
from lrtui.comparison.status import Verb
from lrtui.errors import OperationFailed
from lrtui.formats import counted
from lrtui.machine.locks import ANOTHER_AT_WORK, lock_holder
from lrtui.machine.paths import Files
from lrtui.machine.process_identity import ProcessIdentity, is_alive
from lrtui.machine.slots import check_device, cores, gpus
from lrtui.store import commands, comparisons, runs
from lrtui.store.progress import read_progress
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from lrtui.supervisor import logs
from lrtui.supervisor.detach import scope_prefix, start_detached
from lrtui.supervisor.search import check_search
from lrtui.tasks.provide import provide_data

START_SECONDS = 20.0
ANSWER_SECONDS = 15.0
STOP_SECONDS = 15.0


def start(connection: Connection, files: Files, spec: Spec, data_dir: Path | None = None) -> int:
    """Queue a comparison and see to it that somebody works on it. Returns its id.

    Raises:
        UserError: the device or the data files are not there; nothing was queued.
        OperationFailed: it is queued, but nobody works on it; the message names it and says what to do.
    """
    check(spec, data_dir)
    return queue(connection, files, spec, data_dir)


def queue(connection: Connection, files: Files, spec: Spec, data_dir: Path | None = None) -> int:
    """What `start` does after its `check`, for a caller that checks before there is a database."""
    comparison_id = comparisons.create(connection, spec, environment(), data_dir and data_dir.expanduser().absolute())
    try:
        ensure_supervisor(files)
    except OperationFailed as error:
        raise OperationFailed(
            f"comparison {comparison_id} is queued, but nobody works on it: {error}; `lrtui resume {comparison_id}` tries again"
        ) from None
    return comparison_id


def check(spec: Spec, data_dir: Path | None = None) -> None:
    """See to it that this machine can train it: the device is there, and the data files (downloaded if need be), and Optuna.

    Raises:
        UserError: they are not.
    """
    check_search(spec)
    check_device(spec.device)
    if spec.own is None:
        provide_data(spec.dataset, data_dir)


def ask(connection: Connection, files: Files, verb: Verb, comparison_id: int, run_number: int | None = None) -> str:
    """Have the supervisor pause, resume, cancel or retry; returns what it did.

    Where nobody was at work, somebody is afterwards: who resumes what waits wants that.

    Raises:
        UserError: no such comparison or run.
        OperationFailed: no answer came.
    """
    comparisons.get(connection, comparison_id)
    if run_number is not None:
        runs.get(connection, comparison_id, run_number)
    nobody = not _at_work(files)
    answer = _answer(connection, files, commands.ask(connection, verb, comparison_id, run_number))
    woken = verb == "resume" and nobody and not commands.was_done(answer)
    if woken and read_progress(connection, comparison_id).active:
        return f"training goes on: nothing was paused in comparison {comparison_id}, but nobody worked on it"
    return answer


def ask_for_runs(
    connection: Connection, files: Files, verb: Verb, comparison_id: int, run_numbers: Sequence[int], what: str
) -> str:
    """`ask` for several runs together; `what` is the word for them in what it returns.

    Raises:
        UserError: no such comparison.
        OperationFailed: no answer came.
    """
    comparisons.get(connection, comparison_id)
    with transaction(connection):
        command_ids = [commands.ask(connection, verb, comparison_id, number) for number in run_numbers]
    ensure_supervisor(files)  # also where there is nothing to ask for: who resumes wants somebody to be at work
    answers = [_answer(connection, files, command_id) for command_id in command_ids]
    done = sum(map(commands.was_done, answers))
    return f"{commands.PAST[verb]} {counted(done, 'run')} of {what}" if done else f"nothing to {verb} in {what}"


def _answer(connection: Connection, files: Files, command_id: int) -> str:
    """What the supervisor did about a request; one is started where none is at work."""
    deadline = monotonic() + ANSWER_SECONDS
    while (answer := commands.answer(connection, command_id)) is None:
        if monotonic() > deadline:
            raise OperationFailed(
                f"the supervisor did not answer within {ANSWER_SECONDS:g} s, and will do it as soon as it can: see {files.supervisor_log}"
            )
        ensure_supervisor(files)
        sleep(0.05)
    return answer


def supervisor_identity(files: Files) -> ProcessIdentity | None:
    """The supervisor at work on a database; None when there is none."""
    holder = lock_holder(files.supervisor_lock) or {}
    try:
        return ProcessIdentity(str(holder["boot_id"]), int(holder["pid"]), str(holder["start"]))
    except KeyError:
        return None


def _at_work(files: Files) -> bool:
    """Whether a supervisor is. Not only on record: the lock of one that was killed is held until its last thread is gone."""
    identity = supervisor_identity(files)
    return identity is not None and is_alive(identity)


def ensure_supervisor(files: Files) -> None:
    """Start a supervisor unless one is at work; returns when one is, or when one found nothing left to do.

    Raises:
        OperationFailed: it does not start; the message quotes its log.
    """
    child: subprocess.Popen[bytes] | None = None
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline:
        if _at_work(files):
            return
        if child is None or child.poll() == ANOTHER_AT_WORK:
            child = _start_supervisor(files)
        elif child.returncode == 0:
            return
        elif child.returncode is not None:
            break
        sleep(0.02)
    last = logs.tail(files.supervisor_log, lines=1)
    raise OperationFailed(f"the supervisor did not start: {last or 'no output'} (see {files.supervisor_log})")


def _start_supervisor(files: Files) -> "subprocess.Popen[bytes]":
    files.create()
    logs.rotate(files.supervisor_log)
    argv = [*scope_prefix(), sys.executable, "-m", "lrtui.supervisor", str(files.database)]
    return start_detached(argv, files.supervisor_log)


def stop(files: Files) -> ProcessIdentity | None:
    """End the supervisor and its workers; what they were training goes back into the queue. Returns who was ended.

    Raises:
        OperationFailed: it did not end in time.
    """
    identity = supervisor_identity(files)
    if identity is None:
        return None
    if is_alive(identity):
        with suppress(ProcessLookupError):  # it left in this moment
            os.kill(identity.pid, signal.SIGTERM)
    deadline = monotonic() + STOP_SECONDS
    while is_alive(identity):
        if monotonic() > deadline:
            raise OperationFailed(f"the supervisor (pid {identity.pid}) did not end within {STOP_SECONDS:g} s")
        sleep(0.05)
    return identity


def environment() -> dict[str, Any]:
    """The machine and the versions a comparison runs on, recorded with it."""
    packages = {}
    for package in ("torch", "torchvision"):
        try:
            packages[package] = version(package)
        except PackageNotFoundError:
            packages[package] = "not installed"
    return {
        "lrtui": __version__,
        "python": platform.python_version(),
        **packages,
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu_name(),
        "cores": cores(),
        "gpus": [gpu.name for gpu in gpus()],
    }


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"
