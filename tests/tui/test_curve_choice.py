"""Which curves the charts of Live show, without a screen."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.analysis.selection import select
from lrtui.comparison.snapshot import RunView, Snapshot
from lrtui.comparison.status import RunStatus
from lrtui.store.reader import Reader
from lrtui.tasks.info import Metric
from lrtui.tui.live.base_lrs import best_base_lr, best_base_lrs
from lrtui.tui.live.curve_choice import MOST_RUNS, CurveChoice, CurveMaker, Curves, Rates
from tests.tui.databases import EPOCHS, Writer

METRIC = Metric(chance=0.1)


def read(writer: Writer, number: int) -> Snapshot:
    reader = Reader(writer.database)
    try:
        return reader.read(number)
    finally:
        reader.close()


def labels(curves: Curves) -> list[str]:
    return [series.label for series in curves.series["score"]]


@pytest.fixture
def several(writer: Writer) -> Snapshot:
    """constant and step at 0.3 and 0.1, two seeds: 0.1 is trained better, and step better than constant, at 0.3 it diverges."""
    number = writer.create(["constant", "step"], base_lrs=[0.3, 0.1], seeds=2)
    while (claim := writer.claim()) is not None:
        writer.train(claim, 5 if claim.planned.base_lr == 0.3 else None, diverge=claim.planned.base_lr == 0.3)
    return read(writer, number)


def test_the_best_base_lr_is_that_of_the_best_mean_and_the_first_while_nothing_is_measured(
    writer: Writer, several: Snapshot
) -> None:
    assert best_base_lr(several.runs, METRIC) == 0.1
    assert best_base_lr([run for run in several.runs if run.base_lr == 0.3], METRIC) == 0.3
    waiting = read(writer, writer.create(base_lrs=[0.3, 0.1], seeds=1))
    assert best_base_lr(waiting.runs, METRIC) == 0.3


def test_means_are_at_the_best_base_lr_and_say_so(several: Snapshot) -> None:
    curves = CurveMaker().make(several, CurveChoice(rates=Rates.BEST))
    assert curves.caption == "mean of 2 seeds, base LR 0.1 (the best)"
    assert [len(series.x) for series in curves.series["score"]] == [EPOCHS, EPOCHS]
    selected = CurveMaker().make(several, CurveChoice(rates=Rates.SELECTED, selected_lr=0.3))
    assert selected.caption == "mean of 2 seeds, base LR 0.3 (the selected run's)"
    assert [series.diverged for series in selected.series["lr"]] == [2, 2]


def test_each_scheduler_at_its_own_best(writer: Writer) -> None:
    number = writer.create(["constant", "step"], base_lrs=[0.3, 0.1], seeds=1)
    for _ in range(4):  # constant and step at 0.3, then at 0.1
        claim = writer.claim()
        assert claim is not None
        constant, high = claim.planned.label == "constant", claim.planned.base_lr == 0.3
        writer.train(claim, 15 if constant is high else 3)
    snapshot = read(writer, number)
    curves = CurveMaker().make(snapshot, CurveChoice(rates=Rates.OWN))
    assert labels(curves) == ["constant 0.3", "step 0.1"]
    assert curves.caption == "mean of 1 seed, each at its best base LR so far"


def test_a_mean_says_from_where_on_it_is_of_fewer_seeds(writer: Writer) -> None:
    number = writer.create(["constant"], seeds=3)
    for epochs in (EPOCHS, 7, 12):
        claim = writer.claim()
        assert claim is not None
        writer.train(claim, epochs)
    assert CurveMaker().make(read(writer, number), CurveChoice()).caption == "mean of 3 seeds (fewer after epoch 7)"


def test_the_best_base_lr_is_the_ranked_one(writer: Writer) -> None:
    """By selection accuracy, as in the ranking, also where validation accuracy says otherwise."""
    number = writer.create(["constant"], base_lrs=[0.3, 0.1], seeds=1)
    writer.train_all()
    best = best_base_lr(read(writer, number).runs, METRIC)
    writer.connection.execute("UPDATE runs SET selection = 0.99 WHERE base_lr != ?", (best,))
    assert best_base_lr(read(writer, number).runs, METRIC) != best


_SCORES = st.none() | st.sampled_from([0.1, 0.5, 0.7, 0.9])


@st.composite
def _ended(draw: st.DrawFn) -> list[RunView]:
    """Runs of two schedules at three base LRs, as they may end."""
    runs: list[RunView] = []
    for label, base_lr, seed in product(("a", "b"), (0.3, 0.1, 0.03), range(draw(st.integers(1, 3)))):
        status = draw(st.sampled_from([RunStatus.DONE, RunStatus.DIVERGED, RunStatus.FAILED, RunStatus.RUNNING]))
        number = len(runs) + 1
        selection, test = draw(_SCORES), draw(_SCORES)
        runs.append(
            RunView(
                number, 1, number, label, "constant", {}, base_lr, seed, status, 1, 3, 3, "cpu", base_lr,
                draw(_SCORES), 1, selection, selection, test, test, 2 if status is RunStatus.DIVERGED else None, 1.0, None,
                None, None,
            )
        )  # fmt: skip
    return runs


@given(_ended())
def test_live_and_ranking_choose_the_same_base_lr(runs: list[RunView]) -> None:
    ranked = {chosen.label: chosen.base_lr for chosen in select([run.outcome(0.1) for run in runs]).chosen}
    best = best_base_lrs(runs, METRIC)
    assert best == best | ranked
    if ranked:
        assert best_base_lr(runs, METRIC) in best.values()


@pytest.mark.parametrize("single", [False, True])
def test_before_the_first_epoch_they_say_that_there_is_none(writer: Writer, single: bool) -> None:
    waiting = read(writer, writer.create(base_lrs=[0.3, 0.1], seeds=2))
    curves = CurveMaker().make(waiting, CurveChoice(single=single, rows=tuple(run.id for run in waiting.runs)))
    assert curves.caption == "no epoch measured yet"
    hidden = CurveMaker().make(waiting, CurveChoice(single=single, hidden=frozenset({"constant", "step", "cosine"})))
    assert hidden.caption == "nothing is shown"


def test_against_steps_and_seconds(several: Snapshot) -> None:
    assert several.open is not None
    steps = several.open.spec.steps_per_epoch
    epochs, by_step, by_second = (
        CurveMaker().make(several, CurveChoice(axis=axis)) for axis in ("epoch", "step", "second")
    )
    assert by_step.series["loss"][0].x == tuple(x * steps for x in epochs.series["loss"][0].x)
    assert by_second.series["loss"][0].x == pytest.approx([0.01 * (i + 1) for i in range(EPOCHS)], rel=1e-3)
    assert by_second.series["loss"][0].y == epochs.series["loss"][0].y
    assert by_second.caption.endswith("x: seconds")


def test_a_mean_against_seconds_takes_the_mean_of_what_an_epoch_took_and_never_goes_back(writer: Writer) -> None:
    number = writer.create(["constant"], seeds=2)
    for _ in range(2):
        claim = writer.claim()
        assert claim is not None
        writer.train(claim)
    # Seed 0 was slow, and only seed 1 has the later epochs: where a mean of totals would jump back.
    writer.connection.execute("UPDATE evaluations SET seconds = 3 WHERE run_id = 1")
    writer.connection.execute("UPDATE evaluations SET seconds = 1 WHERE run_id = 2")
    writer.connection.execute("DELETE FROM evaluations WHERE run_id = 1 AND epoch > 2")
    curves = CurveMaker().make(read(writer, number), CurveChoice(axis="second"))
    assert curves.series["score"][0].x[:4] == (2.0, 4.0, 5.0, 6.0)


def test_one_curve_a_run_draws_the_rows_up_to_a_number_that_is_said(finished: Writer) -> None:
    snapshot = read(finished, 1)
    rows = tuple(run.id for run in reversed(snapshot.runs))
    curves = CurveMaker().make(snapshot, CurveChoice(single=True, rows=rows[:3]))
    assert labels(curves) == ["18 cosine seed 5", "17 step seed 5", "16 constant seed 5"]
    assert curves.caption == "one curve a run"
    capped = CurveMaker().make(snapshot, CurveChoice(single=True, rows=rows))
    assert len(labels(capped)) == MOST_RUNS
    assert capped.caption == f"one curve a run, the first {MOST_RUNS} of 18 rows"


def test_letters_of_single_runs_are_their_own_also_after_they_were_sorted_anew(finished: Writer) -> None:
    snapshot = read(finished, 1)
    maker = CurveMaker()
    for rows in ((1, 2, 3), (3, 1, 4)):
        curves = maker.make(snapshot, CurveChoice(single=True, rows=rows))
        assert [series.index for series in curves.series["lr"]] == [0, 1, 2]


def test_hidden_is_not_drawn_and_pinned_is_in_front_with_its_band_each_in_its_own_colour(finished: Writer) -> None:
    snapshot = read(finished, 1)
    every = {series.label: series.index for series in CurveMaker().make(snapshot, CurveChoice()).series["lr"]}
    pinned = next(run.id for run in snapshot.runs if run.label == "cosine")
    curves = CurveMaker().make(snapshot, CurveChoice(hidden=frozenset({"constant"}), pinned=frozenset({pinned})))
    assert labels(curves) == ["cosine", "step"]
    assert {series.label: series.index for series in curves.series["lr"]} == {k: every[k] for k in ("cosine", "step")}
    assert curves.front == every["cosine"]
    assert CurveMaker().make(snapshot, CurveChoice()).front is None


@pytest.mark.parametrize("single", [False, True])
def test_a_divergence_that_is_known_after_the_last_row_is_counted(writer: Writer, single: bool) -> None:
    number = writer.create(["constant"], seeds=1)
    claim = writer.claim()
    assert claim is not None
    writer.train(claim, 3)
    before = read(writer, number)
    run = before.runs[0]
    after = replace(before, runs=(replace(run, status=RunStatus.DIVERGED, diverged_at=4),))
    maker = CurveMaker()
    choice = CurveChoice(single=single, rows=(run.id,))
    counted = [maker.make(snapshot, choice).series["score"][0].diverged for snapshot in (before, after)]
    assert counted == [0, 1]


def test_what_did_not_change_is_not_made_again(finished: Writer) -> None:
    snapshot = read(finished, 1)
    maker = CurveMaker()
    first, again = maker.make(snapshot, CurveChoice()), maker.make(snapshot, CurveChoice())
    assert all(a is b for a, b in zip(first.series["loss"], again.series["loss"], strict=True))
