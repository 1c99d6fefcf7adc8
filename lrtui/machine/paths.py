"""Where things lie: the database, and the private folder beside it for locks, logs and checkpoints."""

import os
from collections.abc import Mapping
from pathlib import Path

from lrtui.errors import OperationFailed, UserError

# File systems without the shared memory and the locks that a write-ahead log stands on.
NETWORK_FILESYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "lustre", "gpfs", "beegfs", "fuse.glusterfs"})  # fmt: skip


def typed_path(text: str | Path) -> Path:
    """The path a person typed, with `~` and `~name` replaced by the home folder. Does not look whether it is there.

    Raises:
        UserError: there is no such home folder.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise UserError(f"{text}: {Path(text).parts[0]} is nobody's home folder on this machine") from None


def database_path(option: str | None, environment: Mapping[str, str] = os.environ) -> Path:
    """`--db`, else `$LRTUI_DB`, else `./runs.db`, as an absolute path.

    Raises:
        UserError: it begins with a home folder that is not there.
    """
    return typed_path(option or environment.get("LRTUI_DB") or "runs.db").absolute()


class Files:
    """The files that belong to one database, in `<database>.d/`, readable by their owner only."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.folder = database.with_name(database.name + ".d")

    def create(self) -> None:
        """Make the folders.

        Raises:
            OperationFailed: the disk or its permissions do not allow it.
        """
        try:
            for folder in (self.folder, self.checkpoints):
                folder.mkdir(mode=0o700, exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            raise OperationFailed(
                f"{error.filename}: cannot make the folder for logs and checkpoints ({error.strerror})"
            ) from None

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.folder / "checkpoints"

    def checkpoint(self, run_id: int) -> Path:
        """A run's checkpoint."""
        return self.checkpoints / f"run-{run_id}.pt"

    @property
    def supervisor_lock(self) -> Path:
        """Locked for as long as a supervisor lives."""
        return self.folder / "supervisor.lock"

    @property
    def supervisor_log(self) -> Path:
        """What the supervisor prints."""
        return self.folder / "supervisor.log"

    def slot_lock(self, slot: str) -> Path:
        """Locked for as long as a worker fills the slot."""
        return self.folder / f"slot-{slot.replace(':', '-')}.lock"

    def worker_log(self, slot: str) -> Path:
        """What the workers of a slot print."""
        return self.folder / f"worker-{slot.replace(':', '-')}.log"

    def worker_logs(self) -> list[Path]:
        """Those of all slots there are."""
        return list(self.folder.glob("worker-*.log"))


def filesystem_type(path: Path, mounts: Path = Path("/proc/mounts")) -> str | None:
    """The type of the file system that holds `path` ("ext4", "nfs4"); None where the system does not say."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return None
    best, kind = -1, None
    resolved = path.resolve()
    for line in lines:
        fields = line.split()
        point = Path(fields[1].replace("\\040", " "))
        if (resolved == point or point in resolved.parents) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind


def on_network(path: Path) -> bool:
    """Whether `path` lies on a network file system."""
    return filesystem_type(path) in NETWORK_FILESYSTEMS
