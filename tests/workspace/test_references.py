"""Functions given as settings: each has a name that another process finds it by, or is refused in a sentence."""

import importlib.util
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lrtui.errors import UserError
from lrtui.workspace.references import reference_of

_FILE = """
import functools
def task(setup): return {}
class Tasks:
    @staticmethod
    def task(setup): return {}
def make():
    def task(setup): return {}
    return task
anonymous = lambda setup: {}
renamed = task
def shadowed(setup): return {}
first = shadowed
def shadowed(setup): return {}
@functools.wraps(task)
def disguised(setup): return {}
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    file = tmp_path / "mine.py"
    file.write_text(_FILE)
    spec = importlib.util.spec_from_file_location("mine", file)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, "mine", made)
    spec.loader.exec_module(made)
    return made


def test_a_function_of_a_file_goes_by_file_and_name(module: ModuleType, tmp_path: Path) -> None:
    assert reference_of("task", module.task) == f"{tmp_path}/mine.py:task"
    assert reference_of("task", module.renamed) == f"{tmp_path}/mine.py:task"
    assert reference_of("task", "mine.py:task") == "mine.py:task"


def test_one_of_a_package_goes_by_its_module() -> None:
    assert reference_of("task", reference_of) == "lrtui.workspace.references:reference_of"


def test_what_another_process_could_not_find_is_refused(module: ModuleType) -> None:
    typed: dict[str, Any] = {"__name__": "mine"}
    exec("def task(setup): return {}", typed)
    wrong: dict[str, Callable[..., Any] | object] = {
        "it is a method": module.Tasks.task,
        "it is defined inside a function": module.make(),
        "it is a lambda": module.anonymous,
        "calls something else by this name now": module.first,
        "it was typed at a prompt or in a notebook": typed["task"],
        "expected a function, or a reference": partial(module.task, 1),
        "or a reference such as 'mine.py:task'": 3,
    }
    for sentence, given in wrong.items():
        with pytest.raises(UserError, match=sentence):
            reference_of("task", given)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="something else by this name"):
        reference_of("task", module.disguised)
    with pytest.raises(UserError, match="prompt or in a notebook"):
        reference_of("task", len)
