"""The words: both languages say the same things, and everything that can happen has words."""

import ast
import string
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lrtui.analysis
from lrtui.analysis.reason_codes import FACTS, Fact, Reason, ReasonCode
from lrtui.analysis.result import Sentence
from lrtui.comparison.status import RunStatus
from lrtui.report.reasons import sentence
from lrtui.report.texts import Count, Number, Said, texts
from lrtui.schedules.parameters import Source

NAMES = string.Formatter()


def templates(file: str) -> dict[str, str]:
    def flat(data: dict[str, object], prefix: str = "") -> dict[str, str]:
        found: dict[str, str] = {}
        for key, value in data.items():
            found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: str(value)}
        return found

    return flat(tomllib.loads(files("lrtui.report").joinpath(file).read_text(encoding="utf-8")))


ALWAYS = {
    "metric",
    "split",
    "unit",
    "points",
    "way",
}  # what every template may name; a language needs more of it than another


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in NAMES.parse(template) if name} - ALWAYS


ENGLISH, KOREAN, SENTENCES = (templates(f) for f in ("texts_en.toml", "texts_ko.toml", "sentences_ko.toml"))


def test_both_languages_have_the_same_keys() -> None:
    assert ENGLISH.keys() == KOREAN.keys()


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_both_languages_use_the_same_facts(key: str) -> None:
    assert fields(ENGLISH[key]) == fields(KOREAN[key])


def test_korean_is_korean_and_no_translation_is_left_out() -> None:
    same = {key for key in ENGLISH if ENGLISH[key] == KOREAN[key] and any(c.isalpha() for c in _fixed(ENGLISH[key]))}
    kept = {"design.optimizer_sgd", "design.optimizer_other", "design.step_epoch", "design.step_batch", "captions.x_epoch",
            "columns.n", "columns.p_mcs", "columns.d", "columns.dz", "design.early_stopping", "design.optimizer", "captions.y_selection", "captions.y_score"}  # fmt: skip
    assert same <= kept


def _fixed(template: str) -> str:
    return "".join(text for text, *_ in NAMES.parse(template))


def test_every_status_and_source_has_a_word() -> None:
    assert {f"status.{status}" for status in RunStatus} <= ENGLISH.keys()
    assert {f"sources.{source.name.lower()}" for source in Source} <= ENGLISH.keys()
    assert {ENGLISH[f"sources.{source.name.lower()}"] for source in Source} == {source.value for source in Source}


