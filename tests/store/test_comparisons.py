"""Renaming a comparison and noting something about it."""

from pathlib import Path

import pytest

from lrtui.errors import UserError
from lrtui.store import comparisons, sqlite
from lrtui.store.connection import open_database
from lrtui.store.sqlite import Connection
from lrtui.store.version import SCHEMA_VERSION
from tests.conftest import Cli
from tests.store import fakes


def test_a_new_name_is_the_specs_too(connection: Connection, lrtui: Cli) -> None:
    fakes.trained(connection, name="old")
    comparisons.rename(connection, 1, "new")
    comparison = comparisons.get(connection, 1)
    assert (comparison.name, comparison.spec.name, comparison.spec) == ("new", "new", fakes.spec(name="new"))
    assert 'name = "new"' in lrtui("spec", 1).out


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "\ud800"])
def test_what_is_no_name_is_refused(connection: Connection, name: str) -> None:
    fakes.create(connection, name="old")
    with pytest.raises(UserError, match="expected a text of 1 to 200 characters"):
        comparisons.rename(connection, 1, name)
    assert comparisons.get(connection, 1).name == "old"


def test_a_note_is_kept_changed_and_taken_away(connection: Connection) -> None:
    fakes.create(connection)
    for note in ("too few epochs", "better now: 60", ""):
        comparisons.annotate(connection, 1, note)
        assert comparisons.list_all(connection)[0].note == note
    with pytest.raises(UserError, match="at most 2000 characters, and these are 2001"):
        comparisons.annotate(connection, 1, "x" * 2001)
    with pytest.raises(UserError, match="no comparison 7"):
        comparisons.annotate(connection, 7, "x")


def test_a_database_without_notes_is_migrated_after_a_backup(database: Path) -> None:
    connection = open_database(database)
    fakes.trained(connection)
    connection.execute("ALTER TABLE comparisons DROP COLUMN note")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'notes'")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    migrated = open_database(database)
    assert comparisons.get(migrated, 1).note == ""
    assert migrated.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    backup = sqlite.connect(database.with_name("runs.db.v2.backup"))
    assert backup.execute("PRAGMA user_version").fetchone()[0] == 2
