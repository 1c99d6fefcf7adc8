from collections.abc import Callable, Sequence

import pytest

from lrtui.domain.ranking import Outcome
from lrtui.domain.status import RunStatus

OutcomesOf = Callable[..., list[Outcome]]


@pytest.fixture(scope="session")
def outcomes_of() -> OutcomesOf:
    """Finished runs at one base LR: seed s of schedule `label` has test accuracy `scores[label][s]`."""

    def build(scores: dict[str, Sequence[float]], base_lr: float = 0.1, selection: float = 0.9) -> list[Outcome]:
        return [
            Outcome(label, base_lr, seed, RunStatus.DONE, 0.1, selection, test, test - 0.01, 10 + seed, 2.0)
            for label, tests in scores.items()
            for seed, test in enumerate(tests)
        ]

    return build
