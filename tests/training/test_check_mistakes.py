"""Mistakes in a task file, each told in one sentence with the line to change."""

from pathlib import Path
from typing import Any

import pytest

from lrtui.tasks.findings import CheckReport
from lrtui.training import helper

GOOD = """\
import itertools
import math
import torch
from torch import nn
from torch.utils.data import Dataset


def data(n):
    source = torch.Generator().manual_seed(n)
    x = torch.randn(n, 4, generator=source)
    return x, (x.sum(1) > 0).long()


def scored(model, batch):
    return (model(batch[0]).argmax(1) == batch[1]).float()


def mean_error(model, batch):
    return nn.functional.cross_entropy(model(batch[0]), batch[1])


class Odd(Dataset):
    def __len__(self):
        return 40

    def __getitem__(self, index):
        return torch.randn(4)


class Stubborn(torch.optim.SGD):
    def step(self):
        with torch.no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    parameter -= 0.1 * parameter.grad


class Restless:
    def __call__(self, epoch, generator):
        x, y = data(40)
        for rows in torch.randperm(40).split(8):
            yield x[rows], y[rows]


def task(setup):
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    return {
        "model": model,
        "train": data(200),
        "validation": data(80),
        "loss": None,
        "score": None,
        "better": "higher",
        "unit": "%",
        "optimizer": None,
    }
"""


