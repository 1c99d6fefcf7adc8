"""PyTorch code for a schedule: what a person pastes into a fresh Python that has only torch."""

import ast
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from lrtui.errors import unknown
from lrtui.schedules.schedule import Schedule
from lrtui.schedules.torch_call import Call, Factor, without_gaps

_OPTIMIZERS = {
    "sgd": "torch.optim.SGD(model.parameters(), lr={lr!r}, momentum=0.9)",
    "adam": "torch.optim.Adam(model.parameters(), lr={lr!r})",
    "adamw": "torch.optim.AdamW(model.parameters(), lr={lr!r})",
}
_VALIDATE = {
    "val_loss": """\
    with torch.no_grad():
        val_loss = torch.nn.functional.cross_entropy(model(val_inputs), val_targets).item()""",
    "score": """\
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
    budget, metric, call = schedule.budget, schedule.metric, schedule.scheduler.torch_call(schedule)
    parts = [
        _head(call),
        f"epochs, steps_per_epoch = {budget.epochs}, {budget.steps_per_epoch}\n"
        "model = torch.nn.Linear(10, 2)  # your model\n"
        f"optimizer = {_OPTIMIZERS[optimizer].format(lr=budget.base_lr)}",
        *_scheduler(call),
    ]
    if metric:
        parts += ["val_inputs, val_targets = torch.randn(64, 10), torch.randint(2, (64,))  # your validation data"]
    parts += [_loop(schedule, call)]
    return "\n\n".join(parts) + "\n"


def _head(call: Call | None) -> str:
    """The imports; where nobody else has the class, its module in their place."""
    if call is None:
        return "import torch"
    if call.pasted:
        return _module_source(call.module)
    needed = dict.fromkeys(line for factor in _factors(call) for line in factor.imports)
    first = [line for line in needed if line.startswith(("import math", "from math"))]
    others = [line for line in needed if line not in first]
    return "\n".join([*first, "import torch", f"from {call.module} import {call.name}", *others])


def _factors(call: Call) -> Iterator[Factor]:
    return (value for value in call.arguments.values() if isinstance(value, Factor))


def _module_source(module: str) -> str:
    """The module without its docstring, read as text: importing it would import torch."""
    found = find_spec(module)
    assert found is not None
    assert found.origin is not None
    text = Path(found.origin).read_text(encoding="utf-8")
    _, first_import, *_, last = ast.parse(text).body
    lines = text.splitlines()
    imports, body = lines[first_import.lineno - 1 : last.lineno - 1], lines[last.lineno - 1 :]
    return "\n".join([*imports, without_gaps("\n".join(body))]) + "\n"


def _scheduler(call: Call | None) -> Iterator[str]:
    if call is None:
        yield "# No scheduler: the learning rate stays as it is."
        return
    arguments = {n: v.text if isinstance(v, Factor) else _python(v) for n, v in call.arguments.items()}
    made = _call(call.name, [f"{name}={text}" for name, text in arguments.items()])
    before = [factor.before for factor in _factors(call) if factor.before]
    if any(statement.startswith("def ") for statement in before):
        yield "\n\n\n".join(["", *before, "", made]).strip("\n")
    else:
        yield "\n".join([*before, made])


def _python(value: object) -> str:
    if isinstance(value, str) and value.isidentifier():
        return f'"{value}"'
    return repr(list(value) if isinstance(value, tuple) else value)


def _call(name: str, arguments: Iterable[str]) -> str:
    parts = ["optimizer", *arguments]
    line = f"scheduler = {name}({', '.join(parts)})"
    if len(line) <= 100:
        return line
    return f"scheduler = {name}(\n" + "".join(f"    {part},\n" for part in parts) + ")"


def _loop(schedule: Schedule, call: Call | None) -> str:
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
    if call is None:
        return "\n".join([*lines, show])
    if every == "batch":
        return "\n".join(
            [*lines, *_step(schedule, "        ", "epoch < epochs - 1 or step < steps_per_epoch - 1"), show]
        )
    validate = [_VALIDATE[metric]] if metric else []
    return "\n".join([*lines, show, *validate, *_step(schedule, "    ", "epoch < epochs - 1")])


def _step(schedule: Schedule, indent: str, before_the_last: str) -> list[str]:
    watched = {"val_loss": "val_loss", "score": "val_acc", None: ""}[schedule.metric]
    call = f"scheduler.step({watched})"
    if schedule.scheduler.has_value_after_the_end(schedule):
        return [indent + call]
    return [f"{indent}if {before_the_last}:  # there is no learning rate after the last step", f"{indent}    {call}"]
