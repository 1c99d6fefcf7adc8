"""Checkpoints: written so that a loadable one always exists, read so that nothing in them is ever executed."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

FAILPOINTS = ("before fsync", "before rename", "before directory fsync")


class CheckpointRefused(Exception):
    """The file is no checkpoint, is damaged, or belongs to another run."""


def save(path: Path, state: dict[str, Any], reached: Callable[[str], None] = lambda failpoint: None) -> None:
    """Replace the checkpoint at `path` atomically and durably, readable by its owner only.

    Args:
        path: in an existing folder.
        state: tensors and plain Python values.
        reached: told each of `FAILPOINTS` as it is reached, so that a test can end the process there.

    Raises:
        OSError: the disk does not take it; the checkpoint that was there is untouched.
    """
    serialised = io.BytesIO()  # torch's own file writer reports a full disk as a bare RuntimeError
    torch.save(state, serialised)
    temporary = _temporary(path)
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as out:
            os.fchmod(out.fileno(), 0o600)
            out.write(serialised.getbuffer())
            out.flush()
            reached("before fsync")
            os.fsync(out.fileno())
        reached("before rename")
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    reached("before directory fsync")
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path, fingerprint: str, device: torch.device) -> dict[str, Any] | None:
    """The checkpoint at `path`; None where there is none.

    Raises:
        CheckpointRefused: it cannot be loaded, or its `fingerprint` is not this run's.
    """
    try:
        state = torch.load(path, map_location=device, weights_only=True)
    except FileNotFoundError:
        return None
    except Exception as error:  # hostile or damaged bytes can make torch raise nearly anything
        raise CheckpointRefused(f"{path}: not a loadable checkpoint ({type(error).__name__})") from None
    if not isinstance(state, dict) or state.get("fingerprint") != fingerprint:
        raise CheckpointRefused(f"{path}: a checkpoint of another run, or of another version of this one")
    return state


def remove(path: Path) -> None:
    """Remove the checkpoint and what an interrupted write may have left."""
    path.unlink(missing_ok=True)
    _temporary(path).unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp")  # one name a run: a killed writer's leftover is overwritten
