"""Processes for the tests of the promises: a lab, and a server that forks light processes."""

import multiprocessing
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.processes.lab import Lab


@pytest.fixture
def lab(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setenv("LRTUI_CHECKPOINT_SECONDS", "0")
    opened = Lab(database)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def forks() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.processes.tasks"])
    return context
