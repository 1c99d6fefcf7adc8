"""The tables of `runs.db`, as sqlite-utils migrations. Add one at the end and raise `version.SCHEMA_VERSION`."""

import sqlite_utils

from lrtui.store import before_cells
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from lrtui.store.version import SCHEMA_VERSION

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


_FOURTH_TABLES = """
CREATE TABLE lr_tables (
    sha256 TEXT PRIMARY KEY,
    multipliers BLOB NOT NULL
);
CREATE TABLE cells (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    comparison_id INTEGER NOT NULL REFERENCES comparisons (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    scheduler TEXT NOT NULL,
    base_lr REAL NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    steps_every TEXT NOT NULL,
    epochs INTEGER NOT NULL,
    steps_per_epoch INTEGER NOT NULL,
    parameters TEXT NOT NULL,
    lr_table TEXT REFERENCES lr_tables (sha256),
    UNIQUE (comparison_id, label, base_lr, revision)
);
ALTER TABLE comparisons ADD COLUMN uid TEXT NOT NULL DEFAULT '';
ALTER TABLE comparisons ADD COLUMN task TEXT NOT NULL DEFAULT '';
ALTER TABLE comparisons ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE runs ADD COLUMN cell_id INTEGER REFERENCES cells (id);
ALTER TABLE runs ADD COLUMN torch TEXT;
ALTER TABLE runs ADD COLUMN device_name TEXT;
ALTER TABLE runs RENAME COLUMN last_val_acc TO last_score;
ALTER TABLE runs RENAME COLUMN val_acc TO score;
ALTER TABLE runs RENAME COLUMN selection_acc TO selection;
ALTER TABLE runs RENAME COLUMN test_acc TO test;
ALTER TABLE runs RENAME COLUMN val_acc_last TO score_last;
ALTER TABLE runs RENAME COLUMN test_acc_last TO test_last;
ALTER TABLE epochs RENAME TO evaluations;
ALTER TABLE evaluations RENAME COLUMN val_acc TO score;
ALTER TABLE evaluations RENAME COLUMN images_per_second TO examples_per_second;
ALTER TABLE evaluations ADD COLUMN step INTEGER;
ALTER TABLE evaluations ADD COLUMN examples INTEGER;
"""
# `step` and `examples` of rows from before are NULL: they follow from the cell and the task, and a million rows stay where they are.
_FOURTH_VIEWS = """
CREATE UNIQUE INDEX comparisons_by_uid ON comparisons (uid);
CREATE INDEX runs_by_cell ON runs (cell_id);
CREATE INDEX runs_held ON runs (worker_id) WHERE worker_id IS NOT NULL;
ALTER TABLE runs DROP COLUMN parameters;
ALTER TABLE workers DROP COLUMN run_id;
CREATE VIEW progress AS
    SELECT c.id AS comparison_id, c.name, count(r.id) + c.unproposed AS runs,
        sum(r.status IN ('done', 'diverged')) AS finished, sum(r.status = 'running') AS running,
        sum(r.status = 'queued') AS queued, sum(r.status = 'failed') AS failed, c.unproposed,
        sum(r.epoch) AS epochs_done, sum(r.epochs) + c.unproposed * coalesce(max(r.epochs), 0) AS epochs_planned
    FROM comparisons c LEFT JOIN runs r ON r.comparison_id = c.id GROUP BY c.id;
CREATE VIEW ranking AS
    SELECT comparison_id, scheduler, base_lr, count(test) AS n,
        CASE metric WHEN 'accuracy' THEN avg(test) END AS mean_test_acc,
        CASE metric WHEN 'accuracy' THEN avg(selection) END AS mean_selection_acc,
        sum(status = 'diverged') AS diverged, metric, better, avg(test) AS mean_test, avg(selection) AS mean_selection
    FROM (
        SELECT r.*, json_extract(c.task, '$.metric.name') AS metric, json_extract(c.task, '$.metric.better') AS better
        FROM runs r JOIN comparisons c ON c.id = r.comparison_id
    )
    GROUP BY comparison_id, scheduler, base_lr
    ORDER BY comparison_id, CASE better WHEN 'lower' THEN -avg(test) ELSE avg(test) END DESC;
CREATE VIEW epochs AS
    SELECT e.id, e.run_id, e.epoch, e.lr_first, e.lr_last, e.lr_min, e.lr_max, e.train_loss, e.val_loss,
        CASE json_extract(c.task, '$.metric.name') WHEN 'accuracy' THEN e.score END AS val_acc,
        e.seconds, e.examples_per_second AS images_per_second, e.score,
        coalesce(e.step, e.epoch * k.steps_per_epoch) AS step,
        coalesce(e.examples, e.epoch * json_extract(c.task, '$.sizes.train')) AS examples
    FROM evaluations e JOIN runs r ON r.id = e.run_id JOIN comparisons c ON c.id = r.comparison_id
        LEFT JOIN cells k ON k.id = r.cell_id;
"""


@migrations()
def the_record_is_the_truth(db: sqlite_utils.Database) -> None:
    """Cells, task facts, evaluations; what a run is scored by need not be an accuracy."""
    # A column cannot be renamed while a view does not suit it; a person's own views are put back as they were.
    views = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall()
    for name, _ in views:
        db.execute('DROP VIEW "{}"'.format(name.replace('"', '""')))
    _execute(db, _FOURTH_TABLES)
    before_cells.fill(db.conn)
    _execute(db, _FOURTH_VIEWS)
    for name, sql in views:
        if name not in ("progress", "ranking", "epochs"):
            db.execute(sql)


def _execute(db: sqlite_utils.Database, statements: str) -> None:
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)


def apply(connection: Connection) -> None:
    """Run every migration that has not run on this database; all of them, or none when it is interrupted."""
    with transaction(connection):
        migrations.apply(sqlite_utils.Database(connection))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
