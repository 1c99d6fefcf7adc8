"""Promise 27, without processes: what is trusted, and what is refused before anything of it could run."""

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.config.trust import Untrusted, check_spec, refusal, trust, trust_typed, trusted_file, untrusted_files
from lrtui.errors import UserError
from lrtui.tasks.info import Metric, TaskInfo
from lrtui.tasks.own_files import changed_files, source_of_file, source_on_disk
from lrtui.workspace import Workspace
from tests.conftest import Cli

RUNS = "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\n"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A file that imports a package, a module of it by a relative import, and things of the standard library."""
    folder = tmp_path / "code"
    (folder / "nets" / "parts").mkdir(parents=True)
    (folder / "mine.py").write_text(
        f"{RUNS}import os, json\nfrom nets import small\n\ndef task(setup):\n    import late\n"
    )
    (folder / "nets" / "__init__.py").write_text("")
    (folder / "nets" / "small.py").write_text("from .parts.block import Block\n")
    (folder / "nets" / "parts" / "__init__.py").write_text("")
    (folder / "nets" / "parts" / "block.py").write_text("class Block: ...\n")
    (folder / "late.py").write_text("import mine\n")
    (folder / "unrelated.py").write_text("")
    return folder / "mine.py"


def spec(mine: Path, **settings: Any) -> Spec:
    return spec_from_dict({"schedulers": ["constant"], "task": f"{mine}:task"} | settings)


def stored(mine: Path) -> Spec:
    info = TaskInfo("mine.py:task", Metric(), {}, 10, source=source_of_file(mine))
    return replace(spec(mine), info=info)


def test_local_modules_are_found_without_running_anything(mine: Path) -> None:
    source = source_on_disk("task", f"{mine}:task")
    found = [str(Path(path).relative_to(mine.parent)) for path in source.modules]
    assert found == ["late.py", "nets/__init__.py", "nets/parts/__init__.py", "nets/parts/block.py", "nets/small.py"]
    assert not mine.with_suffix(".ran").exists()
    assert source.text == mine.read_text()
    assert changed_files(source) == []


def test_a_module_is_found_without_importing_its_package(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (mine.parent / "nets" / "__init__.py").write_text(RUNS)
    monkeypatch.chdir(mine.parent)
    source = source_on_disk("task", "nets.small:task")
    assert source.path == str(mine.parent / "nets" / "small.py")
    assert [Path(path).name for path in source.modules] == ["__init__.py", "block.py"]
    assert not (mine.parent / "nets" / "__init__.ran").exists()
    with pytest.raises(UserError, match=r"there is no module nets\.none"):
        source_on_disk("task", "nets.none:task")


def test_typing_a_reference_trusts_the_file_as_it_is(mine: Path) -> None:
    with pytest.raises(Untrusted, match="lrtui trust"):
        check_spec(spec(mine))
    trust_typed("task", f"{mine}:task")
    check_spec(spec(mine))
    assert stat.S_IMODE(trusted_file().stat().st_mode) == 0o600
    mine.write_text(mine.read_text() + "\n")
    with pytest.raises(Untrusted, match=r"mine\.py"):
        check_spec(spec(mine))
    (mine.parent / "late.py").write_text("x = 1\n")
    trust(replace(source_of_file(mine), modules={}))
    with pytest.raises(Untrusted, match=r"late\.py"):
        check_spec(spec(mine))


def test_trust_adds_to_what_was_trusted(mine: Path) -> None:
    for n in range(3):
        mine.write_text(f"x = {n}\n")
        trust(source_of_file(mine))
    for n in range(3):
        mine.write_text(f"x = {n}\n")
        assert untrusted_files(source_of_file(mine)) == []


def test_a_stored_comparison_is_run_only_as_it_began_and_trusted(mine: Path) -> None:
    comparison = stored(mine)
    refused = refusal(comparison, 7)
    assert refused is not None
    assert "have not trusted" in refused
    assert "lrtui resume 7" in refused
    trust_typed("task", f"{mine}:task")
    assert refusal(comparison, 7) is None
    (mine.parent / "nets" / "small.py").write_text("")
    refused = refusal(comparison, 7)
    assert refused is not None
    assert "small.py has changed since comparison 7 began" in refused
    assert "--accept-change" in refused
    mine.unlink()
    refused = refusal(comparison, 7)
    assert refused is not None
    assert "is not there any more" in refused
    assert not mine.with_suffix(".ran").exists()


def test_a_database_cannot_hide_a_module(mine: Path) -> None:
    """Its file is one that was trusted; what it says about the modules leaves out another that has been put beside it."""
    trust_typed("task", f"{mine}:task")
    trusted = stored(mine)
    (mine.parent / "late.py").write_text("import evil\n")
    assert trusted.info is not None
    assert trusted.info.source is not None
    lying = replace(trusted, info=replace(trusted.info, source=replace(trusted.info.source, modules={})))
    refused = refusal(lying, 7)
    assert refused is not None
    assert "late.py" in refused


def test_a_spec_file_runs_nobodys_code(mine: Path, database: Path, tmp_path: Path, lrtui: Cli) -> None:
    (tmp_path / "foreign.toml").write_text(f'schedulers = ["constant"]\ntask = "{mine}:task"\n')
    for command in ("run", "plan"):
        outcome = lrtui(command, tmp_path / "foreign.toml")
        if command == "run":
            assert outcome.status == 2
            assert "have not trusted" in outcome.err
    assert not database.exists()
    with pytest.raises(Untrusted):
        Workspace(database).start(tmp_path / "foreign.toml")
    assert not mine.with_suffix(".ran").exists()

    outcome = lrtui("trust", mine)
    assert outcome.status == 0
    assert len(outcome.out.splitlines()) == 6
    assert source_of_file(mine).sha256 in outcome.out
    check_spec(Workspace(database).spec(tmp_path / "foreign.toml"))


def test_what_cannot_be_trusted_is_said(tmp_path: Path, lrtui: Cli) -> None:
    outcome = lrtui("trust", tmp_path / "none.py")
    assert (outcome.status, "cannot be read" in outcome.err) == (2, True)
    trusted_file().parent.mkdir(parents=True)
    trusted_file().write_text("files = 3")
    (tmp_path / "some.py").write_text("")
    outcome = lrtui("trust", tmp_path / "some.py")
    assert (outcome.status, "trusted.toml" in outcome.err) == (2, True)


def test_naming_code_in_python_trusts_it(mine: Path, database: Path) -> None:
    Workspace(database).spec(task=f"{mine}:task", schedulers=["constant"])
    check_spec(spec(mine))
    own = mine.with_name("curve.py")
    own.write_text("def curve(step, total):\n    return 1.0\n")
    with pytest.raises(Untrusted):
        check_spec(spec_from_dict({"schedulers": [f"{own}:curve"]}))
    Workspace(database).spec(schedulers=[f"{own}:curve"])
    check_spec(spec_from_dict({"schedulers": [f"{own}:curve"]}))
    assert os.listdir(trusted_file().parent)
