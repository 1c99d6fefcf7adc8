"""Every file in `examples/` does what its first lines say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Cli

_ROOT = Path(__file__).parents[1]
_EXAMPLES = _ROOT / "examples"


@pytest.mark.processes
@pytest.mark.parametrize(
    "reference",
    ["image_classifier.py:task", "regression.py:task", "own_loop.py:main", "own_schedule.py:curve"],
)
def test_check_finds_nothing_wrong(lrtui: Cli, reference: str) -> None:
    outcome = lrtui("check", f"{_EXAMPLES}/{reference}", "--json")
    report = json.loads(outcome.out)
    assert (outcome.status, report["ok"], report["findings"]) == (0, True, [])


@pytest.mark.processes
def test_the_regression_ranks_the_lowest_error_first_in_its_unit(lrtui: Cli) -> None:
    """The README's and the documents' command, with fewer epochs."""
    outcome = lrtui(
        "run", "--task", f"{_EXAMPLES}/regression.py:task", "--schedulers", "constant,cosine,onecycle", "--seeds", 6,
        "--base-lrs", "0.01,0.003", "--epochs", 4, "--device", "cpu",
    )  # fmt: skip
    assert outcome.status == 0, outcome.err
    ranked = json.loads(lrtui("rank", 1, "--json").out)
    assert ranked["metric"] == {"name": "absolute error", "unit": "progression", "better": "lower"}
    scores = [row["score"] for row in ranked["rows"]]
    assert scores == sorted(scores)
    assert len(scores) == 3
    assert all(row["test_acc"] is None for row in ranked["rows"])
    for command in (("rank", 1), ("show", 1), ("export", 1, "-o", "-"), ("export", 1, "-f", "html", "-o", "-")):
        shown = lrtui(*command).out
        assert "progression" in shown, command
        assert "accuracy" not in shown.replace("selection accuracy", ""), command


@pytest.mark.processes
def test_the_own_loop_is_ranked_beside_an_own_schedule(lrtui: Cli) -> None:
    outcome = lrtui(
        "run", "--loop", f"{_EXAMPLES}/own_loop.py:main", "--steps", 60, "--eval-every", 20, "--schedulers", "constant,cosine",
        "--schedule", f"{_EXAMPLES}/own_schedule.py:curve", "--seeds", 2, "--device", "cpu",
    )  # fmt: skip
    assert outcome.status == 0, outcome.err
    shown = json.loads(lrtui("show", 1, "--json").out)
    assert {run["scheduler"] for run in shown["runs"]} == {"constant", "cosine", "curve"}
    assert {run["status"] for run in shown["runs"]} == {"done"}
    by_seed = {(run["seed"], run["init_hash"]) for run in shown["runs"]}
    assert len(by_seed) == 2


@pytest.mark.processes
@pytest.mark.parametrize("name", ["plain_loop.py", "own_loop.py"])
def test_a_loop_runs_alone(tmp_path: Path, name: str) -> None:
    outcome = subprocess.run(
        [sys.executable, _EXAMPLES / name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.processes
def test_the_python_api_prints_a_ranking(tmp_path: Path) -> None:
    text = (_EXAMPLES / "python_api.py").read_text().replace("epochs=30", "epochs=2").replace("seeds=6", "seeds=1")
    script = tmp_path / "python_api.py"
    script.write_text(text.replace("examples/regression.py", str(_EXAMPLES / "regression.py")))
    outcome = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
    assert "| rank | scheduler |" in outcome.stdout
