"""What a scheduler does stands in its class: nobody else asks which one it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import lrtui
from lrtui.schedules.registry import BUILT_IN

_ROOT = Path(lrtui.__file__).parent
# The rules of the databases before schema 4, as they were then: they never follow today's schedulers.
_HISTORY = {_ROOT / "store" / "before_cells.py"}
_NAMES = {name for one in BUILT_IN for name in (one.key, one.torch_class) if name}
_ASKED = {"key", "scheduler", "scheduler_key", "torch_class", "label"}


def _strings(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def _asks_for_identity(node: ast.AST) -> bool:
    """A comparison of a key or class with a name, a match on it, or a table of several names."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        asked = any(
            (isinstance(part, ast.Attribute) and part.attr in _ASKED)
            or (isinstance(part, ast.Name) and part.id in _ASKED)
            for side in sides
            for part in ast.walk(side)
        )
        return asked and bool(_strings(node) & _NAMES)
    if isinstance(node, ast.Match):
        names = {part.attr for part in ast.walk(node.subject) if isinstance(part, ast.Attribute)}
        names |= {part.id for part in ast.walk(node.subject) if isinstance(part, ast.Name)}
        return bool(names & _ASKED) and any(_strings(case.pattern) & _NAMES for case in node.cases)
    if isinstance(node, ast.Dict):
        return sum(bool(key is not None and _strings(key) & _NAMES) for key in node.keys) > 1
    if isinstance(node, ast.Set | ast.Tuple | ast.List):
        return sum(isinstance(one, ast.Constant) and one.value in _NAMES for one in node.elts) > 1
    return False


def found(tree: ast.AST, where: str = "") -> Iterator[str]:
    for node in ast.walk(tree):
        if _asks_for_identity(node):
            yield f"{where}:{getattr(node, 'lineno', '?')}: {ast.unparse(node)[:100]}"


def test_nobody_asks_which_scheduler_it_is() -> None:
    asked: list[str] = []
    for path in sorted(_ROOT.rglob("*.py")):
        if path not in _HISTORY and _ROOT / "schedules" not in path.parents:
            asked += found(ast.parse(path.read_text(encoding="utf-8")), str(path.relative_to(_ROOT)))
    # The families of the outline, in its order, one of which is called like a scheduler.
    assert [one for one in asked if "FAMILIES" not in one and "exponential decay" not in one] == []


@pytest.mark.parametrize(
    "code",
    [
        'if schedule.scheduler.key == "plateau": pass',
        'x = [one for one in cases if one.key != "constant"]',
        'y = key in ("step", "multistep")',
        'entry.torch_class == "LambdaLR"',
        "match key:\n    case 'cyclic': pass",
        '_CAUSES = {"step": ("step_size",), "plateau": ("patience",)}',
        '_BATCH = frozenset({"cyclic", "onecycle"})',
    ],
)
def test_the_search_finds_what_it_is_for(code: str) -> None:
    assert list(found(ast.parse(code)))
