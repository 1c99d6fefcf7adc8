import json
import time
import tomllib
from typing import Any

import pytest
import tomli_w
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from lrtui.comparison.presets import PRESETS, preset
from lrtui.comparison.spec import Choice, Spec, spec_from_dict, with_changes
from lrtui.errors import UserError
from lrtui.schedules.parameters import shown
from lrtui.schedules.profiles import PROFILES
from lrtui.schedules.registry import BUILT_IN_KEYS, TABLE
from lrtui.tasks.catalogue import DATASETS, MODELS, OPTIMIZERS
from lrtui.tasks.info import ACCURACY, TaskInfo

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200).filter(lambda text: text.strip())
TYPED: list[tuple[str, dict[str, Any]]] = [
    ("lambda", {"lr_lambda": "0.9 ** epoch"}),
    ("lambda", {"lr_lambda": 0.5}),
    ("multistep", {"milestones": [9, 3, 3]}),
    ("step", {"step_size": 7, "gamma": 1}),
    ("plateau", {"mode": "max", "patience": 0}),
    ("cyclic", {"step_size_down": None, "mode": "triangular2", "cycle_momentum": False}),
    ("cyclic", {"step_size_down": "none"}),
    ("cosine-restarts-warmup", {"T_0": 30, "warmup": 3}),
]


@st.composite
def spec_data(draw: DrawFn) -> dict[str, Any]:
    """Plain data of a valid spec, most settings left out in most of them."""
    dataset = draw(st.sampled_from(sorted(DATASETS)))
    typed = st.sampled_from(TYPED).map(lambda pair: {"scheduler": pair[0], "parameters": pair[1]})
    schedules = draw(
        st.lists(st.sampled_from(BUILT_IN_KEYS).map(lambda key: {"scheduler": key}) | typed, min_size=1, max_size=6)
    )
    labels = draw(st.lists(texts, min_size=len(schedules), max_size=len(schedules), unique=True))
    data: dict[str, Any] = {
        "dataset": dataset,
        "schedules": [schedule | {"label": label} for schedule, label in zip(schedules, labels, strict=True)],
    }
    lrs = st.floats(1e-4, 10, allow_subnormal=False)
    optional = {
        "name": texts,
        "profile": st.sampled_from(PROFILES),
        "model": st.sampled_from(MODELS),
        "optimizer": st.sampled_from(OPTIMIZERS),
        "momentum": st.floats(0.1, 0.99),
        "weight_decay": st.floats(0, 1),
        "epochs": st.integers(1, 200),
        "batch_size": st.integers(1, 1000),
        "base_lrs": st.lists(lrs, min_size=1, max_size=4, unique=True),
        "seeds": st.integers(1, 12) | st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=5, unique=True),
        "early_stopping": st.none() | st.integers(1, 50),
        "augment": st.booleans(),
        "precision": st.sampled_from(["fp32", "bf16", "auto"]),
        "device": st.sampled_from(["auto", "cpu", "cuda", "cuda:0", "cuda:15"]),
        "splits": st.just([800, 100, 100]),
    }
    return data | draw(st.fixed_dictionaries({}, optional=optional))


def valid(data: dict[str, Any]) -> Spec:
    try:
        return spec_from_dict(data)
    except UserError as error:
        assume("batch_size" not in str(error))  # more than the training images
        raise


@settings(max_examples=100, deadline=None)
@given(spec_data())
def test_round_trips(data: dict[str, Any]) -> None:
    spec = valid(data)
    plain = spec.to_dict()
    assert spec_from_dict(plain) == spec
    assert spec_from_dict(json.loads(json.dumps(plain))) == spec
    assert spec_from_dict(tomllib.loads(tomli_w.dumps(plain))) == spec
    assert spec_from_dict(plain).to_dict() == plain


