"""Proposing base LRs from results: Optuna's TPE, for each schedule by itself, trial after trial.

A schedule's study is made anew from the database each time, and its random numbers follow from the spec and the number
of trials before: whoever asks gets the same answer, so that a supervisor may die between any two steps. They are the same
for every schedule, so that schedules with the same results are proposed the same: luck in the search tells none apart.
Nothing is pruned: a trial that ends early has not had the budget of the others.
"""

import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import fmean
from typing import TYPE_CHECKING

from lrtui.analysis.orientation import turned
from lrtui.analysis.selection import selection_scores
from lrtui.comparison.outcome import Outcome
from lrtui.comparison.search import draw, rounded, startup_trials
from lrtui.comparison.snapshot import RunView
from lrtui.comparison.spec import Spec
from lrtui.errors import UserError, sentence_of
from lrtui.store import comparisons, runs, trials
from lrtui.store.sqlite import Connection
from lrtui.store.transactions import transaction

if TYPE_CHECKING:
    import optuna

_ASKED_AT_MOST = 20  # a rate that was tried already is asked for again, and drawn in the end


@dataclass(frozen=True, slots=True)
class Trial:
    """A base LR that was tried. `score` is the mean selection score over all seeds, turned so that more is better; None where
    a run has none.
    """

    base_lr: float
    score: float | None


def check_search(spec: Spec) -> None:
    """See to it that what proposes base LRs is installed.

    Raises:
        UserError: it is not.
    """
    if spec.search == "tpe" and find_spec("optuna") is None:
        raise UserError("--search tpe needs Optuna, which is not installed: pip install 'lrtui[search]'")


def propose_trials(connection: Connection) -> None:
    """Queue the next trial of every schedule that waits for one. Where Optuna fails, its comparison's search has failed."""
    found: dict[int, tuple[RunView, ...]] = {}
    for waiting in trials.due(connection):
        if waiting.comparison_id not in found:
            found[waiting.comparison_id] = runs.of_comparison(connection, waiting.comparison_id)
        spec = comparisons.get(connection, waiting.comparison_id).spec
        own = [run for run in found[waiting.comparison_id] if run.label == waiting.label]
        try:
            base_lr = next_base_lr(spec, history(spec, own))
        except Exception as error:  # of Optuna: no reason to leave the workers of this and other comparisons alone
            with transaction(connection):
                trials.give_up(connection, waiting.comparison_id, sentence_of(error))
        else:
            trials.add(connection, waiting, spec, base_lr)


def history(spec: Spec, own: Sequence[RunView]) -> list[Trial]:
    """A schedule's trials, first to last, scored by the rule that will choose its base LR.

    A diverged run counts with its best epoch before that, or with chance. A trial that lacks a seed's result has none.
    """
    outcomes, _ = turned([run.outcome(spec.chance) for run in own], spec.metric)
    by_lr: dict[float, dict[int, Outcome]] = {}
    for run in outcomes:
        by_lr.setdefault(run.base_lr, {})[run.seed] = run
    found = []
    for lr, its_runs in by_lr.items():
        scores: Mapping[int, float] = selection_scores({lr: its_runs}).get(lr, {})
        found.append(Trial(lr, fmean(scores.values()) if len(scores) == len(spec.seeds) else None))
    return found


def next_base_lr(spec: Spec, tried: Sequence[Trial]) -> float:
    """What Optuna's TPE sampler proposes after these trials: a base LR that none of them had.

    Raises:
        UserError: Optuna is not installed.
    """
    check_search(spec)
    # A supervisor of one thread releases its lock in the moment it dies; a thread of numpy's would hold it a little longer.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import optuna

    low, high = spec.base_lrs
    seed = zlib.crc32(f"{spec.seeds[0]}/{len(tried)}".encode())
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(n_startup_trials=startup_trials(spec.trials), multivariate=False, seed=seed)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    rates = optuna.distributions.FloatDistribution(low, high, log=True)
    study.add_trials([_frozen(trial, rates) for trial in tried])
    before = {trial.base_lr for trial in tried}
    for _ in range(_ASKED_AT_MOST):
        asked = study.ask({"base_lr": rates})
        base_lr = rounded(asked.params["base_lr"], low, high)
        if base_lr not in before:
            return base_lr
        study.tell(asked, state=optuna.trial.TrialState.FAIL)
    return next(lr for lr in draw(low, high, len(before) + 1, seed) if lr not in before)


def _frozen(trial: Trial, rates: "optuna.distributions.FloatDistribution") -> "optuna.trial.FrozenTrial":
    import optuna

    state = optuna.trial.TrialState.FAIL if trial.score is None else optuna.trial.TrialState.COMPLETE
    return optuna.trial.create_trial(
        state=state, value=trial.score, params={"base_lr": trial.base_lr}, distributions={"base_lr": rates}
    )
