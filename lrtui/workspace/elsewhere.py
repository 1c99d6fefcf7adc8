"""The ranking of results that lrtui did not train: from Python, or from a CSV file."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from operator import index
from pathlib import Path
from typing import Any, get_args

from lrtui.analysis.result import Sentence
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.setting_kinds import as_text
from lrtui.comparison.status import RunStatus
from lrtui.errors import UserError, unknown
from lrtui.machine.paths import typed_path
from lrtui.schedules.parameters import shown
from lrtui.tasks.info import Better, Metric
from lrtui.workspace.results import Ranking

NEEDED = ("scheduler", "seed", "score")
COLUMNS = "scheduler, seed, score and perhaps base_lr and selection"
Results = Mapping[str, Mapping[int, float]] | Iterable[Mapping[str, Any]] | str | Path


@dataclass(frozen=True, slots=True)
class _Result:
    """One run, and where it was found: for sentences about it."""

    where: str
    label: str
    seed: int
    score: float
    base_lr: float | None
    selection: float | None


def rank(
    results: Results,
    *,
    better: Better | str = "higher",
    unit: str = "",
    metric: str = "score",
    alpha: float = 0.05,
) -> Ranking:
    """Rank schedules by results from anywhere, paired by seed: the statistics of `lrtui rank` alone.

    Args:
        results: by scheduler and seed, `{"cosine": {0: 0.971, 1: 0.968}, …}`; or rows with `scheduler`, `seed`, `score` and
            perhaps `base_lr` and `selection`, the score that chooses the base LR; or the CSV file that holds such rows.
        better: `higher` or `lower`.
        unit: how people read the scores; scores in `%` are fractions, and shown times 100.
        metric: what the score is called.
        alpha: one minus the confidence of the leading group and of the intervals.

    Raises:
        UserError: a result is no finite number, is there twice, or lacks something; the sentence says which.
    """
    if not 0 < alpha < 1:
        raise UserError(f"alpha={alpha}: expected a number between 0 and 1")
    direction = _direction(better)
    found = list(_read(results))
    if not found:
        raise UserError("no results: expected at least one score of one scheduler")
    _check(found)
    outcomes = [
        Outcome(
            one.label, one.base_lr or 0.0, one.seed, RunStatus.DONE, None,
            one.score if one.selection is None else one.selection, one.score, number=number,
        )
        for number, one in enumerate(found, start=1)
    ]  # fmt: skip
    from lrtui.analysis.ranking import rank as rank_outcomes  # costs numpy

    ranking = rank_outcomes(outcomes, alpha, metric=Metric(metric, unit, direction))
    notes = (*ranking.notes, *_notes(found))
    return Ranking.of(replace(ranking, metric_sentence=f"{metric}, as given", notes=notes))


def _direction(better: str) -> Better:
    if better in ("higher", "lower"):
        return "lower" if better == "lower" else "higher"
    raise unknown("direction", better, get_args(Better))


def _read(results: Results) -> Iterator[_Result]:
    if isinstance(results, str | Path):
        yield from _read_csv(typed_path(results))
    elif isinstance(results, Mapping):
        for label, by_seed in results.items():
            if not isinstance(by_seed, Mapping):
                raise UserError(
                    f"{shown(label)}: expected scores by seed, for example {{0: 0.971, 1: 0.968}}, not {shown(by_seed)}"
                )
            for seed, score in by_seed.items():
                where = f"{shown(label)}, seed {shown(seed)}"
                yield _result(where, {"scheduler": label, "seed": seed, "score": score})
    else:
        for number, row in enumerate(results, start=1):
            where = f"row {number}"
            if not isinstance(row, Mapping):
                raise UserError(f"{where}: expected a mapping with {COLUMNS}, not {shown(row)}")
            _check_columns(where, row)
            yield _result(where, row)


def _read_csv(path: Path) -> Iterator[_Result]:
    """The rows below a header, with their lines; an empty line is none. Spreadsheets separate by semicolons or tabs, too."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            separator = next((mark for mark in ",;\t" if mark in header), ",")
            lines = csv.reader(file, delimiter=separator, strict=True)
            names = [name.strip().lower() for name in next(csv.reader([header], delimiter=separator), [])]
            _check_columns(str(path), names)
            empty = True
            for cells in lines:
                where = f"{path}, line {lines.line_num + 1}"
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(names):
                    raise UserError(f"{where}: {len(cells)} fields, and the header has {len(names)}")
                empty = False
                yield _result(where, dict(zip(names, (cell.strip() for cell in cells), strict=True)))
    except OSError as error:
        raise UserError(f"{path}: expected a CSV file with {COLUMNS} ({error.strerror})") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: not a CSV file in UTF-8 ({error})") from None
    if empty:
        raise UserError(f"{path}: no rows below the header")


