"""The report of a comparison whose base LRs were searched for: too many for a column each, or each schedule's own."""

from dataclasses import replace

from lrtui.comparison.cell import by_place
from lrtui.comparison.snapshot import ComparisonView, RunView
from lrtui.comparison.spec import spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.report.compose import compose
from lrtui.report.html import to_html
from lrtui.report.markdown import to_markdown
from lrtui.report.ranked import analyse_comparison
from tests.report.conftest import WholeOf


def searched(whole_of: WholeOf, search: str, lang: str) -> tuple[str, str]:
    """Markdown and HTML of 14 base LRs for each of two schedules, the later the better."""
    spec = spec_from_dict(
        {"schedulers": ["constant", "step"], "base_lrs": [0.001, 1.0], "search": search, "trials": 14, "seeds": 6}
    )
    pattern = whole_of().runs[0]
    runs: list[RunView] = []
    for seed in spec.seeds:
        for trial in range(14):
            for place, label in enumerate(("constant", "step")):
                lr = round(0.9 - 0.06 * trial - (0.01 * place if search == "tpe" else 0.0), 4)
                number = len(runs) + 1
                accuracy = 0.5 + 0.03 * trial + 0.001 * seed
                runs.append(
                    replace(
                        pattern, id=number, number=number, label=label, scheduler=label, base_lr=lr, seed=seed,
                        selection=accuracy, test=accuracy,
                    )
                )  # fmt: skip
    choices = {choice.label: choice for choice in spec.schedules}
    cells = by_place(spec.cell(choices[run.label], run.base_lr) for run in runs)
    counts = {RunStatus.DONE: len(runs)}
    comparison = ComparisonView(1, "search", spec, "2026-01-31T12:00:00Z", {}, counts, cells=cells)
    document = compose(comparison, analyse_comparison(comparison, runs), runs, {}, lang)
    return to_markdown(document), to_html(document)


def test_each_schedules_own_base_lrs_are_summed_up(whole_of: WholeOf) -> None:
    text, page = searched(whole_of, "tpe", "en")
    assert "14 between 0.001 and 1 for each schedule, proposed from its own results" in text
    assert "at 14 base LRs of its own" in text
    assert "| constant | 14 | 0.12 | 89.25 | 50.25 | 0.12 |" in text
    assert page.count("<svg") >= 3


def test_the_course_of_the_search_follows_the_order_of_trials(whole_of: WholeOf) -> None:
    text, _ = searched(whole_of, "random", "en")
    course = text.partition("Course of the search")[2].splitlines()
    assert course[2].split()[:2] == ["constant", "".join(3 * block for block in "▁▁▂▂▃▄▄▅▅▆▇▇██")]
    assert course[4].split()[:4] == ["base", "LRs", "tried:", "1…14;"]


def test_it_can_be_said_in_korean(whole_of: WholeOf) -> None:
    text, _ = searched(whole_of, "random", "ko")
    assert "0.001 이상 1 이하에서 무작위로 뽑은 14개, 모든 Scheduler 에 공통" in text
    assert "탐색 과정" in text
