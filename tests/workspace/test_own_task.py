"""A person's own task from Python: a function is started by its reference, and its file does not start anything again."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import lrtui
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from tests.processes.lab import Lab

pytestmark = pytest.mark.processes

_TASK = """
import torch
import lrtui

def task(setup):
    x = torch.linspace(-1, 1, 64).unsqueeze(1)
    y = x**3
    return {
        "model": torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)),
        "train": (x, y),
        "validation": (x, y),
        "loss": lambda model, batch: torch.nn.functional.mse_loss(model(batch[0]), batch[1]),
        "score": lambda model, batch: (model(batch[0]) - batch[1]).square().mean(1),
        "better": "lower",
        "unit": "",
    }
"""
_START = """
comparison = lrtui.Workspace({database!r}).start(task=task, schedulers=["constant", "cosine"], seeds=2, epochs=3, device="cpu")
print(comparison.wait().status)
"""


def _script(folder: Path, start: str) -> Path:
    file = folder / "mine.py"
    file.write_text(_TASK + start)
    return file


def test_a_function_is_trained_and_its_lowest_score_comes_first(lab: Lab, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("mine", _script(tmp_path, ""))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mine"] = module
    try:
        spec.loader.exec_module(module)
        comparison = lrtui.Workspace(lab.database).start(
            task=module.task, schedulers=["constant", "cosine"], seeds=2, epochs=3, device="cpu"
        )
    finally:
        del sys.modules["mine"]
    ranking = comparison.wait().ranking()
    assert {run.status for run in comparison.runs()} == {RunStatus.DONE}
    assert comparison.spec.task == f"{tmp_path}/mine.py:task"
    scores = [row.score for row in ranking.rows]
    assert len(scores) == 2
    assert scores == sorted(scores)


def test_a_script_starts_once_where_it_is_run(lab: Lab, tmp_path: Path) -> None:
    start = "if __name__ == '__main__':" + _START.format(database=str(lab.database)).replace("\n", "\n    ")
    done = subprocess.run([sys.executable, _script(tmp_path, start)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
    assert len(lrtui.Workspace(lab.database).comparisons()) == 1


def test_a_script_that_starts_when_it_is_imported_is_told_so(lab: Lab, tmp_path: Path) -> None:
    file = _script(tmp_path, _START.format(database=str(lab.database)))
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'put what starts it below `if __name__ == "__main__":`' in done.stderr.splitlines()[-1]
    assert lrtui.Workspace(lab.database).comparisons() == ()


def test_a_task_that_cannot_be_trained_leaves_nothing(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "wrong.py"
    file.write_text("def task(setup):\n    return {}\n")
    with pytest.raises(UserError, match=r"wrong\.py"):
        lrtui.Workspace(database).start(task=f"{file}:task", schedulers=["constant"])
    assert not database.exists()