@settings(max_examples=50, deadline=None)
@given(spec_data())
def test_runs_go_seed_by_seed(data: dict[str, Any]) -> None:
    spec = valid(data)
    if not spec.resolved:  # a folder of images: how many there are, the helper process says
        spec = spec.with_info(TaskInfo(spec.dataset, ACCURACY, {"train": 4 * spec.batch_size}, steps_per_epoch=4))
    runs = list(spec.runs())
    assert len(runs) == spec.size
    assert [run.number for run in runs] == list(range(1, spec.size + 1))
    cells = len(spec.schedules) * len(spec.base_lrs)
    for index, seed in enumerate(spec.seeds):
        block = runs[index * cells : (index + 1) * cells]
        assert {run.seed for run in block} == {seed}
        assert len({(run.label, run.base_lr) for run in block}) == cells
    for run in runs:
        assert run.schedule.budget == spec.budget(run.base_lr)
        assert run.schedule.scheduler.key == next(c.scheduler for c in spec.schedules if c.label == run.label)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_valid_and_round_trip(name: str) -> None:
    spec = preset(name)
    assert spec_from_dict(spec.to_dict()) == spec
    assert [choice.scheduler for choice in spec.schedules] == ["constant", *TABLE]
    assert "schedulers" in spec.to_dict(), "a spec without typed parameters reads as a plain list"


