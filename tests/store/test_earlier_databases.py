"""Databases of every earlier schema are shown as they were trained, whatever the rules, limits and names of today are."""

import json
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lrtui.comparison import settings, spec
from lrtui.errors import UserError
from lrtui.schedules.profiles import Budget
from lrtui.store import before_cells, cells, comparisons, runs, sqlite
from lrtui.store.connection import open_database, open_read_only
from lrtui.store.version import SCHEMA_VERSION
from lrtui.tasks import catalogue
from tests.conftest import Cli
from tests.store import fakes

FIXTURES = Path(__file__).parents[1] / "fixtures/databases"
ROOT = Path(__file__).parents[2]
SCHEMAS = (1, 2, 3)
_BETTER_SINCE = (".method", ".sentence", ".ci_low", ".ci_high")  # worded otherwise; kept within what can be


@pytest.fixture(params=SCHEMAS)
def schema(request: pytest.FixtureRequest) -> int:
    assert isinstance(request.param, int)
    return request.param


@pytest.fixture
def earlier(schema: int, database: Path) -> Path:
    """A database of an earlier schema, in the test's place."""
    shutil.copyfile(FIXTURES / f"schema-{schema}.db", database)
    return database


@pytest.fixture
def said(schema: int) -> dict[str, Any]:
    """What the program of that day printed as JSON, by its words."""
    return dict(json.loads((FIXTURES / f"schema-{schema}.json").read_text(encoding="utf-8")))


def _lacks(new: Any, old: Any, path: str = "") -> Iterator[str]:
    """Where something that was said then is not said now, or something else.

    The sentence that was called `metric` is called `metric_sentence`: `metric` is name, unit and direction now.
    """
    if isinstance(old, dict) and isinstance(old.get("metric"), str):
        old = {("metric_sentence" if key == "metric" else key): value for key, value in old.items()}
    if isinstance(old, dict):
        for key, value in old.items():
            yield from _lacks(new[key], value, f"{path}.{key}") if key in new else [f"{path}.{key}"]
    elif isinstance(old, list):
        assert len(new) == len(old), path
        for place, (theirs, ours) in enumerate(zip(new, old, strict=True)):
            yield from _lacks(theirs, ours, f"{path}[{place}]")
    elif new != old and not path.endswith(_BETTER_SINCE):
        yield f"{path}: {old!r} became {new!r}"


def test_what_was_said_of_it_is_said_still(earlier: Path, schema: int, said: dict[str, Any], lrtui: Cli) -> None:
    for words, before in said.items():
        after = json.loads(lrtui(*words.split()).out)
        assert list(_lacks(after, before)) == [], words
    backup = open_database(earlier)
    assert backup.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert earlier.with_name(f"runs.db.v{schema}.backup").exists()
    assert backup.execute("PRAGMA foreign_key_check").fetchall() == []
    assert backup.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_every_run_has_the_cell_it_was_trained_with(earlier: Path, said: dict[str, Any]) -> None:
    connection = open_read_only(earlier)
    for comparison in comparisons.list_all(connection):
        trained = {run["id"]: run["parameters"] for run in said[f"show {comparison.id} --json"]["runs"]}
        for run in runs.of_comparison(connection, comparison.id):
            cell = comparison.cell(run.label, run.base_lr)
            assert (
                json.loads(json.dumps(cell.schedule.values))
                == trained[run.number]
                == json.loads(json.dumps(dict(run.parameters)))
            )
            assert cell.id == run.cell_id
            assert cell.schedule == comparison.spec.cell(_choice(comparison.spec, run.label), run.base_lr).schedule
            rows = runs.epochs(connection, run.id)
            assert [(row.step, row.examples) for row in rows] == [(32 * row.epoch, 1000 * row.epoch) for row in rows]
            assert [row.lr_first for row in rows] == pytest.approx(
                cell.schedule.lr_at_steps(
                    [row.val_loss or 0.0 for row in rows]
                    if cell.schedule.metric == "val_loss"
                    else [row.score for row in rows]
                )[::32]
            )
    connection.close()


def _choice(of: spec.Spec, label: str) -> spec.Choice:
    return next(choice for choice in of.schedules if choice.label == label)


def test_each_comparison_has_an_id_of_its_own_and_its_task(earlier: Path) -> None:
    connection = open_read_only(earlier)
    found = comparisons.list_all(connection)
    assert len({comparison.uid for comparison in found}) == len(found)
    for comparison in found:
        assert len(comparison.uid) == 32
        assert comparison.spec.info == catalogue.built_in_task("digits", (1000, 197, 200), 32)
    connection.close()


def _everything(lrtui: Cli, db: Path, tmp_path: Path) -> dict[str, str]:
    """All that can be printed about the comparisons of a database."""
    comparisons.spec_of.cache_clear()
    cells._kept.clear()
    ids = [one["id"] for one in json.loads(lrtui("list", "--json", db=db).out)]
    words = ["list", "list --json"]
    for number in ids:
        words += [
            f"show {number}",
            f"show {number} --json",
            f"show {number}/1",
            f"rank {number}",
            f"rank {number} --json",
        ]
        words += [f"export {number} -f {form} --lang {lang} -o -" for form in ("md", "html") for lang in ("en", "ko")]
        words += [f"export {number} -f csv -o -"]
    printed = {}
    for each in words:
        ran = lrtui(*each.split(), db=db)
        assert ran.status == 0, (each, ran.err)
        printed[each] = ran.out
    return printed


def _refuse(*_: object) -> Any:
    raise UserError("the rules of today are of no matter")


