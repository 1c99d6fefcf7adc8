"""What a spec says of a person's own task, and of a budget in steps."""

from typing import Any

import pytest

from lrtui.comparison.spec import spec_from_dict, with_changes
from lrtui.errors import UserError
from lrtui.tasks.info import Metric, TaskInfo

OWN: dict[str, Any] = {"task": "mine.py:task", "schedulers": ["cosine", "onecycle"], "epochs": 3}
INFO = TaskInfo("mine.py:task", Metric("mse", "", "lower"), {"train": 320, "validation": 64}, 10)


def test_an_own_task_round_trips_without_the_settings_of_a_data_set() -> None:
    spec = spec_from_dict(OWN | {"task_options": {"width": 32, "layers": [1, 2]}})
    data = spec.to_dict()
    assert not {"dataset", "model", "splits", "augment", "info", "loop"} & data.keys()
    assert data["task_options"] == {"width": 32, "layers": [1, 2]}
    assert spec_from_dict(data) == spec
    assert spec.dataset == "mine.py:task"


def test_its_steps_are_known_once_somebody_has_looked() -> None:
    spec = spec_from_dict(OWN)
    assert not spec.resolved
    with pytest.raises(UserError, match="not known before"):
        _ = spec.steps_per_epoch
    known = spec.with_info(INFO)
    assert (known.steps_per_epoch, known.metric.better, known.chance) == (10, "lower", None)
    assert known == spec
    assert known.to_dict() == spec.to_dict()


def test_what_needs_the_steps_is_checked_then() -> None:
    spec = spec_from_dict(
        OWN | {"schedules": [{"scheduler": "onecycle", "label": "short", "parameters": {"total_steps": 5}}]}
    )
    with pytest.raises(UserError, match="short at base LR"):
        spec.with_info(INFO)
    with pytest.raises(UserError, match="expected at most the 320 training examples"):
        spec_from_dict(OWN | {"batch_size": 400}).with_info(INFO)


def test_a_change_keeps_what_is_known_unless_it_decides_it() -> None:
    known = spec_from_dict(OWN).with_info(INFO)
    assert with_changes(known, epochs=5).info == INFO
    assert with_changes(known, batch_size=16).info is None
    assert with_changes(known, task="other.py:task").info is None
    built_in = with_changes(known, dataset="mnist")
    assert (built_in.task, built_in.splits, built_in.steps_per_epoch) == (None, (50_000, 5_000, 5_000), 1563)
    assert with_changes(built_in, task="mine.py:task") == spec_from_dict(OWN)


def test_a_budget_in_steps_counts_evaluations() -> None:
    spec = spec_from_dict({"schedulers": ["onecycle"], "steps": 3000, "eval_every": 250})
    budget = spec.budget(0.1)
    assert (budget.epochs, budget.steps_per_epoch, budget.steps) == (12, 250, 3000)
    assert spec.examples_per_epoch == 250 * 32
    assert spec_from_dict(spec.to_dict()) == spec
    assert with_changes(spec, epochs=4).steps is None
    assert with_changes(spec, steps=500).eval_every == 50


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"task": "mine.py"}, "expected file.py:name or package.module:name"),
        ({"task": "mine.py:"}, "expected file.py:name or package.module:name"),
        ({"task": 3}, "expected file.py:name or package.module:name"),
        ({"task": "a.py:task", "loop": "b.py:main"}, "expected one of the two"),
        ({"task": "a.py:task", "dataset": "mnist"}, "dataset='mnist': expected only without task"),
        ({"task_options": {"a": 1}}, "expected only with a task or loop"),
        ({"task": "a.py:task", "task_options": {"a": object()}}, "expected a table of names"),
        ({"steps": 100, "epochs": 3}, "expected one of the two"),
        ({"steps": 100, "eval_every": 30}, "expected a multiple of eval_every=30"),
        ({"eval_every": 30}, "expected only with steps"),
    ],
)
def test_mistakes_are_one_sentence(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        spec_from_dict({"schedulers": ["constant"]} | settings)
