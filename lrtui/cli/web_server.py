"""The server behind `lrtui --web`. It imports textual-serve, an extra: import it only where that is installed.

Whoever reaches the page can start training and delete comparisons. Loopback keeps other machines out; a secret in the
address keeps out this machine's other people, and pages of other sites that a browser shows at the same time.
"""

import asyncio
import logging
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable

from aiohttp import web
from textual_serve.server import Server

SHUTDOWN_SECONDS = 1.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebServer(Server):
    """Serves a command that shows a Textual application.

    Args:
        command: for a shell.
        listening: a socket that listens.
    """

    def __init__(self, command: str, listening: socket.socket) -> None:
        host, port = listening.getsockname()
        super().__init__(command, host, port, title="lrtui")
        self._socket = listening
        self._secret = secrets.token_urlsafe(16)
        self._cookie = f"lrtui-{port}"

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"{self.public_url}/?token={self._secret}"

    def initialize_logging(self) -> None:
        """Only what went wrong, on stderr: a request's address holds the secret."""
        logging.basicConfig(level="WARNING", stream=sys.stderr, format="lrtui: %(message)s")

    def serve(self, debug: bool = False) -> None:
        """Serve until SIGINT or SIGTERM. What is still shown then ends soon."""
        self.debug = debug
        self.initialize_logging()
        web.run_app(
            self._make_app(), sock=self._socket, print=None, shutdown_timeout=SHUTDOWN_SECONDS,
            loop=asyncio.new_event_loop(),
        )  # fmt: skip

    async def on_startup(self, app: web.Application) -> None:
        """Say where to look."""
        print(self.address, flush=True)
        print(f"Ctrl+C ends it. Over SSH, first on your machine: ssh -L {self.port}:{self.host}:{self.port} HOST", file=sys.stderr, flush=True)  # fmt: skip

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let in who knows the secret: from the address at first, then from a cookie that other sites cannot send."""
        given = request.query.get("token")
        if given is not None and self._knows(given):
            answer = web.HTTPFound("/")
            answer.set_cookie(self._cookie, self._secret, httponly=True, samesite="Strict")
            raise answer
        origin = request.headers.get("Origin", self.public_url)
        if origin != self.public_url or not self._knows(request.cookies.get(self._cookie, "")):
            raise web.HTTPForbidden(text="open the address that `lrtui --web` printed")
        return await handler(request)

    def _knows(self, text: str) -> bool:
        return secrets.compare_digest(text.encode(), self._secret.encode())
