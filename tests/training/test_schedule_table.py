"""The LR table of a person's own schedule, and one sentence with the line for everything that can be wrong with it."""

import math
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from lrtui.errors import UserError
from lrtui.training.schedule_table import lr_table


@pytest.fixture
def mine(tmp_path: Path) -> Any:
    """Write a file of a person's own; returns the reference of a function in it."""

    def write(text: str, name: str = "curve") -> str:
        path = tmp_path / f"mine{len(list(tmp_path.iterdir()))}.py"
        path.write_text(dedent(text), encoding="utf-8")
        return f"{path}:{name}"

    return write


def test_a_function_of_the_step(mine: Any) -> None:
    reference = mine("""\
        def curve(step, total, floor=0.0):
            return floor + (1 - floor) * (1 - step / total)
    """)
    assert lr_table(reference, 4) == [1.0, 0.75, 0.5, 0.25]
    assert lr_table(reference, 4, {"floor": 0.5}) == [1.0, 0.875, 0.75, 0.625]


def test_any_single_number_will_do(mine: Any) -> None:
    reference = mine("""\
        import numpy, torch
        def curve(step, total):
            return [1, 0.5, torch.tensor(0.25), numpy.float32(0.125), torch.tensor([2.0])][step]
    """)
    assert lr_table(reference, 5) == [1.0, 0.5, 0.25, 0.125, 2.0]


def test_a_factory_of_a_torch_scheduler(mine: Any) -> None:
    reference = mine("""\
        import torch
        def curve(optimizer, total, power=1.0):
            return torch.optim.lr_scheduler.PolynomialLR(optimizer, total, power)
    """)
    assert lr_table(reference, 4) == pytest.approx([1.0, 0.75, 0.5, 0.25])
    assert lr_table(reference, 2, {"power": 2.0}) == pytest.approx([1.0, 0.25])


def test_a_factory_that_chains_schedulers(mine: Any) -> None:
    reference = mine("""\
        from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
        def curve(optimizer, total):
            warm = LinearLR(optimizer, 0.5, 1.0, 2)
            return SequentialLR(optimizer, [warm, CosineAnnealingLR(optimizer, total - 2)], [2])
    """)
    expected = [0.5, 0.75, *((1 + math.cos(math.pi * t / 4)) / 2 for t in range(4))]
    assert lr_table(reference, 6) == pytest.approx(expected)


MISTAKES = [
    ("curve = 3", r"mine\d+.py, line 1: curve is a int: expected a function"),
    ("def other(step, total): return 1", "no function 'curve': it has other"),
    ("import nothing_like_it\ndef curve(step, total): return 1", "line 1: an import fails: No module named 'nothing"),
    ("def curve(step, total)\n    return 1", "line 1: a syntax error: expected ':'"),
    ("\ndef curve(step): return 1", r"line 2: curve cannot be called as \(step, total\): too many positional"),
    ("def curve(step, total, peak): return 1", "line 1: curve cannot be called as .*: missing a required argument"),
    ("def curve(step, total):\n    return 1 / (3 - step)", "line 2: .*division"),
    ("def curve(step, total):\n    raise SystemExit(3)", r"line 2: it ends the process with sys.exit\(3\)"),
    ("def curve(step, total): return float('nan')", "line 1: curve gives nan at step 0 of 10: expected a finite"),
    ("def curve(step, total): return float('inf')", "curve gives inf at step 0"),
    ("def curve(step, total): return 1 - step / 5", "curve gives -0.2 at step 6 of 10: expected a finite number >= 0"),
    ("def curve(step, total): pass", "curve gives nothing at step 0: expected a number"),
    ("def curve(step, total): return 'high'", "curve gives a str at step 0: expected a number"),
    ("def curve(step, total): return [1, 2]", "curve gives a list at step 0: expected a number"),
    ("def curve(step, total): return 1e-5", "curve gives at most 1e-05, which looks like a learning rate"),
    ("def curve(step, total): return 0.0", "curve gives at most 0"),
    ("def curve(step, total): return 300", "curve gives up to 300 times the base LR: expected at most 100"),
    ("import random\ndef curve(step, total): return random.random()", "line 2: curve is not pure: at step 0 it gave"),
    ("n = [0]\ndef curve(step, total):\n    n[0] += 1\n    return n[0]", "curve is not pure: at step 0 it gave 1, and 11"),
    ("class curve:\n    def __init__(self, step, total): pass", "curve is a class: expected a function"),
    (
        "import torch\ndef curve(optimiser, total): return torch.optim.lr_scheduler.ConstantLR(optimiser)",
        "line 2: .*",
    ),
    ("def curve(optimizer, total): return 1.0", "line 1: curve gives a float: expected a scheduler of torch"),
    (
        "import torch\ndef curve(optimizer, total): return torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total)",
        "line 2: curve moves the momentum too",
    ),
    (
        "import torch\ndef curve(optimizer, total):\n"
        "    return torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total, cycle_momentum=False)",
        r"line 2: curve sets LRs of its own, whatever the base LR is: 0.004 at step 0 for a base LR of 1, and 0.004",
    ),
    (
        "import torch\ndef curve(optimizer, total): return torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)",
        "curve gives a scheduler that reacts to a metric",
    ),
    (
        "import torch\ndef curve(optimizer, total):\n"
        "    mine = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)\n"
        "    return torch.optim.lr_scheduler.ConstantLR(mine)",
        "curve gives a scheduler of another optimizer",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=[text[-40:] for text, _ in MISTAKES])
def test_a_mistake_is_one_sentence(mine: Any, text: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as caught:
        lr_table(mine(text), 10)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_parameter_that_the_function_does_not_have(mine: Any) -> None:
    with pytest.raises(UserError, match=r"curve cannot be called as \(step, total, wamup\): got an unexpected keyword"):
        lr_table(mine("def curve(step, total, warmup=0): return 1"), 10, {"wamup": 3})


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UserError, match="there is no file"):
        lr_table("/nowhere/mine.py:curve", 10)
    with pytest.raises(UserError, match="there is no module no_such_package"):
        lr_table("no_such_package.schedules:curve", 10)
