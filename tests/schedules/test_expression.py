"""Promise 17: whatever is typed as an expression is arithmetic, or is refused quickly with the position of the mistake."""

import ast
import math
import string
import sys
import time
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrtui.errors import UserError
from lrtui.schedules.binding import bind
from lrtui.schedules.expression import FUNCTIONS, ExpressionError, parse_expression
from lrtui.schedules.profiles import Budget

HOSTILE = [
    # text, column of the mistake
    ("epoch.__class__", 1),
    ("0.5 * epoch.real", 7),
    ("().__class__.__bases__", 1),
    ("__import__('os').system('id')", 1),
    ("__import__", 1),
    ("1 + __builtins__", 5),
    ("f()()", 1),
    ("min(1, 2)(3)", 1),
    ("exec('1')", 1),
    ("open('/etc/passwd')", 1),
    ("1 + print(1)", 5),
    ("9**9**9", 1),
    ("1 + 9**9**9", 5),
    ("epoch ** (9**9**9)", 11),
    ("1e999", 1),
    ("2 * 1e999", 5),
    ("(" * 40 + "1" + ")" * 40, 31),
    ("[" * 40, 31),
    ("-" * 199 + "1", 32),
    ("1" * 201, 201),
    ("lambda: 1", 1),
    ("2 * (lambda: 1)", 6),
    ("[x for x in y]", 1),
    ("{e: e for e in S}", 1),
    ("sum(x for x in (1, 2))", 1),
    ("'a'", 1),
    ("2 * 'a'", 5),
    ("b'a'", 1),
    ("f'{epoch}'", 1),
    ("1 + f'{open(1)}'", 5),
    ("(epoch := 3)", 2),
    ("epoch := 3", 7),
    ("epoch = 3", 1),
    ("1; 2", 2),
    ("import os", 8),
    ("\u0663", 1),
    ("1 + \u0663", 5),
    ("epoch\u00b2", 6),
    ("\uff45poch", 1),
    ("1 \u2212 epoch", 3),
    ("1\n+ 2", 2),
    ("0.95 ** epoch # comment", 15),
    ("1\x00", 2),
    ("\x1b]52;c;Zm9v\x07", 1),
    ("1j", 1),
    ("epoch * 1j", 9),
    ("(-8) ** 0.5", 1),
    ("1 / 0", 1),
    ("1 + 1 / 0", 5),
    ("1 % 0", 1),
    ("0 ** -1", 1),
    ("log(0)", 1),
    ("sqrt(-1) + 1", 1),
    ("exp(1000)", 1),
    ("floor(1e308 * 10)", 7),
    ("", 1),
    ("   ", 4),
    ("1 +", 4),
    ("(1", 1),
    ("1)", 2),
    ("  foo + 1", 3),
    ("1 + foo", 5),
    ("sqrt", 1),
    ("epoch(1)", 1),
    ("min(1)", 1),
    ("min(1, 2, 3)", 1),
    ("min(*epoch)", 1),
    ("min(1, **epoch)", 1),
    ("min(1, b=2)", 1),
    ("max(epoch, True)", 12),
    ("epoch if E else S", 1),
    ("epoch and E", 1),
    ("1or 2", 1),
    ("epoch < 3", 1),
    ("not epoch", 1),
    ("~1", 1),
    ("1 << 3", 1),
    ("1 @ 2", 1),
    ("1 ^ 2", 1),
    ("epoch[0]", 1),
    ("{1}", 1),
    ("1, 2", 1),
    ("None", 1),
    ("...", 1),
    ("await epoch", 1),
    ("(yield)", 2),
]


STATEMENTS = {"epoch = 3", "epoch := 3", "import os"}  # Python's grammar decides where, release by release


