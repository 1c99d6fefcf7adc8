"""Comparisons that go to a file of their own and come in from another machine: whole, once, paused; hostile ones do not."""

import json
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lrtui.comparison.snapshot import ComparisonView, Curve
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError
from lrtui.report.ranked import rank_comparison
from lrtui.store import claims, comparisons, events, runs, trials
from lrtui.store.connection import open_database, open_read_only
from lrtui.store.reader import Reader
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from lrtui.store.transfer import take_in, take_out
from tests.conftest import Cli
from tests.store import fakes

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """Another machine's database: a comparison that is done, and one with a run done, one running and two queued."""
    path = tmp_path / "there.db"
    with closing(open_database(path)) as connection:
        fakes.trained(connection, name="done", seeds=2)
        fakes.create(connection, name="half", seeds=2)
        fakes.train(connection, fakes.claim(connection))
        taken = fakes.claim(connection)
        with transaction(connection):
            claims.write_epochs(connection, taken.run_id, taken.claim, [fakes.row(taken.run_id, 1)])
    return path


def _everything(database: Path, comparison_id: int) -> tuple[ComparisonView, list[Any], list[Curve]]:
    reader = Reader(database)
    found = reader.read(comparison_id)
    reader.close()
    assert found.open is not None
    of_runs = [
        (r.number, r.label, r.base_lr, r.seed, r.status, r.epoch, r.score, r.test, r.parameters, r.init_hash)
        for r in found.runs
    ]
    return found.open, of_runs, [found.curves[run.id] for run in found.runs if run.id in found.curves]


def test_out_and_in_again_elsewhere_nothing_is_lost(there: Path, tmp_path: Path) -> None:
    for n in (1, 2):
        take_out(there, n, tmp_path / f"{n}.db")
    here = tmp_path / "here.db"
    with closing(open_database(here)) as connection:
        for _ in range(3):  # so that ids differ
            fakes.trained(connection)
    assert [one.id for n in (1, 2) for one in take_in(here, tmp_path / f"{n}.db")] == [4, 5]
    for n, its_id in ((1, 4), (2, 5)):
        before, after = _everything(there, n), _everything(here, its_id)
        assert (before[0].uid, before[0].name, before[0].spec) == (after[0].uid, after[0].name, after[0].spec)
        assert before[0].environment == after[0].environment
        assert [cell.schedule for cell in before[0].cells.values()] == [c.schedule for c in after[0].cells.values()]
        assert before[2] == after[2]
        paused = {RunStatus.QUEUED: RunStatus.PAUSED, RunStatus.RUNNING: RunStatus.PAUSED}
        assert [(*r[:4], paused.get(r[4], r[4]), *r[5:]) for r in before[1]] == after[1]
    with closing(open_read_only(here)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(DISTINCT run_id) FROM evaluations").fetchone()[0] == 6 + 4 + 2


def test_the_file_is_private_whole_and_of_todays_schema(there: Path, tmp_path: Path) -> None:
    take_out(there, 2, tmp_path / "2.db")
    assert stat.S_IMODE((tmp_path / "2.db").stat().st_mode) == 0o600
    assert not list(tmp_path.glob("2.db?*"))
    with closing(open_read_only(tmp_path / "2.db")) as alone:
        assert [view.name for view in comparisons.list_all(alone)] == ["half"]
        assert [run.status for run in runs.of_comparison(alone, 1)] == ["done", "queued", "queued", "queued"]
    with pytest.raises(UserError, match="there is such a file already"):
        take_out(there, 2, tmp_path / "2.db")
    with pytest.raises(UserError, match="no comparison 9"):
        take_out(there, 9, tmp_path / "9.db")
    assert not (tmp_path / "9.db").exists()


def test_each_comes_in_once(there: Path, database: Path, lrtui: Cli) -> None:
    first = lrtui("import", there)
    assert first.status == 0
    assert first.out.splitlines() == [
        "comparison 1: done, 4 runs, 12 rows (comparison 1 there)",
        "comparison 2: half, 4 runs, 4 rows (comparison 2 there)",
    ]
    again = lrtui("import", there)
    assert (again.status, again.out) == (0, "")
    assert "comparison 2 (half, 4 runs, 4 rows) is here already, as comparison 2" in again.err
    assert [one["known"] for one in json.loads(lrtui("import", there, "--json").out)] == [True, True]
    with closing(open_read_only(database)) as here:
        assert len(comparisons.list_all(here)) == 2
        assert events.of_run(here, 2, None)[-1][0].message == f"imported from {there}"


def test_27_nothing_that_comes_in_is_trained_unasked(there: Path, database: Path, connection: Connection) -> None:
    fakes.create(connection, search="tpe", base_lrs=[0.01, 1], trials=12)
    with closing(open_database(there)) as other:
        fakes.create(other, search="tpe", base_lrs=[0.01, 1], trials=12)
        with transaction(other):
            other.execute("UPDATE runs SET status = 'done' WHERE comparison_id = 3")
        assert trials.due(other, 3)
    connection.execute("DELETE FROM comparisons")
    take_in(database, there)
    assert claims.claim_next(connection, 1, "cpu", fakes.ACCEPTS) is None
    assert trials.due(connection) == []
    assert [view.status for view in comparisons.list_all(connection)] == ["done", "paused", "paused"]


def test_the_committed_comparisons_rank_as_before(database: Path) -> None:
    source = _ROOT / "runs.db"
    before = source.read_bytes()
    found = take_in(database, source)
    assert source.read_bytes() == before
    assert [one.known for one in found] == [False] * len(found)
    for one in found:
        ranked = []
        for path, its_id in ((database, one.id), (source, one.there)):
            with closing(open_read_only(path)) as connection:
                ranked.append(
                    rank_comparison(comparisons.get(connection, its_id), runs.of_comparison(connection, its_id))
                )
        assert ranked[0] == ranked[1]


def _sql(statement: str) -> Callable[[Connection], None]:
    def spoil(connection: Connection) -> None:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(statement)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_sql("UPDATE runs SET status = 'winning'"), "what lrtui cannot have written"),
        (_sql("UPDATE comparisons SET spec = '['"), "what lrtui cannot have written"),
        (_sql("UPDATE comparisons SET unproposed_status = 'x'"), "what lrtui cannot have written"),
        (_sql("UPDATE cells SET parameters = '3'"), "what lrtui cannot have written"),
        (_sql("UPDATE evaluations SET val_loss = 'cheap' WHERE id = 1"), "evaluations holds values of another type"),
        (_sql("UPDATE runs SET number = 'one' WHERE id = 1"), "runs holds values of another type"),
        (_sql("UPDATE comparisons SET uid = '../../x' WHERE id = 1"), "unique id is none that lrtui gives"),
        (_sql("UPDATE evaluations SET run_id = 77 WHERE id = 1"), "a row belongs to nothing"),
        (_sql("INSERT INTO lr_tables VALUES ('00', x'00')"), "not the one that it is called"),
        (_sql("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END"), "a trigger named 't'"),
        (_sql("ALTER TABLE runs DROP COLUMN seed"), "expected a database made by lrtui|cannot have written"),
        (_sql("UPDATE comparisons SET format = 99 WHERE id = 2"), "it is of a newer lrtui [(]format 99"),
        (_sql("PRAGMA user_version = 99"), "its schema is version 99"),
    ],
)
def test_a_hostile_database_is_refused_and_nothing_of_it_stays(
    there: Path, database: Path, connection: Connection, spoil: Callable[[Connection], None], sentence: str
) -> None:
    with closing(open_database(there)) as other:
        spoil(other)
    with pytest.raises(UserError, match=sentence) as refused:
        take_in(database, there)
    assert str(there) in str(refused.value)
    assert "import-" not in str(refused.value)
    assert comparisons.list_all(connection) == ()
    assert connection.execute("SELECT count(*) FROM runs").fetchone()[0] == 0
    assert not list(database.with_name("runs.db.d").glob("import-*"))


