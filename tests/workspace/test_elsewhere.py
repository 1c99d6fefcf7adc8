"""Results from elsewhere: the same ranking from a mapping, from rows, from a CSV file and by brute force; mistakes in a sentence."""

import json
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lrtui
from lrtui.analysis.ranking import rank as rank_outcomes
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from tests.conftest import Cli

_SCORES = {
    "cosine": {0: 0.971, 1: 0.968, 2: 0.975, 3: 0.970, 4: 0.973, 5: 0.969},
    "step": {0: 0.969, 1: 0.967, 2: 0.970, 3: 0.966, 4: 0.971, 5: 0.968},
    "constant": {0: 0.950, 1: 0.951, 2: 0.949, 3: 0.955, 4: 0.948, 5: 0.952},
}


def _csv(path: Path, scores: dict[str, dict[int, float]] = _SCORES) -> Path:
    lines = [f"{label},{seed},{score!r}" for label, by_seed in scores.items() for seed, score in by_seed.items()]
    path.write_text("\n".join(["scheduler,seed,score", *lines, ""]))
    return path


def _pairwise(scores: dict[str, dict[int, float]], a: str, b: str) -> Fraction:
    """Two schedules' p, by plain enumeration of every flip of the seed-wise differences' signs, in exact arithmetic."""
    differences = [Fraction(repr(scores[a][s])) - Fraction(repr(scores[b][s])) for s in scores[a]]
    there = abs(sum(differences, Fraction()))
    sums = [
        abs(sum((s * d for s, d in zip(signs, differences, strict=True)), Fraction()))
        for signs in product((1, -1), repeat=len(differences))
    ]
    return Fraction(sum(one >= there for one in sums), len(sums))


def test_a_mapping_rows_and_a_file_are_ranked_alike_and_as_by_brute_force(tmp_path: Path) -> None:
    by_mapping = lrtui.rank(_SCORES)
    rows = [{"scheduler": x, "seed": s, "score": y} for x, by_seed in _SCORES.items() for s, y in by_seed.items()]
    assert by_mapping.rows == lrtui.rank(rows).rows == lrtui.rank(_csv(tmp_path / "r.csv")).rows
    assert [row.label for row in by_mapping.rows] == ["cosine", "step", "constant"]
    for row in by_mapping.rows:
        assert row.score == pytest.approx(sum(_SCORES[row.label].values()) / 6, abs=1e-12)
        assert row.n == 6
    two = {label: _SCORES[label] for label in ("cosine", "step")}
    assert lrtui.rank(two).rows[1].p_mcs == pytest.approx(float(_pairwise(_SCORES, "cosine", "step")), abs=1e-12)
    assert by_mapping.comparison is None


def test_it_is_what_the_statistics_say_of_the_same_outcomes() -> None:
    outcomes = [
        Outcome(label, 0.0, seed, RunStatus.DONE, None, score, score)
        for label, by_seed in _SCORES.items()
        for seed, score in by_seed.items()
    ]
    assert lrtui.rank(_SCORES).rows == rank_outcomes(outcomes, metric=lrtui.rank(_SCORES).metric).rows


@given(st.lists(st.lists(st.integers(0, 50), min_size=6, max_size=6), min_size=2, max_size=4))
def test_lower_is_higher_turned_round(table: list[list[int]]) -> None:
    scores = {f"s{i}": {seed: float(x) for seed, x in enumerate(row)} for i, row in enumerate(table)}
    turned = {label: {seed: -x for seed, x in by_seed.items()} for label, by_seed in scores.items()}
    high, low = lrtui.rank(turned), lrtui.rank(scores, better="lower", unit="s", metric="time")
    assert [(r.label, r.leads, r.p_mcs) for r in high.rows] == [(r.label, r.leads, r.p_mcs) for r in low.rows]
    assert [-r.score for r in high.rows] == [r.score for r in low.rows]


def test_the_command_says_the_same(tmp_path: Path, lrtui: Cli) -> None:
    from lrtui import rank

    file = _csv(tmp_path / "results.csv")
    data = json.loads(lrtui("rank", file, "--json").out)
    expected = rank(_SCORES)
    assert data["comparison"] is None
    assert [(r["scheduler"], r["n"], r["score"], r["p_mcs"], r["leads"]) for r in data["rows"]] == [
        (r.label, r.n, r.score, r.p_mcs, r.leads) for r in expected.rows
    ]
    assert data["verdict"] == expected.verdict
    assert data["metric"] == {"name": "score", "unit": "", "better": "higher"}
    told = lrtui("rank", file)
    assert told.status == 0
    assert expected.verdict in told.out
    assert lrtui("rank", file, "--better", "lower").out.splitlines()[1].startswith("results.csv: constant leads")
    assert not (tmp_path / "runs.db").exists()


