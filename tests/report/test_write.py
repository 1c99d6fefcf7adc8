"""A report is written over itself, and over nothing else."""

from pathlib import Path

import pytest

from lrtui.errors import OperationFailed
from lrtui.report.write import write_again


def test_it_replaces_what_was_written_last_time_and_nobody_changed(tmp_path: Path) -> None:
    path = tmp_path / "lrtui-1.md"
    first = write_again("half of the runs", path, None)
    assert (first.path, first.again, first.kept) == (path, False, None)
    second = write_again("all runs", path, first.digest)
    assert (second.again, second.kept) == (True, None)
    assert [one.read_text() for one in tmp_path.iterdir()] == ["all runs"]


def test_the_same_words_need_no_copy_whoever_wrote_them(tmp_path: Path) -> None:
    path = tmp_path / "lrtui-1.md"
    path.write_text("all runs")
    assert write_again("all runs", path, None).kept is None
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("known", [True, False])
def test_other_words_are_kept_under_the_first_free_name(tmp_path: Path, known: bool) -> None:
    path = tmp_path / "lrtui-1.md"
    digest = write_again("half of the runs", path, None).digest if known else None
    (tmp_path / "lrtui-1.md.bak").write_text("kept before")
    path.write_bytes(b"my words \xff")
    written = write_again("all runs", path, digest)
    assert written.again
    assert written.kept == tmp_path / "lrtui-1.md.bak2"
    assert written.kept.read_bytes() == b"my words \xff"
    assert path.read_text() == "all runs"
    assert (tmp_path / "lrtui-1.md.bak").read_text() == "kept before"


def test_what_cannot_be_written_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lrtui-1.md"
    path.write_text("my words")

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OperationFailed, match="No space left"):
        write_again("all runs", path, None)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("lrtui-1.md", b"my words")]
    (tmp_path / "folder").mkdir()
    with pytest.raises(OperationFailed, match="it is a folder"):
        write_again("all runs", tmp_path / "folder", None)
