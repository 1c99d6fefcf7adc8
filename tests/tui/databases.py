"""Databases for the dashboard's tests: the real store, fed with made-up epochs."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lrtui.comparison.records import EvaluationRow, RunResult
from lrtui.comparison.spec import spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.store import claims, comparisons, events, workers
from lrtui.store.connection import open_database
from lrtui.store.transactions import transaction

EPOCHS = 20


def epoch(number: int, top: float, lr: float, loss: float | None = 0.5) -> EvaluationRow:
    accuracy = top * (1 - math.exp(-number / 4))
    return EvaluationRow(number, 32 * number, 1000 * number, lr, lr, lr, lr, loss, loss, accuracy, 0.01, 10_000.0)


@dataclass
class Writer:
    """Plays supervisor and worker on a database: queues comparisons and trains their runs in no time."""

    database: Path
    _worker: int = field(init=False)

    def __post_init__(self) -> None:
        self.connection = open_database(self.database)
        self._worker = workers.register(self.connection, "cpu:0")

    def create(self, schedulers: Iterable[str] = ("constant", "step", "cosine"), **settings: Any) -> int:
        data = {"name": "made up", "epochs": EPOCHS, "seeds": 6, **settings}
        data.setdefault("schedulers", list(schedulers)) if "schedules" not in data else None
        return comparisons.create(self.connection, spec_from_dict(data), {"torch": "2.6", "cpu": "made up"})

    def claim(self) -> claims.Claim | None:
        return claims.claim_next(self.connection, self._worker, "cpu:0", ["auto"])

    def train(self, claim: claims.Claim, epochs: int | None = None, diverge: bool = False) -> None:
        """Write epochs; with all of them, or a divergence, the run ends."""
        wanted = claim.spec.epochs if epochs is None else epochs
        top = (
            0.8 + 0.02 * [c.label for c in claim.spec.schedules].index(claim.planned.label) + 0.001 * claim.planned.seed
        )
        rates = claim.planned.schedule.lr_at_steps()[:: claim.spec.steps_per_epoch]
        rows = [epoch(i, top, rates[i - 1]) for i in range(1, wanted + 1)]
        if diverge:
            rows[-1] = epoch(wanted, top, rates[wanted - 1], loss=None)
        with transaction(self.connection) as db:
            claims.write_epochs(db, claim.run_id, claim.claim, rows)
            if diverge:
                result = RunResult(RunStatus.DIVERGED, wanted, 1.0, diverged_at=wanted)
                claims.finish(db, claim.run_id, claim.claim, result)
            elif wanted == claim.spec.epochs:
                result = RunResult(
                    RunStatus.DONE, wanted, 1.0, wanted, top, top, top - 0.01, score_last=top, test_last=top
                )
                claims.finish(db, claim.run_id, claim.claim, result)

    def train_all(self) -> None:
        while (claim := self.claim()) is not None:
            self.train(claim)

    def fail(self, claim: claims.Claim, error: str) -> None:
        with transaction(self.connection) as db:
            claims.finish(db, claim.run_id, claim.claim, RunResult(RunStatus.FAILED, 0, 0.1, error=error))

    def event(self, message: str, comparison_id: int | None = None) -> None:
        events.record(self.connection, message, comparison_id)

    def leave(self) -> None:
        """The worker ends: nothing is at work any more."""
        workers.record_end(self.connection, self._worker, "left")

    def silence(self) -> None:
        """The worker was last heard of long ago."""
        self.connection.execute("UPDATE workers SET heartbeat_at = '2020-01-01T00:00:00.000Z'")
