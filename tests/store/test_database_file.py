"""Opening the database: made private, migrated once and whole, and whatever is not lrtui's refused by name."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lrtui.errors import OperationFailed, UserError
from lrtui.machine import paths
from lrtui.machine.locks import try_lock
from lrtui.machine.paths import Files
from lrtui.preflight import health
from lrtui.store import connection as connections
from lrtui.store import events, schema, sqlite
from lrtui.store.connection import open_database, open_read_only
from lrtui.store.sqlite import Connection
from lrtui.store.version import SCHEMA_VERSION
from tests.conftest import Cli
from tests.store import fakes


def _raw(path: Path, *statements: str) -> None:
    raw = sqlite.connect(path, isolation_level=None)
    for statement in statements:
        raw.execute(statement)
    raw.close()


def _schema(path: Path) -> list[str]:
    raw = sqlite.connect(path)
    names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master ORDER BY name")]
    raw.close()
    return names


def test_an_empty_file_becomes_a_database(database: Path) -> None:
    database.touch()
    connection = open_read_only(database)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert connection.execute("SELECT count(*) FROM comparisons").fetchone()[0] == 0


def test_a_schema_that_was_interrupted_is_made_whole_by_the_next(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = schema._FIRST
    with monkeypatch.context() as patch:
        patch.setattr(schema, "_FIRST", statements.replace("CREATE TABLE workers", "CREATE TABLE runs"))
        with pytest.raises(sqlite.OperationalError):
            open_database(database)
    assert _schema(database) == []
    fakes.create(open_database(database))


def test_an_old_database_is_migrated_after_a_backup(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = open_database(database)
    fakes.trained(connection)
    connection.close()
    version = SCHEMA_VERSION

    @schema.migrations(name="one more")
    def one_more(db: object) -> None:
        db.execute("ALTER TABLE runs ADD COLUMN extra INTEGER")  # type: ignore[attr-defined]

    monkeypatch.setattr(connections, "SCHEMA_VERSION", version + 1)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", version + 1)
    old_umask = os.umask(0)
    try:
        migrated = open_database(database)
    finally:
        os.umask(old_umask)
        schema.migrations._migrations = [m for m in schema.migrations._migrations if m.name != "one more"]
    assert migrated.execute("SELECT extra FROM runs").fetchone()[0] is None
    assert migrated.execute("PRAGMA user_version").fetchone()[0] == version + 1
    backup = database.with_name(f"runs.db.v{version}.backup")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    before = sqlite.connect(backup)
    assert before.execute("SELECT count(*) FROM runs").fetchone()[0] == 2
    assert before.execute("PRAGMA user_version").fetchone()[0] == version


def test_a_newer_database_is_refused_with_both_versions(connection: Connection, database: Path, lrtui: Cli) -> None:
    connection.execute("PRAGMA user_version = 7")
    for command in (["list"], ["run", "--detach"], ["wait", 1], ["cancel", 1]):
        outcome = lrtui(*command)
        assert outcome.status == 2
        assert f"version 7 and this lrtui knows version {SCHEMA_VERSION}" in outcome.err


@pytest.mark.parametrize("version", [0, 1, 7])
def test_a_foreign_database_is_refused_and_left_as_it_is(database: Path, lrtui: Cli, version: int) -> None:
    _raw(database, "CREATE TABLE bookmarks (url)", f"PRAGMA user_version = {version}")
    before = database.read_bytes()
    for arguments in (["list"], ["run", "--detach"]):
        outcome = lrtui(*arguments)
        assert outcome.status == 2
        assert outcome.err.count("\n") == 1
        assert "expected a database made by lrtui, and this one holds other tables" in outcome.err
    assert database.read_bytes() == before
    assert sorted(path.name for path in database.parent.iterdir()) == ["runs.db"]


def test_a_text_file_is_no_database(database: Path, lrtui: Cli) -> None:
    database.write_text("dear diary, " * 100)
    for arguments in (["list"], ["run", "--detach"]):
        outcome = lrtui(*arguments)
        assert outcome.status == 2
        assert "expected a database made by lrtui (file is not a database)" in outcome.err
    assert sorted(path.name for path in database.parent.iterdir()) == ["runs.db"]


def test_a_trigger_is_refused_and_a_view_of_ones_own_is_not(connection: Connection, database: Path, lrtui: Cli) -> None:
    _raw(database, "CREATE VIEW mine AS SELECT * FROM runs")
    assert lrtui("list").status == 0
    _raw(database, "CREATE TRIGGER spy AFTER INSERT ON evaluations BEGIN DELETE FROM comparisons; END")
    outcome = lrtui("list")
    assert outcome.status == 2
    assert "refused, it holds a trigger named 'spy' that lrtui did not make" in outcome.err


def test_a_view_in_place_of_a_table_is_refused(connection: Connection, database: Path, lrtui: Cli) -> None:
    _raw(database, "DROP TABLE events", "CREATE VIEW events AS SELECT 1")
    outcome = lrtui("list")
    assert (outcome.status, "holds a view named 'events'" in outcome.err) == (2, True)


def test_damaged_pages_are_told_in_one_sentence(connection: Connection, database: Path, lrtui: Cli) -> None:
    fakes.trained(connection, seeds=20)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'runs'").fetchone()[0]
    connection.close()
    content = bytearray(database.read_bytes())
    content[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    database.write_bytes(content)
    outcome = lrtui("show", 1)
    assert outcome.status == 1
    assert outcome.err.count("\n") == 1
    assert "malformed" in outcome.err
    checks = {line.split()[1]: line.split()[0] for line in lrtui("doctor").out.splitlines() if "→" not in line}
    assert checks["database"] == "problem"


def test_a_schema_in_use_is_not_changed_under_a_supervisor(
    database: Path, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.folder.mkdir()
    lock = try_lock(files.supervisor_lock, {"pid": 81})
    assert lock is not None
    monkeypatch.setattr(connections, "monotonic", iter([0.0, 1.0, 20.0]).__next__)
    with pytest.raises(OperationFailed, match=r"the supervisor \(pid 81\) is using it: `lrtui stop` ends it"):
        open_database(database)
    assert _schema(database) == []
    lock.release()
    monkeypatch.undo()
    open_database(database).close()


def test_wal_is_used_with_a_sound_sqlite_on_a_local_disk_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lrtui: Cli
) -> None:
    def journal(name: str) -> str:
        return str(open_database(tmp_path / name).execute("PRAGMA journal_mode").fetchone()[0])

    if sqlite.wal_is_safe():
        assert journal("sound.db") == "wal"
    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "VERSION", (3, 51, 2))
        assert journal("affected.db") == "delete"
        outcome = lrtui("doctor")
        assert outcome.status == 1
        assert "can corrupt a write-ahead log (fixed in 3.51.3)" in outcome.out
        assert "pip install pysqlite3" in outcome.out


@pytest.mark.skipif(not sqlite.wal_is_safe(), reason="this SQLite gets no write-ahead log")
def test_13_the_log_that_a_reader_held_shrinks_after_its_release(connection: Connection, database: Path) -> None:
    log = database.with_name("runs.db-wal")
    reader = open_read_only(database)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    for _ in range(40):
        events.record(connection, "loud", detail="x" * (1 << 18))
    held = log.stat().st_size
    assert held > 10 << 20
    reader.execute("ROLLBACK")
    for _ in range(3):
        events.record(connection, "quiet")
    assert log.stat().st_size <= 4 << 20
    reader.close()


def test_a_network_file_system_is_recognised_and_named(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch, lrtui: Cli
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nnas:/home {tmp_path} nfs4 rw 0 0\n")
    kind = paths.filesystem_type
    assert (kind(database, mounts), kind(Path("/etc"), mounts)) == ("nfs4", "ext4")
    for module in (paths, health):
        monkeypatch.setattr(module, "filesystem_type", lambda path: kind(path, mounts))
    assert open_database(database).execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    outcome = lrtui("doctor")
    assert outcome.status == 1
    assert "is on nfs4: locks and a write-ahead log are not safe there" in outcome.out
    assert "choose a local disk with --db" in outcome.out


def test_files_are_private_whatever_the_umask(database: Path, files: Files) -> None:
    old = os.umask(0)
    try:
        connection = open_database(database)
        fakes.create(connection)
        assert try_lock(files.supervisor_lock) is not None
    finally:
        os.umask(old)
    found = [database, *database.parent.glob("runs.db-*"), files.folder, *files.folder.rglob("*")]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in found}
    assert {"runs.db", "runs.db-wal", "runs.db-shm", "supervisor.lock", "checkpoints"} <= set(modes)
    for path in found:
        assert modes[path.name] == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize(
    ("place", "error", "message"),
    [
        ("missing/runs.db", UserError, "expected a file in an existing folder"),
        (".", UserError, "expected a file, and this is a folder"),
        ("/proc/runs.db", OperationFailed, "cannot be opened for writing"),
    ],
)
def test_impossible_places_are_named(tmp_path: Path, place: str, error: type[UserError], message: str) -> None:
    with pytest.raises(error, match=message):
        open_database(tmp_path / place)


def test_the_database_opens_with_sqlite_utils(connection: Connection, database: Path) -> None:
    fakes.trained(connection)
    command = Path(sys.executable).with_name("sqlite-utils")
    tables = subprocess.run([command, "tables", database], capture_output=True, text=True, check=True).stdout
    for table in connections.OUR_TABLES:
        assert f'"{table}"' in tables
    query = "SELECT scheduler, mean_test_acc FROM ranking; "
    rows = subprocess.run([command, database, query], capture_output=True, text=True, check=True).stdout
    assert '"scheduler": "step", "mean_test_acc": 0.52' in rows
    progress = connection.execute("SELECT runs, finished, epochs_done, epochs_planned FROM progress").fetchone()
    assert tuple(progress) == (2, 2, 6, 6)
