"""A schedule of a person's own: a function in a file or package of theirs, named by a reference.

A reference is `file.py:name` or `package.module:name`. The function is `name(step, total, **parameters)`, a multiple of
the base LR, or a factory `name(optimizer, total, **parameters)` of a torch scheduler; the two are told apart by the first
argument's name. Nothing here imports it: a helper process makes its LR table (`training.schedule_table`), which is all
that previews, checks and training look at.
"""

import ast
from collections.abc import Mapping, Sequence

from lrtui.errors import UserError
from lrtui.schedules.base import Family, Scheduler
from lrtui.schedules.parameters import Parameter, shown
from lrtui.schedules.schedule import Schedule
from lrtui.schedules.torch_call import Call, Factor
from lrtui.tasks.references import parse_reference

_TAKEN = ("step", "total", "optimizer")


def is_reference(text: str) -> bool:
    """Whether a person means a function of their own, and no key of a scheduler: keys have no colon."""
    return ":" in text


class ReferenceScheduler(Scheduler):
    """The scheduler behind a reference. Any parameters may be typed for it: they are handed to the function by name.

    Raises:
        UserError: the text is not `file.py:name` or `package.module:name`.
    """

    family: Family = "yours"
    torch_class = "LambdaLR"
    texts = {  # noqa: RUF012
        "en": {
            "what": "A schedule of your own: a function that gives the LR of each optimizer step as a multiple of the base LR.",
            "formula": "lr(t) = base_lr * multiplier(t, total)",
            "when": "It is read once, before the start, into a table of one value per step; what runs is that table.",
            "source": "Your own code.",
        },
        "ko": {
            "what": "직접 만든 Scheduler: optimizer step마다 학습률을 기본 학습률의 배수로 주는 함수다.",
            "formula": "lr(t) = base_lr * multiplier(t, total)",
            "when": "시작하기 전에 한 번 읽어 step마다 값이 하나인 표로 만들고, 학습은 그 표를 따른다.",
            "source": "직접 작성한 코드.",
        },
    }

    def __init__(self, reference: str) -> None:
        self.reference = parse_reference("schedule", reference)
        self.key, self.name = reference, self.reference.name

    @property
    def label(self) -> str:
        """The function's name."""
        return self.name

    def parameter(self, name: str) -> Parameter:
        """A parameter that the function takes, perhaps: only the helper process can tell.

        Raises:
            UserError: it cannot be the name of one.
        """
        if not name.isidentifier() or name in _TAKEN:
            raise UserError(f"parameter {shown(name)} of {self.key}: expected the name of an argument of the function")
        return Parameter(name, "free")

    def parameters_for(self, typed: Mapping[str, object]) -> Sequence[Parameter]:
        """What is typed: nobody else knows of others."""
        return [self.parameter(name) for name in typed]

    def known(self, schedule: Schedule) -> bool:
        """Not without its table."""
        return False

    def torch_call(self, schedule: Schedule) -> Call:
        """How a person calls their own function; training goes by the table."""
        module = self.reference.path.stem if self.reference.is_file else self.reference.place
        typed = "".join(f", {name}={value!r}" for name, value in schedule.values.items())
        lead = f"from {module} import {self.name}"
        if self._is_factory():
            return Call(self.name, {"total": schedule.budget.steps, **schedule.values}, module)
        text = f"lambda step: {self.name}(step, epochs * steps_per_epoch{typed})"
        return Call("LambdaLR", {"lr_lambda": Factor(self._refuse, text, imports=(lead,))})

    def _refuse(self, step: int) -> float:
        raise UserError(f"the learning rates of {self.key} are not known: its table has not been made")

    def _is_factory(self) -> bool:
        """Whether the function's first argument is an optimizer, as far as its file says so; it is not run."""
        if not self.reference.is_file:
            return False
        try:
            tree = ast.parse(self.reference.path.read_text(encoding="utf-8"))
        except (OSError, ValueError, SyntaxError):
            return False
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == self.name:
                arguments = [*node.args.posonlyargs, *node.args.args]
                return bool(arguments) and arguments[0].arg == "optimizer"
        return False
