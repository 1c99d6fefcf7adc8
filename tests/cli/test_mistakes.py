"""Promise 23: every mistake gets one sentence with the value, what was expected and the nearest name; nothing is left behind."""

import gzip
import struct
from pathlib import Path

import pytest

from lrtui.store import comparisons
from lrtui.store.sqlite import Connection
from tests.conftest import Cli, Outcome
from tests.store import fakes

_TOO_LONG = 300 * "n"
# What is typed after `lrtui`, and what the answer must contain: the value, the expectation, the nearest name.
MISTAKES: list[tuple[str, *tuple[str, ...]]] = [
    ("rnu", "command 'rnu'", "did you mean 'run'"),
    ("shedulers", "did you mean 'schedulers'"),
    ("--dbb x list", "--dbb"),
    ("list --jsn", "--jsn"),
    ("show", "ID[/RUN]"),
    ("list extra", "extra"),
    # run: names
    ("run --schedulers cosin", "scheduler 'cosin'", "did you mean 'cosine'"),
    ("run --schedulers step,stp", "scheduler 'stp'", "did you mean 'step'"),
    ("run --schedulers ,", "at least one"),
    ("run --schedulers step,step", "'step' appears twice"),
    ("run --dataset minst", "dataset 'minst'", "did you mean 'mnist'"),
    ("run --model resnet19", "model 'resnet19'", "did you mean 'resnet18'"),
    ("run --optimizer adma", "optimizer 'adma'", "did you mean 'adam'"),
    ("run --profile fited", "profile 'fited'", "did you mean 'fitted'"),
    ("run --preset qick", "preset 'qick'", "did you mean 'quick'"),
    ("run --device gpu", "device='gpu'", "expected auto, cpu, cuda or cuda:N"),
    ("run --device cuda:x", "device='cuda:x'", "cuda:N"),
    ("run --epoch 3", "--epoch", "--epochs"),
    # run: types
    ("run --epochs ten", "epochs='ten'", "a whole number from 1"),
    ("run --epochs 1.5", "epochs=1.5", "a whole number from 1"),
    ("run --batch-size big", "batch_size='big'", "a whole number from 1"),
    ("run --base-lrs 0.1;0.2", "base_lrs='0.1;0.2'", "numbers separated by commas"),
    ("run --base-lrs high", "base_lrs='high'", "numbers separated by commas"),
    ("run --seeds three", "seeds='three'", "whole numbers separated by commas"),
    ("run --seeds 1.5", "seeds='1.5'", "whole numbers separated by commas"),
    # run: impossible values
    ("run --epochs 0", "epochs=0", "a whole number from 1"),
    ("run --epochs -3", "epochs=-3"),
    ("run --epochs 100000000000000000000", "epochs=100000000000000000000"),
    ("run --batch-size 0", "batch_size=0", "a whole number from 1"),
    ("run --batch-size 1001", "batch_size=1001", "at most the 1000 training images"),
    ("run --base-lrs 0", "0.0", "learning rates > 0"),
    ("run --base-lrs -0.1", "-0.1", "learning rates > 0"),
    ("run --base-lrs nan", "nan", "learning rates > 0"),
    ("run --base-lrs inf", "inf", "<= 1000"),
    ("run --base-lrs 0.1,0.1", "[0.1, 0.1]", "each once"),
    ("run --base-lrs ,", "at least one learning rate"),
    ("run --seeds 0", "seeds=0", "1 to 10000"),
    ("run --seeds -1", "seeds=-1"),
    ("run --seeds 1,1", "seeds=[1, 1]", "different"),
    ("run --seeds 0,-1", "seeds=[0, -1]", ">= 0"),
    ("run --seeds ,", "seeds=[]"),
    ("run --seeds 10000 --base-lrs 0.1,0.2", "at most 100000"),
    ("run --name=", "name=''", "1 to 200 characters"),
    ("run --device cuda", "--device cuda", "expected auto or cpu"),
    ("run --device cuda:3", "--device cuda:3", "expected auto or cpu"),
    # run: files
    ("run missing.toml", "missing.toml", "No such file"),
    ("run @tmp", "expected a spec in TOML", "directory"),
    ("run @torn.toml", "torn.toml", "not a TOML file"),
    ("run @binary.toml", "binary.toml", "not a TOML file"),
    ("run @unknown.toml", "setting 'scheduler'", "did you mean 'schedulers'"),
    ("run @parameter.toml", "parameter of step 'step_sizes'", "did you mean 'step_size'"),
    ("run @value.toml", "step_size=-1", "a whole number >= 1"),
    ("run @type.toml", "epochs='many'", "a whole number from 1"),
    ("run @splits.toml", "splits=[1000, 1000, 1000]", "at most 1397 images"),
    ("run @empty.toml", "no schedulers", "expected at least one"),
    ("run @label.toml", "'a' appears twice"),
    ("run @unknown.toml --preset quick", "expected one of the two"),
    ("run --data-dir @torn.toml", "--data-dir", "expected a folder"),
    ("run --data-dir ~nosuchuser/x", "~nosuchuser/x", "nobody's home folder"),
    (f"run --data-dir {_TOO_LONG}", "--data-dir nnn", "File name too long"),
    ("run ~nosuchuser/x.toml", "~nosuchuser/x.toml", "nobody's home folder"),
    ("export 1 -o ~nosuchuser/x.md", "~nosuchuser/x.md", "nobody's home folder"),
    ("--db ~nosuchuser/runs.db list", "~nosuchuser/runs.db", "nobody's home folder"),
    ("run --dataset mnist --data-dir @torn-mnist", "train-images-idx3-ubyte.gz", "truncated or damaged"),
    ("run --dataset cifar10 --data-dir @torn-cifar", "data_batch_1", "expected MD5 c99cafc152244af753f735de768cd75f"),
    # the catalogue
    ("preview cosin", "did you mean 'cosine'"),
    ("preview step -p step_sise=3", "'step_sise'", "did you mean 'step_size'"),
    ("preview constant -p gamma=3", "parameter of constant 'gamma'", "it has none"),
    ("preview step -p step_size", "'step_size'", "expected name=value"),
    ("preview step -p step_size=x", "step_size='x'", "a whole number >= 1"),
    ("preview step -p gamma=nan", "gamma=nan", "a number > 0 and <= 1"),
    ("preview lambda -p lr_lambda=__import__('os')", "__import__"),
    ("preview lambda -p lr_lambda=9**9**9", "9**9**9"),
    ("preview cosine --epochs 0", "--epochs 0", "1 to 100000"),
    ("preview cosine --epochs x", "x"),
    ("preview cosine --steps-per-epoch 0", "--steps-per-epoch 0"),
    ("preview cosine --epochs 100000 --steps-per-epoch 100000", "10000000000 steps", "at most 10000000"),
    ("preview cosine --base-lr nan", "--base-lr nan"),
    ("preview cosine --base-lr 0", "--base-lr 0"),
    ("preview cosine --profile fast", "profile 'fast'"),
    ("preview onecycle -p total_steps=1", "total_steps=1", "at least 3200"),
    ("explain cosin", "did you mean 'cosine'"),
    ("explain cosine --lang fr", "'fr'"),
    ("completion powershell", "shell 'powershell'", "bash, zsh, fish"),
    ("plan --detect 0", "--detect 0", "> 0 and < 100"),
    ("plan --spread nan", "--spread nan", "> 0 and < 100"),
    ("plan --detect much", "much"),
    ("plan --preset qick", "did you mean 'quick'"),
    ("plan missing.toml", "missing.toml"),
    # what names a comparison
    ("show 99", "no comparison 99", "the latest are 2, 1"),
    ("show 1/99", "no run 99", "runs 1 to 2"),
    ("show one", "'one'", "`lrtui list`"),
    ("show 1/", "'1/'", "both numbers"),
    ("show 1/x", "'1/x'", "both numbers"),
    ("show /1", "'/1'"),
    ("show -- -1", "'-1'"),
    ("show ①", "'①'"),
    ("show 99999999999999999999", "number of a comparison"),
    ("rank 99", "no comparison 99"),
    ("rank 1/1", "'1/1'", "not one of its runs"),
    ("logs 99", "no comparison 99"),
    ("logs 1/99", "no run 99"),
    ("spec 99", "no comparison 99"),
    ("export 99", "no comparison 99"),
    ("export 1 -f pdf", "format 'pdf'", "Known: md, "),
    ("export 1 -f jsno", "did you mean 'json'"),
    ("export 1 --lang fr -o -", "'fr'", "en, ko"),
    ("wait 99", "no comparison 99"),
    ("pause 99", "no comparison 99"),
    ("resume 99/1", "no comparison 99"),
    ("cancel 1/99", "no run 99"),
    ("retry x", "'x'"),
    ("delete 99", "no comparison 99"),
    ("delete 1/1", "not one of its runs"),
    ("delete 2", "comparison 2 is queued", "`lrtui cancel 2` ends it"),
]
_SPECS = {
    "torn.toml": 'schedulers = ["step",',
    "unknown.toml": 'scheduler = ["step"]',
    "parameter.toml": '[[schedules]]\nscheduler = "step"\nparameters = {step_sizes = 3}',
    "value.toml": '[[schedules]]\nscheduler = "step"\nparameters = {step_size = -1}',
    "type.toml": 'schedulers = ["step"]\nepochs = "many"',
    "splits.toml": 'schedulers = ["step"]\nsplits = [1000, 1000, 1000]',
    "empty.toml": "",
    "label.toml": '[[schedules]]\nscheduler = "step"\nlabel = "a"\n[[schedules]]\nscheduler = "cosine"\nlabel = "a"',
}


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files that mistakes name as `@name`."""
    tmp_path = tmp_path_factory.mktemp("places")
    for name, text in _SPECS.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    mnist = tmp_path / "torn-mnist"
    mnist.mkdir()
    for name, dims in (("images-idx3", (28, 28)), ("labels-idx1", ())):
        for part, n in (("train", 60_000), ("t10k", 10_000)):
            header = struct.pack(f">HBB{1 + len(dims)}I", 0, 8, 1 + len(dims), n, *dims)
            whole = gzip.compress(header + bytes(n * (28 * 28 if dims else 1)), compresslevel=1)
            (mnist / f"{part}-{name}-ubyte.gz").write_bytes(whole[: len(whole) // 2])
    cifar = tmp_path / "torn-cifar"
    cifar.mkdir()
    for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"):
        (cifar / name).write_bytes(b"torn")
    return {"@tmp": str(tmp_path)} | {f"@{path.name}": str(path) for path in tmp_path.iterdir()}


@pytest.fixture
def two(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A database with a comparison that is done and one that is queued; a machine whose GPUs torch cannot use."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    fakes.trained(connection)
    fakes.create(connection)
    return connection


def _refused(outcome: Outcome, status: int = 2) -> str:
    """The sentence, if it is one."""
    assert outcome.status == status, outcome
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1, outcome.err
    assert outcome.err.startswith("lrtui: ")
    assert "Traceback" not in outcome.err
    assert len(outcome.err) < 600
    return outcome.err


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake[0])
def test_a_mistake_gets_one_sentence(
    mistake: tuple[str, ...], lrtui: Cli, two: Connection, places: dict[str, str], tmp_path: Path, database: Path
) -> None:
    typed, *named = mistake
    before = sorted(path.name for path in tmp_path.rglob("*"))
    sentence = _refused(lrtui(*(places.get(word, word) for word in typed.split(" "))))
    for part in named:
        assert part in sentence
    assert len(comparisons.list_all(two)) == 2
    assert two.execute("SELECT count(*) FROM commands").fetchone()[0] == 0
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("place", "status", "part"),
    [
        ("no/runs.db", 2, "existing folder"),
        (".", 2, "this is a folder"),
        ("notes.txt", 2, "file is not a database"),
        ("/proc/runs.db", 1, "cannot be opened for writing"),
    ],
)
def test_a_database_that_cannot_be_is_refused(lrtui: Cli, tmp_path: Path, place: str, status: int, part: str) -> None:
    (tmp_path / "notes.txt").write_text("not a database, whatever it is named\n" * 30)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    sentence = _refused(lrtui("run", "--detach", db=tmp_path / place), status)
    assert part in sentence
    assert str(tmp_path / place) in sentence
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("command", ["list", "show 1", "rank 1", "logs 1", "spec 1", "export 1", "wait 1", "cancel 1"])
def test_a_database_that_is_not_there_is_not_made(lrtui: Cli, tmp_path: Path, command: str) -> None:
    sentence = _refused(lrtui(*command.split(), db=tmp_path / "none.db"))
    assert "there is no such file yet; `lrtui run` or `lrtui demo` makes it" in sentence
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_cannot_be_makes_no_database(lrtui: Cli, tmp_path: Path, places: dict[str, str]) -> None:
    before = sorted(path.name for path in tmp_path.rglob("*"))
    _refused(lrtui("run", "--dataset", "mnist", "--data-dir", places["@torn-mnist"], db=tmp_path / "none.db"))
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "output",
    [
        "missing/report.md",
        ".",
        "notes.txt/report.md",
        "/",
        _TOO_LONG,
    ],
)
def test_a_report_that_cannot_be_written_is_refused(lrtui: Cli, two: Connection, tmp_path: Path, output: str) -> None:
    (tmp_path / "notes.txt").write_text("here")
    sentence = _refused(lrtui("export", 1, "-o", tmp_path / output), status=1)
    assert "cannot be written" in sentence
    assert (tmp_path / "notes.txt").read_text() == "here"


@pytest.mark.processes
def test_files_that_are_missing_are_named_when_there_is_no_network(
    lrtui: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for proxy in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    outcome = lrtui("run", "--dataset", "mnist", "--data-dir", tmp_path / "data")
    sentence = _refused(outcome)
    for part in ("mnist", "train-images-idx3-ubyte", str(tmp_path / "data"), "--data-dir", "refused"):
        assert part in sentence
    assert not (tmp_path / "runs.db").exists()


def test_without_a_terminal_the_dashboard_names_what_to_use(lrtui: Cli, database: Path) -> None:
    assert "without one use `lrtui run`" in _refused(lrtui())
    assert not database.exists()
