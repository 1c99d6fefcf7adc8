import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lrtui.errors import UserError
from lrtui.training.devices import cuda_devices, describe, torch_device
from lrtui.training.models import is_convolutional
from lrtui.training.precision import resolve_precision

CPU = torch.device("cpu")


def test_the_module_prints_the_cuda_devices_as_json() -> None:
    command = [sys.executable, "-m", "lrtui.training.devices"]
    printed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert [device["index"] for device in printed] == list(range(torch.cuda.device_count()))
    assert all(set(device) == {"index", "name", "memory", "capability"} for device in printed)


def test_the_cpu_is_always_there() -> None:
    assert torch_device("cpu") == CPU
    assert describe(CPU)


@pytest.mark.parametrize("name", ["cuda:97", "gpu", "cuda:x", "mps"])
def test_a_device_that_torch_does_not_have_is_named(name: str) -> None:
    with pytest.raises(UserError, match=name):
        torch_device(name)


def test_auto_precision_is_bf16_only_for_convolutions() -> None:
    assert resolve_precision("auto", is_convolutional("mlp"), CPU) == "fp32"
    assert resolve_precision("auto", is_convolutional("cnn"), CPU) in ("fp32", "bf16")
    assert resolve_precision("fp32", is_convolutional("cnn"), CPU) == "fp32"
    assert resolve_precision("bf16", is_convolutional("mlp"), CPU) == "bf16"


_OUT_OF_MEMORY = """
import json, resource, sys, torch
from pathlib import Path
from tests.training.memory_coordinator import MemoryCoordinator, jobs_of, small_spec
from lrtui.training.engine import Engine

folder, coordinator = Path(sys.argv[1]), MemoryCoordinator()
jobs = jobs_of(small_spec(model="resnet18", batch_size=1000, splits=[1000, 197, 200]), folder)
torch.set_num_threads(1)  # as in a worker
engine = Engine("cpu")
engine.train(jobs_of(small_spec(epochs=1), folder), MemoryCoordinator())
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[2]), resource.RLIM_INFINITY))
engine.train(jobs + jobs_of(small_spec(), folder), coordinator)
print(json.dumps([[result.status, result.error] for result in coordinator.results]))
"""


def test_a_run_that_the_memory_cannot_hold_fails_with_advice_and_the_next_is_begun(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OUT_OF_MEMORY, str(tmp_path), str(160 << 20)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    (status, error), (next_status, _) = json.loads(done.stdout)
    assert status == "failed"
    assert "not enough memory on cpu for resnet18 on digits with batch_size=1000" in error
    assert "--batch-size" in error
    assert next_status == "done"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_devices_are_described() -> None:
    device = cuda_devices()[0]
    assert device.memory > 1 << 30
    assert describe(torch_device("cuda:0")) == device.name
