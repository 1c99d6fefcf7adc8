"""The checks before the start that look at this machine: told what is there, without a mock of what looks."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from lrtui.comparison.checks.advice import Code
from lrtui.machine import paths, slots
from lrtui.machine.network import unreachable
from lrtui.preflight.surroundings import check_data, check_machine
from lrtui.tasks.data_files import LAYOUTS
from lrtui.training.download import resources
from tests.training.idx_files import shrink_mnist, write_idx


class _Answers(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(200 if self.path == "/here" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A web server on loopback that has one file, /here."""
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _closed() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_an_address_that_answers_is_reachable(site: str) -> None:
    assert unreachable([f"{site}/here"]) is None
    assert unreachable([f"{_closed()}/here", f"{site}/here"]) is None


def test_an_address_that_does_not_is_named_with_the_reason(site: str) -> None:
    assert unreachable([f"{site}/gone"]) == "127.0.0.1 cannot be reached (it answers 404)"
    assert unreachable([f"{_closed()}/here"]) == "127.0.0.1 cannot be reached (Connection refused)"


def test_of_several_addresses_the_first_is_named_with_its_own_reason(site: str) -> None:
    closed, gone = f"{_closed()}/here", f"{site}/gone".replace("127.0.0.1", "localhost")
    assert unreachable([closed, gone]) == "127.0.0.1 cannot be reached (Connection refused)"
    assert unreachable([gone, closed]) == "localhost cannot be reached (it answers 404)"


def test_a_host_that_is_silent_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/here"
        assert unreachable([address], seconds=0.05) is not None


@pytest.mark.parametrize("key", LAYOUTS)
def test_the_addresses_are_those_of_the_download(key: str) -> None:
    assert LAYOUTS[key].addresses == resources(key)[0].urls


def test_bundled_data_and_data_that_is_there_need_no_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_mnist(monkeypatch)
    write_idx(tmp_path)
    assert list(check_data("digits", None)) == []
    assert list(check_data("mnist", tmp_path)) == []


def test_without_a_network_the_advice_names_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for proxy in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    (advice,) = check_data("mnist", tmp_path)
    assert advice.code is Code.DATA
    assert advice.severity == "warning"
    assert "the files of mnist are not on this machine" in advice.sentence
    assert "cannot be reached" in advice.sentence
    assert "data folder" in advice.remedy


def test_a_download_that_can_be_made_is_announced(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYOUTS, "mnist", replace(LAYOUTS["mnist"], addresses=(f"{site}/here",)))
    (advice,) = check_data("mnist", tmp_path)
    assert advice.severity == "note"
    assert f"the start downloads them to {tmp_path}/MNIST/raw" in advice.sentence


def test_a_data_folder_that_cannot_be_looked_into_is_told_before_the_start(tmp_path: Path) -> None:
    (advice,) = check_data("mnist", tmp_path / (300 * "n"))
    assert advice.severity == "warning"
    assert "File name too long" in advice.sentence


def test_files_that_are_torn_are_told_before_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_mnist(monkeypatch)
    write_idx(tmp_path)
    torn = tmp_path / "train-images-idx3-ubyte"
    torn.write_bytes(torn.read_bytes()[:100])
    (advice,) = check_data("mnist", tmp_path)
    assert "truncated or damaged" in advice.sentence


def test_a_torch_that_does_not_answer_uses_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "gpus", lambda: [slots.Gpu(0, "made up", 1)])
    monkeypatch.setattr(slots, "TORCH_SECONDS", 0.01)  # torch cannot even be imported meanwhile
    assert slots.usable_gpus() == 0


def test_a_network_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = paths.filesystem_type(tmp_path)
    assert not any(advice.code is Code.NETWORK_DISK for advice in check_machine(tmp_path / "runs.db"))
    monkeypatch.setattr("lrtui.preflight.health.NETWORK_FILESYSTEMS", frozenset({kind}))
    (advice,) = [one for one in check_machine(tmp_path / "runs.db") if one.code is Code.NETWORK_DISK]
    assert f"is on {kind}" in advice.sentence
    assert "--db" in advice.remedy
