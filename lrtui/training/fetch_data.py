"""`python -m lrtui.training.fetch_data DATASET [DIR]`: download a data set's files with progress on stderr.

Exit status 1 and one sentence on stdout where that fails. The command line runs it before anything is queued.
"""

import sys
from pathlib import Path
from time import monotonic

from lrtui.errors import UserError
from lrtui.tasks.data_files import MissingFiles, find_files
from lrtui.training.download import download


class _Report:
    """Tells how far a download is: in place on a terminal, a line every few seconds elsewhere."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, name: str, done: int, total: int | None) -> None:
        if monotonic() < self._next and done != total:
            return
        live = sys.stderr.isatty()
        self._next = monotonic() + (0.2 if live else 5.0)
        share = f" of {total / 2**20:.1f}" if total else ""
        end = "\r" if live and done != total else "\n"
        print(f"downloading {name}: {done / 2**20:.1f}{share} MiB", end=end, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Fetch what is missing. Returns the exit status."""
    key, folder = arguments[0], Path(arguments[1]) if len(arguments) > 1 else None
    try:
        find_files(key, folder)
    except MissingFiles as missing:
        try:
            download(key, folder, missing, _Report())
        except UserError as error:
            print(error)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