# What is replaced, by what, the code of the finding, its words, and the text on the line that it names (None: no line).
MISTAKES: dict[str, tuple[str, str, str, str, str | None]] = {
    "wrong shapes": ("nn.Linear(8, 2)", "nn.Linear(9, 2)", "shapes", "(32, 4) and (32,) raises RuntimeError", '"model": model,'),
    "no model": ('        "model": model,\n', "", "missing-key", "no 'model' in what task returns: expected a torch.nn.Module", "def task(setup):"),
    "not a dict": ("    return {", "    return None and {", "not-a-dict", "task returns nothing: expected a dict", "def task(setup):"),
    "a model that is a class": ('"model": model', '"model": nn.Flatten', "model", "model is a type: call it", '"model": nn.Flatten,'),
    "nothing to train": ('"model": model', '"model": nn.Flatten()', "model", "no trainable parameters", '"model": nn.Flatten(),'),
    "a score of one number": ('"score": None', '"score": mean_error', "score", "score returns shape () for a batch of 80: expected one value per example", '"score": mean_error,'),
    "a score that raises": ('"score": None', '"score": lambda model, batch: batch[2]', "score", "raises IndexError", '"score": lambda model, batch: batch[2],'),
    "a NaN loss": ('"loss": None', '"loss": lambda model, batch: model(batch[0]).mean() * math.nan', "not-finite", "the loss of the first batch is nan", '"loss": lambda model, batch: model(batch[0]).mean() * math.nan,'),
    "a model on another device": ('"model": model', '"model": model.to("meta")', "device", "is on meta: expected the CPU or setup.device", '"model": model.to("meta"),'),
    "better=up": ('"better": "higher"', '"better": "up"', "better", "better='up': expected \"higher\" or \"lower\"", '"better": "up",'),
    "a syntax error": ("def data(n):", "def data(n:", "syntax", "a syntax error: '(' was never closed", "def data(n:"),
    "an import that fails": ("import itertools", "import no_such_module", "import", "an import fails: No module named 'no_such_module'", "import no_such_module"),
    "an error at the top": ("import itertools", "x = 1 / 0", "import", "importing it raises ZeroDivisionError", "x = 1 / 0"),
    "an optimizer over others": ('"optimizer": None', '"optimizer": lambda p, lr: torch.optim.SGD(nn.Linear(2, 2).parameters(), lr)', "other-parameters", "2 parameters that the model does not have", '"optimizer": lambda p, lr: torch.optim.SGD(nn.Linear(2, 2).parameters(), lr),'),
    "an optimizer over some": ('"optimizer": None', '"optimizer": lambda p, lr: torch.optim.SGD(p[:2], lr)', "missing-parameters", "leaves out 2.weight, 2.bias", '"optimizer": lambda p, lr: torch.optim.SGD(p[:2], lr),'),
    "base_lr is ignored": ('"optimizer": None', '"optimizer": lambda p, lr: torch.optim.Adam(p)', "lr-ignored", "starts at LR 0.001 whatever base_lr is", '"optimizer": lambda p, lr: torch.optim.Adam(p),'),
    "the LR of groups is ignored": ('"optimizer": None', '"optimizer": lambda p, lr: Stubborn(p, lr)', "lr-ignored", "a step with an LR of 0 changes the weights", '"optimizer": lambda p, lr: Stubborn(p, lr),'),
    "no optimizer": ('"optimizer": None', '"optimizer": lambda p, lr: lr', "optimizer", "optimizer returns a float", '"optimizer": lambda p, lr: lr,'),
    "an optimizer that is one": ('"optimizer": None', '"optimizer": torch.optim.SGD(model.parameters(), 0.1)', "not-callable", "optimizer is a SGD: expected a function", '"optimizer": torch.optim.SGD(model.parameters(), 0.1),'),
    "a loss of many numbers": ('"loss": None', '"loss": lambda model, batch: model(batch[0])', "loss", "loss returns shape (32, 2): expected one number", '"loss": lambda model, batch: model(batch[0]),'),
    "a loss that is a float": ('"loss": None', '"loss": lambda model, batch: model(batch[0]).mean().item()', "loss", "loss returns a float: expected a scalar tensor", '"loss": lambda model, batch: model(batch[0]).mean().item(),'),
    "a loss without gradient": ('"loss": None', '"loss": lambda model, batch: model(batch[0]).mean().detach()', "no-gradient", "loss has no gradient", '"loss": lambda model, batch: model(batch[0]).mean().detach(),'),
    "a loss of another model": ('"loss": None', '"loss": lambda model, batch: nn.Linear(4, 1)(batch[0]).mean()', "no-gradient", "gives the model no gradient", '"loss": lambda model, batch: nn.Linear(4, 1)(batch[0]).mean(),'),
    "no examples": ('"train": data(200)', '"train": (torch.empty(0, 4), torch.empty(0))', "empty", "train is empty", '"train": (torch.empty(0, 4), torch.empty(0)),'),
    "x and y of other lengths": ('"train": data(200)', '"train": (data(200)[0], data(100)[1])', "lengths", "tensors of 200 and 100 rows", '"train": (data(200)[0], data(100)[1]),'),
    "one tensor": ('"train": data(200)', '"train": data(200)[0]', "split", "train is one tensor", '"train": data(200)[0],'),
    "a DataLoader": ('"train": data(200)', '"train": torch.utils.data.DataLoader(Odd())', "split", "train is a DataLoader, whose order lrtui cannot seed", '"train": torch.utils.data.DataLoader(Odd()),'),
    "an item that is no pair": ('"train": data(200)', '"train": Odd()', "batch", "a batch is (32, 4): expected (x, y)", '"train": Odd(),'),
    "a function of one argument": ('"train": data(200)', '"train": data', "split", "the function train does not take two arguments", '"train": data,'),
    "an epoch without batches": ('"train": data(200)', '"train": lambda epoch, generator: []', "empty", "train gives no batch", '"train": lambda epoch, generator: [],'),
    "an unknown key": ('"validation": data(80)', '"valdation": data(80)', "unknown-key", "unknown key 'valdation': did you mean 'validation'?", '"valdation": data(80),'),
    "another name": ("def task(setup):", "def tsak(setup):", "no-function", "no function 'task': did you mean 'tsak'?", None),
    "no function": ("def task(setup):", "task = 3\n\n\ndef other(setup):", "no-function", "task is a int: expected a function", "task = 3"),
    "another signature": ("def task(setup):", "def task():", "signature", "task does not take one argument: expected def task(setup)", "def task():"),
    "raises inside": ("    return {", "    [][1]\n    return {", "raises", "task raises IndexError: list index out of range", "[][1]"),
    "leaves": ("    return {", "    raise SystemExit(3)\n    return {", "raises", "task raises SystemExit: 3", "raise SystemExit(3)"),
    "a unit that is a number": ('"unit": "%"', '"unit": 100', "unit", "unit='100' is not a short text", '"unit": 100,'),
    "percent of a loss": ('"score": None', '"score": lambda model, batch: 40 + model(batch[0])[:, 0]', "percent", "expected fractions from 0 to 1, or another unit", '"unit": "%",'),
    "unseeded weights": ("    return {", "    torch.seed()\n    nn.init.normal_(model[0].weight)\n    return {", "unpaired", "the same seed gives other initial weights", '"model": model,'),
    "unseeded batches": ('"train": data(200)', '"train": Restless()', "unpaired", "the same seed gives other training batches", '"train": Restless(),'),
    "weights of one seed": ("    model =", "    torch.manual_seed(0)\n    model =", "seed-ignored", "another seed gives the same initial weights", '"model": model,'),
}  # fmt: skip


