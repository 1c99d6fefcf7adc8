"""How a schedule is said in PyTorch: one description, from which training builds it and the code to paste is written."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TORCH = "torch.optim.lr_scheduler"


@dataclass(frozen=True)
class Factor:
    """A function of the step count, handed to a class like LambdaLR.

    `function` is called; `text` is the expression that is pasted in its place, after the statements of `before`.
    `imports` are the lines of import that both need.
    """

    function: Callable[[int], float]
    text: str
    before: str = ""
    imports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """The call of a scheduler's class: `name(optimizer, **arguments)`, where `name` stands in `module`.

    `pasted`: code to paste holds the whole module, which people do not have otherwise. It imports torch and nothing that
    has to be installed too, and ends with the class.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    module: str = TORCH
    pasted: bool = False


def factor_of(function: Callable[..., float], values: Mapping[str, Any]) -> Factor:
    """A module's function `f(step, **values)` as a factor: the code to paste holds its very source."""
    source = source_of(function)
    imports = ("import math",) if "math." in source else ()
    arguments = ", ".join(f"{name}={value!r}" for name, value in values.items())
    text = f"lambda step: {function.__name__}(step, {arguments})"
    return Factor(lambda step: function(step, **values), text, source, imports)


def source_of(function: Callable[..., float]) -> str:
    """The function's source without its docstring, to be pasted into an interactive Python too."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    (tree,) = ast.parse("\n".join(lines)).body
    assert isinstance(tree, ast.FunctionDef)
    first = tree.body[0]
    if ast.get_docstring(tree) is not None:
        del lines[first.lineno - 1 : first.end_lineno]
    return without_gaps("\n".join(lines))


def without_gaps(block: str) -> str:
    """The block with blanks in its empty lines: an empty one would end it in Python's interactive interpreter."""
    return "\n".join(line or "    " for line in block.rstrip().splitlines())