def test_the_base_lr_is_chosen_by_the_selection_scores(tmp_path: Path) -> None:
    file = tmp_path / "lr.csv"
    lines = ["seed;Scheduler; score;base_lr;selection;remark"]
    for seed in range(6):
        lines += [
            f"{seed};cosine;0.9{seed};0.1;0.5;x",
            f"{seed};cosine;0.8{seed};0.01;0.7;",
            f"{seed};step;0.7{seed};0.1;0.5;",
        ]
    file.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    ranking = lrtui.rank(file)
    assert {row.label: row.base_lr for row in ranking.rows} == {"cosine": 0.01, "step": 0.1}
    assert not any("very scores" in note for note in ranking.notes)
    rows = [{"scheduler": "cosine", "seed": s, "score": lr, "base_lr": lr} for s in range(2) for lr in (0.1, 0.2)]
    ranking = lrtui.rank(rows)
    assert ranking.rows[0].base_lr == 0.2
    assert any("chosen by the very scores that are ranked" in note for note in ranking.notes)
    assert "점수" in ranking.to_markdown("ko")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no scheduler; expected scheduler, seed, score"),
        ("scheduler,seed,score\n", "no rows below the header"),
        ("scheduler,seed,score\n\n , ,\n", "no rows below the header"),
        ("scheduler,score\na,1\n", "no seed; expected scheduler, seed, score and perhaps base_lr and selection"),
        ("scheduler,seed,score,seed\na,1,2,3\n", "the column seed is there twice"),
        ("scheduler,seed,score\na,0,1\na,1,good\n", "line 3: score='good': expected a number"),
        ("scheduler,seed,score\na,0,1\n\na,one,2\n", "line 4: seed='one': expected a whole number >= 0"),
        ("scheduler,seed,score\na,-1,2\n", "line 2: seed='-1': expected a whole number >= 0"),
        ("scheduler,seed,score\na,1.5,2\n", "line 2: seed='1.5': expected a whole number >= 0"),
        (
            "scheduler,seed,score\na,0,nan\n",
            "line 2: score='nan': expected a finite number; leave a run that diverged out",
        ),
        ("scheduler,seed,score\na,0,\n", "line 2: no score; expected a number"),
        ("scheduler,seed,score\n,0,1\n", "line 2: scheduler='': expected a text of 1 to 200 characters"),
        ("scheduler,seed,score\na,0\n", "line 2: 2 fields, and the header has 3"),
        ("scheduler,seed,score\na,0,1\nb,0,1\na,0,2\n", "line 4: a second score of a with seed 0, after "),
        ("scheduler,seed,score,base_lr\na,0,1,0.1\na,0,2,0.1\n", "a second score of a at base LR 0.1 with seed 0"),
        ("scheduler,seed,score,base_lr\na,0,1,-0.1\n", "line 2: base_lr='-0.1': expected a learning rate > 0"),
        ("scheduler,seed,score,base_lr\na,0,1,0.1\nb,0,1,\n", "line 3: no base_lr, and others have one"),
        ("scheduler,seed,score,selection\na,0,1,0.1\nb,0,1,\n", "line 3: no selection, and others have one"),
        ('scheduler,seed,score\n"a,0,1\n', "not a CSV file in UTF-8"),
        ("scheduler,seed,score\n\udcff,0,1\n", "not a CSV file in UTF-8"),
    ],
)
def test_mistakes_are_one_sentence_with_the_line(text: str, sentence: str, tmp_path: Path, lrtui: Cli) -> None:
    file = tmp_path / "results.csv"
    file.write_bytes(text.encode(errors="surrogateescape"))
    told = lrtui("rank", file)
    assert told.status == 2
    assert sentence in told.err
    assert told.err.count("\n") == 1
    assert told.err.startswith(f"lrtui: {file}")
    assert told.out == ""


def test_other_mistakes_are_one_sentence_too(tmp_path: Path) -> None:
    for given_, sentence in (
        ({}, "no results: expected at least one score"),
        ({"a": [1, 2]}, "expected scores by seed, for example {0: 0.971, 1: 0.968}"),
        ({"a": {0: "x"}}, "'a', seed 0: score='x': expected a number"),
        ({"a": {True: 1.0}}, "expected a whole number >= 0"),
        ([{"scheduler": "a", "seed": 0}], "row 1: no score; expected scheduler"),
        (["a"], "row 1: expected a mapping"),
        (tmp_path / "none.csv", "expected a CSV file with scheduler"),
        (tmp_path, "expected a CSV file with scheduler"),
    ):
        with pytest.raises(UserError) as error:
            lrtui.rank(given_)  # type: ignore[arg-type]
        assert sentence in str(error.value)
    with pytest.raises(UserError, match="unknown direction 'up'"):
        lrtui.rank(_SCORES, better="up")
    with pytest.raises(UserError, match="alpha=2: expected a number between 0 and 1"):
        lrtui.rank(_SCORES, alpha=2)


def test_a_comparison_says_itself_which_way_is_better(lrtui: Cli) -> None:
    told = lrtui("rank", 1, "--better", "lower")
    assert told.status == 2
    assert "--better is for a CSV file" in told.err


def test_it_shows_itself_in_a_notebook() -> None:
    ranking = lrtui.rank(_SCORES, unit="%", metric="accuracy")
    assert ranking._repr_html_().startswith('<div lang="en">\n<p><strong>cosine')
    assert "| cosine |" in ranking.to_markdown()


def test_hostile_names_reach_nobodys_terminal(tmp_path: Path, lrtui: Cli) -> None:
    file = _csv(tmp_path / "results.csv", {"\x1b]52;c;Zm9v\x07": {0: 1.0, 1: 2.0}, "</td><script>": {0: 2.0, 1: 1.5}})
    told = lrtui("rank", file)
    assert told.status == 0
    assert "\x1b" not in told.out + told.err
    assert "<script" not in __import__("lrtui").rank(file)._repr_html_()