@pytest.fixture
def other_rules(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Another lrtui: nothing can be bound, no setting is within its limits, and every data set has another name."""

    def change() -> None:
        monkeypatch.setattr(spec, "bind", _refuse)
        monkeypatch.setattr(Budget, "__post_init__", _refuse)
        strict = {one.name: replace(one, check=_refuse) for one in settings.SETTINGS}
        monkeypatch.setattr(settings, "SETTINGS", tuple(strict.values()))
        monkeypatch.setattr(settings, "_BY_NAME", strict)
        for name in list(catalogue.DATASETS):
            monkeypatch.delitem(catalogue.DATASETS, name)

    return change


def test_nothing_stored_follows_from_the_rules_of_today(
    earlier: Path, lrtui: Cli, tmp_path: Path, other_rules: Callable[[], None]
) -> None:
    before = _everything(lrtui, earlier, tmp_path)
    other_rules()
    assert _everything(lrtui, earlier, tmp_path) == before


def test_the_report_names_what_the_repositorys_comparisons_were_trained_with(
    lrtui: Cli, tmp_path: Path, other_rules: Callable[[], None]
) -> None:
    before = _everything(lrtui, ROOT / "runs.db", tmp_path)
    assert "step_size = 10" in before["export 2 -f md --lang en -o -"]
    other_rules()
    assert _everything(lrtui, ROOT / "runs.db", tmp_path) == before


@pytest.mark.parametrize("number", [1, 2])
def test_the_repositorys_rankings_are_as_they_were_to_the_last_digit(number: int, lrtui: Cli) -> None:
    before = json.loads((FIXTURES / f"rankings/{number}.json").read_text(encoding="utf-8"))
    after = json.loads(lrtui("rank", number, "--json", db=ROOT / "runs.db").out)
    assert list(_lacks(after, before)) == []


def test_a_scheduler_that_is_gone_is_shown_as_text(earlier: Path, lrtui: Cli, tmp_path: Path) -> None:
    connection = open_database(earlier)
    connection.execute("UPDATE cells SET scheduler = 'long-gone' WHERE scheduler = 'step'")
    connection.execute("UPDATE runs SET scheduler_key = 'long-gone' WHERE scheduler_key = 'step'")
    connection.execute("UPDATE comparisons SET spec = replace(spec, '\"step\"', '\"long-gone\"')")
    connection.execute("UPDATE cells SET label = 'long-gone' WHERE label = 'step'")
    connection.execute("UPDATE runs SET scheduler = 'long-gone' WHERE scheduler = 'step'")
    connection.close()
    printed = _everything(lrtui, earlier, tmp_path)
    assert "long-gone" in printed["rank 1"]
    assert "step_size = 10" in printed["export 1 -f md --lang en -o -"]


def test_settings_that_are_not_known_are_kept(earlier: Path, lrtui: Cli) -> None:
    connection = open_database(earlier)
    connection.execute(
        "UPDATE comparisons SET spec = json_set(spec, '$.tempo', 'allegro', '$.dataset', 'gone') WHERE id = 1"
    )
    assert comparisons.get(connection, 1).spec.unknown == {"tempo": "allegro"}
    comparisons.rename(connection, 1, "renamed")
    stored = json.loads(connection.execute("SELECT spec FROM comparisons WHERE id = 1").fetchone()[0])
    assert (stored["tempo"], stored["dataset"], stored["name"]) == ("allegro", "gone", "renamed")
    assert "gone" in lrtui("list").out
    printed = lrtui("spec", 1).out
    assert printed.startswith("# this lrtui cannot run it again as it is: unknown setting 'tempo'")
    assert tomllib.loads(printed)["tempo"] == "allegro"
    assert not lrtui("spec", 2).out.startswith("#")


def _content(connection: sqlite.Connection) -> list[object]:
    """The schema, and every row of every table."""
    schema = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    return [schema, *(connection.execute(f"SELECT * FROM {n}").fetchall() for kind, n, _ in schema if kind == "table")]


def test_a_migration_that_is_interrupted_leaves_the_database_as_it_was(
    earlier: Path, schema: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sqlite.connect(earlier)
    was = _content(before)
    before.close()
    fill = before_cells.fill

    def fill_and_fail(connection: sqlite.Connection) -> None:
        fill(connection)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(before_cells, "fill", fill_and_fail)
        with pytest.raises(KeyboardInterrupt):
            open_database(earlier)
    after = sqlite.connect(earlier)
    assert _content(after) == was
    assert after.execute("PRAGMA user_version").fetchone()[0] == schema
    after.close()
    assert comparisons.list_all(open_database(earlier))


def test_a_persons_own_view_is_kept(earlier: Path) -> None:
    raw = sqlite.connect(earlier)
    raw.execute("CREATE VIEW mine AS SELECT epoch, val_acc, images_per_second FROM epochs WHERE run_id = 1")
    rows = raw.execute("SELECT * FROM mine").fetchall()
    raw.commit()
    raw.close()
    assert [tuple(row) for row in open_database(earlier).execute("SELECT * FROM mine")] == rows


def test_what_waits_is_trained_as_it_was_planned(
    connection: sqlite.Connection, other_rules: Callable[[], None]
) -> None:
    """Claimed under other rules, a run has its comparison's values, and so the checkpoint that it rests at is its own."""
    number = fakes.create(connection, schedulers=["step", "onecycle", "cyclic"], profile="fitted", base_lrs=[0.1, 0.3])
    planned = list(comparisons.get(connection, number).spec.runs())
    comparisons.spec_of.cache_clear()
    other_rules()
    for run in planned:
        taken = fakes.claim(connection)
        assert taken.planned == replace(run, cell=replace(run.cell, id=taken.planned.cell.id))
        assert taken.planned.schedule.identity == run.schedule.identity
        assert taken.spec.info is not None
        assert (taken.spec.dataset, taken.spec.info.steps_per_epoch) == ("digits", 32)
