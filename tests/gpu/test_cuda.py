"""What only a CUDA device can show. `make gpu` runs these; elsewhere they are skipped.

The module asks torch, so it is imported only where the marker is selected.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.gpu, pytest.mark.timeout(300)]

torch = pytest.importorskip("torch")
if not torch.cuda.is_available():
    pytest.skip("no CUDA device", allow_module_level=True)


def lrtui(database: Path, *arguments: str) -> str:
    """Run the command line on a database and return what it prints."""
    argv = [sys.executable, "-m", "lrtui", "--db", str(database), *arguments]
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=280).stdout


def runs(database: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(lrtui(database, "show", "last", "--json"))["runs"]
    return found


def test_auto_trains_on_the_gpu_and_learns(tmp_path: Path) -> None:
    database = tmp_path / "runs.db"
    lrtui(database, "run", "--schedulers", "constant,cosine,onecycle", "--seeds", "2", "--epochs", "30")
    for run in runs(database):
        assert run["status"] == "done"
        assert str(run["device"]).startswith("cuda:")
        assert isinstance(run["test_acc"], float)
        assert run["test_acc"] > 0.85


def test_one_device_can_be_picked(tmp_path: Path) -> None:
    database = tmp_path / "runs.db"
    lrtui(database, "run", "--schedulers", "step", "--seeds", "1", "--epochs", "3", "--device", "cuda:0")
    assert [run["device"] for run in runs(database)] == ["cuda:0"]


def test_the_processor_can_be_asked_for_beside_a_gpu(tmp_path: Path) -> None:
    database = tmp_path / "runs.db"
    lrtui(database, "run", "--schedulers", "step", "--seeds", "1", "--epochs", "3", "--device", "cpu")
    assert [run["device"] for run in runs(database)] == ["cpu"]


def test_convolutions_in_bf16(tmp_path: Path) -> None:
    database = tmp_path / "runs.db"
    spec = tmp_path / "spec.toml"
    spec.write_text('schedulers = ["cosine"]\nmodel = "cnn"\nprecision = "auto"\nepochs = 20\nseeds = 1\n')
    lrtui(database, "run", str(spec))
    (run,) = runs(database)
    assert run["status"] == "done"
    assert isinstance(run["test_acc"], float)
    assert run["test_acc"] > 0.85


def test_too_large_a_batch_fails_with_advice_and_the_next_run_goes_on(tmp_path: Path) -> None:
    """On the device itself: the largest model on images enlarged to 32 pixels, in a process that may use 1 % of it."""
    program = f"""
import torch
torch.cuda.set_per_process_memory_fraction(0.002)
from pathlib import Path
from lrtui.comparison.spec import spec_from_dict
from lrtui.training.engine import Engine
from lrtui.training.coordinator import Job
class Coordinator:
    results = []
    def provenance(self, run_id, provenance): ...
    def evaluated(self, run_id, row): ...
    def finish(self, run_id, result): self.results.append(result)
    def paused(self, run_id, reason=None): ...
    def notice(self, run_id, message): ...
    def requested(self, run_id): return "go"
engine = Engine("cuda:0")
for model in ("densenet121", "mlp"):
    spec = spec_from_dict({{"schedulers": ["step"], "model": model, "epochs": 1, "batch_size": 1000}})
    engine.train([Job(1, spec, next(spec.runs()), Path({str(tmp_path)!r}) / model)], Coordinator())
print([result.status.value for result in Coordinator.results], Coordinator.results[0].error)
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=280, check=True)
    assert "['failed', 'done']" in answer.stdout
    assert "--batch-size" in answer.stdout