def test_every_sentence_of_stats_has_a_korean_one() -> None:
    codes = set()
    for path in Path(lrtui.analysis.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sentence":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    codes.add(str(first.value))
                elif isinstance(first, ast.IfExp):
                    assert isinstance(first.body, ast.Constant)
                    assert isinstance(first.orelse, ast.Constant)
                    codes |= {str(first.body.value), str(first.orelse.value)}
    codes |= {status.value for status in (RunStatus.FAILED, RunStatus.CANCELLED)}
    codes |= {"chosen_by_score"}  # of results from elsewhere
    codes |= {"weights_differ", "order_differs", "torch_differs", "device_differs", "precision_differs"}
    codes |= {"method_exact_bca", "method_exact_t", "method_random_bca"}
    said = {key.partition(".")[2] for key in SENTENCES if not key.startswith("list.")}
    assert codes - {"so_far"} == said - {"so_far", "lacking"}


def facts_of(code: ReasonCode) -> st.SearchStrategy[dict[str, Fact]]:
    """Random facts of the types that the rules of `lrtui.analysis.reasons` give, None where FACTS allows it."""
    fraction = st.floats(-1, 1)
    whole = st.integers(1, 100)
    names = st.text(min_size=1, max_size=70).filter(
        lambda name: "None" not in name
    )  # which a hostile name may well hold
    labels = st.lists(names, min_size=2, max_size=12).map(tuple)
    numbers = st.lists(st.floats(0, 100), min_size=1, max_size=12).map(tuple)
    fixed: dict[str, st.SearchStrategy[Fact]] = {
        "cause": st.sampled_from(["step_size", "milestones", "patience", "other"]),
        "edge": st.sampled_from(["low", "high"]),
        "optimizer": st.sampled_from(["sgd", "adam", "adamw"]),
        "key": st.just("step"),
        "value": whole,
    }
    by_code: dict[ReasonCode, dict[str, st.SearchStrategy[Fact]]] = {
        ReasonCode.DIVERGED: {
            "base_lrs": st.just((0.1, 0.3)),
            "diverged": st.just((1, 2)),
            "of": st.just((10, 10)),
        },
        ReasonCode.FINAL_LR: {"low": labels, "high": labels},
        ReasonCode.WARMUP_SAVED: {"others": labels},
        ReasonCode.RESTART_DROPS: {"epochs": numbers, "drops": numbers},
        ReasonCode.PLATEAU_FIRED: {"epochs": numbers},
        ReasonCode.LR_AT_EDGE: {"grid": numbers},
        ReasonCode.IDLE: {"schedulers": labels},
        ReasonCode.IDENTICAL: {"schedulers": labels},
    }
    lists = by_code.get(code, {})
    whole_names = [
        "n",
        "of",
        "epochs",
        "epoch",
        "epochs_left",
        "stopped",
        "latest",
        "patience",
        "fewest",
        "most",
        "ranked",
    ]
    built: dict[str, st.SearchStrategy[Fact]] = {}
    for name, meaning in FACTS[code].items():
        usual: st.SearchStrategy[Fact] = whole if name in whole_names or name.startswith("others_") else fraction
        if name == "baseline":
            usual = st.just("constant")
        chosen = lists.get(name, fixed.get(name, usual))
        built[name] = st.none() | chosen if "None" in meaning and name != "value" else chosen
    return st.fixed_dictionaries(built)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(ReasonCode), st.sampled_from(["en", "ko"]))
def test_every_reason_has_a_sentence_whatever_its_facts(data: st.DataObject, code: ReasonCode, lang: str) -> None:
    facts = data.draw(facts_of(code))
    said = sentence(Reason(code, "step", 1.0, facts), texts(lang))
    assert said.endswith((".", ")."))
    assert "None" not in said
    assert "{" not in "".join(said.split("step")) or any("{" in str(value) for value in facts.values())


def test_every_template_of_a_reason_is_reachable() -> None:
    """A template that no facts call for would be dead words."""
    codes = {key.split(".")[1] for key in ENGLISH if key.startswith("reasons.") and key.count(".") == 2}
    assert codes == {code.value for code in ReasonCode}


def test_formats() -> None:
    assert f"{Count(1):seed|seeds}, {Count(1200):seed|seeds}, {Count(7)}" == "1 seed, 1,200 seeds, 7"
    assert f"{Number(0.97254):pc} {Number(-0.0035):pt} {Number(0.0035):p} {Number(0.121):sh} {Number(0.001):sh}" == "97.25 % -0.35 0.35 12 % 0.1 %"  # fmt: skip
    assert f"{Number(0.1)} {Number(0.1):.2f}" == "0.1 0.10"


def test_names_are_listed_cut_and_never_read_as_templates() -> None:
    words = texts("en")
    assert words.say("columns.depends", name="{0}\x1b[31m" + "x" * 100) == "{0}·[31m" + "x" * 51 + "… *"
    facts = {"of": 12, "schedulers_count": 10, "epochs": 5, "schedulers": tuple("abcdefghij")}
    assert "a, b, c, d, e, f, g, h and 2 more never" in words.say("reasons.idle.text", **facts)
    assert "a, b, c, d, e, f, g, h, 외 2개" in texts("ko").say("reasons.idle.text", **facts)


def test_a_sentence_survives_a_copy() -> None:
    import copy
    import pickle

    original = Sentence("one_leads", "a leads", label="a", n=6)
    for twin in (copy.deepcopy(original), pickle.loads(pickle.dumps(original))):
        assert (twin, twin.code, twin.facts) == (original, original.code, original.facts)


def test_said_is_put_in_whole() -> None:
    assert texts("en").say("columns.depends", name=Said("y" * 100)) == "y" * 100 + " *"
