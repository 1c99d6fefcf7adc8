"""What `lrtui doctor` looks at: each check says ok, warning or problem, and what to do."""

import getpass
import locale
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from lrtui.errors import UserError
from lrtui.machine.paths import NETWORK_FILESYSTEMS, filesystem_type
from lrtui.machine.slots import cores, gpus, usable_gpus
from lrtui.store import sqlite
from lrtui.store.connection import damage
from lrtui.supervisor.detach import logout_warning, scope_prefix
from lrtui.tasks.data_files import cache_folder

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `remedy` is empty where there is nothing to mend."""

    name: str
    status: Level
    message: str
    remedy: str = ""


def check_all(database: Path) -> Iterator[Check]:
    """Every check, one after the other; the slow one (asking torch for GPUs) only where there is a driver."""
    checks: list[Callable[[], Check]] = [
        check_device,
        check_torch,
        check_sqlite,
        lambda: check_filesystem(database),
        lambda: check_database(database),
        lambda: check_disk(database),
        lambda: check_data_folder(cache_folder()),
        check_logout,
        check_terminal,
    ]
    for check in checks:
        yield check()


def check_device() -> Check:
    """What trains: CUDA devices, or the CPU's cores."""
    found = gpus()
    if not found:
        return Check("device", "ok", f"no NVIDIA driver: {cores()} CPU cores train, one run each")
    names = ", ".join(f"{gpu.name} ({gpu.memory_bytes / 2**30:.0f} GiB)" for gpu in found)
    usable = usable_gpus()
    if usable == 0:
        return Check(
            "device",
            "problem",
            f"torch cannot use {names}",
            "install a torch build for the driver's CUDA, or use --device cpu",
        )
    return Check("device", "ok", f"{names}; torch uses {usable} of {len(found)}")


def check_torch() -> Check:
    """That torch and torchvision are there and belong together."""
    try:
        torch, vision = version("torch"), version("torchvision")
    except PackageNotFoundError as error:
        return Check("torch", "problem", f"{error.name} is not installed", "pip install torch torchvision")
    wanted = [r for r in requires("torchvision") or [] if r.replace(" ", "").startswith("torch==")]
    release = torch.partition("+")[0]
    if wanted and wanted[0].replace(" ", "").partition(";")[0] != f"torch=={release}":
        return Check(
            "torch",
            "problem",
            f"torchvision {vision} wants {wanted[0]}, and torch is {torch}",
            "pip install --upgrade torch torchvision",
        )
    return Check("torch", "ok", f"torch {torch}, torchvision {vision}")


def check_sqlite() -> Check:
    """That SQLite is free of the WAL-reset bug."""
    here = ".".join(map(str, sqlite.VERSION))
    if sqlite.wal_is_safe():
        return Check("SQLite", "ok", here)
    return Check(
        "SQLite", "problem", f"{here} can corrupt a write-ahead log (fixed in 3.51.3), so lrtui does without: writers wait for readers",
        "pip install pysqlite3, or a Python with SQLite 3.51.3 or newer",
    )  # fmt: skip


def check_filesystem(database: Path) -> Check:
    """That the database lies on a local disk."""
    kind = filesystem_type(database)
    if kind in NETWORK_FILESYSTEMS:
        return Check("file system", "problem", f"{database.parent} is on {kind}: locks and a write-ahead log are not safe there", "choose a local disk with --db or $LRTUI_DB")  # fmt: skip
    return Check("file system", "ok", f"{database.parent} is on {kind or 'a file system of unknown type'}")


def check_database(database: Path) -> Check:
    """That the database, if there is one, can be read."""
    if not database.exists():
        return Check("database", "ok", f"{database} does not exist yet; the first comparison makes it")
    try:
        found = damage(database)
    except (UserError, sqlite.DatabaseError) as error:
        return Check("database", "problem", str(error), "choose another file with --db")
    if found:
        return Check(
            "database",
            "problem",
            f"{database} is damaged: {found}",
            "copy it with `sqlite3 FILE .recover`, and choose another with --db",
        )
    return Check("database", "ok", str(database))


def check_disk(database: Path) -> Check:
    """That rows and checkpoints have room."""
    try:
        free = shutil.disk_usage(database.parent).free
    except OSError as error:
        return Check("disk", "problem", f"{database.parent}: {error.strerror}", "choose an existing folder with --db")
    text = f"{free / 2**30:.1f} GiB free in {database.parent}"
    if free < 100 * 2**20:
        return Check("disk", "problem", text, "make room: checkpoints and rows cannot be written")
    return Check("disk", "warning" if free < 2**30 else "ok", text, "make room soon" if free < 2**30 else "")


def check_data_folder(folder: Path) -> Check:
    """That downloads have a place to go."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if os.access(existing, os.W_OK):
        return Check("data folder", "ok", str(folder))
    return Check("data folder", "warning", f"{folder} cannot be written", "name another with --data-dir")


def check_logout() -> Check:
    """That training survives the end of an SSH session."""
    warning = logout_warning(getpass.getuser())
    if warning:
        return Check("logout", "warning", warning.partition(":")[0], "loginctl enable-linger")
    how = "in a systemd user scope" if scope_prefix() else "in a session of its own"
    return Check("logout", "ok", f"the supervisor runs {how} and outlives the terminal")


def check_terminal() -> Check:
    """That the dashboard can be shown."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Check(
            "terminal",
            "warning",
            "stdin and stdout are not a terminal",
            "the dashboard needs one; `lrtui run` does not",
        )
    size = shutil.get_terminal_size()
    term = os.environ.get("TERM", "")
    if term in ("", "dumb"):
        return Check("terminal", "problem", f"TERM={term or 'not set'}", "export TERM=xterm-256color")
    if size.columns < 80 or size.lines < 24:
        return Check("terminal", "warning", f"{size.columns}×{size.lines}", "80×24 or more shows everything")
    if "utf" not in locale.getpreferredencoding(False).lower():
        return Check(
            "terminal",
            "warning",
            f"the locale is not UTF-8 ({locale.getpreferredencoding(False)})",
            "export LC_ALL=C.UTF-8",
        )
    return Check("terminal", "ok", f"{term}, {size.columns}×{size.lines}")
