import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.databases import Writer


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(tmp_path / "runs.db")
    yield made
    made.connection.close()


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture
def finished(writer: Writer) -> Writer:
    """A comparison of three schedulers and six seeds that has ended."""
    writer.create()
    writer.train_all()
    writer.leave()
    return writer
