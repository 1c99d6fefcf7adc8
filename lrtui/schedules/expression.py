"""Arithmetic expressions for the lambda schedulers, parsed by a whitelist and never by `eval`.

`0.95 ** epoch` is parsed with Python's own grammar, every node is checked against a short list, and the result is a
tree of closures over floats. There are no attributes, no names but the ones below, and no integers, so that
`9**9**9` overflows at once instead of filling the memory.
"""

import ast
import math
import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

from lrtui.errors import UserError

VARIABLES = {"epoch": "the epoch, from 0", "E": "epochs in the budget", "S": "steps an epoch"}
CONSTANTS = {"pi": math.pi, "e": math.e}
FUNCTIONS: dict[str, tuple[Callable[..., float], int]] = {
    "sqrt": (math.sqrt, 1),
    "exp": (math.exp, 1),
    "log": (math.log, 1),
    "sin": (math.sin, 1),
    "cos": (math.cos, 1),
    "abs": (abs, 1),
    "floor": (math.floor, 1),
    "ceil": (math.ceil, 1),
    "min": (min, 2),
    "max": (max, 2),
}
MAX_LENGTH = 200
MAX_DEPTH = 30


def _power(base: float, exponent: float) -> float:
    result: float | complex = base**exponent
    if isinstance(result, complex):
        raise ValueError("the power of a negative number is not real")
    return result


_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
_UNARY: dict[type[ast.unaryop], Callable[[float], float]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}

Names = dict[str, float]
Evaluate = Callable[[Names], float]


class ExpressionError(UserError):
    """A mistake in an expression, with the column (from 1) where it stands."""

    def __init__(self, text: str, column: int, reason: str) -> None:
        self.column = column
        super().__init__(f"expression {text[:60]!r}, column {column}: {reason}")


@dataclass(frozen=True)
class Expression:
    """A parsed expression: a function of the epoch, the budget's epochs E and the steps an epoch S."""

    text: str
    _evaluate: Evaluate = field(repr=False, compare=False)

    def __call__(self, epoch: float, *, epochs: int, steps_per_epoch: int) -> float:
        """The value at `epoch`.

        Raises:
            ExpressionError: the arithmetic has no finite real result there (a division by zero, an overflow).
        """
        try:
            value = self._evaluate({"epoch": float(epoch), "E": float(epochs), "S": float(steps_per_epoch)})
            if not math.isfinite(value):
                raise ValueError("not a finite number")
        except (ArithmeticError, ValueError) as error:
            raise ExpressionError(self.text, 1, f"no finite value at epoch {epoch:g} ({error.args[-1]})") from None
        return float(value)


def parse_expression(text: str) -> Expression:
    """Parse an expression over `epoch`, `E` and `S`.

    Raises:
        ExpressionError: anything but numbers, `+ - * / // % **`, brackets and the functions listed in `FUNCTIONS`.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(text, MAX_LENGTH + 1, f"longer than {MAX_LENGTH} characters")
    source = text.strip()
    offset = len(text) - len(text.lstrip())
    _check_characters(text, offset, source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about `1or 2`, which is refused below: a warning would tear the dashboard
            tree = ast.parse(source, mode="eval")
    except SyntaxError as error:
        column = min(error.offset or math.inf, len(source) + 1)  # no offset: the expression ends too early
        raise ExpressionError(text, offset + int(column), "not an arithmetic expression") from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError(text, 1, "not an arithmetic expression") from None
    return Expression(source, _Builder(text, offset).build(tree.body, depth=0))


def _check_characters(text: str, offset: int, source: str) -> None:
    """Refuse what Python's grammar would read as something else: comments, further lines, other alphabets' digits."""
    depth = 0
    for column, char in enumerate(source, start=offset + 1):
        if not " " <= char <= "~" or char == "#":
            raise ExpressionError(text, column, f"the character {char!a} is not allowed")
        depth += (char in "([{") - (char in ")]}")
        if depth > MAX_DEPTH:
            raise ExpressionError(text, column, f"nested deeper than {MAX_DEPTH} brackets")


class _Builder:
    """Turns a checked syntax tree into closures; every node it does not know is an error with its position."""

    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset

    def error(self, node: ast.expr, reason: str) -> ExpressionError:
        return ExpressionError(self.text, self.offset + node.col_offset + 1, reason)

    def build(self, node: ast.expr, depth: int) -> Evaluate:
        if depth > MAX_DEPTH:
            raise self.error(node, f"nested deeper than {MAX_DEPTH} levels")
        match node:
            case ast.Constant(value=bool() | complex()):
                raise self.error(node, "only plain numbers are allowed")
            case ast.Constant(value=int() | float() as number):
                return self._constant(node, number)
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
                unary, inner = _UNARY[type(op)], self.build(operand, depth + 1)
                return self._fold(node, lambda names: unary(inner(names)), operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                binary, a, b = _BINARY[type(op)], self.build(left, depth + 1), self.build(right, depth + 1)
                return self._fold(node, lambda names: binary(a(names), b(names)), left, right)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(node, name, args, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            raise self.error(node, "^ is not allowed; a power is **, for example 0.95 ** epoch")
        raise self.error(
            node,
            f"this is not allowed; only numbers, {', '.join(VARIABLES)}, + - * / // % ** and functions",
        )

    def _constant(self, node: ast.expr, number: float) -> Evaluate:
        try:
            value = float(number)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise self.error(node, "the number is too large")
        return lambda names: value

    def _name(self, node: ast.expr, name: str) -> Evaluate:
        if name in VARIABLES:
            return lambda names: names[name]
        if name in CONSTANTS:
            return self._constant(node, CONSTANTS[name])
        raise self.error(node, f"unknown name {name!r}; known: {', '.join([*VARIABLES, *CONSTANTS, *FUNCTIONS])}")

    def _call(self, node: ast.expr, name: str, args: list[ast.expr], depth: int) -> Evaluate:
        if name not in FUNCTIONS:
            raise self.error(node, f"unknown function {name!r}; known: {', '.join(FUNCTIONS)}")
        function, arity = FUNCTIONS[name]
        if len(args) != arity:
            raise self.error(node, f"{name} takes {arity} value{'s' * (arity > 1)}, not {len(args)}")
        built = [self.build(arg, depth + 1) for arg in args]
        return self._fold(node, lambda names: float(function(*(b(names) for b in built))), *args)

    def _fold(self, node: ast.expr, evaluate: Evaluate, *parts: ast.expr) -> Evaluate:
        """Reject a constant part that cannot be computed (`9**9**9`) where it stands, before any epoch is tried."""
        if any(isinstance(n, ast.Name) and n.id in VARIABLES for part in parts for n in ast.walk(part)):
            return evaluate
        try:
            value = evaluate({})
        except (ArithmeticError, ValueError) as error:
            raise self.error(node, f"this has no finite value ({error.args[-1]})") from None
        if not math.isfinite(value):
            raise self.error(node, "this has no finite value")
        return lambda names: value
