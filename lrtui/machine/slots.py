"""Slots: the places where one worker runs. A CPU core each, or a CUDA device each."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

from lrtui.errors import UserError

TORCH_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one worker. `accepts` are the `device` settings of specs that it serves."""

    name: str
    device: str
    accepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gpu:
    """A CUDA device as the driver describes it."""

    index: int
    name: str
    memory_bytes: int


def cores() -> int:
    """CPU cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gpus() -> list[Gpu]:
    """The GPUs the NVIDIA driver knows, without torch; empty where there is no driver."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    try:
        found = []
        for index in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            name = pynvml.nvmlDeviceGetName(handle)
            found.append(Gpu(index, str(name), int(pynvml.nvmlDeviceGetMemoryInfo(handle).total)))
        return found
    except pynvml.NVMLError:
        return []
    finally:
        pynvml.nvmlShutdown()


def usable_gpus() -> int:
    """How many CUDA devices torch can use; none where it does not say in time.

    torch is asked in a process of its own, and only where a driver is.
    """
    if not gpus():
        return 0
    argv = [sys.executable, "-m", "lrtui.training.devices"]
    try:
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=TORCH_SECONDS, check=False)
        return len(json.loads(answer.stdout))
    except (subprocess.TimeoutExpired, ValueError):
        return 0


def runs_together() -> int:
    """How many runs a worker of this machine takes at once: one, unless `$LRTUI_RUNS_TOGETHER` says another number."""
    return max(1, int(os.environ.get("LRTUI_RUNS_TOGETHER", "1")))


def slots(cuda_devices: int, cpu_cores: int | None = None) -> list[Slot]:
    """Every slot of this machine. `auto` goes to the GPUs where there are any, else to the cores."""
    found = [Slot(f"cuda:{i}", f"cuda:{i}", ("auto", "cuda", f"cuda:{i}")) for i in range(cuda_devices)]
    accepts = ("cpu",) if cuda_devices else ("cpu", "auto")
    return found + [Slot(f"cpu:{i}", "cpu", accepts) for i in range(cpu_cores or cores())]


def check_device(device: str) -> None:
    """Refuse a device that no slot of this machine serves, before anything is queued.

    Raises:
        UserError: there is no such device here.
    """
    if device in ("auto", "cpu"):
        return
    usable = usable_gpus()
    known = [f"cuda:{i}" for i in range(usable)]
    if (device == "cuda" and usable) or device in known:
        return
    there = (
        f"expected one of auto, cpu, cuda, {', '.join(known)}"
        if known
        else "there is no usable CUDA device here: expected auto or cpu"
    )
    raise UserError(f"--device {device}: {there} (`lrtui doctor` says more)")