@pytest.mark.parametrize(("text", "column"), HOSTILE, ids=lambda value: repr(value)[:30])
def test_refused_where_the_mistake_is(text: str, column: int) -> None:
    modules = set(sys.modules)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        started = time.process_time()
        with pytest.raises(ExpressionError) as caught:
            parse_expression(text)
        assert time.process_time() - started < 0.05
    assert set(sys.modules) == modules
    if text not in STATEMENTS:
        assert caught.value.column == column
    assert 1 <= caught.value.column <= len(text) + 1
    assert f"column {caught.value.column}" in str(caught.value)
    assert isinstance(caught.value, UserError)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.95 ** epoch", 0.95**3),
        (" 0.01 ** (epoch / E) ", 0.01**0.3),
        ("-epoch + +S", 1.0),
        ("0.5 * (1 + cos(pi * epoch / E))", 0.5 * (1 + math.cos(math.pi * 0.3))),
        ("max(0, 1 - epoch / E)", 0.7),
        ("min(1, (epoch + 1) / 5)", 0.8),
        ("floor(7 / 2) + ceil(7 / 2) + abs(-1)", 8.0),
        ("7 // 2 + 7 % 2", 4.0),
        ("2 ** 3 ** 0", 2.0),
        ("log(e) + exp(0) + sqrt(4) + sin(0)", 4.0),
        ("1e-3 * 1_000", 1.0),
        (".5", 0.5),
    ],
)
def test_arithmetic(text: str, expected: float) -> None:
    assert parse_expression(text)(3, epochs=10, steps_per_epoch=4) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    ["1 / epoch", "1 / (epoch - 2)", "(1 - epoch) ** 0.5", "max((1 - epoch) ** 0.5, 1)", "floor((1 - epoch) ** 0.5)",
     "(1 - epoch) ** 0.5 % 2", "log(epoch)", "exp(1000 * epoch)", "10 ** (400 * epoch)", "1e300 * epoch * 1e300"],
)  # fmt: skip
def test_no_finite_real_value_at_some_epoch(text: str) -> None:
    with pytest.raises(UserError, match=r"no finite value at epoch [0-3]"):
        bind("lambda", "pytorch", Budget(4, 1, 0.1), {"lr_lambda": text})


def test_a_negative_or_infinite_lr_is_refused() -> None:
    with pytest.raises(UserError, match=r"'1 - epoch'.*becomes -0.1 at epoch 2"):
        bind("lambda", "pytorch", Budget(4, 1, 0.1), {"lr_lambda": "1 - epoch"})
    with pytest.raises(UserError, match="becomes inf at epoch 4"):
        bind("multiplicative", "pytorch", Budget(9, 1, 0.1), {"lr_lambda": "1e100"})


NAMES = ["epoch", "E", "S", "pi", "e", *FUNCTIONS, "x", "__import__", "lambda", "if", "for", "in", "None", "True"]
TOKENS = [
    *NAMES,
    *"()[]{}+-*/%.,:'\"~@<>=!#\\ ",
    "**",
    "//",
    ":=",
    "1",
    "0",
    "9",
    "1e9",
    "0x",
    "1j",
    "f'",
    "\n",
    "²",
    "٣",
    "é",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=14).map("".join) | st.text(max_size=40))
def test_anything_typed_is_arithmetic_or_an_expression_error(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            expression = parse_expression(text)
        except ExpressionError:
            return
    allowed = (
        ast.Expression,
        ast.BinOp,
        ast.UnaryOp,
        ast.Call,
        ast.Name,
        ast.Constant,
        ast.operator,
        ast.unaryop,
        ast.Load,
    )
    assert all(isinstance(node, allowed) for node in ast.walk(ast.parse(expression.text, mode="eval")))
    try:
        value = expression(2, epochs=5, steps_per_epoch=3)
    except ExpressionError:
        return
    assert isinstance(value, float)
    assert math.isfinite(value)


def arithmetic(depth: int) -> st.SearchStrategy[str]:
    leaf = st.sampled_from(["epoch", "E", "S", "1.5", "2.0", "0.01", "pi"])
    if depth == 0:
        return leaf
    inner = arithmetic(depth - 1)
    return (
        leaf
        | st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "**", "//", "%"]), inner)
        | st.builds(
            "{}({})".format, st.sampled_from(["sqrt", "exp", "log", "sin", "cos", "abs", "floor", "ceil"]), inner
        )
        | st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner)
        | st.builds("-{}".format, inner)
    )


@settings(max_examples=300, deadline=None)
@given(arithmetic(3), st.integers(0, 4))
def test_the_value_is_pythons_own(text: str, epoch: int) -> None:
    """Against the interpreter itself, which tests may use and lrtui may not."""
    names: dict[str, Any] = {name: function for name, (function, _) in FUNCTIONS.items()}
    names |= {"epoch": float(epoch), "E": 5.0, "S": 3.0, "pi": math.pi, "e": math.e, "__builtins__": {}}
    if len(text) > 200:
        return
    try:
        expected = eval(text, names)
        if isinstance(expected, complex) or not math.isfinite(expected):
            raise ValueError(expected)
    except (ArithmeticError, ValueError, TypeError):
        return
    try:
        value = parse_expression(text)(epoch, epochs=5, steps_per_epoch=3)
    except ExpressionError:
        assert "**" in text  # Python may take a complex number on the way to a real one; here it is a mistake
        return
    assert value == pytest.approx(float(expected), rel=1e-12, abs=1e-300)


def test_letters_outside_the_whitelist_never_parse() -> None:
    for letter in string.ascii_letters:
        if letter not in ("E", "S", "e"):
            with pytest.raises(ExpressionError):
                parse_expression(letter)
