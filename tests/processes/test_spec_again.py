"""`lrtui spec ID`, run again on the same machine, gives the same numbers: real supervisors and workers, twice."""

from dataclasses import astuple
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.processes.lab import Lab

pytestmark = pytest.mark.processes

SPEC = """
name = "again"
dataset = "digits"
epochs = 3
splits = [200, 60, 60]
base_lrs = [0.1, 0.02]
seeds = [4, 11]
device = "cpu"

[[schedules]]
label = "fünf % weniger"
scheduler = "lambda"
parameters = { lr_lambda = "0.95 ** epoch" }

[[schedules]]
scheduler = "plateau"
parameters = { patience = 0, threshold = 0.5 }

[[schedules]]
scheduler = "onecycle"
"""


def test_a_printed_spec_run_again_gives_the_same_numbers(lab: Lab, lrtui: Cli, tmp_path: Path) -> None:
    first = tmp_path / "first.toml"
    first.write_text(SPEC)
    assert lrtui("run", first).status == 0
    again = tmp_path / "again.toml"
    again.write_text(lrtui("spec", 1).out)
    assert lrtui("run", again).status == 0
    assert lrtui("spec", 2).out == lrtui("spec", 1).out

    def numbers(comparison_id: int) -> list[object]:
        found: list[object] = []
        for run in lab.runs(comparison_id):
            result = (run.label, run.parameters, run.base_lr, run.seed, run.status, run.best_epoch)
            accuracies = (run.score, run.selection, run.test, run.test_last)
            rows = [astuple(row)[:-2] for row in lab.epochs(comparison_id, run.number)]  # all but how long it took
            assert len(rows) == 3
            found.append((result, accuracies, rows))
        return found

    assert len(numbers(1)) == 12
    assert numbers(1) == numbers(2)
    ranked = [lrtui("rank", i, "--json").out.replace(f'"comparison": {i}', "") for i in (1, 2)]
    assert _without_seconds(ranked[0]) == _without_seconds(ranked[1])


def _without_seconds(text: str) -> list[str]:
    return [line for line in text.splitlines() if '"seconds"' not in line]
