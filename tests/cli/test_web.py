"""`lrtui --web`: on loopback only, for who knows the address, and gone after Ctrl+C."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import psutil
import pytest

from lrtui.store.connection import open_database
from tests.conftest import Cli
from tests.waiting import eventually

SITE = "http://127.0.0.1:"


class Served:
    """A running `lrtui --web`."""

    def __init__(self, database: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lrtui", "--db", str(database), "--web"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            env=os.environ | {"XDG_CONFIG_HOME": str(database.parent)},
        )  # fmt: skip
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.site = self.address.partition("/?")[0]

    @property
    def processes(self) -> list[psutil.Process]:
        """The dashboards, one a page."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def interrupt(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)  # what a terminal does on Ctrl+C
        return self.process.wait(20)


@pytest.fixture
def served(database: Path) -> Iterator[Served]:
    open_database(database).close()
    started = Served(database)
    yield started
    started.process.kill()
    started.process.communicate()


def test_it_listens_on_loopback_only(served: Served) -> None:
    listening = [c for c in psutil.Process(served.process.pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert [(c.laddr.ip, served.site == f"{SITE}{c.laddr.port}") for c in listening] == [("127.0.0.1", True)]


def test_a_second_one_takes_another_port(served: Served, database: Path) -> None:
    second = Served(database)
    assert second.address.startswith(SITE)
    assert second.site != served.site
    assert second.interrupt() == 0
    second.process.communicate()


async def first_screen(served: Served) -> str:
    """What a browser does, until the dashboard has drawn itself."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with browser.get(served.address) as page:
            assert page.status == 200
            assert "lrtui" in await page.text()
        shown = ""
        async with browser.ws_connect(f"{served.site}/ws?width=80&height=24", origin=served.site) as socket:
            while "Schedules" not in shown:
                message = await asyncio.wait_for(socket.receive(), 30)
                assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), (message, shown)
                if message.type is aiohttp.WSMsgType.BINARY:
                    shown += message.data.decode(errors="replace")
            assert len(served.processes) >= 1
        return shown


async def test_a_browser_sees_the_dashboard_which_ends_with_the_page(served: Served) -> None:
    shown = await first_screen(served)
    assert "History" in shown
    eventually(lambda: not served.processes, 20)
    assert served.interrupt() == 0
    assert served.process.stderr is not None
    assert "Traceback" not in served.process.stderr.read()


async def test_interrupting_ends_open_pages_too(served: Served) -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with browser.get(served.address):
            pass
        async with browser.ws_connect(f"{served.site}/ws", origin=served.site) as socket:
            await asyncio.wait_for(socket.receive(), 30)
            dashboards = served.processes
            assert dashboards
            assert await asyncio.to_thread(served.interrupt) == 0
    _, alive = psutil.wait_procs(dashboards, timeout=10)
    assert alive == []


async def test_who_does_not_know_the_secret_gets_nothing(served: Served) -> None:
    secret = served.address.partition("token=")[2]
    async with aiohttp.ClientSession() as stranger:
        for path in ("/", "/?token=", "/?token=guess", "/static/js/textual.js", "/ws"):
            async with stranger.get(served.site + path) as answer:
                assert answer.status == 403, path
                assert secret not in await answer.text()
        cookie = {f"lrtui-{served.site.rpartition(':')[2]}": secret}
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):  # another site's page, in the same browser
            await stranger.ws_connect(f"{served.site}/ws", origin="http://127.0.0.1:9", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookie.items())})  # fmt: skip
    assert served.processes == []


def test_without_textual_serve_one_sentence_says_what_to_install(lrtui: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    outcome = lrtui("--web")
    assert outcome.status == 2
    assert outcome.err == "lrtui: --web needs textual-serve: pip install 'lrtui[web]'\n"


@pytest.mark.parametrize("flag", [["--web"], ["--theme", "nord"], ["--no-notify"]])
def test_flags_of_the_dashboard_go_with_no_command(lrtui: Cli, flag: list[str]) -> None:
    outcome = lrtui(*flag, "list")
    assert outcome.status == 2
    assert "is for the dashboard: expected no command after it, and there is 'list'" in outcome.err
