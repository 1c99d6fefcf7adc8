"""Seeing to it that a data set's files are there before anything is queued."""

import subprocess
import sys
from pathlib import Path

from lrtui.errors import UserError
from lrtui.tasks.data_files import MissingFiles, find_files


def provide_data(dataset: str, data_dir: Path | None) -> None:
    """Check the files of a data set; download what is missing, with progress on stderr.

    The download is torchvision's, in a process of its own, because this one must not import torch.

    Raises:
        UserError: they are torn, or missing and cannot be downloaded.
    """
    try:
        find_files(dataset, data_dir)
        return
    except MissingFiles as missing:
        argv = [sys.executable, "-m", "lrtui.training.fetch_data", dataset, *([str(data_dir)] if data_dir else [])]
        download = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        answer, _ = download.communicate()
        if download.returncode:
            raise UserError(answer.strip() or str(missing)) from None
    find_files(dataset, data_dir)
