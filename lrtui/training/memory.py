"""How much memory this process has needed at most."""

import resource
import sys

import torch


def peak_memory(device: torch.device) -> int:
    """Bytes: of tensors on a GPU since they were counted anew, of the whole process on the CPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
