"""PyTorch code for a schedule: what a person pastes into a fresh Python that has only torch."""

import ast
from collections.abc import Iterable
from importlib.resources import files

from lrtui.errors import UserError, unknown
from lrtui.schedules import curves
from lrtui.schedules.expression import CONSTANTS, FUNCTIONS
from lrtui.schedules.schedule import Schedule

_OPTIMIZERS = {
    "sgd": "torch.optim.SGD(model.parameters(), lr={lr!r}, momentum=0.9)",
    "adam": "torch.optim.Adam(model.parameters(), lr={lr!r})",
    "adamw": "torch.optim.AdamW(model.parameters(), lr={lr!r})",
}
# The factors of `curves`, for those schedulers that torch has no class for.
_FACTORS = {
    "warmup-cosine": """\
def factor(step):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return (1 + math.cos(math.pi * min(1, (step - warmup_steps) / max(1, total_iters - warmup_steps)))) / 2""",
    "wsd": """\
def factor(step):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return max(0, min(1, (total_iters - step) / decay_steps))""",
    "rex": """\
def factor(step):
    left = max(0, 1 - step / total_iters)
    return left / (0.5 + 0.5 * left)""",
}
_VALIDATE = {
    "val_loss": """\
    with torch.no_grad():
        val_loss = torch.nn.functional.cross_entropy(model(val_inputs), val_targets).item()""",
    "val_acc": """\
    with torch.no_grad():
        val_acc = (model(val_inputs).argmax(dim=1) == val_targets).float().mean().item()""",
}


def torch_code(schedule: Schedule, optimizer: str = "sgd") -> str:
    """A complete program: a tiny model on random data, the optimizer, the scheduler, and the loop that steps it.

    The scheduler gets exactly the schedule's passed parameters, so that PyTorch's own defaults stay PyTorch's.

    Raises:
        UserError: the optimizer is not one of sgd, adam, adamw.
    """
    if optimizer not in _OPTIMIZERS:
        raise unknown("optimizer", optimizer, _OPTIMIZERS)
    budget, metric = schedule.budget, schedule.metric
    own = schedule.scheduler.torch_class == "CosineAnnealingWarmupRestarts"
    parts = [_class_source() if own else _imports(schedule)]
    parts += [
        f"epochs, steps_per_epoch = {budget.epochs}, {budget.steps_per_epoch}\n"
        "model = torch.nn.Linear(10, 2)  # your model\n"
        f"optimizer = {_OPTIMIZERS[optimizer].format(lr=budget.base_lr)}"
    ]
    parts += [_scheduler(schedule)]
    if metric:
        parts += ["val_inputs, val_targets = torch.randn(64, 10), torch.randint(2, (64,))  # your validation data"]
    parts += [_loop(schedule)]
    return "\n\n".join(parts) + "\n"


def _imports(schedule: Schedule) -> str:
    entry, lines = schedule.scheduler, ["import torch"]
    if entry.key == "warmup-cosine":
        lines.insert(0, "import math")
    elif "lr_lambda" in schedule.values:
        names = {n.id for n in ast.walk(ast.parse(schedule.values["lr_lambda"])) if isinstance(n, ast.Name)}
        used = sorted(names & {*CONSTANTS, *FUNCTIONS} - {"abs", "min", "max"})
        if used:
            lines.insert(0, f"from math import {', '.join(used)}")
    if entry.torch_class:
        lines.append(f"from torch.optim.lr_scheduler import {entry.torch_class}")
    return "\n".join(lines)


def _class_source() -> str:
    """The class's file without its docstring, read as text: importing it would import torch.

    An empty line would end the class in Python's interactive interpreter, one with blanks does not.
    """
    text = files("lrtui").joinpath("training", "warmup_restarts.py").read_text(encoding="utf-8")
    _, first_import, *_, last = ast.parse(text).body
    lines = text.splitlines()
    imports, body = lines[first_import.lineno - 1 : last.lineno - 1], lines[last.lineno - 1 :]
    return "\n".join([*imports, *(line or "    " for line in body)]) + "\n"


def _scheduler(schedule: Schedule) -> str:
    entry, passed = schedule.scheduler, schedule.passed
    if entry.torch_class is None:
        return "# No scheduler: the learning rate stays as it is."
    if "lr_lambda" in schedule.values:
        return "E, S = epochs, steps_per_epoch\n" + _call(
            entry.torch_class, [f"lr_lambda=lambda epoch: {schedule.values['lr_lambda']}"]
        )
    if entry.key in _FACTORS:
        names = f"{', '.join(passed)} = {', '.join(map(repr, passed.values()))}"
        return f"{names}\n\n\n{_FACTORS[entry.key]}\n\n\n{_call(entry.torch_class, ['lr_lambda=factor'])}"
    if entry.torch_class == "LinearLR":
        passed = {"start_factor": 1.0, "end_factor": 0.0, **passed}
    return _call(entry.torch_class, [f"{name}={_python(value)}" for name, value in passed.items()])


def _python(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'  # a choice or a mode: letters, digits and _
    return repr(list(value) if isinstance(value, tuple) else value)


def _call(name: str, arguments: Iterable[str]) -> str:
    parts = ["optimizer", *arguments]
    line = f"scheduler = {name}({', '.join(parts)})"
    if len(line) <= 100:
        return line
    return f"scheduler = {name}(\n" + "".join(f"    {part},\n" for part in parts) + ")"


def _loop(schedule: Schedule) -> str:
    metric, every = schedule.metric, schedule.steps_every
    lines = [
        "for epoch in range(epochs):",
        "    for step in range(steps_per_epoch):",
        "        inputs, targets = torch.randn(32, 10), torch.randint(2, (32,))  # your batch",
        "        loss = torch.nn.functional.cross_entropy(model(inputs), targets)",
        "        optimizer.zero_grad()",
        "        loss.backward()",
        "        optimizer.step()",
    ]
    show = """    print(f"epoch {epoch}: lr {optimizer.param_groups[0]['lr']:.6g}")"""
    if schedule.scheduler.torch_class is None:
        return "\n".join([*lines, show])
    if every == "batch":
        return "\n".join(
            [*lines, *_step(schedule, "        ", "epoch < epochs - 1 or step < steps_per_epoch - 1"), show]
        )
    validate = [_VALIDATE[metric]] if metric else []
    return "\n".join([*lines, show, *validate, *_step(schedule, "    ", "epoch < epochs - 1")])


def _step(schedule: Schedule, indent: str, before_the_last: str) -> list[str]:
    call = f"scheduler.step({schedule.metric or ''})"
    if _defined_after_the_end(schedule):
        return [indent + call]
    return [f"{indent}if {before_the_last}:  # there is no learning rate after the last step", f"{indent}    {call}"]


def _defined_after_the_end(schedule: Schedule) -> bool:
    """Whether torch can compute the LR that would follow the budget, as the usual loop makes it do."""
    try:
        if "lr_lambda" in schedule.values:
            schedule.multiplier()(schedule.budget.epochs)
        elif schedule.scheduler.key == "onecycle":
            curves.onecycle_at(schedule.values)(schedule.budget.steps)
    except UserError:
        return False
    return True
