"""A scheduler that a package brings, from an entry point on a folder of its own: bound, drawn, checked, trained, explained."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
import torch

from lrtui.analysis.reasons.evidence import Case
from lrtui.comparison.cell import parameters_to_json, schedule_from_stored
from lrtui.comparison.checks import check_spec
from lrtui.comparison.checks.advice import Code
from lrtui.comparison.spec import spec_from_dict
from lrtui.errors import UserError
from lrtui.schedules import registry
from lrtui.schedules.binding import bind
from lrtui.schedules.explain import explain
from lrtui.schedules.parameters import Source
from lrtui.schedules.profiles import Budget
from lrtui.schedules.snippet import torch_code
from lrtui.training.schedulers import BoundScheduler

MODULE = '''
"""A scheduler of somebody else's."""

from lrtui.schedules.factor import FactorScheduler
from lrtui.schedules.parameters import Parameter


def triangle(step, total_iters, peak_at):
    """Up to the base LR and down again."""
    top = peak_at * total_iters

    return (step + 1) / top if step < top else max(0.0, (total_iters - step) / (total_iters - top))


class Triangle(FactorScheduler):
    """Rises in a straight line, then falls in one."""

    key = "triangle"
    name = "Triangle"
    decays = True
    parameters = (Parameter("total_iters", "int", low=1), Parameter("peak_at", "float", default=0.25, above=0, below=1))
    factor = staticmethod(triangle)
    length = "total_iters"

    def tied(self, budget):
        return {"total_iters": budget.steps}
'''


@pytest.fixture(autouse=True)
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path with an installed package, as pip leaves one."""
    folder = tmp_path / "site"
    info = folder / "triangles-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "triangles.py").write_text(MODULE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: triangles\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        dedent("""\
            [lrtui.schedulers]
            triangle = triangles:Triangle
            broken = triangles_that_are_not_there:Broken
            wrong = triangles:triangle
            cosine = triangles:Triangle
        """)
    )
    monkeypatch.syspath_prepend(str(folder))
    _forget()
    yield folder
    monkeypatch.undo()
    sys.modules.pop("triangles", None)
    _forget()


def _forget() -> None:
    registry._of_packages.cache_clear()
    registry._loaded.cache_clear()


def test_it_is_listed_without_being_imported(packages: Path) -> None:
    assert registry.keys() == (*registry.BUILT_IN_KEYS, "triangle", "broken", "wrong")
    assert registry.package_of("triangle") == "triangles"
    assert registry.scheduler("cosine").name == "Cosine-Annealing", "what is built in stays what it is"
    code = "import sys; from lrtui.cli.main import main\ntry: main(['schedulers', '--json'])\nfinally: print('triangles' in sys.modules, file=sys.stderr)"
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={"PYTHONPATH": _path(packages)}
    )
    assert process.stderr.splitlines()[-1] == "False"
    last = json.loads(process.stdout)[-3]
    assert last == {"key": "triangle", "name": "triangle", "family": "packages", "package": "triangles"}


def _path(packages: Path) -> str:
    return ":".join([str(packages), *filter(None, sys.path)])


def test_it_is_bound_and_drawn() -> None:
    schedule = bind("triangle", "pytorch", Budget(4, 2, 0.1))
    assert [(b.name, b.value, b.source) for b in schedule.parameters] == [
        ("total_iters", 8, Source.FITTED),
        ("peak_at", 0.25, Source.SCHEDULER_DEFAULT),
    ]
    expected = [0.05, 0.1, 0.1, 5 / 60, 4 / 60, 3 / 60, 2 / 60, 1 / 60]
    assert schedule.lr_at_steps() == pytest.approx(expected)
    assert schedule.lr_at_some_scheduler_steps(3)[0][-1] == 7


def test_it_is_checked_and_mended() -> None:
    table = {"scheduler": "triangle", "parameters": {"total_iters": 90}}
    (advice,) = check_spec(spec_from_dict({"schedules": [table], "epochs": 28, "seeds": 6}))
    assert advice.code is Code.STEP_COUNT
    assert "total_iters of triangle to 896" in advice.remedy


def test_it_trains_at_the_previewed_rates() -> None:
    schedule = bind("triangle", "fitted", Budget(4, 3, 0.1))
    weight = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    bound, rates = BoundScheduler(schedule, optimizer), []
    for _ in range(4):
        for _ in range(3):
            rates.append(bound.lr)
            weight.grad = torch.ones(1)
            optimizer.step()
            bound.after_batch()
        bound.after_epoch(1.0, 0.5)
    assert rates == pytest.approx(schedule.lr_at_steps())


def test_it_is_explained_with_code_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("triangle").what == "Rises in a straight line, then falls in one."
    assert explain("triangle", "ko").parameters == {"total_iters": "", "peak_at": ""}
    schedule = bind("triangle", "fitted", Budget(3, 2, 0.1))
    code = torch_code(schedule)
    assert "def triangle(step, total_iters, peak_at):\n    top = peak_at" in code, (
        "the very function, without its docstring"
    )
    assert "\n\n    return" not in code, "an empty line would end the function in an interactive Python"
    exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    printed = [float(line.split()[-1]) for line in capsys.readouterr().out.splitlines()]
    assert printed == pytest.approx([schedule.lr_at_steps()[2], schedule.lr_at_steps()[4], 0.0], rel=1e-5)


def test_reasons_look_at_its_curve() -> None:
    schedule = bind("triangle", "fitted", Budget(4, 2, 0.1))
    case = Case(row=None, gap=0.0, schedule=schedule, histories=(), sensitivity=None)  # type: ignore[arg-type]
    assert not case.watches
    assert not case.is_baseline
    assert not case.moves_momentum


def test_what_cannot_be_imported_is_said_in_a_sentence() -> None:
    with pytest.raises(UserError, match=r"scheduler 'broken' of triangles: cannot be imported \(ModuleNotFoundError"):
        bind("broken", "pytorch", Budget(1, 1, 0.1))
    with pytest.raises(UserError, match=r"scheduler 'wrong' of triangles: triangles:triangle is no lrtui\.schedules"):
        bind("wrong", "pytorch", Budget(1, 1, 0.1))
    with pytest.raises(UserError, match="did you mean 'triangle'"):
        bind("triangel", "pytorch", Budget(1, 1, 0.1))


def test_what_was_stored_is_read_without_the_package(packages: Path) -> None:
    schedule = bind("triangle", "fitted", Budget(4, 2, 0.1))
    stored = parameters_to_json(schedule.parameters)
    assert schedule_from_stored("triangle", "batch", schedule.budget, stored) == schedule
    (packages / "triangles-1.0.dist-info" / "entry_points.txt").unlink()
    _forget()
    later = schedule_from_stored("triangle", "batch", schedule.budget, stored)
    assert later.parameters == schedule.parameters
    assert not later.known
    with pytest.raises(UserError, match="the learning rates of triangle are not known"):
        later.lr_at_steps()
    with pytest.raises(UserError, match="'triangle' is not there today"):
        torch_code(later)
