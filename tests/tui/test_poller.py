"""Which comparison is open: what a person chose, else one at work or the newest."""

import pytest
from textual.message import Message

from lrtui.comparison.snapshot import Snapshot
from lrtui.tui.messages import SnapshotReady
from lrtui.tui.poller import Poller
from tests.tui.databases import Writer
from tests.waiting import eventually


def _opened(posted: list[Message]) -> list[int | None]:
    return [message.snapshot.open_id for message in posted if isinstance(message, SnapshotReady)]


def test_what_is_opened_while_the_poller_chooses_stays_open(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    first = writer.create(seeds=1)
    writer.create(seeds=1)
    posted: list[Message] = []
    poller = Poller(writer.database, posted.append)

    def opened_meanwhile(snapshot: Snapshot) -> tuple[int, ...]:
        poller.open(first)
        return ()

    monkeypatch.setattr(Snapshot, "at_work", property(opened_meanwhile))
    poller.start()
    eventually(lambda: _opened(posted))
    poller.stop()
    poller.join()
    assert set(_opened(posted)) == {first}


def test_without_a_choice_the_newest_is_opened_where_none_is_at_work(writer: Writer) -> None:
    writer.create(seeds=1)
    newest = writer.create(seeds=1)
    posted: list[Message] = []
    poller = Poller(writer.database, posted.append)
    poller.start()
    eventually(lambda: _opened(posted))
    poller.stop()
    poller.join()
    assert set(_opened(posted)) == {newest}
