"""Runs that were not begun alike are named wherever they are ranked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lrtui.analysis.analyse import analyse
from lrtui.analysis.result import Sentence
from lrtui.comparison.snapshot import ComparisonView, RunView
from lrtui.report.compose import compose
from lrtui.report.markdown import to_markdown
from lrtui.report.ranked import rank_comparison
from lrtui.report.texts import texts
from lrtui.report.wording import notes

Made = Callable[..., Any]
ALIKE = {"torch": "2.14.1", "device_name": "AMD EPYC", "precision": "fp32", "init_hash": "aa", "order_hash": "bb"}


def _runs(made: Made, *changed: int, **values: str | None) -> tuple[ComparisonView, list[RunView], Any]:
    """Constant and step on six seeds; the runs with these numbers were begun otherwise."""
    comparison, runs, curves = made({"constant": {}, "step": {}})
    alike = [replace(run, **ALIKE) for run in runs]
    return comparison, [replace(run, **values) if run.number in changed else run for run in alike], curves


def test_runs_that_were_begun_alike_need_no_note(made: Made) -> None:
    comparison, runs, _ = _runs(made)
    assert rank_comparison(comparison, runs).notes == ()


def test_what_was_not_recorded_is_no_difference(made: Made) -> None:
    nothing = dict.fromkeys(ALIKE)
    comparison, runs, _ = _runs(made, 1, 2, 3, **nothing)
    assert rank_comparison(comparison, runs).notes == ()


@pytest.mark.parametrize(
    ("changed", "values", "code", "english"),
    [
        ((3,), {"init_hash": "cc"}, "weights_differ", "not paired on seed 1: run 4 began from other weights than the others of that seed"),
        ((4, 6), {"order_hash": "cc"}, "order_differs", "not paired on seed 1 and 2: runs 4 and 6 saw the data in another order than the others of that seed"),
        ((5,), {"torch": "2.6.0"}, "torch_differs", "not trained alike: most runs by torch 2.14.1, run 5 by torch 2.6.0"),
        ((5, 6), {"device_name": "NVIDIA H200"}, "device_differs", "not trained alike: most runs on AMD EPYC, runs 5 and 6 on NVIDIA H200"),
        ((5,), {"device_name": None, "device": "cuda:1"}, "device_differs", "not trained alike: most runs on cpu, run 5 on cuda"),
        ((2,), {"precision": "bf16"}, "precision_differs", "not trained alike: most runs in fp32, run 2 in bf16"),
    ],
)  # fmt: skip
def test_a_note_names_what_differs_and_the_runs(
    made: Made, changed: tuple[int, ...], values: dict[str, str | None], code: str, english: str
) -> None:
    comparison, runs, curves = _runs(made, *changed, **values)
    (note,) = rank_comparison(comparison, runs).notes
    assert isinstance(note, Sentence)
    assert note.code == code
    assert note == english
    analysis = analyse(comparison, runs, curves)
    assert analysis.ranking.notes == (note,)
    (korean,) = notes(analysis.ranking, texts("ko"))
    for number in note.facts["runs"] if isinstance(note.facts["runs"], tuple) else ():
        assert str(number) in korean
    assert english in to_markdown(compose(comparison, analysis, runs, curves))


def test_only_ranked_runs_count(made: Made) -> None:
    comparison, runs, _ = made({"constant": {}, "step": {}}, lambda label, lr, seed: lr, base_lrs=[0.1, 0.2])
    alike = [replace(run, **ALIKE) for run in runs]
    at_the_other = [replace(run, torch="1.0") if run.base_lr == 0.1 else run for run in alike]
    assert rank_comparison(comparison, at_the_other).notes == ()


def test_a_task_that_cannot_be_paired_says_so(made: Made) -> None:
    comparison, runs, _ = _runs(made)
    info = comparison.spec.info
    assert info is not None
    spec = replace(comparison.spec, info=replace(info, unpaired="its weights do not follow from the seed"))
    (note,) = rank_comparison(replace(comparison, spec=spec), runs).notes
    assert note == "not paired: its weights do not follow from the seed"


def test_the_report_says_what_the_runs_were_trained_with(made: Made) -> None:
    comparison, runs, curves = _runs(made, 5, torch="2.6.0")
    analysis = analyse(comparison, runs, curves)
    text = to_markdown(compose(comparison, analysis, runs, curves))
    assert "torch 2.14.1 and 2.6.0 on AMD EPYC, in fp32" in text
    assert "torch 2.14.1, 2.6.0" in to_markdown(compose(comparison, analysis, runs, curves, "ko"))
