"""A person's own schedules on the command line: listed, previewed, explained, trained, and written out in full."""

import json
import tomllib
from pathlib import Path

import pytest

from lrtui.config.own_schedules import OwnSchedulesFile
from lrtui.schedules.registry import BUILT_IN_KEYS
from tests.conftest import Cli

FILE = """
[[schedules]]
label = "cosine-short"
scheduler = "cosine"
parameters = { T_max = 50 }

[[schedules]]
label = "one every 50"
scheduler = "onecycle"
parameters = { total_steps = 50 }
"""


@pytest.fixture
def kept(configuration: Path) -> Path:
    configuration.parent.mkdir(parents=True)
    path = configuration.with_name("schedules.toml")
    path.write_text(FILE)
    return path


def test_they_are_listed_after_the_catalogue(lrtui: Cli, kept: Path) -> None:
    line = next(line for line in lrtui("schedulers").out.splitlines() if line.startswith("cosine-short"))
    assert all(word in line for word in ("Cosine-Annealing", "yours", "CosineAnnealingLR", "T_max=50"))
    listed = json.loads(lrtui("schedulers", "--json").out)
    assert [entry["key"] for entry in listed] == [*BUILT_IN_KEYS, "cosine-short", "one every 50"]
    usual, own = (next(entry for entry in listed if entry["key"] == key) for key in ("cosine", "cosine-short"))
    assert own | {"key": "cosine", "family": "cosine", "in_table": True, "parameters": []} == usual | {
        "parameters": [], "scheduler": "cosine",
    }  # fmt: skip
    assert own["parameters"][0] == usual["parameters"][0] | {"value": 50, "source": "yours"}
    assert own["parameters"][1:] == usual["parameters"][1:]


def test_one_is_previewed_with_further_values(lrtui: Cli, kept: Path) -> None:
    data = json.loads(lrtui("preview", "cosine-short", "--steps-per-epoch", 1, "--json").out)
    assert data["key"] == "cosine-short"
    assert data["lr"][50] == pytest.approx(0)
    assert data["lr"] == json.loads(lrtui("preview", "cosine", "-p", "T_max=50", "--steps-per-epoch", 1, "--json").out)["lr"]  # fmt: skip
    text = lrtui("preview", "cosine-short", "-p", "eta_min=0.01").out
    assert all(words in text for words in ("cosine-short, a Cosine-Annealing of yours", "T_max = 50  (yours)", "0.01"))


def test_one_is_explained_with_its_code(lrtui: Cli, kept: Path) -> None:
    text = lrtui("explain", "cosine-short").out
    assert "CosineAnnealingLR(optimizer, T_max=50)" in text
    assert "T_max = 50, yours" in text


def test_a_spec_holds_it_in_full(lrtui: Cli, kept: Path) -> None:
    started = lrtui("run", "--schedulers", "cosine,cosine-short", "--seeds", 1, "--epochs", 1, "--detach")
    assert started.status == 0
    lrtui("stop")
    kept.unlink()
    told = lrtui("spec", started.out.strip())
    assert tomllib.loads(told.out)["schedules"] == [
        {"label": "cosine", "scheduler": "cosine"},
        {"label": "cosine-short", "scheduler": "cosine", "parameters": {"T_max": 50}},
    ]


@pytest.mark.parametrize("line", ["preview cosine-shrt", "explain cosine-shrt", "run --schedulers step,cosine-shrt"])
def test_a_mistyped_name_gets_the_nearest(lrtui: Cli, kept: Path, line: str) -> None:
    outcome = lrtui(*line.split())
    assert outcome.status == 2
    assert "unknown scheduler 'cosine-shrt': did you mean 'cosine-short'?" in outcome.err


def test_values_that_fit_no_example_are_listed_and_refused_with_the_reason(lrtui: Cli, kept: Path) -> None:
    assert "total_steps=50" in lrtui("schedulers").out
    outcome = lrtui("preview", "one every 50")
    assert outcome.status == 2
    assert "total_steps=50: expected at least 3200" in outcome.err
    assert lrtui("preview", "one every 50", "--epochs", 5, "--steps-per-epoch", 10).status == 0


def test_a_broken_file_spares_the_catalogue(lrtui: Cli, kept: Path) -> None:
    kept.write_text("[[schedules]")
    listed = lrtui("schedulers")
    assert listed.status == 0
    assert "rex" in listed.out
    assert f"{kept}: not a TOML file" in listed.err
    assert listed.err.count("\n") == 1
    for line in ("preview cosine", "explain cosine"):
        assert lrtui(*line.split()).err == ""
    for line in ("preview cosine-short", "explain cosine-short", "run --schedulers cosine,cosine-short"):
        outcome = lrtui(*line.split())
        assert outcome.status == 2
        assert outcome.err.startswith(f"lrtui: {kept}: not a TOML file")
        assert outcome.err.count("\n") == 1
    assert kept.read_text() == "[[schedules]"


def test_hostile_text_in_the_file_reaches_no_terminal(lrtui: Cli, kept: Path) -> None:
    kept.write_text('[[schedules]]\nlabel = "\\u001b]52;c;aGk=\\u0007"\nscheduler = "cosine"')
    outcome = lrtui("schedulers")
    assert "\x1b" not in outcome.out + outcome.err
    assert "\x07" not in outcome.out + outcome.err


def test_the_shell_completes_their_names(kept: Path) -> None:
    from lrtui.cli.own_schedules import completions

    assert completions("cosine-s") == ["cosine-short"]
    kept.write_text("[")
    assert completions("cosine-r") == ["cosine-restarts", "cosine-restarts-warmup", "cosine-restarts-decay"]
    assert OwnSchedulesFile().path == kept
