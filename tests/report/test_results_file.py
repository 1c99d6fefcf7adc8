"""The repository's runs.db, and what is made of it: README table and docs/results.*.md say what the program prints."""

import re
import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest

from lrtui.comparison.presets import preset
from lrtui.report.ranked import rank_comparison
from lrtui.store.connection import open_read_only
from lrtui.store.version import SCHEMA_VERSION
from tests.conftest import Cli

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def maker() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "docs/make_results.py"))


@pytest.fixture(scope="module")
def snapshots(maker: dict[str, Any]) -> Any:
    return maker["read"]()


def same(written: str, made: str) -> None:
    """Equal words; figures may differ in their last digit: sums of another processor's BLAS do."""
    assert NUMBER.sub("#", written) == NUMBER.sub("#", made)
    for ours, theirs in zip(NUMBER.findall(written), NUMBER.findall(made), strict=True):
        digits = len(ours.partition(".")[2])
        assert float(ours) == pytest.approx(float(theirs), abs=1.01 * 10**-digits if digits else 0)


def test_the_file_is_small_up_to_date_and_without_a_log() -> None:
    path = ROOT / "runs.db"
    assert path.stat().st_size < 3_000_000
    header = path.read_bytes()[:20]
    assert header[18:20] == b"\x01\x01"  # the file format of a rollback journal: opens where nothing can be written
    connection = open_read_only(path)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert connection.execute("SELECT count(*) FROM epochs").fetchone()[0] == 780 * 28
    connection.close()


def test_it_holds_the_two_presets_complete(snapshots: Any) -> None:
    for snapshot, name in zip(snapshots, ("defaults", "fitted"), strict=True):
        assert snapshot.open.spec == preset(name)
        assert snapshot.open.status == "done"
        assert {run.status.value for run in snapshot.runs} == {"done"}
        assert len(snapshot.runs) == 390
        assert {"cpu", "cores", "torch", "python", "lrtui"} <= snapshot.open.environment.keys()


def test_the_readme_shows_what_the_program_ranks(maker: dict[str, Any], snapshots: Any, lrtui: Cli) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition(maker["BEGIN"])[2].partition(maker["END"])[0].strip("\n")
    same(table, maker["readme_table"](snapshots))
    printed = lrtui("rank", 1, db=ROOT / "runs.db").out
    for row in rank_comparison(snapshots[0].open, snapshots[0].runs).rows:
        accuracy = f"{100 * row.score:.2f}"
        assert re.search(rf"^ *{row.rank} +{re.escape(row.label)} .* {accuracy} ", printed, re.M)
        assert f"| {row.label} | {accuracy} " in table


@pytest.mark.parametrize(("lang", "name"), [("en", "results.md"), ("ko", "results.ko.md")])
def test_the_results_are_what_export_writes(
    lang: str, name: str, maker: dict[str, Any], snapshots: Any, lrtui: Cli
) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    same(written, maker["results"](snapshots, lang))
    for number in (1, 2):
        exported = lrtui("export", number, "--lang", lang, "-o", "-", db=ROOT / "runs.db").out
        for line in exported.splitlines():
            if line.startswith("| 1 |"):
                assert line in written


def test_reading_it_changes_nothing(lrtui: Cli, tmp_path: Path) -> None:
    copy = tmp_path / "runs.db"
    shutil.copyfile(ROOT / "runs.db", copy)
    before = copy.read_bytes()
    for command in ("list", "rank last", "show 1", "spec 1", "plan --preset fitted"):
        assert lrtui(*command.split(), db=copy).status == 0
    assert copy.read_bytes() == before
