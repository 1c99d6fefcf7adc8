"""The devices torch can use. `python -m lrtui.training.devices` prints them as JSON for programs without torch."""

import ctypes
import json
import platform
from dataclasses import asdict, dataclass

import torch

from lrtui.errors import UserError


@dataclass(frozen=True)
class CudaDevice:
    """One CUDA device: its index for `cuda:N`, its memory in bytes, its compute capability ("9.0")."""

    index: int
    name: str
    memory: int
    capability: str


def cuda_devices() -> list[CudaDevice]:
    """Every CUDA device that this torch can use; none where it was built without CUDA or there is no driver."""
    if not torch.cuda.is_available():
        return []
    devices = []
    for index in range(torch.cuda.device_count()):
        found = torch.cuda.get_device_properties(index)
        devices.append(CudaDevice(index, found.name, found.total_memory, f"{found.major}.{found.minor}"))
    return devices


def torch_device(name: str) -> torch.device:
    """The device called `cpu`, `cuda` (its first) or `cuda:N`.

    Raises:
        UserError: torch has no such device here.
    """
    if name == "cpu":
        return torch.device("cpu")
    kind, _, index = name.partition(":")
    if kind != "cuda" or not (index or "0").isdecimal():
        raise UserError(f"device={name[:60]!r}: expected cpu, cuda or cuda:N")
    present = len(cuda_devices())
    if int(index or 0) >= present:
        have = f"cuda:0 to cuda:{present - 1}" if present > 1 else "cuda:0" if present else "no CUDA device"
        raise UserError(f"device={name!r}: torch {torch.__version__} sees {have} here; expected cpu or one of those")
    return torch.device("cuda", int(index or 0))


def describe(device: torch.device) -> str:
    """The device in words, for the environment that is stored with a comparison."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return _cpu_model() or platform.machine()


def keep_freed_memory() -> None:
    """Ask the C library to keep for itself the memory that tensors leave, where it is one that can (glibc).

    By default every large activation is given back to the system and comes again page by page, zeroed: nearly a third
    of a small convolutional model's training time in fp32.
    """
    trim_threshold, mmap_threshold = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(trim_threshold, 2**31 - 1)
    mallopt(mmap_threshold, 32 << 20)  # the largest that glibc takes


def _cpu_model() -> str | None:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), None)
    except OSError:
        return None


if __name__ == "__main__":
    print(json.dumps([asdict(device) for device in cuda_devices()]))
