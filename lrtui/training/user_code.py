"""Calls a person's own code so that whatever it raises becomes one sentence with the line in their file."""

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from lrtui.errors import sentence_of
from lrtui.training.checkpoint import CheckpointRefused
from lrtui.training.references import FaultInFile, line_in

_LONGEST = 500  # characters of what an exception says


@contextmanager
def calling(file: str) -> Iterator[None]:
    """Run the block, which calls code in `file`; a process that the code has forked ends when it comes back here.

    Raises:
        FaultInFile: the code raised something, or wanted to end the process.
        MemoryError, torch.OutOfMemoryError: there was not enough memory; the engine knows what to say about that.
    """
    owner = os.getpid()
    try:
        yield
    except (FaultInFile, CheckpointRefused, MemoryError):
        raise
    except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as error:
        if os.getpid() == owner:
            if type(error).__name__ == "OutOfMemoryError":
                raise
            traceback.print_exc()
            raise FaultInFile(_sentence(error), file, line_in(file, error), "raises") from error
    finally:
        if os.getpid() != owner:  # a copy of the worker: what it holds is not its own
            os._exit(1)


def _sentence(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"it ends the process with sys.exit({error.code!r}); expected that it returns or raises"
    said = sentence_of(error)
    return said if len(said) <= _LONGEST else said[:_LONGEST] + "…"
