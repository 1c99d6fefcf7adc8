"""The supervisor: one per database, no torch. It carries out requests, replaces dead workers and leaves when idle."""

import signal
import subprocess
import sys
from time import monotonic, sleep

from lrtui.machine.locks import ANOTHER_AT_WORK, try_lock
from lrtui.machine.paths import Files
from lrtui.machine.process_identity import boot_id, identify, is_alive
from lrtui.machine.slots import Slot, runs_together, slots, usable_gpus
from lrtui.store import claims, commands, events, trials, workers
from lrtui.store.connection import open_database
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction
from lrtui.store.workers import WorkerRecord
from lrtui.supervisor import logs
from lrtui.supervisor.detach import start_detached
from lrtui.supervisor.search import propose_trials
from lrtui.supervisor.terminate import kill_group, signal_group

TICK_SECONDS = 0.1
HEED_SECONDS = 0.5  # a worker that was left without a run is given this long to notice, then it is ended
GRACE_SECONDS = 5.0  # between SIGTERM and SIGKILL
LINGER_SECONDS = 2.0  # idle for this long, it leaves
START_ATTEMPTS = 3  # workers in a row that end without having claimed anything


class Supervisor:
    """Looks after the workers of one database until nothing is left to do.

    It may die at any moment: all it knows is in the database, and the next one adopts the workers it finds there.
    """

    def __init__(self, files: Files, connection: Connection, found_slots: list[Slot]) -> None:
        self.files = files
        self.connection = connection
        self.slots = found_slots
        self.children: dict[int, subprocess.Popen[bytes]] = {}  # by pid; adopted workers are not among them
        self.starting: dict[str, int] = {}  # slot → pid of a child that has not registered yet
        self.unheeding: dict[int, float] = {}  # worker id → since when all that it holds is lost
        self.deadlines: dict[int, float] = {}  # worker id → when SIGTERM gives way to SIGKILL
        self.barren: dict[str, int] = {}  # device → workers in a row that died before claiming a run
        self.leaving = False

    def run(self) -> None:
        """Work until there is nothing to do, or until told to leave."""
        for worker in workers.living(self.connection):
            if is_alive(worker.identity):
                events.record(self.connection, f"adopted worker {worker.slot} (pid {worker.identity.pid})")
        idle_since = monotonic()
        while True:
            busy = self.tick()
            if busy:
                idle_since = monotonic()
            elif self.leaving or monotonic() - idle_since > LINGER_SECONDS:
                return
            sleep(TICK_SECONDS)

    def leave(self) -> None:
        """End every worker (its run goes back into the queue), then `run` returns."""
        self.leaving = True

    def tick(self) -> bool:
        """Look once at everything. Returns whether there is, or will be, something to do."""
        for command in commands.unhandled(self.connection):
            commands.carry_out(self.connection, command)
        alive = self._reap()
        self._end_unwanted(alive)
        if not self.leaving:
            propose_trials(self.connection)
        waiting = False if self.leaving else self._fill_slots(alive)
        return bool(alive or self.children or waiting)

    def anything_to_do(self) -> bool:
        """Whether requests or runs wait that this machine can serve, or trials are to be proposed."""
        served = {device for slot in self.slots for device in slot.accepts}
        if not served.isdisjoint(claims.claimable(self.connection)):
            return True
        return bool(commands.unhandled(self.connection) or trials.due(self.connection))

    def _reap(self) -> list[WorkerRecord]:
        """Record the dead, requeue what they held, and return the living."""
        codes = {pid: child.poll() for pid, child in self.children.items()}
        alive = []
        for worker in workers.living(self.connection):
            pid = worker.identity.pid
            if self.starting.get(worker.slot) == pid:
                del self.starting[worker.slot]
            # A child is dead once its exit code is known, and not before: it says how it died.
            if codes[pid] is None if pid in codes else is_alive(worker.identity):
                alive.append(worker)
                if not worker.idle:
                    self.barren.pop(_device(worker.slot), None)
                continue
            self._bury(worker, codes.get(pid))
        for slot, pid in list(self.starting.items()):
            if codes.get(pid) is not None:  # it ended before it could register
                del self.starting[slot]
                if codes[pid]:  # else the slot was taken by a worker that a dead supervisor had started
                    self._count_barren(slot)
        self.children = {pid: child for pid, child in self.children.items() if codes[pid] is None}
        return alive

    def _bury(self, worker: WorkerRecord, code: int | None) -> None:
        why = _ending(worker, code)
        kill_group(worker.identity)  # children that a dead worker left behind
        if worker.idle and code:
            self._count_barren(worker.slot)
        self.unheeding.pop(worker.id, None)
        self.deadlines.pop(worker.id, None)
        with transaction(self.connection):
            claims.take_from_dead_worker(self.connection, worker.id, why, logs.tail(self.files.worker_log(worker.slot)))
            workers.record_end(self.connection, worker.id, why)

    def _count_barren(self, slot_name: str) -> None:
        """Workers that die before they claim anything would be replaced for ever: after a few, say why and stop."""
        device = _device(slot_name)
        self.barren[device] = self.barren.get(device, 0) + 1
        if self.barren[device] >= START_ATTEMPTS:
            del self.barren[device]
            log = self.files.worker_log(slot_name)
            last = logs.tail(log, lines=1)
            accepts = next(slot.accepts for slot in self.slots if slot.name == slot_name)
            claims.fail_queued(self.connection, accepts, f"no worker could start on {device}: {last} (see {log.name})")
            events.record(self.connection, f"no worker could start on {device}: {last}", detail=logs.tail(log))

    def _end_unwanted(self, alive: list[WorkerRecord]) -> None:
        """SIGTERM, then SIGKILL after the grace, to the groups of workers that are not needed and do not notice it themselves.

        A worker that keeps one of its runs is left alone: it is asked to stop the others (`claims.request`).
        """
        # Asked anew: what `alive` says of a worker's runs may have changed since.
        unwanted, leaving = workers.unwanted(self.connection), workers.told_to_leave(self.connection)
        for worker in alive:
            if worker.id in self.deadlines:
                if monotonic() > self.deadlines[worker.id]:
                    kill_group(worker.identity)
                continue
            unheeding = self._does_not_heed(worker.id, worker.id in unwanted)
            if not (self.leaving or worker.id in leaving or unheeding):
                continue
            self.deadlines[worker.id] = monotonic() + GRACE_SECONDS
            signal_group(worker.identity, signal.SIGTERM)
            signal_group(worker.identity, signal.SIGCONT)  # a stopped process would not hear it

    def _does_not_heed(self, worker_id: int, unwanted: bool) -> bool:
        """Whether a worker has held nothing but lost runs for too long."""
        if not unwanted:
            self.unheeding.pop(worker_id, None)
            return False
        return monotonic() - self.unheeding.setdefault(worker_id, monotonic()) > HEED_SECONDS

    def _fill_slots(self, alive: list[WorkerRecord]) -> bool:
        """Start workers for queued runs in free slots. Returns whether runs are waiting that some slot serves."""
        queued = claims.claimable(self.connection)
        taken = {worker.slot for worker in alive} | set(self.starting)
        about_to_claim = {worker.slot for worker in alive if worker.idle} | set(self.starting)
        waiting = False
        for slot in self.slots:
            wanting = sum(queued.get(device, 0) for device in slot.accepts)
            waiting = waiting or wanting > 0
            coming = sum(1 for other in self.slots if other.name in about_to_claim and other.accepts == slot.accepts)
            if slot.name not in taken and wanting > coming * runs_together():
                self._start_worker(slot)
                about_to_claim.add(slot.name)
        return waiting

    def _start_worker(self, slot: Slot) -> None:
        log = self.files.worker_log(slot.name)
        logs.rotate(log)
        argv = [sys.executable, "-m", "lrtui.training.worker", "--db", str(self.files.database)]
        argv += ["--slot", slot.name, "--device", slot.device, "--accepts", ",".join(slot.accepts)]
        child = start_detached(argv, log)
        self.children[child.pid] = child
        self.starting[slot.name] = child.pid


