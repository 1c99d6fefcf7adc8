"""The process that computes rankings: it computes, it fails in a sentence, and it never outlives the dashboard."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import psutil
import pytest

from lrtui.errors import OperationFailed, UserError
from lrtui.tui.ranking import computed
from lrtui.tui.ranking.ranking_process import RankingProcess
from tests.tui.databases import Writer
from tests.tui.driver import PATIENCE, drive


@pytest.fixture
def process() -> Iterator[RankingProcess]:
    made = RankingProcess()
    yield made
    made.close()


def _eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def _busy(process: RankingProcess) -> tuple[Thread, list[Exception]]:
    """A call that would take an hour, under way."""
    errors: list[Exception] = []

    def call() -> None:
        try:
            process.call(time.sleep, 3600)
        except Exception as error:
            errors.append(error)

    thread = Thread(target=call)
    thread.start()
    _eventually(lambda: process.pid is not None)
    return thread, errors


def test_it_ranks_and_neither_side_loads_what_the_other_is_for(finished: Writer, process: RankingProcess) -> None:
    comparison, ranking = process.call(computed.ranked, finished.database, 1)
    assert comparison.id == 1
    assert ranking.rows[0].label == "cosine"
    assert process.call(computed.evidence, finished.database, 1).parts[0].name == "why"
    modules = process.call(eval, "list(__import__('sys').modules)")
    assert "numpy" in modules
    assert not {"torch", "textual"} & set(modules)


def test_a_database_in_the_place_of_another_is_read_anew(finished: Writer, process: RankingProcess) -> None:
    assert process.call(computed.about, finished.database, 1, "cosine")
    other = Writer(finished.database.with_name("other.db"))
    other.create(["exponential", "linear"])
    other.train_all()
    other.connection.close()
    for part in ("-wal", "-shm"):
        Path(f"{finished.database}{part}").unlink()
    other.database.replace(finished.database)
    assert not process.call(computed.about, finished.database, 1, "cosine")
    assert process.call(computed.about, finished.database, 1, "linear")


def test_the_dashboard_never_loads_numpy(finished: Writer) -> None:
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from tests.tui.driver import drive\n"
        "async def main():\n"
        "    async with drive(Path(sys.argv[1]), (120, 40), open_id=1) as driver:\n"
        "        for key, words in {'2': 'Start', '3': 'ended', '5': 'cosine leads', '4': 'model confidence set'}.items():\n"
        "            await driver.press(key)\n"
        "            await driver.sees(words)\n"
        "asyncio.run(main())\n"
        "print([name for name in ('numpy', 'scipy', 'torch', 'multiprocessing') if name in sys.modules])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script, str(finished.database)], capture_output=True, text=True, check=False
    )
    assert found.stdout.strip() == "[]", found.stderr


def test_what_goes_wrong_over_there_is_a_sentence_here(finished: Writer, process: RankingProcess) -> None:
    with pytest.raises(UserError, match="no comparison 99"):
        process.call(computed.ranked, finished.database, 99)
    with pytest.raises(UserError, match="ZeroDivisionError: division by zero"):
        process.call(eval, "1 / 0")
    assert process.call(abs, -1) == 1


def test_when_it_is_killed_the_next_call_starts_another(process: RankingProcess) -> None:
    thread, errors = _busy(process)
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    thread.join(PATIENCE)
    assert isinstance(errors[0], OperationFailed)
    assert "ended (SIGKILL)" in str(errors[0])
    assert process.call(os.getpid) != first


def test_it_ends_when_there_is_nothing_to_do(process: RankingProcess) -> None:
    brief = RankingProcess(idle_seconds=0)
    pid = brief.call(os.getpid)
    _eventually(lambda: brief.pid is None)
    assert not psutil.pid_exists(pid)
    assert brief.call(os.getpid) != pid
    _eventually(lambda: brief.pid is None)


def test_closing_ends_it_and_whoever_waits_is_told(process: RankingProcess) -> None:
    thread, errors = _busy(process)
    process.close()
    thread.join(PATIENCE)
    assert isinstance(errors[0], OperationFailed)
    with pytest.raises(OperationFailed, match="closing"):
        process.call(abs, 1)


def test_it_has_no_terminal_and_dies_with_whoever_started_it() -> None:
    script = (
        "import os, sys, time\n"
        "from lrtui.tui.ranking.ranking_process import RankingProcess\n"
        "process = RankingProcess()\n"
        "assert process.call(os.getsid, 0) != os.getsid(0)\n"
        "print(process.call(os.getpid), flush=True)\n"
        "process.call(time.sleep, 3600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.send_signal(signal.SIGKILL)
    parent.wait(PATIENCE)
    parent.stdout.close()
    _eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


async def test_a_ranking_that_failed_is_tried_again_when_it_is_looked_at_again(finished: Writer) -> None:
    async with drive(finished.database, (120, 40), open_id=1) as driver:
        requests = driver.app.requests
        moved = finished.database.with_name("away.db")
        finished.database.rename(moved)
        await driver.press("4")
        await driver.sees("no ranking:")
        moved.rename(finished.database)
        await driver.press("1", "4")
        await driver.sees("cosine leads")
        assert requests.process.pid is not None
    _eventually(lambda: not psutil.pid_exists(requests.process.pid or 0) or requests.process.pid is None)


async def test_quitting_does_not_wait_for_a_computation(finished: Writer) -> None:
    async with drive(finished.database, open_id=1) as driver:
        process = driver.app.requests.process
        driver.app.in_background(lambda: str(process.call(time.sleep, 3600)))
        await driver.until(lambda: process.pid is not None)
        await driver.press("q")
    assert driver.app.return_code == 0
