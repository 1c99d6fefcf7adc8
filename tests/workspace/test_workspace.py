"""The Python API: light to import, five lines to a ranking, and the same sentences as everywhere."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import lrtui
from lrtui.comparison.status import RunStatus
from lrtui.errors import OperationFailed, UserError
from lrtui.machine.own_code import VARIABLE
from lrtui.store.connection import open_database
from lrtui.store.sqlite import Connection
from tests.processes.lab import Lab
from tests.store import fakes


def _workspace(database: Path) -> lrtui.Workspace:
    return lrtui.Workspace(database)


def _modules_after(code: str) -> set[str]:
    script = f"import sys; {code}; print(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", script], text=True).split())


def test_importing_lrtui_imports_nothing_else() -> None:
    ours = {name for name in _modules_after("import lrtui") if name.startswith("lrtui")}
    assert ours == {"lrtui"}
    heavy = {"torch", "numpy", "scipy", "sqlite3", "pysqlite3", "click", "textual", "rich"}
    assert not _modules_after("import lrtui; lrtui.Workspace('runs.db')") & heavy


def test_every_public_name_is_there() -> None:
    assert set(lrtui.__all__) == set(dir(lrtui))
    for name in lrtui.__all__:
        assert getattr(lrtui, name)
    with pytest.raises(AttributeError, match="has no attribute 'wrokspace'"):
        _ = lrtui.wrokspace


@pytest.mark.processes
def test_from_a_start_to_a_ranking_in_five_lines(lab: Lab) -> None:
    ws = lrtui.Workspace(lab.database)
    comparison = ws.start(schedulers=["constant", "cosine"], seeds=2, epochs=3, splits=[100, 50, 50], device="cpu")
    ranking = comparison.wait().ranking()
    table, curves = ranking.to_markdown(), comparison.curves()
    page = comparison.report("html", lang="ko")

    assert comparison.status == "done"
    assert {row.label for row in ranking.rows} == {"constant", "cosine"}
    assert not ranking.provisional
    assert "| cosine |" in table
    assert [len(curve) for curve in curves.values()] == [3] * 4
    assert {run.number: run.status for run in comparison.runs()} == dict.fromkeys(curves, RunStatus.DONE)
    assert page.startswith('<!doctype html>\n<html lang="ko">')
    assert [row.epoch for row in comparison.evaluations(1)] == [1, 2, 3]
    assert ws.comparisons() == (comparison,) == (ws.comparison(),)


def test_without_a_database_there_is_a_sentence_and_no_file(database: Path) -> None:
    with pytest.raises(UserError, match="there is no such file yet"):
        _workspace(database).comparisons()
    with pytest.raises(UserError, match="there is no such file yet"):
        _workspace(database).comparison(1)
    assert not database.exists()


def test_a_comparison_that_is_not_there_is_refused_at_once(connection: Connection, database: Path) -> None:
    fakes.trained(connection)
    with pytest.raises(UserError, match="no comparison 7: the latest are 1"):
        _workspace(database).comparison(7)
    gone = _workspace(database).comparison()
    gone.delete()
    for ask in (gone.runs, gone.ranking, gone.curves, gone.report, gone.progress, lambda: gone.rename("x")):
        with pytest.raises(UserError, match="no comparison 1"):
            ask()


def test_what_a_person_wrote_about_it(connection: Connection, database: Path) -> None:
    fakes.create(connection)
    comparison = _workspace(database).comparison(1)
    comparison.rename("first try")
    comparison.annotate("batch 64 was too small")
    assert (comparison.name, comparison.note, comparison.spec.name) == (
        "first try",
        "batch 64 was too small",
        "first try",
    )
    assert repr(comparison) == "<Comparison 1 'first try': queued, 0 of 2 runs ended>"
    with pytest.raises(UserError, match="only an ended one can be deleted"):
        comparison.delete()


def test_a_spec_from_settings_is_that_of_the_command_line(database: Path, tmp_path: Path) -> None:
    ws = _workspace(database)
    assert ws.spec() == ws.spec(preset="quick")
    changed = ws.spec(preset="defaults", seeds=4, schedulers=["cosine", "step"])
    assert (changed.seeds, changed.name, len(changed.base_lrs)) == ((0, 1, 2, 3), "defaults", 3)
    assert [choice.label for choice in changed.schedules] == ["cosine", "step"]
    path = ws.save_spec(changed, tmp_path / "my.toml")
    assert ws.load_spec(path) == ws.spec(path) == ws.spec(changed) == changed
    with pytest.raises(FileExistsError):
        ws.save_spec(changed, path, overwrite=False)
    with pytest.raises(UserError, match="unknown setting 'sedes'"):
        ws.spec(sedes=3)
    with pytest.raises(UserError, match="expected a list of names"):
        ws.spec(schedulers="cosine")
    with pytest.raises(UserError, match="did you mean 'cosine'"):
        ws.spec(schedulers=["cosin"])
    with pytest.raises(UserError, match="expected one of the two"):
        ws.spec(path, preset="quick")


def test_to_stop_waiting_does_not_stop_the_training(lab: Lab) -> None:
    lab.create(epochs=10_000)
    comparison = _workspace(lab.database).comparison()
    with pytest.raises(OperationFailed, match=r"has not ended within 0 s: 0 of 1 runs have; training goes on"):
        comparison.wait(timeout=0)
    assert comparison.status == "queued"


@pytest.mark.processes
def test_pause_and_cancel_answer_in_a_sentence(lab: Lab) -> None:
    lab.create(epochs=100_000)
    comparison = _workspace(lab.database).comparison()
    assert comparison.pause() == "paused 1 run of comparison 1"
    with pytest.raises(OperationFailed, match="comparison 1 is paused"):
        comparison.wait()
    assert comparison.resume(1).startswith("resumed")
    assert comparison.cancel() == "cancelled 1 run of comparison 1"
    assert comparison.wait().status == "cancelled"


def test_a_ranking_shows_itself_in_a_notebook(connection: Connection, database: Path) -> None:
    fakes.trained(connection, schedulers=["cosine", "step"], seeds=6)
    comparison = _workspace(database).comparison()
    ranking = comparison.ranking()
    assert pickle.loads(pickle.dumps(ranking)).to_markdown() == ranking.to_markdown()
    assert str(ranking) == ranking._repr_markdown_() == ranking.to_markdown()
    html = ranking._repr_html_()
    assert html.startswith('<div lang="en">\n<p><strong>')
    assert "<td>cosine</td>" in html
    assert '<div lang="ko">' in ranking.to_html("ko")
    with pytest.raises(UserError, match="unknown language"):
        ranking.to_markdown("fr")


def test_a_report_shows_itself_in_a_notebook_and_is_a_text(
    connection: Connection, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.trained(connection, name='<script>alert("x")</script>')
    monkeypatch.chdir(tmp_path)
    comparison = _workspace(database).comparison()
    page, text, table = (comparison.report(form) for form in ("html", "md", "csv"))
    frame = page._repr_html_()
    assert frame is not None
    assert frame.startswith('<iframe sandbox srcdoc="&lt;!doctype html&gt;')
    assert "<script" not in frame
    assert (page._repr_markdown_(), text._repr_html_(), table._repr_markdown_()) == (None, None, None)
    assert text._repr_markdown_() == text
    assert pickle.loads(pickle.dumps(page)).format_name == "html"
    assert page.save() == tmp_path / "lrtui-1.html"
    assert text.save("mine.md").read_text() == text
    with pytest.raises(UserError, match="unknown format 'pdf'"):
        comparison.report("pdf")


def test_nothing_starts_from_within_a_worker(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    with pytest.raises(UserError, match='below `if __name__ == "__main__":`'):
        _workspace(database).start(seeds=1)
    assert not database.exists()


def test_threads_may_share_a_workspace(database: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with open_database(database) as connection:
        fakes.trained(connection)
    ws = _workspace(database)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ws.comparison().ranking(), range(32)))
    assert len({ranking.verdict for ranking in found}) == 1
