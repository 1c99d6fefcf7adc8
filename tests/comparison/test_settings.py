"""One description per setting: every face has all of them, reads and writes them alike, and refuses in the same words."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.cli.plan import plan_command
from lrtui.cli.run import run_command
from lrtui.cli.spec_options import make_spec
from lrtui.comparison.settings import NAMES, SETTINGS, Setting, readme_table, setting
from lrtui.comparison.spec import Spec, spec_from_dict, with_changes
from lrtui.errors import UserError
from lrtui.report.spec_file import read_spec, write_spec
from lrtui.tui.draft import Draft
from lrtui.workspace import Workspace
from tests.conftest import Cli

README = Path(__file__).parents[2] / "README.md"

_numbers = {"epochs": 100_000, "batch_size": 1_000_000, "trials": 1000}
_optional = {"steps": 10**9, "eval_every": 10**7, "early_stopping": 100_000}
_names = st.from_regex(r"[A-Za-z_][A-Za-z_0-9]{0,8}", fullmatch=True)
_references = st.builds("{}.{}:{}".format, _names, st.sampled_from(["py", "module"]), _names)
_toml = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": st.text(st.characters(codec="utf-8"), min_size=1, max_size=200).map(str.strip).filter(bool),
    "task": st.none() | _references,
    "loop": st.none() | _references,
    "task_options": st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), _toml, max_size=4),
    "momentum": st.floats(0, 1, exclude_max=True),
    "weight_decay": st.floats(0, 100, exclude_max=True),
    "base_lrs": st.lists(st.floats(0, 1000, exclude_min=True), min_size=1, max_size=5, unique=True).map(tuple),
    "seeds": st.integers(1, 10_000).map(lambda n: tuple(range(n)))
    | st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=5, unique=True).map(tuple),
    "splits": st.tuples(*3 * [st.integers(1, 10**9)]),
    "augment": st.booleans(),
    "device": st.sampled_from(["auto", "cpu", "cuda"]) | st.integers(0, 999).map("cuda:{}".format),
    **{name: st.integers(1, high) for name, high in _numbers.items()},
    **{name: st.none() | st.integers(1, high) for name, high in _optional.items()},
    **{
        name: st.sampled_from(setting(name).choices)
        for name in ("dataset", "model", "optimizer", "profile", "search", "precision")
    },
}


@pytest.mark.parametrize("one", SETTINGS, ids=NAMES)
def test_what_is_written_reads_back(one: Setting) -> None:
    @given(VALUES[one.name])
    def check(value: Any) -> None:
        assert one.check(one.name, value) == value
        text = one.format(value)
        assert one.parse(text) == value
        assert one.parse(f"  {text} ") == value
        assert one.format(one.parse(text)) == text

    check()


# Beside which settings, and as what, each is typed; none is the default.
TYPED: dict[str, tuple[dict[str, Any], str]] = {
    "name": ({}, "mine"),
    "task": ({}, "mine.py:task"),
    "loop": ({}, "package.mine:main"),
    "task_options": ({"task": "mine.py:task"}, 'width = 64, "a b" = [1, { c = 0.5 }]'),
    "dataset": ({}, "mnist"),
    "model": ({}, "cnn"),
    "optimizer": ({}, "adamw"),
    "profile": ({}, "fitted"),
    "epochs": ({}, "60"),
    "steps": ({}, "3000"),
    "eval_every": ({"steps": 3000}, "250"),
    "splits": ({}, "500, 100, 100"),
    "batch_size": ({}, "64"),
    "base_lrs": ({}, "0.123456789, 0.01"),
    "search": ({"base_lrs": [0.001, 1]}, "random"),
    "trials": ({"search": "random", "base_lrs": [0.001, 1]}, "12"),
    "seeds": ({}, "3, 1, 4"),
    "early_stopping": ({}, "5"),
    "momentum": ({}, "0.123456789"),
    "weight_decay": ({}, "0.0005"),
    "augment": ({}, "yes"),
    "precision": ({}, "auto"),
    "device": ({}, "cuda:1"),
}
PICKED = {"schedulers": ["constant"]}


def of_form(beside: dict[str, Any], name: str, text: str) -> Spec:
    draft = Draft().with_pick("constant").with_setting("epochs", "100").with_setting("seeds", "3")
    for other, value in beside.items():
        draft = draft.with_setting(other, setting(other).format(value))
    assert name in draft.shown_settings
    changed = draft.with_setting(name, text)
    assert changed.text(name) == text
    return changed.spec()


@pytest.mark.parametrize("name", NAMES)
def test_every_face_has_every_setting_and_takes_it_for_the_same(name: str, tmp_path: Path) -> None:
    beside, text = TYPED[name]
    expected = with_changes(spec_from_dict(PICKED | beside), **{name: setting(name).parse(text)})
    assert getattr(expected, name) == setting(name).parse(text) != setting(name).default

    file = write_spec(expected, tmp_path / "spec.toml")
    assert name in file.read_text()
    assert read_spec(file) == expected

    assert of_form(beside, name, text) == expected

    for command in (run_command, plan_command):
        assert name in {parameter.name for parameter in command.params}
    before = write_spec(spec_from_dict(PICKED | beside), tmp_path / "before.toml")
    typed = [setting(name).flag] if setting(name).is_switch else [setting(name).flag, text]
    context = plan_command.make_context("plan", [str(before), *typed])
    options = {key: value for key, value in context.params.items() if key in (*NAMES, "schedulers")}
    assert make_spec(Workspace(tmp_path / "runs.db"), str(before), None, options) == expected


def test_a_spec_has_the_settings_and_its_schedules() -> None:
    assert {item.name for item in fields(Spec)} - {"schedules", "info", "unknown"} == set(NAMES)
    untouched = Spec(())
    assert {name: getattr(untouched, name) for name in NAMES} == {one.name: one.default for one in SETTINGS}


# What no face takes, as it is typed; all say the same.
WRONG: dict[str, str] = {
    "name": "  ",
    "task": "mine.py",
    "loop": ":main",
    "task_options": "width: 64",
    "dataset": "minst",
    "model": "resnet19",
    "optimizer": "adma",
    "profile": "fited",
    "epochs": "1.5",
    "steps": "many",
    "eval_every": "0",
    "splits": "1000, 100",
    "batch_size": "big",
    "base_lrs": "0.1, 0",
    "search": "gird",
    "trials": "1001",
    "seeds": "0, 0",
    "early_stopping": "-1",
    "momentum": "1",
    "weight_decay": "nan",
    "augment": "perhaps",
    "precision": "fp23",
    "device": "gpu",
}


@pytest.mark.parametrize("name", NAMES)
def test_23_every_face_refuses_in_the_same_sentence(name: str, database: Path, lrtui: Cli) -> None:
    one, text = setting(name), WRONG[name]
    with pytest.raises(UserError) as refusal:
        one.parse(text)
    sentence = str(refusal.value)
    assert name in sentence
    assert "expected" in sentence or "did you mean" in sentence
    with pytest.raises(UserError) as of_draft:
        Draft().with_setting(name, text)
    assert str(of_draft.value) == sentence
    if name != "task_options":  # its text is read as TOML, as a spec file is
        with pytest.raises(UserError) as of_file:
            spec_from_dict(PICKED | {name: one.read(name, text)})
        assert str(of_file.value) == sentence
    if not one.is_switch:  # its flags take no value
        outcome = lrtui("run", f"{one.flag}={text}")
        assert outcome.status == 2
        assert sentence in outcome.err
        assert not database.exists()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("seeds", "3", (0, 1, 2)), ("seeds", "3,", (3,)), ("seeds", "[3]", (3,)), ("seeds", "0,1, 2", (0, 1, 2)),
        ("base_lrs", "[0.1, 1e-2]", (0.1, 0.01)), ("base_lrs", "0.1,", (0.1,)), ("splits", "3,2,1", (3, 2, 1)),
        ("early_stopping", "never", None), ("early_stopping", "None", None), ("early_stopping", "", None),
        ("augment", "on", True), ("augment", "False", False), ("augment", "0", False), ("task", "none", None),
        ("task_options", "", {}), ("task_options", "{ a = 1 }", {"a": 1}), ("name", " mine ", "mine"),
    ],
)  # fmt: skip
def test_how_people_write(name: str, text: str, value: Any) -> None:
    assert setting(name).parse(text) == value


@pytest.mark.parametrize("text", ["0.1;0.2", "0.1 0.2"])
def test_lists_are_separated_by_commas_on_every_face(text: str, lrtui: Cli) -> None:
    sentence = f"base_lrs='{text}': expected numbers separated by commas"
    with pytest.raises(UserError, match=sentence):
        Draft().with_setting("base_lrs", text)
    assert sentence in lrtui("run", "--base-lrs", text).err


def test_the_table_in_the_readme_is_that_of_the_settings() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.partition("<!-- settings -->\n")[2].partition("<!-- /settings -->")[0] == readme_table()
