"""Which line of a person's file an entry of a returned dict stands on, read from its text."""

import ast
import inspect
from collections.abc import Callable, Iterator
from typing import Any


def line_of_entry(function: Callable[..., Any], key: str | None) -> int | None:
    """The line of `key` in a dict that the function writes, else the function's own line; None where there is no source."""
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(inspect.cleandoc("".join(lines)) if lines[0][:1].isspace() else "".join(lines))
    except (OSError, TypeError, SyntaxError):
        return None
    if key is None:
        return first
    return max(_entries(tree, key), default=1) + first - 1


def _entries(tree: ast.AST, key: str) -> Iterator[int]:
    """The lines of {"key": …}, dict(key=…) and returned["key"] = …."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for name in node.keys:
                if isinstance(name, ast.Constant) and name.value == key:
                    yield name.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
            for keyword in node.keywords:
                if keyword.arg == key:
                    yield keyword.value.lineno
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            index = node.slice
            yield from [node.lineno] if isinstance(index, ast.Constant) and index.value == key else []
