"""Which arithmetic a run trains in, and how it gets it."""

from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import torch

from lrtui.comparison.settings import Precision

Arithmetic = Literal["fp32", "bf16"]


def resolve_precision(precision: Precision, bf16: bool, device: torch.device) -> Arithmetic:
    """What `auto` means here: bf16 for a task that says it may be where the device computes it natively, else fp32."""
    if precision != "auto":
        return precision
    return "bf16" if bf16 and _computes_bf16(device) else "fp32"


def _computes_bf16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device)[0] >= 8
    # torch knows but has no public name for it; without the names the answer is no, which is only slower
    probes = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return device.type == "cpu" and any(probe() for probe in probes if probe is not None)


def arithmetic(precision: Arithmetic, device: torch.device) -> AbstractContextManager[object]:
    """A context for one forward pass. Enter it anew after the weights have changed: autocast keeps its casts of them."""
    if precision == "fp32":
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)