def check(folder: Path, text: str, **settings: Any) -> CheckReport:
    path = folder / "mine.py"
    path.write_text(text)
    return helper.check(f"{path}:task", settings, None)


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_one_sentence_with_its_line(name: str, tmp_path: Path) -> None:
    old, new, code, words, line = MISTAKES[name]
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    report = check(tmp_path, text)
    found = [finding for finding in report.findings if finding.code == code]
    assert len(found) == 1, report.findings
    (finding,) = found
    assert words in finding.sentence
    assert "\n" not in finding.sentence
    assert Path(finding.file) == tmp_path / "mine.py"
    named = None if finding.line is None else text.splitlines()[finding.line - 1].strip()
    assert named == line
    assert report.ok == (finding.level == "warning")
    assert report.paired == (code != "unpaired")


def test_nothing_is_found_in_a_good_task(tmp_path: Path) -> None:
    report = check(tmp_path, GOOD)
    assert report.findings == ()
    assert report.ok
    assert report.paired
    task = report.task
    assert task["metric"] == {"name": "accuracy", "unit": "%", "better": "higher", "chance": 0.5}
    assert (task["sizes"], task["steps_per_epoch"], task["parameters"]) == ({"train": 200, "validation": 80}, 7, 58)
    assert task["batch"] == "(32, 4) and (32,)"
    assert task["seconds_per_step"] > 0
    assert task["memory_bytes"] > 10_000_000
    assert CheckReport.from_dict(report.to_dict()) == report


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="there is no file"):
        helper.check(f"{tmp_path}/nobody.py:task", {}, None)


SCHEDULES: dict[str, tuple[str, str]] = {
    "learning rates": ("def curve(step, total):\n    return 1e-6 * (1 - step / total)\n", "multiple"),
    "a text": ("def curve(step, total):\n    return 'high'\n", "number"),
    "raises": ("def curve(step, total):\n    return 1 / step\n", "ZeroDivisionError"),
    "not pure": ("import random\n\n\ndef curve(step, total):\n    return random.random()\n", "is not pure"),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_that_cannot_be_used_is_one_sentence_too(name: str, tmp_path: Path) -> None:
    text, words = SCHEDULES[name]
    path = tmp_path / "mine.py"
    path.write_text(text)
    report = helper.check(f"{path}:curve", {}, None)
    assert report.kind == "schedule"
    assert not report.ok
    (finding,) = report.findings
    assert words in finding.sentence
    assert finding.line is not None
    assert Path(finding.file) == path


def test_a_good_schedule_shows_its_range(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def curve(step, total):\n    return 1 - step / total\n")
    report = helper.check(f"{path}:curve", {}, None)
    assert report.ok
    assert (report.task["first"], report.task["highest"]) == (1, 1)
