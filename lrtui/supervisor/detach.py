"""Starting a process that outlives the terminal, the SSH connection and this program."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def scope_prefix(environment: Mapping[str, str] = os.environ) -> list[str]:
    """`systemd-run` in front of a command, where a systemd user manager is there to take the process in; else nothing.

    A session started by systemd-logind may be killed whole at logout; a user scope is not part of it.
    """
    runtime = environment.get("XDG_RUNTIME_DIR")
    if not runtime or not Path(runtime, "systemd", "private").exists() or not shutil.which("systemd-run"):
        return []
    return ["systemd-run", "--user", "--scope", "--quiet", "--collect", "--"]


def logout_warning(
    user: str, config: Path = Path("/etc/systemd/logind.conf"), linger: Path = Path("/var/lib/systemd/linger")
) -> str | None:
    """Why training would end at logout, and the remedy; None where it will not."""
    try:
        lines = [path.read_text() for path in (config, *sorted(Path(f"{config}.d").glob("*.conf"))) if path.exists()]
    except OSError:
        return None
    settings = [line.strip().lower().replace(" ", "") for text in lines for line in text.splitlines()]
    kills = [line for line in settings if line.startswith("killuserprocesses=")]
    if not kills or kills[-1].partition("=")[2] not in ("yes", "true", "1", "on") or (linger / user).exists():
        return None
    return "the login manager kills your processes at logout: `loginctl enable-linger` keeps training alive"


def start_detached(
    argv: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, without a terminal, its output appended to `log`."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            env=environment,
        )
    finally:
        os.close(descriptor)
