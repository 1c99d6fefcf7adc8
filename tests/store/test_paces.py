"""How fast a task was trained before: from runs that finished, on the kind of device that is asked about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lrtui.comparison.spec import spec_from_dict
from lrtui.store.paces import newest_pace
from tests.tui.databases import Writer

SPEC = spec_from_dict({"schedulers": ["constant", "step", "cosine"], "epochs": 7, "seeds": 6})


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(tmp_path / "runs.db")
    yield made
    made.connection.close()


def test_without_a_finished_run_there_is_none(writer: Writer) -> None:
    assert newest_pace(writer.connection, SPEC, "cpu") is None
    writer.create()
    claim = writer.claim()
    assert claim is not None
    writer.train(claim, epochs=3)
    assert newest_pace(writer.connection, SPEC, "cpu") is None


def test_it_is_the_images_trained_by_the_seconds_they_took(writer: Writer) -> None:
    writer.create()
    writer.train_all()
    measured = newest_pace(writer.connection, SPEC, "cpu")
    assert measured is not None
    assert measured.comparison == 1
    assert measured.images_per_second == pytest.approx(20 * 1000)  # 20 epochs of 1,000 images in a second
    assert measured.environment["cpu"] == "made up"


def test_the_newest_comparison_of_the_task_counts(writer: Writer) -> None:
    for epochs in (20, 10):
        writer.create(epochs=epochs)
        writer.train_all()
    writer.create(batch_size=64)
    writer.train_all()
    writer.create()  # queued
    measured = newest_pace(writer.connection, SPEC, "cpu")
    assert measured is not None
    assert measured.comparison == 2
    assert measured.images_per_second == pytest.approx(10_000)


def test_another_kind_of_device_is_another_pace(writer: Writer) -> None:
    writer.create()
    writer.train_all()
    assert newest_pace(writer.connection, SPEC, "cuda") is None
    writer.connection.execute("UPDATE runs SET device = 'cuda:1'")
    assert newest_pace(writer.connection, SPEC, "cpu") is None
    assert newest_pace(writer.connection, SPEC, "cuda") is not None