def test_what_is_no_database_is_refused(database: Path, tmp_path: Path, lrtui: Cli, there: Path) -> None:
    open_database(database).close()
    torn = tmp_path / "torn.db"
    torn.write_bytes(there.read_bytes()[:-3000])
    text = tmp_path / "text.db"
    text.write_text("scheduler,seed,score\n" * 200)
    for path, sentence in {
        torn: "damaged|malformed|made by lrtui",
        text: "expected a database made by lrtui",
        tmp_path / "none.db": "and there is none",
        tmp_path: "and there is none",
        database: "expected another database than the one to import into",
    }.items():
        told = lrtui("import", path)
        assert told.status == 2
        assert any(part in told.err for part in sentence.split("|")), told.err


def test_a_database_that_cannot_be_written_beside_is_read_all_the_same(
    there: Path, database: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    take_out(there, 1, folder / "1.db")
    (folder / "1.db").chmod(0o400)
    folder.chmod(0o500)
    try:
        assert [one.name for one in take_in(database, folder / "1.db")] == ["done"]
        assert [path.name for path in folder.iterdir()] == ["1.db"]
    finally:
        folder.chmod(0o700)


def test_hostile_names_reach_the_terminal_as_text(there: Path, lrtui: Cli) -> None:
    with closing(open_database(there)) as other:
        other.execute("UPDATE comparisons SET name = ? WHERE id = 1", ("\x1b]52;c;Zm9v\x07" + "x" * 1000,))
    told = lrtui("import", there)
    assert told.status == 0
    assert "\x1b" not in told.out
    assert max(map(len, told.out.splitlines())) < 200