STEP = {"scheduler": "step"}
BAD: list[tuple[dict[str, Any], list[str]]] = [
    # what is wrong, and what the sentence must contain: the value, what was expected, the nearest name
    ({"schedulers": ["cosin"]}, ["'cosin'", "did you mean 'cosine'"]),
    ({"schedulers": []}, ["no schedulers", "at least one"]),
    ({"schedulers": "step"}, ["schedulers='step'", "a list"]),
    ({"schedulers": [3]}, ["3", "names"]),
    ({"schedulers": ["step", "step"]}, ["'step'", "twice", "label"]),
    ({"schedules": [{}]}, ["scheduler"]),
    ({"schedules": ["step"]}, ["tables"]),
    ({"schedules": [STEP | {"colour": 1}]}, ["'colour'", "Known: label, scheduler, parameters"]),
    ({"schedules": [STEP | {"label": ""}]}, ["label=''", "1 to 200 characters"]),
    ({"schedules": [STEP | {"label": "\ud800"}]}, ["label=", "text"]),
    ({"schedules": [STEP | {"parameters": [1]}]}, ["parameters of step", "table"]),
    ({"schedules": [STEP | {"parameters": {"step_sise": 3}}]}, ["'step_sise'", "did you mean 'step_size'"]),
    ({"schedules": [STEP | {"parameters": {"step_size": 0}}]}, ["step_size=0", "a whole number >= 1"]),
    ({"schedules": [STEP | {"parameters": {"step_size": 2.5}}]}, ["step_size=2.5", "a whole number"]),
    ({"schedules": [STEP | {"parameters": {"step_size": True}}]}, ["step_size=True", "a whole number"]),
    ({"schedules": [STEP | {"parameters": {"step_size": None}}]}, ["step_size=None", "a whole number"]),
    ({"schedules": [STEP | {"parameters": {"gamma": 10**400}}]}, ["gamma=1000", "a number > 0"]),
    ({"schedules": [STEP | {"parameters": {"gamma": 1 << 20_000}}]}, ["gamma=", "digits", "a number > 0"]),
    ({"schedules": [STEP | {"parameters": {"gamma": float("nan")}}]}, ["gamma=nan", "a number > 0"]),
    ({"schedules": [STEP | {"parameters": {"gamma": "0.5"}}]}, ["gamma='0.5'", "a number > 0"]),
    ({"schedules": [{"scheduler": "constant", "parameters": {"gamma": 1}}]}, ["'gamma'", "constant", "none"]),
    ({"schedules": [{"scheduler": "multistep", "parameters": {"milestones": []}}]}, ["milestones=[]", "whole numbers"]),
    ({"schedules": [{"scheduler": "multistep", "parameters": {"milestones": [1, -2]}}]}, ["[1, -2]", ">= 0"]),
    ({"schedules": [{"scheduler": "plateau", "parameters": {"mode": "mim"}}]}, ["mode='mim'", "min, max"]),
    ({"schedules": [{"scheduler": "plateau", "parameters": {"factor": 1}}]}, ["factor=1", "< 1"]),
    ({"schedules": [{"scheduler": "lambda", "parameters": {"lr_lambda": "epoch.x"}}]}, ["'epoch.x'", "column 1"]),
    ({"schedules": [{"scheduler": "lambda", "parameters": {"lr_lambda": "1-epoch"}}]}, ["'1-epoch'", "epoch 2"]),
    ({"schedules": [{"scheduler": "lambda", "parameters": {"lr_lambda": [1]}}]}, ["[1]", "an expression"]),
    ({"schedules": [{"scheduler": "lambda", "parameters": {"lr_lambda": 1 << 20_000}}]}, ["digits", "an expression"]),
    (
        {"schedules": [{"scheduler": "cosine-restarts-warmup", "parameters": {"T_0": 3, "warmup": 3}}]},
        ["warmup=3", "T_0=3"],
    ),
    ({"schedules": [{"scheduler": "cyclic", "parameters": {"base_lr": 1}}]}, ["base_lr=1", "max_lr=0.1"]),
    ({"schedules": [{"scheduler": "onecycle", "parameters": {"total_steps": 9}}]}, ["total_steps=9", "3200"]),
    (
        {"schedules": [{"scheduler": "onecycle", "parameters": {"total_steps": 4000, "pct_start": 0.00025}}]},
        ["pct_start=0.00025"],
    ),
    ({"schedules": [{"scheduler": "onecycle", "parameters": {"div_factor": 1e-320}}]}, ["div_factor=", "finite"]),
    (
        {"schedules": [{"scheduler": "wsd", "parameters": {"decay_steps": 4000}}]},
        ["decay_steps=4000", "total_iters=3200"],
    ),
    ({"schedules": [{"scheduler": "wsd", "parameters": {"decay_steps": 3200}}]}, ["decay_steps=3200", "together"]),
    (
        {
            "schedules": [{"scheduler": "cyclic", "parameters": {"mode": "triangular2", "step_size_up": 1}}],
            "epochs": 100,
        },
        ["step_size_up=1", "1024"],
    ),
    ({"epoch": 3}, ["'epoch'", "did you mean 'epochs'"]),
    ({"epochs": 0}, ["epochs=0", "1 to 100000"]),
    ({"epochs": "10"}, ["epochs='10'", "a whole number"]),
    ({"epochs": 1 << 20_000}, ["epochs=", "a whole number from 1 to 100000"]),
    ({"epochs": True}, ["epochs=True", "a whole number"]),
    ({"batch_size": 1001}, ["batch_size=1001", "1000 training images"]),
    ({"base_lrs": []}, ["base_lrs=[]", "at least one"]),
    ({"base_lrs": [0.1, 0.1]}, ["[0.1, 0.1]", "each once"]),
    ({"base_lrs": [0]}, ["0", "> 0"]),
    ({"base_lrs": [float("nan")]}, ["nan", "> 0"]),
    ({"base_lrs": ["0.1"]}, ["'0.1'", "learning rates"]),
    ({"base_lrs": 0.1}, ["base_lrs=0.1", "a list"]),
    ({"seeds": 0}, ["seeds=0", "1 to 10000"]),
    ({"seeds": []}, ["seeds=[]", "whole numbers"]),
    ({"seeds": [1, 1]}, ["seeds=[1, 1]", "different"]),
    ({"seeds": [-1]}, ["seeds=[-1]", ">= 0"]),
    ({"seeds": 1.5}, ["seeds=1.5", "1 to 10000"]),
    ({"early_stopping": 0}, ["early_stopping=0", "1 to 100000"]),
    ({"splits": [10, 10]}, ["splits=[10, 10]", "three"]),
    ({"splits": [1300, 100, 100]}, ["1300", "1397", "digits"]),
    ({"dataset": "cifar-10"}, ["'cifar-10'", "did you mean 'cifar10'"]),
    ({"dataset": ["mnist"]}, ["['mnist']", "a name"]),
    ({"model": "resnet81"}, ["'resnet81'", "did you mean 'resnet18'"]),
    ({"optimizer": "AdamW2"}, ["'AdamW2'", "did you mean 'adamw'"]),
    ({"profile": "fit"}, ["'fit'", "did you mean 'fitted'"]),
    ({"precision": "fp16"}, ["'fp16'", "Known: fp32, bf16, auto"]),
    ({"device": "cuda:x"}, ["device='cuda:x'", "cuda:N"]),
    ({"device": "cuda:\u0663"}, ["device=", "cuda:N"]),
    ({"device": 0}, ["device=0", "cuda:N"]),
    ({"augment": 1}, ["augment=1", "true or false"]),
    ({"momentum": 1}, ["momentum=1", "< 1"]),
    ({"momentum": 0, "schedulers": ["onecycle"]}, ["momentum=0", "onecycle", "cycle_momentum = false"]),
    ({"weight_decay": -1}, ["weight_decay=-1", ">= 0"]),
    ({"name": ""}, ["name=''", "1 to 200"]),
    ({"name": "x" * 1_000_000}, ["name='xxx", "1 to 200"]),
    ({"name": "\ud800"}, ["name=", "text"]),
    ({"dataset": "x" * 1_000_000}, ["'xxx", "Known: digits"]),
    ({"base_lrs": list(range(1_000_000))}, ["0", "> 0"]),
    ({"seeds": list(range(100_000)), "schedulers": ["step", "cosine"]}, ["200000 runs", "100000"]),
]


