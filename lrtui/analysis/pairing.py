"""Whether the ranked runs may be compared pair by pair: what was recorded of each as it began is looked at here.

Runs of one seed must have begun from the same weights and seen the data in the same order; all runs must have been
trained by the same torch, on the same kind of device, in the same precision. Where they were not, a note says which runs.
What was not recorded (before it was) is taken for no difference.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from lrtui.analysis.result import Ranking, Sentence
from lrtui.analysis.selection import enumeration
from lrtui.comparison.snapshot import RunView
from lrtui.tasks.info import TaskInfo
from lrtui.terminal_text import clean

Value = Callable[[RunView], str | None]


def with_pairing_notes(ranking: Ranking, runs: Sequence[RunView], task: TaskInfo | None) -> Ranking:
    """The ranking, with a note on everything that keeps its runs from being paired."""
    ranked_at = {row.label: row.base_lr for row in ranking.rows}
    seeds = set(ranking.seeds)
    ranked = [run for run in runs if ranked_at.get(run.label) == run.base_lr and run.seed in seeds]
    notes = (*_unpaired(task), *_of_one_seed(ranked), *_of_all(ranked))
    return replace(ranking, notes=(*ranking.notes, *notes)) if notes and ranking.rows else ranking


def _unpaired(task: TaskInfo | None) -> Iterator[Sentence]:
    if task is not None and task.unpaired:
        yield Sentence("not_paired", f"not paired: {clean(task.unpaired)}", reason=task.unpaired)


def _of_one_seed(runs: Sequence[RunView]) -> Iterator[Sentence]:
    """What has to be the same for the runs of one seed."""
    by_seed: dict[int, list[RunView]] = {}
    for run in sorted(runs, key=lambda run: (run.seed, run.number)):
        by_seed.setdefault(run.seed, []).append(run)
    for code, did, value in _PER_SEED:
        odd = [run for own in by_seed.values() for run in _odd(own, value)]
        if odd:
            seeds = tuple(str(seed) for seed in dict.fromkeys(run.seed for run in odd))
            text = f"not paired on seed {enumeration(seeds)}: {_named(odd)} {did} than the others of that seed"
            yield Sentence(code, text, seeds=seeds, runs=_numbers(odd))


def _of_all(runs: Sequence[RunView]) -> Iterator[Sentence]:
    """What has to be the same for all runs."""
    runs = sorted(runs, key=lambda run: run.number)
    named = all(run.device_name is not None for run in runs)
    device: Value = (lambda run: run.device_name) if named else _kind
    values: tuple[tuple[str, str, Value], ...] = (
        ("torch_differs", "by torch ", lambda run: run.torch),
        ("device_differs", "on ", device),
        ("precision_differs", "in ", lambda run: run.precision),
    )
    for code, how, value in values:
        odd = _odd(runs, value)
        if odd:
            usual = next(found for run in runs if run not in odd and (found := value(run)) is not None)
            others = tuple(dict.fromkeys(found for run in odd if (found := value(run)) is not None))
            listed = enumeration([clean(other) for other in others])
            text = f"not trained alike: most runs {how}{clean(usual)}, {_named(odd)} {how}{listed}"
            yield Sentence(code, text, usual=usual, others=others, runs=_numbers(odd))


def _odd(runs: Sequence[RunView], value: Value) -> list[RunView]:
    """The runs that have another value than most; of equals, than the first."""
    counts = Counter(found for run in runs if (found := value(run)) is not None)
    if len(counts) < 2:
        return []
    usual = counts.most_common(1)[0][0]
    return [run for run in runs if value(run) not in (None, usual)]


def _kind(run: RunView) -> str | None:
    return None if run.device is None else run.device.partition(":")[0]


def _numbers(runs: Sequence[RunView]) -> tuple[str, ...]:
    return tuple(str(run.number) for run in runs)


def _named(runs: Sequence[RunView]) -> str:
    return f"{'run' if len(runs) == 1 else 'runs'} {enumeration(_numbers(runs))}"


_PER_SEED: tuple[tuple[str, str, Value], ...] = (
    ("weights_differ", "began from other weights", lambda run: run.init_hash),
    ("order_differs", "saw the data in another order", lambda run: run.order_hash),
)
