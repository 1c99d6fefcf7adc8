"""Makes runs.db, docs/results.md, docs/results.ko.md and the README's table, so that nobody types a figure.

python docs/make_results.py            write the documents from runs.db
python docs/make_results.py --train    make runs.db anew first: about five minutes on two cores
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lrtui.analysis.result import Ranking, RankRow
from lrtui.comparison.snapshot import Snapshot
from lrtui.report.compose import compose
from lrtui.report.document import Block, Document, Heading, Paragraph, Table
from lrtui.report.markdown import to_markdown
from lrtui.report.ranked import analyse_comparison, rank_comparison
from lrtui.store.connection import open_database
from lrtui.store.reader import Reader

ROOT = Path(__file__).resolve().parent.parent
DATABASE = ROOT / "runs.db"
PRESETS = ("defaults", "fitted")  # comparisons 1 and 2
BEGIN, END = "<!-- ranking -->", "<!-- /ranking -->"
TITLES = {
    "en": ("Results on scikit-learn's digits", "PyTorch's default hyperparameters", "Hyperparameters fitted to the budget"),
    "ko": ("scikit-learn digits 에서의 실험 결과", "PyTorch 기본 하이퍼파라미터", "학습량에 맞춘 하이퍼파라미터"),
}  # fmt: skip
ABOUT = {
    "en": "Made by `python docs/make_results.py` from `runs.db`, which is in this repository: do not edit. `lrtui rank 1` and `lrtui rank 2` print the rankings, `lrtui spec 1` what to run to get the same numbers. [한국어](results.ko.md)",
    "ko": "저장소에 들어 있는 `runs.db` 로부터 `python docs/make_results.py` 가 만든 문서이므로 직접 고치지 않는다. 순위는 `lrtui rank 1`, `lrtui rank 2` 로, 같은 수치를 다시 얻는 데 필요한 설정은 `lrtui spec 1` 로 볼 수 있다. [English](results.md)",
}


def read(database: Path = DATABASE) -> list[Snapshot]:
    """The two comparisons, as they lie in the database."""
    reader = Reader(database)
    try:
        return [reader.read(number) for number in range(1, len(PRESETS) + 1)]
    finally:
        reader.close()


def results(snapshots: list[Snapshot], lang: str) -> str:
    """The document in one language: both reports, one below the other."""
    title, *parts = TITLES[lang]
    text = f"# {title}\n\n{ABOUT[lang]}\n\n"
    for part, snapshot in zip(parts, snapshots, strict=True):
        assert snapshot.open
        analysis = analyse_comparison(snapshot.open, snapshot.runs, snapshot.curves)
        report = compose(snapshot.open, analysis, snapshot.runs, snapshot.curves, lang)
        text += to_markdown(Document(part, lang, tuple(_below(part, report)))) + "\n"
    return text.rstrip("\n") + "\n"


def _below(part: str, report: Document) -> Iterator[Block]:
    """A report under the part's heading, which takes the place of its title and of that of section 3."""
    yield Heading(2, part)
    yield from (block for block in report.blocks if not isinstance(block, Heading) or block.level > 2)


def readme_table(snapshots: list[Snapshot]) -> str:
    """What stands between the README's markers: both verdicts, one table, and the machine."""
    pairs = [(s.open, rank_comparison(s.open, s.runs)) for s in snapshots if s.open]
    (defaults, at_defaults), (_, fitted) = pairs
    spec, machine = defaults.spec, defaults.environment
    other = {row.label: row for row in fitted.rows}
    header = ("scheduler", "PyTorch's defaults: test accuracy, %", "leads", "fitted to the budget", "leads")
    rows = tuple(
        (row.label, *_cells(row), *(_cells(other[row.label]) if row.label in other else ("", "")))
        for row in at_defaults.rows
    )
    about = (
        f"{spec.dataset}, {spec.model}, {spec.epochs} epochs of {spec.optimizer}, {len(spec.seeds)} seeds, each scheduler at "
        f"the best of {spec.base_lrs_each} base LRs; means with 95 % intervals. Made by lrtui on {machine['cores']} cores of "
        f"{machine['cpu']} with torch {machine['torch']}."
    )
    blocks: list[Block] = [_verdict("PyTorch's defaults", at_defaults), _verdict("Fitted to the budget", fitted)]
    blocks += [Table(header, rows, frozenset({1, 3})), Paragraph(about)]
    return to_markdown(Document("", "en", blocks)).strip("\n")


def _verdict(setting: str, ranking: Ranking) -> Paragraph:
    return Paragraph(f"{setting}: {ranking.verdict}.", strong=True)


def _cells(row: RankRow) -> tuple[str, str]:
    assert row.score_low is not None
    assert row.score_high is not None
    interval = f"{100 * row.score:.2f} [{100 * row.score_low:.2f}, {100 * row.score_high:.2f}]"
    return interval, "●" if row.leads else ""


def with_table(readme: str, table: str) -> str:
    """The README with the table between its markers, which must be there."""
    before, marker, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not marker or not end:
        raise SystemExit(f"README.md: expected the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def train(database: Path) -> None:
    """Run both presets in a fresh database, pack it and put it in place."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "runs.db"
        for preset in PRESETS:
            subprocess.run([sys.executable, "-m", "lrtui", "--db", str(made), "run", "--preset", preset], check=True)
        subprocess.run([sys.executable, "-m", "lrtui", "--db", str(made), "stop"], check=True)
        pack(made)
        database.write_bytes(made.read_bytes())


def pack(made: Path) -> None:
    """Leave what was measured: no log beside the file, no free pages, no processes that are gone."""
    connection = open_database(made)
    for table in ("workers", "commands", "events"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("VACUUM")
    connection.close()


def main() -> None:
    """See the module."""
    if "--train" in sys.argv[1:]:
        train(DATABASE)
    snapshots = read()
    (ROOT / "docs/results.md").write_text(results(snapshots, "en"), encoding="utf-8")
    (ROOT / "docs/results.ko.md").write_text(results(snapshots, "ko"), encoding="utf-8")
    readme = ROOT / "README.md"
    readme.write_text(with_table(readme.read_text(encoding="utf-8"), readme_table(snapshots)), encoding="utf-8")


if __name__ == "__main__":
    main()
