"""Promise 16: whatever a name, a label, an error or a log line holds, no byte a terminal obeys leaves a command."""

import os
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path

import pytest

from lrtui.store import claims, events, workers
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from tests.conftest import Cli
from tests.store import fakes

CORPUS = {
    "OSC 52 writes the clipboard": "\x1b]52;c;Zm9v\x07",
    "OSC 0 sets the title": "\x1b]0;pwned\x1b\\",
    "OSC 8 is a link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "an OSC without an end": "\x1b]2;",
    "CSI clears the screen": "\x1b[2J\x1b[1;1H",
    "C1 as one character": "\x9b31mred\x9d0;title\x9c\x90dcs\x84",
    "bidi controls": "abc\u202egnp.exe\u2066\u2069\u200f",
    "zero width and tags": "a\u200bb\ufeff\U000e0041\u00ad",
    "markup": "[bold red][/x][link=http://evil.example]",
    "lines": "a\nb\rc\x0bd\x0ce\u2028f\u2029g\x85h",
    "null, bell, backspace, delete": "a\x00b\x07c\x08d\x7fe",
    "a table, a formula, HTML": "|=cmd|' /C calc'!A0|<script>alert(1)</script>",
    "long": "x" * 1_000_000,
}
COMMANDS = [
    "list", "list --json", "show 1", "show 1 --json", "show 1/1", "rank 1", "rank 1 --json", "logs 1", "logs 1 --json", "logs 1/1",
    "spec 1", "spec 1 --json", "export 1 -o -", "export 1 -f csv -o -", "export 1 -f json -o -", "export 1 -f html -o -", "export 1 --lang ko -o -",
    "schedulers", "plan", "wait 1",
]  # fmt: skip


def _obeyed(text: str) -> list[str]:
    """The characters in it that a terminal would obey."""
    return [c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c != "\n"]


def _poison(connection: Connection, text: str) -> None:
    """A comparison with `text` in every place that a person, a library or a dying worker can write to."""
    label = text[:100].replace("\x00", "") or "empty"
    connection.execute("PRAGMA foreign_keys = ON")
    fakes.create(connection, schedules=[{"scheduler": "step", "label": label}, {"scheduler": "cosine"}], schedulers=[])
    fakes.train(connection, fakes.claim(connection))
    worker_id = workers.register(connection, "cpu:0")
    fakes.claim(connection, worker_id)
    connection.execute("UPDATE runs SET attempt = 3 WHERE number = 2")
    with transaction(connection):
        claims.take_from_dead_worker(connection, worker_id, text, text)
        events.record(connection, text, 1, 1, detail=text + "\n" + text)
    connection.execute("UPDATE runs SET error = ?, device = ? WHERE number = 2", (text, text))
    connection.execute("UPDATE comparisons SET name = ?, environment = json_object('cpu', ?)", (text, text))


@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS.keys())
def test_no_command_prints_what_a_terminal_obeys(connection: Connection, lrtui: Cli, text: str) -> None:
    _poison(connection, text)
    for command in COMMANDS:
        outcome = lrtui(*command.split())
        assert outcome.status in (0, 3), (command, outcome)
        assert _obeyed(outcome.out) == [], command
        assert _obeyed(outcome.err) == [], command
        if "json" not in command:  # which is for programs, and whole
            assert len(outcome.out) < 300_000, command


@pytest.mark.parametrize("text", ["\x1b]52;c;Zm9v\x07", "\x9b2J", "\u202egnp", "a\nb"])
@pytest.mark.parametrize(
    "command",
    ["show @", "run --schedulers @", "run --dataset @", "run @", "run --name @ --epochs 0", "preview @", "preview step -p @=1",
     "preview lambda -p lr_lambda=@", "explain @", "completion @", "export 1 -f @", "@", "--@", "run --preset @"],
)  # fmt: skip
def test_no_mistake_is_answered_with_what_a_terminal_obeys(
    connection: Connection, lrtui: Cli, text: str, command: str
) -> None:
    fakes.trained(connection)
    outcome = lrtui(*(word.replace("@", text) for word in command.split(" ")))
    assert outcome.status == 2
    assert _obeyed(outcome.err) == []
    assert outcome.err.count("\n") == 1


def test_the_spec_of_a_hostile_comparison_still_reads_back(connection: Connection, lrtui: Cli, tmp_path: Path) -> None:
    name = CORPUS["OSC 8 is a link"] + CORPUS["C1 as one character"] + CORPUS["bidi controls"]
    fakes.create(connection, name=name)
    file = tmp_path / "spec.toml"
    file.write_text(lrtui("spec", 1).out)
    assert lrtui("run", file, "--epochs", 0).err.startswith("lrtui: epochs=0")
    assert tomllib.loads(file.read_text())["name"] == name


def test_a_terminal_without_our_marks_gets_an_answer_all_the_same(connection: Connection, database: Path) -> None:
    fakes.trained(connection, name="한국어 ●")
    outcome = subprocess.run(
        [sys.executable, "-m", "lrtui", "--db", database, "rank", "1"],
        env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (outcome.returncode, outcome.stderr) == (0, b"")
    assert b"constant" in outcome.stdout
    assert outcome.stdout.isascii()
