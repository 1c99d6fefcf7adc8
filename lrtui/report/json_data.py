"""What `rank --json`, `show --json` and `export -f json` print: the keys are public, scripts read them.

Scores and differences are as stored (accuracies are fractions), `seconds` wall time (a run's own in `show`, the mean over ranked runs in
`rank`), times ISO 8601 UTC. What is not known is null; there is never a NaN.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from lrtui.analysis.result import Ranking
from lrtui.analysis.values import Analysis
from lrtui.comparison.snapshot import ComparisonView, RunView
from lrtui.report.columns import row_data
from lrtui.report.reasons import sentence
from lrtui.report.texts import Texts
from lrtui.tasks.info import TaskInfo


def rank_data(comparison: ComparisonView | None, ranking: Ranking) -> dict[str, Any]:
    """The ranking; `comparison` is its id, null where the results are from elsewhere."""
    return {
        "comparison": None if comparison is None else comparison.id,
        "metric": {"name": ranking.metric.name, "unit": ranking.metric.unit, "better": ranking.metric.better},
        "metric_sentence": ranking.metric_sentence,
        "seeds": list(ranking.seeds),
        "alpha": ranking.alpha,
        "method": ranking.method,
        "verdict": ranking.verdict,
        "looks": [],
        "rows": [row_data(row, ranking.metric) for row in ranking.rows],
    }


def export_data(comparison: ComparisonView, analysis: Analysis, words: Texts) -> dict[str, Any]:
    """What `rank_data` gives, with the notes, the analysis, and each reason's facts and sentence."""
    rest = asdict(analysis)
    del rest["ranking"], rest["reasons"]
    reasons = [
        {
            "code": reason.code.value,
            "scheduler": reason.scheduler,
            "weight": reason.weight,
            "facts": reason.facts,
            "text": sentence(reason, words),
        }
        for reason in analysis.reasons
    ]
    ranked = rank_data(comparison, analysis.ranking)
    return {**ranked, "notes": list(analysis.ranking.notes), "reasons": reasons, "analysis": rest}


def show_data(comparison: ComparisonView, runs: Sequence[RunView]) -> dict[str, Any]:
    """The comparison and its runs. A run's `id` is its number in the comparison: the RUN of `ID/RUN` on the command line."""
    return {
        "comparison": {
            "id": comparison.id,
            "name": comparison.name,
            "status": comparison.status,
            "spec": comparison.spec.to_dict(),
            "created_at": comparison.created_at,
            "environment": comparison.environment,
            "task": _task(comparison.spec.info),
        },
        "runs": [_run(run) for run in runs],
    }


def to_json(data: object) -> str:
    """`data` as indented JSON in ASCII, so that printing it to a terminal is safe; ends with a line feed."""
    text = json.dumps(_plain(data), indent=2, ensure_ascii=True, allow_nan=False)
    return text.replace("\x7f", "\\u007f") + "\n"  # the one control character that JSON leaves as it is


def _task(info: TaskInfo | None) -> dict[str, Any] | None:
    if info is None:
        return None
    known = info.to_dict()
    return {name: known[name] for name in ("reference", "metric", "sizes", "steps_per_epoch", "parameters")}


def _run(run: RunView) -> dict[str, Any]:
    return {
        "id": run.number,
        "scheduler": run.label,
        "parameters": run.parameters,
        "base_lr": run.base_lr,
        "seed": run.seed,
        "status": run.status.value,
        "attempt": run.attempt,
        "epoch": run.epoch,
        "epochs": run.epochs,
        "device": run.device,
        "best_epoch": run.best_epoch,
        "val_acc": run.score,
        "test_acc": run.test,
        "seconds": run.seconds,
        "error": run.error,
        "torch": run.torch,
        "device_name": run.device_name,
        "precision": run.precision,
        "init_hash": run.init_hash,
        "order_hash": run.order_hash,
    }


def _plain(value: Any) -> Any:
    """The same with dicts and lists only, and None for a number that JSON has no word for."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value