@pytest.mark.parametrize(("changes", "named"), BAD, ids=shown)
def test_bad_input_is_answered_in_one_sentence(changes: dict[str, Any], named: list[str]) -> None:
    data = ({"schedulers": ["step"]} if "schedules" not in changes else {}) | changes
    started = time.process_time()
    with pytest.raises(UserError) as caught:
        spec_from_dict(data)
    assert time.process_time() - started < 1
    sentence = str(caught.value)
    for words in named:
        assert words in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400
    assert caught.value.exit_code == 2
    sentence.encode()  # it can be printed


def test_a_label_of_a_megabyte_does_not_flood_the_message() -> None:
    with pytest.raises(UserError) as caught:
        spec_from_dict({"schedulers": ["x" * 1_000_000]})
    assert len(str(caught.value)) < 600


def test_ten_thousand_labels_are_compared_quickly() -> None:
    started = time.process_time()
    spec = spec_from_dict({"schedules": [STEP | {"label": str(i)} for i in range(10_000)], "seeds": 1})
    assert spec.size == 10_000
    assert time.process_time() - started < 5


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["step", "cyclic"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.just("scheduler"), inner, max_size=3)
    ),
    max_leaves=6,
)
SETTINGS = sorted({*Spec.__dataclass_fields__, "schedulers"})


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(SETTINGS), json_values, max_size=3))
def test_any_json_is_a_spec_or_a_user_error(changes: dict[str, Any]) -> None:
    try:
        spec = spec_from_dict({"schedulers": ["step", "cyclic"], "epochs": 3} | changes)
    except UserError:
        return
    assert spec_from_dict(spec.to_dict()) == spec


def test_parameters_are_kept_in_their_own_types() -> None:
    typed = {"scheduler": "multistep", "parameters": {"milestones": [9, 3], "gamma": 1}}
    (choice,) = spec_from_dict({"schedules": [typed]}).schedules
    assert choice == Choice("multistep", "multistep", {"milestones": (3, 9), "gamma": 1.0})


def test_with_changes_checks_again_and_forgets_what_another_data_set_brought() -> None:
    digits = spec_from_dict({"schedulers": ["step"], "early_stopping": 5})
    cifar = with_changes(digits, dataset="cifar10")
    assert cifar.splits == DATASETS["cifar10"].splits
    assert cifar.augment
    assert with_changes(cifar, dataset="cifar10", augment=False).splits == cifar.splits
    assert with_changes(digits, early_stopping=None).early_stopping is None
    assert [c.scheduler for c in with_changes(digits, schedulers=["cosine"]).schedules] == ["cosine"]
    with pytest.raises(UserError, match="epochs=0"):
        with_changes(digits, epochs=0)
