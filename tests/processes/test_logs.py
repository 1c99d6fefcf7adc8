"""Finding a run's lines in the logs of workers."""

import os
from pathlib import Path

from lrtui.supervisor.logs import tail_of_run


def _log(folder: Path, name: str, text: str, at: int) -> Path:
    path = folder / name
    path.write_text(text)
    os.utime(path, (at, at))
    return path


def test_a_runs_lines_end_where_the_next_run_begins(tmp_path: Path) -> None:
    log = _log(tmp_path, "worker-cpu-0.log", "run 1/1: a\nrun 1/2: b\nboom\n  run 1/9: no heading\nrun 1/3: c\n", 1)
    assert tail_of_run([log], 1, 2, 3) == (log, "run 1/2: b\nboom\n  run 1/9: no heading")
    assert tail_of_run([log], 1, 2, 2) == (log, "boom\n  run 1/9: no heading")
    assert tail_of_run([log], 1, 3) == (log, "run 1/1: a\nrun 1/2: b\nboom\n  run 1/9: no heading\nrun 1/3: c")
    assert tail_of_run([log], 1, 9) is None
    assert tail_of_run([log, tmp_path / "gone.log"], 11, 1) is None


def test_of_two_workers_that_tried_it_the_later_one_counts(tmp_path: Path) -> None:
    older = _log(tmp_path, "worker-cpu-0.log", "run 1/1: a\nrun 1/1: a\nfirst\n", 1)
    newer = _log(tmp_path, "worker-cpu-1.log", "run 1/1: a\nsecond\n", 2)
    assert tail_of_run([older, newer], 1, 1, 1) == (newer, "second")


def test_runs_that_were_taken_together_share_their_lines(tmp_path: Path) -> None:
    log = _log(tmp_path, "worker-cpu-0.log", "run 1/1: a\nrun 1/2 too: b\nboom\nrun 1/3: c\n", 1)
    assert tail_of_run([log], 1, 1, 1) == (log, "boom")
    assert tail_of_run([log], 1, 2, 1) == (log, "boom")
    assert tail_of_run([log], 1, 3, 1) == (log, "run 1/3: c")
