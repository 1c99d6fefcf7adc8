import json
from collections.abc import Callable
from dataclasses import replace

from lrtui.analysis.result import Ranking
from lrtui.comparison.snapshot import ComparisonView, RunView
from lrtui.comparison.spec import spec_from_dict
from lrtui.report.json_data import rank_data, show_data, to_json

ReportOf = Callable[..., tuple[ComparisonView, Ranking, list[RunView]]]

# The public surface: scripts read these keys.
RANK = ["comparison", "metric", "metric_sentence", "seeds", "alpha", "method", "verdict", "looks", "rows"]
ROW = [
    "rank", "scheduler", "base_lr", "n", "test_acc", "ci_low", "ci_high", "delta_to_best", "delta_low", "delta_high",
    "p_mcs", "leads", "best_epoch", "test_acc_last", "diverged", "seconds", "score", "score_low", "score_high", "score_last",
    "regret_high", "dropped_at",
]  # fmt: skip
COMPARISON = ["id", "name", "status", "spec", "created_at", "environment", "task"]
RUN = [
    "id", "scheduler", "parameters", "base_lr", "seed", "status", "attempt", "epoch", "epochs", "device", "best_epoch",
    "val_acc", "test_acc", "seconds", "error", "torch", "device_name", "precision", "init_hash", "order_hash",
]  # fmt: skip


def test_rank_has_exactly_the_public_keys(report_of: ReportOf) -> None:
    comparison, ranking, _ = report_of()
    data = json.loads(to_json(rank_data(comparison, ranking)))
    assert list(data) == RANK
    assert all(list(row) == ROW for row in data["rows"])
    assert data["comparison"] == 3
    assert data["seeds"] == [0, 1, 2, 3, 4, 5]
    assert data["rows"][0]["test_acc"] == ranking.rows[0].score < 1
    assert data["rows"][0]["leads"] is True
    assert data["metric"] == {"name": "accuracy", "unit": "%", "better": "higher"}
    assert data["metric_sentence"] == "test accuracy at the best validation epoch"
    for row in data["rows"]:
        assert [row[key] for key in ("score", "score_low", "score_high", "score_last")] == [
            row[key] for key in ("test_acc", "ci_low", "ci_high", "test_acc_last")
        ]


def test_show_has_exactly_the_public_keys(report_of: ReportOf) -> None:
    comparison, _, runs = report_of(error="CUDA out of memory")
    data = json.loads(to_json(show_data(comparison, runs)))
    assert list(data) == ["comparison", "runs"]
    assert list(data["comparison"]) == COMPARISON
    assert all(list(run) == RUN for run in data["runs"])
    assert data["comparison"]["status"] == "failed"
    task = data["comparison"]["task"]
    assert list(task) == ["reference", "metric", "sizes", "steps_per_epoch", "parameters"]
    assert (task["reference"], task["metric"]["unit"], task["sizes"]["train"]) == ("digits", "%", 1000)
    assert data["runs"][0]["status"] == "failed"
    assert data["runs"][0]["error"] == "CUDA out of memory"
    assert data["runs"][1]["id"] == 2  # as in `lrtui logs 3/2`, not the database's 702
    assert data["runs"][1]["parameters"] == {"step_size": 7, "gamma": 0.1}


def test_the_spec_in_show_is_one_that_can_be_run_again(report_of: ReportOf) -> None:
    comparison, _, runs = report_of()
    data = json.loads(to_json(show_data(comparison, runs)))
    assert spec_from_dict(data["comparison"]["spec"]) == comparison.spec


def test_hostile_text_is_escaped_and_comes_back_whole(report_of: ReportOf) -> None:
    label = "\x1b]52;c;Zm9v\x07\x9b\x7f\u202e\udc80" + "x" * 1000
    comparison, ranking, runs = report_of(label=label, name=label, error=label)
    ranked, shown = to_json(rank_data(comparison, ranking)), to_json(show_data(comparison, runs))
    assert all(char == "\n" or " " <= char <= "~" for char in ranked + shown)
    assert label in [row["scheduler"] for row in json.loads(ranked)["rows"]]
    assert json.loads(shown)["comparison"]["name"] == label
    assert json.loads(shown)["runs"][0]["error"] == label


def test_a_number_json_cannot_say_is_null(report_of: ReportOf) -> None:
    comparison, _, runs = report_of()
    comparison = replace(comparison, environment={"load": [float("nan"), float("inf"), 1.5]})
    data = json.loads(to_json(show_data(comparison, runs)))
    assert data["comparison"]["environment"] == {"load": [None, None, 1.5]}
