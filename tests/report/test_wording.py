"""Verdict, notes and method in Korean say what the English ones say."""

import re
from dataclasses import replace

import pytest

from lrtui.analysis.ranking import rank
from lrtui.analysis.result import Ranking
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.presets import preset
from lrtui.comparison.status import RunStatus
from lrtui.report.texts import texts
from lrtui.report.wording import method, notes, verdict

EN, KO = texts("en"), texts("ko")
NAMES = ("alpha", "beta", "gamma")


def outcomes(seeds: int, *means: float, base_lrs: tuple[float, ...] = (0.1,)) -> list[Outcome]:
    """Schedules of these mean accuracies; seeds move all of them, and each a little by itself."""
    return [
        Outcome(
            NAMES[i], lr, seed, RunStatus.DONE, 0.1, mean, mean + 0.003 * seed + 0.001 * ((seed * (i + 2)) % 3), mean
        )
        for i, mean in enumerate(means)
        for lr in base_lrs
        for seed in range(seeds)
    ]


def with_status(runs: list[Outcome], place: int, status: RunStatus, accuracy: float | None = None) -> list[Outcome]:
    changed = replace(runs[place], status=status, test=accuracy, selection=accuracy)
    return [*runs[:place], changed, *runs[place + 1 :]]


def figures(text: str) -> list[str]:
    return sorted(re.findall(r"\d+(?:\.\d+)?", text))


VERDICTS = {
    "one leads": outcomes(8, 0.9, 0.8, 0.7),
    "some lead": outcomes(8, 0.9, 0.9, 0.7),
    "all alike": outcomes(8, 0.9, 0.9, 0.9),
    "both alike": outcomes(8, 0.9, 0.9),
    "only one": outcomes(8, 0.9),
    "too few seeds": outcomes(3, 0.9, 0.8, 0.7),
    "provisional": with_status(outcomes(9, 0.9, 0.8, 0.7), 8, RunStatus.RUNNING),
    "no run": [],
    "no run yet": with_status(outcomes(1, 0.9), 0, RunStatus.QUEUED),
    "no shared seed": with_status(with_status(outcomes(2, 0.9, 0.8), 0, RunStatus.FAILED), 3, RunStatus.FAILED),
    "no shared seed yet": with_status(with_status(outcomes(2, 0.9, 0.8), 0, RunStatus.QUEUED), 3, RunStatus.QUEUED),
}


@pytest.mark.parametrize("runs", VERDICTS.values(), ids=VERDICTS.keys())
def test_the_verdict_names_the_same_schedules_and_figures(runs: list[Outcome]) -> None:
    ranking = rank(runs)
    english, korean = verdict(ranking, EN), verdict(ranking, KO)
    assert english == ranking.verdict
    assert [name for name in NAMES if name in english] == [name for name in NAMES if name in korean]
    assert set(figures(english)) <= set(figures(korean))
    assert ("지금까지" in korean) == english.startswith("so far")
    assert any("가" <= letter <= "힣" for letter in korean)


def test_the_verdicts_are_different_ones() -> None:
    assert len({verdict(rank(runs), KO) for runs in VERDICTS.values()}) == len(VERDICTS)


NOTES = {
    "left out": with_status(outcomes(1, 0.9, 0.8), 1, RunStatus.FAILED),
    "a base LR without result": with_status(outcomes(1, 0.9, base_lrs=(0.1, 0.3)), 1, RunStatus.FAILED),
    "seeds lacking": with_status(outcomes(8, 0.9, 0.8), 3, RunStatus.CANCELLED),
    "diverged": with_status(outcomes(8, 0.9, 0.8), 3, RunStatus.DIVERGED),
    "no test accuracy": with_status(outcomes(8, 0.9, 0.8), 3, RunStatus.DONE),
    "provisional": with_status(outcomes(8, 0.9, 0.8), 3, RunStatus.RUNNING),
}


@pytest.mark.parametrize("runs", NOTES.values(), ids=NOTES.keys())
def test_every_note_has_a_korean_one_with_the_same_figures(runs: list[Outcome]) -> None:
    ranking = rank(runs)
    assert ranking.notes
    for english, korean in zip(notes(ranking, EN), notes(ranking, KO), strict=True):
        assert english in ranking.notes
        assert figures(english) == figures(korean)
        assert any("가" <= letter <= "힣" for letter in korean)


@pytest.mark.parametrize("seeds", [1, 3, 8, 16])
def test_the_method_says_its_patterns_and_resamples(seeds: int) -> None:
    ranking = rank(outcomes(seeds, 0.9, 0.8))
    spec = preset("quick")
    english, korean = " ".join(method(ranking, spec, EN)), " ".join(method(ranking, spec, KO))
    assert ranking.method in english
    assert set(figures(ranking.method)) <= set(figures(korean))


def test_a_plain_string_is_told_as_it_is() -> None:
    assert verdict(Ranking("m", (), 0.05, "", "nothing here", ()), KO) == "nothing here"
