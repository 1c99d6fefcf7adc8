"""What commands print about a comparison: the JSON that scripts read, the spec that can be run again, exit codes."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lrtui.cli.main import COMMANDS, cli
from lrtui.comparison.spec import spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.schedules.binding import bind
from lrtui.schedules.profiles import Budget
from lrtui.schedules.registry import BUILT_IN
from lrtui.store import claims, comparisons, workers
from lrtui.store.sqlite import Connection
from tests.conftest import Cli
from tests.store import fakes

RUN_KEYS = [
    "id", "scheduler", "parameters", "base_lr", "seed", "status", "attempt", "epoch", "epochs", "device", "best_epoch", "val_acc",
    "test_acc", "seconds", "error", "torch", "device_name", "precision", "init_hash", "order_hash",
]  # fmt: skip
RANK_KEYS = [
    "rank", "scheduler", "base_lr", "n", "test_acc", "ci_low", "ci_high", "delta_to_best", "delta_low", "delta_high", "p_mcs",
    "leads", "best_epoch", "test_acc_last", "diverged", "seconds", "score", "score_low", "score_high", "score_last", "regret_high",
    "dropped_at",
]  # fmt: skip


def _json(lrtui: Cli, *arguments: object) -> Any:
    outcome = lrtui(*arguments, "--json")
    assert (outcome.status, outcome.err) == (0, "")
    return json.loads(outcome.out)


def test_show_has_the_keys_that_scripts_read(connection: Connection, lrtui: Cli) -> None:
    fakes.trained(connection, schedulers=["constant", "cyclic", "multistep"], epochs=2)
    shown = _json(lrtui, "show", 1)
    assert list(shown) == ["comparison", "runs"]
    assert list(shown["comparison"]) == ["id", "name", "status", "spec", "created_at", "environment", "task"]
    assert [list(run) for run in shown["runs"]] == [RUN_KEYS] * 3
    first, _, third = shown["runs"]
    assert (first["id"], first["scheduler"], first["status"], first["epoch"]) == (1, "constant", "done", 2)
    assert 0 <= first["test_acc"] <= 1
    assert third["parameters"]["milestones"] == [30, 80]
    assert shown["comparison"]["created_at"].endswith("Z")
    assert [run["id"] for run in _json(lrtui, "show", "1/2")["runs"]] == [2]


def test_rank_has_the_keys_that_scripts_read(connection: Connection, lrtui: Cli) -> None:
    fakes.trained(connection, seeds=7)
    ranked = _json(lrtui, "rank", 1)
    assert list(ranked) == [
        "comparison", "metric", "metric_sentence", "seeds", "alpha", "method", "verdict", "looks", "rows",
    ]  # fmt: skip
    assert ranked["comparison"] == 1
    assert ranked["seeds"] == list(range(7))
    assert [list(row) for row in ranked["rows"]] == [RANK_KEYS] * 2
    assert ranked["rows"] == json.loads(lrtui("export", 1, "-f", "json", "-o", "-").out)["rows"]


def test_schedulers_has_the_keys_that_scripts_read(lrtui: Cli) -> None:
    entries = _json(lrtui, "schedulers")
    assert [entry["key"] for entry in entries] == [entry.key for entry in BUILT_IN]
    for entry in entries:
        assert list(entry) == ["key", "name", "family", "torch_class", "steps_every", "in_table", "parameters"]
        for parameter in entry["parameters"]:
            assert list(parameter) == ["name", "required", "default", "value", "source"]
    assert sum(entry["in_table"] for entry in entries) == 12  # ten classes of the table, Custom A and B


@pytest.mark.parametrize("key", [entry.key for entry in BUILT_IN])
def test_preview_has_the_lr_of_every_step(lrtui: Cli, key: str) -> None:
    shown = _json(lrtui, "preview", key, "--epochs", 7, "--steps-per-epoch", 3, "--base-lr", 0.2)
    assert list(shown) == ["key", "steps_every", "epochs", "steps_per_epoch", "parameters", "lr"]
    assert len(shown["lr"]) == 7 * 3
    assert shown["lr"] == bind(key, "pytorch", Budget(7, 3, 0.2)).lr_at_steps()
    assert all(list(parameter) == ["name", "value", "source"] for parameter in shown["parameters"])


def test_a_previewed_parameter_is_yours(lrtui: Cli) -> None:
    shown = _json(
        lrtui, "preview", "step", "-p", "step_size=2", "-p", "gamma=0.5", "--epochs", 4, "--steps-per-epoch", 1
    )
    assert {p["name"]: (p["value"], p["source"]) for p in shown["parameters"]} == {
        "step_size": (2, "yours"),
        "gamma": (0.5, "yours"),
    }
    assert shown["lr"] == [0.1, 0.1, 0.05, 0.05]


def test_lists_and_logs_have_the_keys_that_scripts_read(connection: Connection, lrtui: Cli) -> None:
    fakes.put(connection, RunStatus.FAILED)
    worker_id = workers.register(connection, "cpu:0")
    fakes.create(connection)
    fakes.claim(connection, worker_id)
    claims.take_from_dead_worker(connection, worker_id, "was killed by SIGKILL", "a\ntail")
    assert [list(entry) for entry in _json(lrtui, "list")] == [["id", "name", "status", "created_at", "runs"]] * 2
    (event,) = _json(lrtui, "logs", 2)
    assert list(event) == ["at", "run", "message", "detail"]
    assert (event["run"], event["detail"]) == (1, "a\ntail")
    assert _json(lrtui, "logs", "2/2") == []


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"schedulers": ["cosine"], "seeds": [3, 1], "base_lrs": [0.1, 0.01], "early_stopping": 5, "optimizer": "adamw"},
        {
            "schedulers": [],
            "schedules": [
                {"scheduler": "cyclic", "label": 'a "b" \\ \x1b', "parameters": {"step_size_down": "none", "cycle_momentum": False}},
                {"scheduler": "multistep", "parameters": {"milestones": [1, 2]}},
            ],
        },
    ],
)  # fmt: skip
def test_a_printed_spec_is_the_same_spec_again(connection: Connection, lrtui: Cli, settings: dict[str, Any]) -> None:
    fakes.create(connection, **settings)
    stored = comparisons.get(connection, 1).spec
    assert spec_from_dict(tomllib.loads(lrtui("spec", 1).out)) == stored
    assert spec_from_dict(_json(lrtui, "spec", 1)) == stored


def test_last_names_the_newest_comparison(connection: Connection, lrtui: Cli) -> None:
    fakes.trained(connection)
    fakes.trained(connection, seeds=2)
    assert _json(lrtui, "show", "last")["comparison"]["id"] == 2
    assert [run["id"] for run in _json(lrtui, "show", "last/4")["runs"]] == [4]


@pytest.mark.parametrize(
    ("endings", "status"), [("done done", 0), ("done failed", 3), ("failed failed", 1), ("done diverged", 0)]
)
def test_wait_says_how_it_ended(connection: Connection, lrtui: Cli, endings: str, status: int) -> None:
    fakes.create(connection)
    for ending in endings.split():
        fakes.train(connection, fakes.claim(connection), fakes.result(RunStatus(ending)))
    outcome = lrtui("wait", 1)
    assert outcome.status == status
    if "failed" in endings:
        assert "runs did not finish; the first is 1/" in outcome.err
        assert "failed: out of memory" in outcome.err
    assert lrtui("rank", 1).status == 0


def test_exports_are_written_where_they_are_said_to_be(
    connection: Connection, lrtui: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.trained(connection)
    monkeypatch.chdir(tmp_path)
    for form in ("md", "csv", "json"):
        printed = Path(lrtui("export", 1, "-f", form).out.strip())
        assert printed == tmp_path / f"lrtui-1.{form}"
        assert printed.read_text() == lrtui("export", 1, "-f", form, "-o", "-").out
    named = tmp_path / "mine.md"
    assert lrtui("export", 1, "-o", named).out.strip() == str(named)
    assert named.read_text() == (tmp_path / "lrtui-1.md").read_text()


def test_every_command_is_documented(lrtui: Cli) -> None:
    lines = lrtui("--help").out.splitlines()
    for name in COMMANDS:
        (line,) = (line for line in lines if line.startswith(f"  {name} "))
        assert not line.endswith("..."), line
        assert len(line) <= 80
        command = cli.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        assert command.help
        assert command.short_help == command.get_short_help_str(80)
        assert command.callback is not None
        assert command.callback.__doc__
        assert lrtui(name, "-h").out.startswith(f"Usage: lrtui {name}")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_command(lrtui: Cli, shell: str) -> None:
    script = lrtui("completion", shell).out
    assert "_LRTUI_COMPLETE" in script
    assert len(script.splitlines()) > 5


@pytest.mark.parametrize(
    ("words", "cword", "expected"),
    [
        ("lrtui prev", 1, "preview"),
        ("lrtui preview cosine-restarts-w", 2, "cosine-restarts-warmup"),
        ("lrtui run --pres", 2, "--preset"),
    ],
)
def test_bash_completes(words: str, cword: int, expected: str) -> None:
    environment = os.environ | {"_LRTUI_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(cword)}
    outcome = subprocess.run(
        [sys.executable, "-m", "lrtui"], env=environment, capture_output=True, text=True, check=False
    )
    assert outcome.stdout.split() == [f"plain,{expected}"]


def test_the_module_is_the_command() -> None:
    outcome = subprocess.run([sys.executable, "-m", "lrtui", "--version"], capture_output=True, text=True, check=False)
    assert outcome.returncode == 0
    assert outcome.stdout.startswith("lrtui, version ")


def test_a_pipe_closed_by_its_reader_is_no_traceback(connection: Connection, database: Path) -> None:
    command = (
        f"{sys.executable} -m lrtui --db {database} preview cosine --epochs 2000 --steps-per-epoch 100 --json | head -1"
    )
    outcome = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (outcome.stdout, outcome.stderr) == ("{\n", "")
