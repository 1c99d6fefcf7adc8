"""A schedule of a person's own, as everybody but the helper process sees it: a reference, and its LR table."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lrtui.comparison.cell import parameters_to_json, schedule_from_stored
from lrtui.comparison.checks import check_spec
from lrtui.comparison.own_schedules import find, own_function
from lrtui.comparison.spec import Choice, choices_from_dict, spec_from_dict
from lrtui.errors import UserError
from lrtui.schedules.binding import bind
from lrtui.schedules.explain import explain
from lrtui.schedules.profiles import Budget
from lrtui.schedules.registry import scheduler, stored_scheduler
from lrtui.schedules.snippet import torch_code
from lrtui.training.schedulers import BoundScheduler

BUDGET = Budget(2, 3, 0.1)
TABLE = (0.5, 1.0, 1.0, 0.6, 0.3, 0.0)


def test_the_reference_is_a_scheduler_that_nobody_imports(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("raise SystemExit('imported')")
    entry = scheduler(f"{mine}:curve")
    assert (entry.key, entry.name, entry.label, entry.family) == (f"{mine}:curve", "curve", "curve", "yours")
    assert explain(entry.key, "ko").what
    assert bind(entry.key, "study", BUDGET, {"warmup": 3}).values == {"warmup": 3}
    assert scheduler("package.module:curve") == stored_scheduler("package.module:curve")


@pytest.mark.parametrize(
    "text", ["mine.py:", ":curve", "my-own.txt:curve", "a b:curve", "mine.py:1curve", "mine.py:a.b"]
)
def test_what_is_no_reference_is_told(text: str) -> None:
    with pytest.raises(UserError, match=r"expected file\.py:name or package\.module:name"):
        scheduler(text)


def test_its_parameters_are_free() -> None:
    entry = scheduler("mine.py:curve")
    for typed, value in (("3", 3), ("0.5", 0.5), ("true", True), ("sqrt", "sqrt"), ("1e-3", 1e-3)):
        parsed = entry.parameter("p").parse(typed)
        assert (parsed, type(parsed)) == (value, type(value))
    for name in ("step", "total", "optimizer", "a b", "1a", ""):
        with pytest.raises(UserError, match="expected the name of an argument"):
            entry.parameter(name)
    wrong: tuple[object, ...] = ([1], None, float("nan"), "x" * 300)
    for impossible in wrong:
        with pytest.raises(UserError, match=r"p=.*expected a number, true, false or a text"):
            entry.parameter("p").check(impossible)


def test_a_spec_takes_it() -> None:
    choices = choices_from_dict(
        {
            "schedulers": ["cosine", "mine.py:curve"],
            "schedules": [{"scheduler": "lib.schedules:bump", "label": "b", "parameters": {"height": 2}}],
        }
    )
    assert choices == (
        Choice("cosine", "cosine"),
        Choice("curve", "mine.py:curve"),
        Choice("b", "lib.schedules:bump", {"height": 2}),
    )
    spec = spec_from_dict({"schedulers": ["cosine", "mine.py:curve"], "epochs": 2})
    assert spec_from_dict(spec.to_dict()) == spec
    assert find("mine.py:curve", ()) == choices[1]
    assert own_function("mine.py:curve", ["cosine"]).label == "curve"
    assert own_function("mine.py:curve", ["curve"]).label == "mine.py:curve"


def test_without_its_table_nothing_is_said_of_it() -> None:
    spec = spec_from_dict({"schedulers": ["cosine", "mine.py:curve", "mine.py:other"], "epochs": 2, "seeds": 6})
    assert [one.label for one in spec.without_table] == ["curve", "other"]
    assert all("curve" not in advice.sentence for advice in check_spec(spec))
    schedule = spec.schedule(spec.schedules[1], 0.1)
    assert not schedule.known
    with pytest.raises(UserError, match=r"the learning rates of mine\.py:curve are not known"):
        schedule.lr_at_steps()
    with pytest.raises(UserError, match="its table has not been made"):
        BoundScheduler(schedule, torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1))


def test_with_its_table_it_is_like_any_other() -> None:
    steps = 2 * spec_from_dict({"epochs": 2, "schedulers": ["cosine"]}).steps_per_epoch
    spec = spec_from_dict({"schedulers": ["constant", "mine.py:curve"], "epochs": 2, "seeds": 6})
    tabled = spec.with_tables({"curve": (1.0,) * steps})
    assert tabled.without_table == ()
    assert check_spec(tabled) == ()
    assert tabled.schedule(tabled.schedules[1], 0.3).lr_at_steps() == [0.3] * steps
    shorter = replace(tabled, epochs=1)
    assert not shorter.schedule(shorter.schedules[1], 0.3).known, "a table belongs to one budget"


def test_it_trains_by_its_table_and_is_resumed() -> None:
    schedule = bind("mine.py:curve", "pytorch", BUDGET, {}, TABLE)
    expected = [0.1 * share for share in TABLE]
    assert schedule.lr_at_steps() == expected

    def train(bound: BoundScheduler, optimizer: torch.optim.Optimizer, epochs: int) -> list[float]:
        rates = []
        for _ in range(3 * epochs):
            rates.append(bound.lr)
            optimizer.step()
            bound.after_batch()
        return rates

    def made() -> torch.optim.Optimizer:
        return torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)

    first = made()
    bound = BoundScheduler(schedule, first)
    rates = train(bound, first, 1)
    assert TABLE not in bound.state_dict()["torch"].values()
    second = made()
    again = BoundScheduler(schedule, second)
    second.load_state_dict(first.state_dict())
    again.load_state_dict(bound.state_dict())
    assert rates + train(again, second, 1) == pytest.approx(expected)


def test_what_was_stored_is_the_same_again() -> None:
    schedule = bind("mine.py:curve", "pytorch", BUDGET, {"peak": 0.5}, TABLE)
    stored = parameters_to_json(schedule.parameters)
    again = schedule_from_stored("mine.py:curve", "batch", BUDGET, stored, TABLE)
    assert again == schedule
    assert again.lr_at_steps() == schedule.lr_at_steps()


def test_the_code_to_paste_calls_the_persons_own_function(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from torch.optim.lr_scheduler import PolynomialLR\n"
        "def curve(step, total, power=1.0):\n    return (1 - step / total) ** power\n"
        "def make(optimizer, total, power=1.0):\n    return PolynomialLR(optimizer, total, power)\n"
    )
    for name in ("curve", "make"):
        code = torch_code(bind(f"{tmp_path}/mine.py:{name}", "pytorch", BUDGET, {"power": 2.0}))
        process = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert process.returncode == 0, process.stderr
        lrs = [float(line.split()[-1]) for line in process.stdout.splitlines()]
        assert lrs == pytest.approx([0.1 * 0.25, 0.0]), name


def test_a_parameter_may_not_break_out_of_the_code() -> None:
    code = torch_code(bind("mine.py:curve", "pytorch", BUDGET, {"mode": "\"') + exit() #"}))
    compile(code, "snippet", "exec")
    assert repr("\"') + exit() #") in code
