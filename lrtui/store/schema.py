"""The tables of `runs.db`, as sqlite-utils migrations. Add one at the end and raise `connection.SCHEMA_VERSION`."""

import sqlite_utils

from lrtui.store.connection import SCHEMA_VERSION, transaction
from lrtui.store.sqlite import Connection

migrations = sqlite_utils.Migrations("lrtui")

_FIRST = """
CREATE TABLE comparisons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    spec TEXT NOT NULL,
    environment TEXT NOT NULL,
    data_dir TEXT
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    comparison_id INTEGER NOT NULL REFERENCES comparisons (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    scheduler TEXT NOT NULL,
    scheduler_key TEXT NOT NULL,
    parameters TEXT NOT NULL,
    base_lr REAL NOT NULL,
    seed INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    wanted_device TEXT NOT NULL,
    pause_wanted INTEGER NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL DEFAULT 0,
    claim INTEGER NOT NULL DEFAULT 0,
    worker_id INTEGER,
    device TEXT,
    precision TEXT,
    init_hash TEXT,
    order_hash TEXT,
    epoch INTEGER NOT NULL DEFAULT 0,
    epochs INTEGER NOT NULL,
    lr REAL,
    last_val_acc REAL,
    best_epoch INTEGER,
    val_acc REAL,
    selection_acc REAL,
    test_acc REAL,
    val_acc_last REAL,
    test_acc_last REAL,
    diverged_at INTEGER,
    stopped_early_at INTEGER,
    seconds REAL,
    error TEXT,
    started_at TEXT,
    ended_at TEXT,
    UNIQUE (comparison_id, number)
);
CREATE INDEX runs_by_status ON runs (status, comparison_id, number);
CREATE TABLE epochs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    lr_first REAL NOT NULL,
    lr_last REAL NOT NULL,
    lr_min REAL NOT NULL,
    lr_max REAL NOT NULL,
    train_loss REAL,
    val_loss REAL,
    val_acc REAL NOT NULL,
    seconds REAL NOT NULL,
    images_per_second REAL NOT NULL,
    UNIQUE (run_id, epoch)
);
CREATE TABLE workers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slot TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    pid INTEGER NOT NULL,
    process_start TEXT NOT NULL,
    started_at TEXT NOT NULL,
    heartbeat_at TEXT NOT NULL,
    run_id INTEGER,
    ended_at TEXT,
    ending TEXT
);
CREATE INDEX living_workers ON workers (id) WHERE ended_at IS NULL;
CREATE TABLE commands (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    verb TEXT NOT NULL,
    comparison_id INTEGER NOT NULL,
    run_number INTEGER,
    handled_at TEXT,
    answer TEXT
);
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    comparison_id INTEGER REFERENCES comparisons (id) ON DELETE CASCADE,
    run_number INTEGER,
    message TEXT NOT NULL,
    detail TEXT
);
CREATE VIEW progress AS
    SELECT c.id AS comparison_id, c.name, count(r.id) AS runs,
        sum(r.status IN ('done', 'diverged')) AS finished, sum(r.status = 'running') AS running,
        sum(r.status = 'queued') AS queued, sum(r.status = 'failed') AS failed,
        sum(r.epoch) AS epochs_done, sum(r.epochs) AS epochs_planned
    FROM comparisons c LEFT JOIN runs r ON r.comparison_id = c.id GROUP BY c.id;
CREATE VIEW ranking AS
    SELECT comparison_id, scheduler, base_lr, count(test_acc) AS n, avg(test_acc) AS mean_test_acc,
        avg(selection_acc) AS mean_selection_acc, sum(status = 'diverged') AS diverged
    FROM runs GROUP BY comparison_id, scheduler, base_lr ORDER BY comparison_id, mean_test_acc DESC;
"""


@migrations()
def first_schema(db: sqlite_utils.Database) -> None:
    """Comparisons, runs, epochs, workers, commands, events."""
    _execute(db, _FIRST)


_SECOND = """
ALTER TABLE comparisons ADD COLUMN unproposed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE comparisons ADD COLUMN unproposed_status TEXT NOT NULL DEFAULT 'queued';
DROP VIEW progress;
CREATE VIEW progress AS
    SELECT c.id AS comparison_id, c.name, count(r.id) + c.unproposed AS runs,
        sum(r.status IN ('done', 'diverged')) AS finished, sum(r.status = 'running') AS running,
        sum(r.status = 'queued') AS queued, sum(r.status = 'failed') AS failed, c.unproposed,
        sum(r.epoch) AS epochs_done, sum(r.epochs) + c.unproposed * coalesce(max(r.epochs), 0) AS epochs_planned
    FROM comparisons c LEFT JOIN runs r ON r.comparison_id = c.id GROUP BY c.id;
"""


@migrations()
def planned_by_a_search(db: sqlite_utils.Database) -> None:
    """Runs that a search has still to propose: how many, and the status they share (see `store/trials.py`)."""
    _execute(db, _SECOND)


@migrations()
def notes(db: sqlite_utils.Database) -> None:
    """What a person noted about a comparison."""
    _execute(db, "ALTER TABLE comparisons ADD COLUMN note TEXT NOT NULL DEFAULT ''")


def _execute(db: sqlite_utils.Database, statements: str) -> None:
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)


def apply(connection: Connection) -> None:
    """Run every migration that has not run on this database; all of them, or none when it is interrupted."""
    with transaction(connection):
        migrations.apply(sqlite_utils.Database(connection))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