def _device(slot_name: str) -> str:
    """The device of a slot, without the core's number: `cpu` for `cpu:1`, `cuda:0` for `cuda:0`."""
    return "cpu" if slot_name.startswith("cpu:") else slot_name


def _ending(worker: WorkerRecord, code: int | None) -> str:
    if worker.identity.boot_id != boot_id():
        return "was lost when the machine restarted"
    if code is None:
        return "vanished"  # not our child: nobody can tell how it ended
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return "left" if code == 0 else f"ended with exit code {code}"


def supervise(files: Files) -> int:
    """Be the supervisor of a database until nothing is left to do. Returns the exit status: `ANOTHER_AT_WORK` when another one is.

    What is queued between the last look and the release of the lock would wait for nobody, hence a look after it.
    """
    files.create()
    me = identify()
    assert me is not None
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    while True:
        lock = try_lock(files.supervisor_lock, me.as_dict())
        if lock is None:
            print("another supervisor is at work", file=sys.stderr)
            return ANOTHER_AT_WORK
        try:
            connection = open_database(files.database, locked=True)
            supervisor = Supervisor(files, connection, slots(usable_gpus()))
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: supervisor.leave())  # noqa: B023
            supervisor.run()
        finally:
            lock.release()
        if supervisor.leaving or not supervisor.anything_to_do():
            return 0
