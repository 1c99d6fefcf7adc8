"""A process beside the dashboard for numpy and scipy, which would double the dashboard's memory for good.

It is started when something is to be computed, ends when nothing was for some seconds, and never outlives the dashboard:
the end of the pipe it reads from, however that came, ends it at once, even in the middle of a computation. It has no
terminal, so that Ctrl+C does not reach it. Both ends of the pipe are here; what runs there is in `computed.py`.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread, Timer
from typing import Any, ParamSpec, TypeVar

from lrtui.errors import OperationFailed, UserError, sentence_of

IDLE_SECONDS = 15.0

P = ParamSpec("P")
T = TypeVar("T")


class RankingProcess:
    """Computes one thing after the other; whoever calls waits. From any thread but the loop's."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._turn = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._rest: Timer | None = None
        self._closed = False

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function of a module returns over there; it and its arguments are pickled.

        Raises:
            UserError: it raised this, or something else, told in a sentence.
            OperationFailed: the process ended over it; the next call starts another.
        """
        with self._turn:
            if self._rest is not None:
                self._rest.cancel()
            process = self._started()
            try:
                done, value = _exchange(process, (function, args, kwargs))
            except (OSError, EOFError, pickle.UnpicklingError):
                raise OperationFailed(self._end(process)) from None
            self._rest = Timer(self._idle_seconds, self._end_idle)
            self._rest.daemon = True
            self._rest.start()
        if not done:
            raise UserError(value)
        result: T = value
        return result

    def close(self) -> None:
        """End it, and start none any more; calls that wait for it fail."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()
        if self._rest is not None:
            self._rest.cancel()

    @property
    def pid(self) -> int | None:
        """The process's id while there is one."""
        process = self._process
        return None if process is None else process.pid

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._closed:
            raise OperationFailed("the dashboard is closing")
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lrtui.tui.ranking.ranking_process"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        return self._process

    def _end(self, process: "subprocess.Popen[bytes]") -> str:
        """See that it is gone. Returns how it ended, as a sentence."""
        self._process = None
        process.kill()
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what was still to be written has nowhere to go
                assert pipe is not None
                pipe.close()
        ending = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"the process that computes rankings ended ({ending}); another one takes up the next ranking"

    def _end_idle(self) -> None:
        with self._turn:
            if self._process is not None:
                self._end(self._process)


def _exchange(process: "subprocess.Popen[bytes]", request: object) -> tuple[bool, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(pickle.dumps(request))
    process.stdin.flush()
    answer: tuple[bool, Any] = pickle.load(process.stdout)  # from nobody but the process started here
    return answer


def _serve() -> None:
    """Compute what is asked for until the pipe ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get among the answers
    requests: SimpleQueue[tuple[Callable[..., object], tuple[object, ...], dict[str, object]]] = SimpleQueue()

    def receive() -> None:
        with suppress(EOFError):
            while True:
                requests.put(pickle.load(sys.stdin.buffer))
        os._exit(0)

    Thread(target=receive, daemon=True).start()
    while True:
        function, args, kwargs = requests.get()
        try:
            answer = pickle.dumps((True, function(*args, **kwargs)))
        except Exception as error:  # a mistake in the arithmetic ends neither this process nor the dashboard
            answer = pickle.dumps((False, sentence_of(error)))
        answers.write(answer)
        answers.flush()


if __name__ == "__main__":
    _serve()
