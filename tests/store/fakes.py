"""A training without torch: rows that say which run and epoch they are of."""

from lrtui.comparison.records import EvaluationRow, Provenance, RunResult
from lrtui.comparison.spec import Spec, spec_from_dict
from lrtui.comparison.status import RunStatus
from lrtui.store import claims, comparisons, workers
from lrtui.store.claims import Claim
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction

ACCEPTS = ("cpu", "auto")
PROVENANCE = Provenance("weights", "order", "fp32")


def spec(**settings: object) -> Spec:
    """Two schedulers, one seed, three epochs, unless said otherwise."""
    return spec_from_dict({"schedulers": ["constant", "step"], "seeds": 1, "epochs": 3} | settings)


def create(connection: Connection, **settings: object) -> int:
    return comparisons.create(connection, spec(**settings), {"lrtui": "test"})


def row(run_id: int, epoch: int) -> EvaluationRow:
    """Every column follows from run and epoch, so that a torn or mixed-up row shows."""
    lr = run_id + epoch / 1000
    return EvaluationRow(
        epoch,
        32 * epoch,
        1000 * epoch,
        lr,
        lr / 2,
        lr / 4,
        lr,
        1 / epoch,
        2 / epoch,
        1 - 1 / (epoch + 1),
        epoch / 8,
        1000.0 + epoch,
    )


def claim(connection: Connection, worker_id: int | None = None) -> Claim:
    """The next queued run; there must be one."""
    if worker_id is None:
        worker_id = workers.register(connection, "cpu:0")
    taken = claims.claim_next(connection, worker_id, "cpu", ACCEPTS)
    assert taken is not None
    return taken


def result(status: RunStatus = RunStatus.DONE, epochs_run: int = 3, test_acc: float = 0.9) -> RunResult:
    if status is RunStatus.DIVERGED:
        return RunResult(status, epochs_run, 1.0, diverged_at=epochs_run)
    if status is RunStatus.FAILED:
        return RunResult(status, epochs_run, 1.0, error="out of memory")
    return RunResult(status, epochs_run, 1.0, epochs_run, test_acc, test_acc, test_acc, test_acc, test_acc)


def train(connection: Connection, taken: Claim, ending: RunResult | None = None) -> None:
    """Write every epoch of a claimed run and its end."""
    ending = ending or result()
    with transaction(connection):
        claims.write_provenance(connection, taken.run_id, taken.claim, PROVENANCE)
        rows = [row(taken.run_id, epoch) for epoch in range(1, ending.epochs_run + 1)]
        claims.write_epochs(connection, taken.run_id, taken.claim, rows)
        claims.finish(connection, taken.run_id, taken.claim, ending)


def trained(connection: Connection, **settings: object) -> int:
    """A comparison whose runs are all done, each a little better than the one before."""
    comparison_id = create(connection, **settings)
    worker_id = workers.register(connection, "cpu:0")
    number = 0
    while (taken := claims.claim_next(connection, worker_id, "cpu", ACCEPTS)) is not None:
        number += 1
        train(connection, taken, result(epochs_run=taken.spec.epochs, test_acc=0.5 + number / 100))
    workers.record_end(connection, worker_id, "left")
    return comparison_id


def put(connection: Connection, status: RunStatus) -> int:
    """A comparison with one run, brought to `status` the way runs get there. Returns its id."""
    comparison_id = create(connection, schedulers=["constant"])
    if status is RunStatus.QUEUED:
        return comparison_id
    if status in (RunStatus.PAUSED, RunStatus.CANCELLED):
        with transaction(connection):
            claims.move(connection, comparison_id, None, status)
        return comparison_id
    taken = claim(connection)
    if status is not RunStatus.RUNNING:
        train(connection, taken, result(status))
    return comparison_id
