"""`lrtui --web`: the dashboard in a browser, on this machine only."""

import os
import shlex
import socket
import sys
from contextlib import closing, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from lrtui.errors import OperationFailed, UserError

if TYPE_CHECKING:
    from lrtui.workspace import Workspace

HOST = "127.0.0.1"
PORT = 8000


def serve_dashboard(workspace: "Workspace", *, theme: str | None = None, notify: bool | None = None) -> None:
    """Serve the dashboard until Ctrl+C. Each page that is opened is a dashboard of its own, in a process of its own.

    Raises:
        UserError: textual-serve is not installed.
        OperationFailed: no port is free.
    """
    if find_spec("textual_serve") is None:
        raise UserError("--web needs textual-serve: pip install 'lrtui[web]'")
    from lrtui.cli.web_server import WebServer

    os.environ["LRTUI_ASCII"] = "0"  # a browser knows Unicode, whatever the locale of this terminal
    if theme is not None:
        os.environ["LRTUI_THEME"] = theme
    if notify is not None:
        os.environ["LRTUI_NOTIFY"] = "1" if notify else "0"
    command = shlex.join([sys.executable, "-m", "lrtui.tui", str(workspace.path)])
    with closing(listen()) as listening:
        WebServer(command, listening).serve()


def listen() -> socket.socket:
    """A socket that listens on the usual port, or another where that is taken.

    Raises:
        OperationFailed: there is none left.
    """
    for port in (PORT, 0):
        with suppress(OSError):
            return socket.create_server((HOST, port))
    raise OperationFailed(f"--web: no free port on {HOST}")
