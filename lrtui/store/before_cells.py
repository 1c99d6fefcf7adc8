"""What databases before schema 4 left unsaid, said once, while they are migrated.

They held each run's parameters, and not how often the scheduler was stepped, nor the facts of the data set: those followed
from the program. The tables below are of the program of that day, and never to follow the catalogues of today.
"""

import json
from math import ceil
from typing import Any
from uuid import uuid4

from lrtui.store.sqlite import Connection

_CLASSES = {"cifar100": 100}  # all others had 10
_TEST_IMAGES = {"digits": 400, "svhn": 26_032}  # all others had 10,000
_STEPPED_EVERY_BATCH = frozenset({"cyclic", "onecycle", "linear", "polynomial", "warmup-cosine", "wsd", "rex"})


def fill(connection: Connection) -> None:
    """Give every comparison its unique id, task and cells, and every run its cell. Part of a transaction."""
    connection.row_factory, before = None, connection.row_factory
    try:
        for comparison_id, stored in connection.execute("SELECT id, spec FROM comparisons ORDER BY id").fetchall():
            spec = json.loads(stored)
            task = _task(spec)
            connection.execute(
                "UPDATE comparisons SET uid = ?, task = ? WHERE id = ?", (uuid4().hex, json.dumps(task), comparison_id)
            )
            _make_cells(connection, comparison_id, spec.get("profile", "pytorch"), task["steps_per_epoch"])
    finally:
        connection.row_factory = before


def _task(spec: dict[str, Any]) -> dict[str, Any]:
    key = spec["dataset"]
    train, validation, selection = spec["splits"]
    chance = 1 / _CLASSES.get(key, 10)
    test = _TEST_IMAGES.get(key, 10_000)
    return {
        "reference": key,
        "metric": {"name": "accuracy", "unit": "%", "better": "higher", "chance": chance},
        "sizes": {"train": train, "validation": validation, "selection": selection, "test": test},
        "steps_per_epoch": ceil(train / spec["batch_size"]),
        "parameters": None,
        "unpaired": "",
        "source": None,
    }


def _make_cells(connection: Connection, comparison_id: int, profile: str, steps_per_epoch: int) -> None:
    revisions: dict[tuple[str, float], int] = {}
    cells = connection.execute(
        "SELECT scheduler, scheduler_key, base_lr, parameters, epochs FROM runs WHERE comparison_id = ?"
        " GROUP BY scheduler, scheduler_key, base_lr, parameters, epochs ORDER BY min(number)",
        (comparison_id,),
    ).fetchall()
    for label, key, base_lr, parameters, epochs in cells:
        revision = revisions[label, base_lr] = revisions.get((label, base_lr), 0) + 1
        once_an_epoch = key not in _STEPPED_EVERY_BATCH or (key == "cyclic" and profile == "study")
        cell_id = connection.execute(
            "INSERT INTO cells (comparison_id, label, scheduler, base_lr, revision, steps_every, epochs, steps_per_epoch, parameters)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                comparison_id, label, key, base_lr, revision, "epoch" if once_an_epoch else "batch", epochs,
                steps_per_epoch, parameters,
            ),
        ).lastrowid  # fmt: skip
        connection.execute(
            "UPDATE runs SET cell_id = ? WHERE comparison_id = ? AND scheduler = ? AND scheduler_key = ? AND base_lr = ?"
            " AND parameters = ? AND epochs = ?",
            (cell_id, comparison_id, label, key, base_lr, parameters, epochs),
        )