def _check_columns(where: str, names: Iterable[str]) -> None:
    there = list(names)
    for name in there:
        if there.count(name) > 1 and name in (*NEEDED, "base_lr", "selection"):
            raise UserError(f"{where}: the column {name} is there twice")
    for name in NEEDED:
        if name not in there:
            raise UserError(f"{where}: no {name}; expected {COLUMNS}")


def _result(where: str, row: Mapping[str, Any]) -> _Result:
    base_lr = _number(where, "base_lr", row.get("base_lr"))
    if base_lr is not None and base_lr <= 0:
        raise UserError(f"{where}: base_lr={shown(row['base_lr'])}: expected a learning rate > 0")
    score = _number(where, "score", row["score"])
    if score is None:
        raise UserError(f"{where}: no score; expected a number")
    try:
        label = as_text("scheduler", row["scheduler"])
    except UserError as error:
        raise UserError(f"{where}: {error}") from None
    return _Result(
        where, label, _seed(where, row["seed"]), score, base_lr, _number(where, "selection", row.get("selection"))
    )


def _seed(where: str, value: Any) -> int:
    try:
        seed = int(value) if isinstance(value, str) else index(value)
    except (TypeError, ValueError):
        seed = -1
    if isinstance(value, bool) or seed < 0:
        raise UserError(f"{where}: seed={shown(value)}: expected a whole number >= 0")
    return seed


def _number(where: str, name: str, value: Any) -> float | None:
    """A finite number; None where there is none."""
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UserError(f"{where}: {name}={shown(value)}: expected a number") from None
    if not isfinite(number):
        raise UserError(
            f"{where}: {name}={shown(value)}: expected a finite number; leave a run that diverged out, or give it the worst score"
        )
    return number


def _check(found: list[_Result]) -> None:
    """Refuse what cannot be paired: a score that is there twice, or something that only some of them have."""
    first: dict[tuple[str, float | None, int], _Result] = {}
    for one in found:
        before = first.setdefault((one.label, one.base_lr, one.seed), one)
        if before is not one:
            at = "" if one.base_lr is None else f" at base LR {one.base_lr:g}"
            raise UserError(
                f"{one.where}: a second score of {one.label[:60]}{at} with seed {one.seed}, after {before.where}"
            )
    for name in ("base_lr", "selection"):
        without = [one for one in found if getattr(one, name) is None]
        if without and len(without) < len(found):
            raise UserError(f"{without[0].where}: no {name}, and others have one; expected it everywhere or nowhere")


def _notes(found: list[_Result]) -> Iterator[Sentence]:
    """Where no selection scores are given and there is a choice of base LRs, the ranked scores made it."""
    rates: dict[str, set[float | None]] = {}
    for one in found:
        rates.setdefault(one.label, set()).add(one.base_lr)
    if found[0].selection is None and any(len(tried) > 1 for tried in rates.values()):
        yield Sentence(
            "chosen_by_score",
            "no selection scores are given: each base LR was chosen by the very scores that are ranked, which flatters "
            "whoever tried more",
        )
